package dev.pawl.engine.queue;

import java.time.Duration;

/**
 * @param takeover how often a queue that is polled is looked at in the database, whatever is known: finds what other
 *     nodes and crashed workers left
 * @param stickyWait how long only the session that parked a run gets it
 * @param historyPage most events that travel with a grant; the rest is read by the worker
 */
public record PollSettings(Duration takeover, Duration stickyWait, int historyPage) {
  public static final PollSettings STANDARD = new PollSettings(Duration.ofSeconds(1), Duration.ofSeconds(1), 2_000);
}
