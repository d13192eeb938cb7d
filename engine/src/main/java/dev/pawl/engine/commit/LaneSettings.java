package dev.pawl.engine.commit;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;

/**
 * @param lanes writer threads of this node, 1 to 16; one for SQLite, one or two elsewhere
 * @param waiting requests that may wait in one lane before callers are turned away as overloaded
 * @param groupRequests most requests in one transaction
 * @param groupBytes most payload bytes in one transaction, roughly
 * @param cachedRuns folded runs that one lane remembers
 * @param unread a run with so many events that its program has not looked at takes no signals and no updates from
 *     outside ({@code INBOX_FULL}), 1 to 1,000,000. What is delivered by the engine (results, timers, words of other runs
 *     and of transactions) was accepted before and always comes
 */
public record LaneSettings(int lanes, int waiting, int groupRequests, int groupBytes, int cachedRuns,
    int unread) {
  public static final LaneSettings STANDARD = new LaneSettings(2, 20_000, 1_000, 8 * 1024 * 1024, 20_000, 10_000);

  public LaneSettings {
    check("lanes", lanes, 1, 16);
    check("waiting", waiting, 1, 1_000_000);
    check("groupRequests", groupRequests, 1, 10_000);
    check("groupBytes", groupBytes, 1024, 256 * 1024 * 1024);
    check("cachedRuns", cachedRuns, 1, 10_000_000);
    check("unread", unread, 1, 1_000_000);
  }

  private static void check(String field, int value, int least, int most) {
    if (value >= least && value <= most) return;
    throw new RejectedException(new Rejection(Rejection.Code.BAD_CONFIGURATION,
        "expected %d to %d, got %d".formatted(least, most, value), "lanes." + field));
  }

  public LaneSettings withLanes(int count) {
    return new LaneSettings(count, waiting, groupRequests, groupBytes, cachedRuns, unread);
  }

  public LaneSettings withWaiting(int count) {
    return new LaneSettings(lanes, count, groupRequests, groupBytes, cachedRuns, unread);
  }

  public LaneSettings withUnread(int events) {
    return new LaneSettings(lanes, waiting, groupRequests, groupBytes, cachedRuns, events);
  }
}
