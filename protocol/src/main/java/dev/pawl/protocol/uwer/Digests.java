package dev.pawl.protocol.uwer;

import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
