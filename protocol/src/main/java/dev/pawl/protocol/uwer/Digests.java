package dev.pawl.protocol.uwer;

import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** SHA-256 over canonical JSON. */
public final class Digests {
  private Digests() {}

  static String ofTask(UwerTask task) {
    return hash(canonical(task));
  }

  private static String canonical(UwerTask task) {
    Map<String, Json> what = new LinkedHashMap<>();
    what.put("type", new Json.Str(task.type()));
    what.put("namespace", new Json.Str(task.namespace()));
    what.put("payload", EnvelopeWriter.payload(task.payload(), false));
    return JsonWriter.canonical(new Json.Obj(what));
  }

  /**
   * The digest of a task that never was a document: for JSON the same as that of an envelope with this payload.
   *
   * @throws IllegalArgumentException the payload says that it is JSON and is not, or has no canonical form
   */
  public static String of(String namespace, String type, Payload payload) {
    boolean json = payload.codec().equals(Payload.JSON);
    try {
      Map<String, Json> content = new LinkedHashMap<>();
      content.put("content_type", new Json.Str(json ? "application/json" : payload.codec()));
      if (json) content.put("data", JsonReader.read(payload.text()));
      else content.put("base64", new Json.Str(Base64.getEncoder().encodeToString(payload.bytes())));
      Map<String, Json> what = new LinkedHashMap<>();
      what.put("type", new Json.Str(type));
      what.put("namespace", new Json.Str(namespace));
      what.put("payload", new Json.Obj(content));
      return of(new Json.Obj(what));
    } catch (Refusal refusal) {
      throw new IllegalArgumentException(refusal.problem().detail(), refusal);
    }
  }

  /**
   * A task whose payload states a digest must state its own. One that states none is looked at all the same: a payload
   * without a canonical form, or a too large one, is refused here.
   *
   * @param at pointer to the task
   */
  static void check(UwerTask task, String at) {
    String stated = task.payload().digest();
    String canonical = canonical(task);
    boolean suspect = canonical.length() > Payload.MAX_BYTES / 4; // a character is 4 bytes at most
    if (suspect && task.payload().decoded().size() > Payload.MAX_BYTES) {
      throw new Refusal(UwerCode.TOO_LARGE, "expected a payload of at most %d bytes".formatted(Payload.MAX_BYTES),
          at + "/payload");
    }
    String actual = hash(canonical);
    if (stated != null && !stated.equals(actual)) {
      throw new Refusal(UwerCode.DIGEST_MISMATCH, "stated is %s, but it is %s".formatted(stated, actual),
          at + "/payload/digest");
    }
  }

  /**
   * What a node states as {@code result_digest}: the digest of everything the commit says beyond who says it, so that a
   * resent commit has the same and another one has not.
   */
  public static String ofCommit(UwerMessage.Commit commit) {
    Map<String, Json> what = new LinkedHashMap<>(EnvelopeWriter.commit(commit));
    what.remove("result_digest");
    what.remove("session_id");
    return of(new Json.Obj(what));
  }

  static String of(Json value) {
    return hash(JsonWriter.canonical(value));
  }

  private static String hash(String canonical) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8));
      return "sha-256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
