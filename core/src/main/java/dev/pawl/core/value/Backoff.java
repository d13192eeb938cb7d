package dev.pawl.core.value;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;

/** How long to wait before attempt n + 1, after attempt n failed. Deterministic: the same on every node. */
public sealed interface Backoff {

  /**
   * The wait after the n-th failure.
   *
   * @param failures how many attempts failed so far, from 1
   * @param seed what is retried; spreads a herd without making it random
   */
  Duration delay(int failures, String seed);

  /**
   * {@code min(cap, base * coefficient^(n-1)) * (0.9 + 0.2 u)}, where u in [0, 1) is taken from SHA-256(seed || n).
   *
   * @param base first delay, at least 0
   * @param coefficient growth, at least 1
   * @param cap largest delay before jitter
   */
  record Exponential(Duration base, double coefficient, Duration cap) implements Backoff {
    public Exponential {
      if (base.isNegative()) throw new IllegalArgumentException("base: expected 0 or more, got " + base);
      if (!(coefficient >= 1.0)) throw new IllegalArgumentException("coefficient: expected >= 1, got " + coefficient);
      // Beyond that, milliseconds overflow while an attempt is being decided.
      if (cap.toDays() > 36_525) throw new IllegalArgumentException("cap: expected at most 100 years, got " + cap);
      if (cap.compareTo(base) < 0) throw new IllegalArgumentException("cap: expected >= base " + base + ", got " + cap);
    }

    @Override
    public Duration delay(int failures, String seed) {
      double millis = Math.min(cap.toMillis(), base.toMillis() * Math.pow(coefficient, failures - 1.0));
      return Duration.ofMillis(Math.round(millis * (0.9 + 0.2 * unit(seed, failures))));
    }

    private static double unit(String seed, int n) {
      try {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(seed.getBytes(StandardCharsets.UTF_8));
        sha.update(ByteBuffer.allocate(4).putInt(n).array());
        long first = ByteBuffer.wrap(sha.digest()).getLong();
        return (first >>> 11) / (double) (1L << 53);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }

  /** Exact delays, without jitter; the last one repeats, none at all means no wait. */
  record Delays(List<Duration> delays) implements Backoff {
    public Delays {
      delays = List.copyOf(delays);
    }

    @Override
    public Duration delay(int failures, String seed) {
      return delays.isEmpty() ? Duration.ZERO : delays.get(Math.min(failures, delays.size()) - 1);
    }
  }
}
