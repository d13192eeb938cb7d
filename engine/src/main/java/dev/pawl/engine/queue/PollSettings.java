package dev.pawl.engine.queue;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import java.time.Duration;

/**
 * @param takeover how often a queue that is polled is looked at in the database, whatever is known: finds what other
 *     nodes and crashed workers left; 10 ms to 5 s
 * @param stickyWait how long only the session that parked a run gets it; 0 to 1 minute
 * @param historyPage most events that travel with a grant, 1 to 100,000; the rest is read by the worker
 */
public record PollSettings(Duration takeover, Duration stickyWait, int historyPage) {
  public static final PollSettings STANDARD = new PollSettings(Duration.ofSeconds(1), Duration.ofSeconds(1), 2_000);

  public PollSettings {
    check("takeover", takeover, Duration.ofMillis(10), Duration.ofSeconds(5));
    check("stickyWait", stickyWait, Duration.ZERO, Duration.ofMinutes(1));
    if (historyPage < 1 || historyPage > 100_000) throw wrong("historyPage", "1 to 100000", historyPage);
  }

  private static void check(String field, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) throw wrong(field, least + " to " + most, value);
  }

  private static RejectedException wrong(String field, String expected, Object got) {
    return new RejectedException(new Rejection(
        Rejection.Code.BAD_CONFIGURATION, "expected %s, got %s".formatted(expected, got), "polls." + field));
  }
}
