package dev.pawl.engine.session;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import java.time.Duration;

/**
 * How quickly a dead worker is noticed, and how sure a living one may be.
 *
 * @param heartbeat between two heartbeats of a worker, 1 to 15 s
 * @param leaseTime without a heartbeat for so long the session is lost, 3 s to 15 min, at least three heartbeats
 * @param selfFenceMargin a worker stops so long before its session can be lost; at least a heartbeat and 20 % of the
 *     lease time
 * @param takeover how often nodes look for what lost workers left, 0.1 to 5 s
 */
public record LeaseTimings(Duration heartbeat, Duration leaseTime, Duration selfFenceMargin, Duration takeover) {
  /** No setting may let work rest longer than this after a crash. */
  public static final Duration LONGEST_RECOVERY = Duration.ofMinutes(60);

  /** The longest rest after a loss of a lease that is still followed by another attempt. */
  private static final Duration LONGEST_REST = dev.pawl.core.task.LossBudget.CAP.multipliedBy(11).dividedBy(10);

  public static final LeaseTimings STANDARD = new LeaseTimings(
      Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(1));

  public LeaseTimings {
    between("heartbeat", heartbeat, Duration.ofSeconds(1), Duration.ofSeconds(15));
    between("leaseTime", leaseTime, Duration.ofSeconds(3), Duration.ofMinutes(15));
    between("takeover", takeover, Duration.ofMillis(100), Duration.ofSeconds(5));
    if (leaseTime.compareTo(heartbeat.multipliedBy(3)) < 0) {
      throw bad("leaseTime", "expected at least three heartbeats of %s, got %s".formatted(heartbeat, leaseTime));
    }
    Duration fifth = leaseTime.dividedBy(5);
    if (selfFenceMargin.compareTo(heartbeat) < 0 || selfFenceMargin.compareTo(fifth) < 0) {
      throw bad("selfFenceMargin",
          "expected at least the heartbeat %s and a fifth of the lease time %s, got %s".formatted(
              heartbeat, fifth, selfFenceMargin));
    }
    if (selfFenceMargin.compareTo(leaseTime) >= 0) {
      throw bad("selfFenceMargin", "expected less than the lease time %s, got %s".formatted(leaseTime, selfFenceMargin));
    }
    Duration worst = leaseTime.plus(takeover).plus(LONGEST_REST);
    if (worst.compareTo(LONGEST_RECOVERY) > 0) {
      throw bad("leaseTime", "work could rest for %s after a crash; at most %s is allowed".formatted(
          worst, LONGEST_RECOVERY));
    }
  }

  /** From the death of a worker to the moment its work can be granted again, for a first loss: 16 s by default. */
  public Duration recoveryBound() {
    return leaseTime.plus(takeover);
  }

  /** When a worker stops, counted from the sending of its last acknowledged heartbeat. */
  public Duration selfFence() {
    return leaseTime.minus(selfFenceMargin);
  }

  private static void between(String field, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw bad(field, "expected %s to %s, got %s".formatted(least, most, value));
    }
  }

  private static RejectedException bad(String field, String message) {
    return new RejectedException(new Rejection(Rejection.Code.BAD_CONFIGURATION, message, "leases." + field));
  }
}
