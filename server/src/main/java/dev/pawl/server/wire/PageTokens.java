package dev.pawl.server.wire;

import dev.pawl.server.auth.Secrets;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Where a page ended, sealed: a client gives it back as it is, to any node, or not at all. */
public final class PageTokens {
  private static final int SEAL = 12;

  private final byte[] key;

  /** @param key the same on all nodes */
  public PageTokens(String key) {
    this.key = key.getBytes(StandardCharsets.UTF_8);
  }

  public String write(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(bytes, bytes.length + SEAL);
    System.arraycopy(seal(bytes), 0, all, bytes.length, SEAL);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
  }

  /** Empty: this is no token that was given out here. */
  public Optional<String> read(String token) {
    byte[] all;
    try {
      all = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (all.length <= SEAL) return Optional.empty();
    byte[] bytes = Arrays.copyOf(all, all.length - SEAL);
    boolean ours = MessageDigest.isEqual(seal(bytes), Arrays.copyOfRange(all, bytes.length, all.length));
    return ours ? Optional.of(new String(bytes, StandardCharsets.UTF_8)) : Optional.empty();
  }

  private byte[] seal(byte[] content) {
    byte[] purpose = "page".getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(content, content.length + purpose.length);
    System.arraycopy(purpose, 0, all, content.length, purpose.length);
    return Arrays.copyOf(Secrets.mac(key, all), SEAL);
  }
}
