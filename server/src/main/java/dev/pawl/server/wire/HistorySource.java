package dev.pawl.server.wire;

import dev.pawl.core.run.Event;
import java.util.List;

/** Where the events of one run are read. */
@FunctionalInterface
public interface HistorySource {
  /** Most events that are read at once where a whole stretch of a history is needed. */
  int CHUNK = 1_000;

  /** Events behind {@code after} in the order of their numbers, at most {@code limit}; empty: there are none. */
  List<Event> read(long after, int limit);

  /**
   * Number of the first event of a kind.
   *
   * @param after behind this number
   * @param upTo and not behind this one
   * @param reported whether a report of the program brought it, or it came from outside
   * @return 0: there is none
   */
  default long find(long after, long upTo, boolean reported) {
    long at = after;
    while (at < upTo) {
      List<Event> read = read(at, (int) Math.min(CHUNK, upTo - at));
      if (read.isEmpty()) return 0;
      for (Event event : read) if ((event.seen() > 0) == reported) return event.seq();
      at = read.getLast().seq();
    }
    return 0;
  }

  /** Of a history that is in memory from its first event on. */
  static HistorySource of(List<Event> events) {
    return (after, limit) -> {
      int from = (int) Math.min(after, events.size());
      return events.subList(from, (int) Math.min((long) from + limit, events.size()));
    };
  }
}
