package dev.pawl.engine.store.sql;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A chain of hashes over a run's events as they are stored: an event that is changed, lost or added behind Pawl's back
 * no longer matches {@code pawl_runs.history_hash}. Each link is the first 16 bytes of {@code SHA-256(previous || seq || at
 * || seen || type || data)}, numbers as eight bytes, text as UTF-8.
 */
final class HistoryHash {
  static final int LENGTH = 16;

  /** Before the first event. */
  static final byte[] START = new byte[LENGTH];

  private HistoryHash() {}

  static byte[] next(byte[] previous, long seq, long at, long seen, String type, byte[] data) {
    MessageDigest sha = sha();
    sha.update(previous);
    ByteBuffer numbers = ByteBuffer.allocate(24).putLong(seq).putLong(at).putLong(seen).flip();
    sha.update(numbers);
    sha.update(type.getBytes(StandardCharsets.US_ASCII));
    sha.update(data);
    return Arrays.copyOf(sha.digest(), LENGTH);
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
