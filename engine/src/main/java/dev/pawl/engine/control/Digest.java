package dev.pawl.engine.control;

import dev.pawl.core.value.Payload;
import dev.pawl.protocol.control.ControlApi;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** SHA-256 over the content of a request: what makes the same request id with other content a conflict. */
final class Digest {
  private final MessageDigest sha;

  private Digest() {
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** @param kind of the request: two kinds with the same fields differ */
  static Digest of(String kind) {
    return new Digest().add(kind);
  }

  /** An update counts once, whether it comes alone or with a start. */
  static String ofUpdate(ControlApi.Message update) {
    return of("update").add(update.name()).add(update.input()).hex();
  }

  /** Length first, so that "ab", "c" and "a", "bc" differ; null differs from empty. */
  private Digest bytes(byte @Nullable [] bytes) {
    sha.update(ByteBuffer.allocate(4).putInt(bytes == null ? -1 : bytes.length).array());
    if (bytes != null) sha.update(bytes);
    return this;
  }

  Digest add(@Nullable Object value) {
    return bytes(value == null ? null : value.toString().getBytes(StandardCharsets.UTF_8));
  }

  Digest add(@Nullable Payload payload) {
    if (payload == null) return bytes(null);
    add(payload.codec());
    sha.update(ByteBuffer.allocate(4).putInt(payload.size()).array());
    sha.update(payload.view());
    return this;
  }

  Digest add(Map<String, Payload> payloads) {
    add((Object) payloads.size());
    new TreeMap<>(payloads).forEach((name, value) -> add(name).add(value));
    return this;
  }

  String hex() {
    return HexFormat.of().formatHex(sha.digest());
  }
}
