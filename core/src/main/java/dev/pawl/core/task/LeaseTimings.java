package dev.pawl.core.task;

import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The timings of leases, and what follows from them: how long work rests at most after whatever held it has died. They
 * are checked as a whole, so that a promise of recovery is an assertion at start-up and not a hope.
 *
 * @param heartbeat how often a worker says that it is there; 1 s to 15 s
 * @param leaseTime without a heartbeat for this long a session is lost; 3 s to 900 s, at least three heartbeats
 * @param selfFenceMargin a worker stops by itself this much before its leases could pass to somebody else; at least one
 *     heartbeat and 20 % of {@code leaseTime}, and early enough that two heartbeats fit before it
 * @param takeoverPoll how often a node looks for work that is due or abandoned; 100 ms to 5 s
 * @param recheck how often every open run is looked at, in case a wake-up was lost; 1 s to 900 s
 */
public record LeaseTimings(
    Duration heartbeat, Duration leaseTime, Duration selfFenceMargin, Duration takeoverPoll, Duration recheck) {

  /** What is out of range is reported, never an overflow on the way there. */
  private static final Duration MOST = Duration.ofDays(36_525);

  /** A configuration whose {@link #worstBound} is longer is refused. */
  public static final Duration LONGEST_BOUND = Duration.ofSeconds(3_600);

  /** Heartbeats every 5 s, leases of 15 s, self-fencing after 10 s, takeover within 1 s: recovery in about 16 s. */
  public static final LeaseTimings DEFAULT = new LeaseTimings(Duration.ofSeconds(5), Duration.ofSeconds(15),
      Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(900));

  /** For workers whose registration holds their leases: heartbeats every 10 s, given up after 60 s of silence. */
  public static final LeaseTimings REGISTRATION = new LeaseTimings(Duration.ofSeconds(10), Duration.ofSeconds(60),
      Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(900));

  /** @throws RejectedException {@code BAD_CONFIGURATION}, UWER-5002, with every rule that is broken */
  public LeaseTimings {
    List<String> broken = new ArrayList<>();
    within(broken, "heartbeat", heartbeat, Duration.ofSeconds(1), Duration.ofSeconds(15));
    within(broken, "leaseTime", leaseTime, Duration.ofSeconds(3), Duration.ofSeconds(900));
    within(broken, "takeoverPoll", takeoverPoll, Duration.ofMillis(100), Duration.ofSeconds(5));
    within(broken, "recheck", recheck, Duration.ofSeconds(1), Duration.ofSeconds(900));
    atLeast(broken, "leaseTime", leaseTime, "three heartbeats", times(heartbeat, 3));
    atLeast(broken, "selfFenceMargin", selfFenceMargin, "one heartbeat", heartbeat);
    atLeast(broken, "selfFenceMargin", selfFenceMargin, "20 % of leaseTime", leaseTime.dividedBy(5));
    // Otherwise a worker that lost one heartbeat on the way would stop although nobody wants its work.
    atLeast(broken, "leaseTime - selfFenceMargin", minus(leaseTime, selfFenceMargin), "two heartbeats",
        times(heartbeat, 2));
    Duration bound = worstBound(leaseTime, takeoverPoll, recheck);
    if (bound.compareTo(LONGEST_BOUND) > 0) {
      broken.add("recovery bound: expected at most %s, got %s".formatted(LONGEST_BOUND, bound));
    }
    if (!broken.isEmpty()) {
      throw new RejectedException(new Rejection(
          Rejection.Code.BAD_CONFIGURATION, "UWER-5002: " + String.join("; ", broken), "leases"));
    }
  }

  /** A worker stops its work this long after it sent its last acknowledged heartbeat, by its monotonic clock. */
  public Duration selfFence() {
    return leaseTime.minus(selfFenceMargin);
  }

  /** From the death of a worker until its work can be granted again, at its first loss. */
  public Duration recoveryBound() {
    return leaseTime.plus(takeoverPoll);
  }

  /** The same for work that was lost before, or whose wake-up was lost: never above {@link #LONGEST_BOUND}. */
  public Duration worstBound() {
    return worstBound(leaseTime, takeoverPoll, recheck);
  }

  private static Duration worstBound(Duration leaseTime, Duration takeoverPoll, Duration recheck) {
    Duration crash = plus(plus(leaseTime, takeoverPoll), LossBudget.CAP);
    Duration wakeUp = plus(recheck, takeoverPoll);
    return crash.compareTo(wakeUp) > 0 ? crash : wakeUp;
  }

  private static void within(List<String> broken, String name, Duration got, Duration least, Duration most) {
    if (got.compareTo(least) < 0 || got.compareTo(most) > 0) {
      broken.add("%s: expected %s to %s, got %s".formatted(name, least, most, got));
    }
  }

  private static void atLeast(List<String> broken, String name, Duration got, String what, Duration least) {
    if (got.compareTo(least) < 0) broken.add("%s: expected at least %s (%s), got %s".formatted(name, what, least, got));
  }

  private static Duration times(Duration duration, int factor) {
    return sane(duration).multipliedBy(factor);
  }

  private static Duration plus(Duration a, Duration b) {
    return sane(a).plus(sane(b));
  }

  private static Duration minus(Duration a, Duration b) {
    return sane(a).minus(sane(b));
  }

  private static Duration sane(Duration duration) {
    if (duration.isNegative()) return Duration.ZERO;
    return duration.compareTo(MOST) > 0 ? MOST : duration;
  }
}
