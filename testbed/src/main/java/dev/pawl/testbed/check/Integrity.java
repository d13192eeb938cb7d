package dev.pawl.testbed.check;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Whether anybody changed what was written. */
final class Integrity {
  private static final int LINK = 16;

  private Integrity() {}

  static final Invariant HASH_CHAIN = Invariant.ofHistory("I22", "the chain of hashes over a history ends as its row says",
      (history, report) -> {
        byte[] hash = new byte[LINK];
        for (HistoryEvent event : history.events()) hash = next(hash, event);
        byte[] kept = history.run().bytes("history_hash");
        if (!Arrays.equals(hash, kept)) {
          report.violation(history.subject(), "its history hashes to %s, its row says %s", HexFormat.of().formatHex(hash),
              HexFormat.of().formatHex(kept));
        }
      });

  /** The first 16 bytes of SHA-256(previous || seq || at || seen || type || data), numbers as eight bytes. */
  static byte[] next(byte[] previous, HistoryEvent event) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      sha.update(previous);
      sha.update(ByteBuffer.allocate(24).putLong(event.seq()).putLong(event.at()).putLong(event.seen()).flip());
      sha.update(event.type().getBytes(StandardCharsets.US_ASCII));
      sha.update(event.data().getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(sha.digest(), LINK);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
