package dev.pawl.core.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of something outside that types of jobs need, such as {@code billing-api}. While it is down, their jobs
 * wait where they are and spend no attempts; when it may be back, a few try, and more with every success.
 *
 * <p>CLOSED lets all through; {@value #TRIP_AFTER} failures within a minute open it. OPEN lets none through until its
 * pause is over: 10 s after the first time, twice as long after each that follows at once, 10 minutes at most. Then it is
 * PROBING: one job at a time per type, then 2, 4 ... {@value #FULL}; when so many have succeeded it is CLOSED, and one
 * failure opens it again.
 *
 * @param failures while CLOSED, in the minute that began at {@code since}
 * @param trips how often it opened since it was last closed
 * @param allowed while PROBING, so many at a time
 * @param passed while PROBING, how many have succeeded since {@code allowed} rose
 * @param since when the state, or the minute of failures, began
 * @param until while OPEN, the end of the pause; null: not before somebody closes it
 * @param why what the last failure said, or the operator
 */
public record Breaker(String namespace, String name, State state, int failures, int trips, int allowed, int passed,
    Instant since, @Nullable Instant until, @Nullable String why) {
  public static final int TRIP_AFTER = 5;
  public static final int FULL = 64;
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  public enum State { CLOSED, OPEN, PROBING }

  public Breaker {
    JobTies.named("dependency", name);
  }

  public static Breaker closed(String namespace, String name, Instant now) {
    return new Breaker(namespace, name, State.CLOSED, 0, 0, 0, 0, now, null, null);
  }

  /** As it is at {@code now}: a pause that is over makes it PROBING. */
  public Breaker at(Instant now) {
    Instant end = until;
    return state == State.OPEN && end != null && !end.isAfter(now)
        ? new Breaker(namespace, name, State.PROBING, 0, trips, 1, 0, end, null, why)
        : this;
  }

  /** How many jobs of a type may run at once; null: any number. */
  public @Nullable Integer most() {
    return switch (state) {
      case CLOSED -> null;
      case OPEN -> (Integer) 0;
      case PROBING -> (Integer) allowed;
    };
  }

  /** Somebody found it down. */
  public Breaker failed(String reason, Instant now) {
    Breaker there = at(now);
    return switch (there.state) {
      case OPEN -> there;
      case PROBING -> there.open(reason, now);
      case CLOSED -> {
        boolean fresh = failures > 0 && now.isBefore(since.plus(WINDOW));
        int count = fresh ? failures + 1 : 1;
        Breaker counted = new Breaker(namespace, name, State.CLOSED, count, 0, 0, 0, fresh ? since : now, null, reason);
        yield count < TRIP_AFTER ? counted : counted.open(reason, now);
      }
    };
  }

  private Breaker open(String reason, Instant now) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(trips, 10));
    if (pause.compareTo(LONGEST_PAUSE) > 0) pause = LONGEST_PAUSE;
    return new Breaker(namespace, name, State.OPEN, 0, trips + 1, 0, 0, now, now.plus(pause), reason);
  }

  /** So many jobs that need it have succeeded. */
  public Breaker succeeded(int jobs, Instant now) {
    Breaker there = at(now);
    if (there.state == State.CLOSED) return there.failures == 0 ? there : closed(namespace, name, now);
    if (there.state == State.OPEN) return there;
    int done = there.passed + jobs;
    if (done < there.allowed) {
      return new Breaker(namespace, name, State.PROBING, 0, trips, there.allowed, done, there.since, null, why);
    }
    return there.allowed >= FULL
        ? closed(namespace, name, now)
        : new Breaker(namespace, name, State.PROBING, 0, trips, there.allowed * 2, 0, there.since, null, why);
  }

  /** An operator says that it is down, until somebody closes it. */
  public Breaker trip(String reason, Instant now) {
    return new Breaker(namespace, name, State.OPEN, 0, trips + 1, 0, 0, now, null, reason);
  }

  /** An operator says that it is back: it is tried, a few at first. */
  public Breaker probe(Instant now) {
    return state == State.CLOSED
        ? this
        : new Breaker(namespace, name, State.PROBING, 0, trips, 1, 0, now, null, why);
  }
}
