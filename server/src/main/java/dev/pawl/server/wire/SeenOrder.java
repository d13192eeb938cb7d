package dev.pawl.server.wire;

import dev.pawl.core.run.Event;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A history in the order in which its program was shown it: what came from outside stands where the program first looked
 * at it, not where it was written down. A program that is replayed decides as it did.
 *
 * <p>What was reported and what came from outside are read side by side, each from its own place, so that a page costs
 * what is on it, wherever in the history it lies.
 */
public final class SeenOrder {
  private final HistorySource source;
  private final long upTo;
  private final int chunk;
  private final Reader reported;
  private final Reader outside;
  private List<Event> lately = List.of();

  private SeenOrder(HistorySource source, long upTo, Place from, int size) {
    this.source = source;
    this.upTo = upTo;
    this.chunk = Math.clamp(size, 1, HistorySource.CHUNK);
    this.reported = new Reader(from.reported(), true);
    this.outside = new Reader(from.outside(), false);
  }

  /**
   * How far a history has been shown.
   *
   * @param outside all events from outside up to this number have been
   * @param reported and all reported ones up to this one
   */
  public record Place(long outside, long reported) {
    public static final Place START = new Place(0, 0);
  }

  /** @param next where the next page begins; null: this was the last one */
  public record Page(List<Event> events, @Nullable Place next) {}

  /**
   * @param upTo number of the last event that is shown at all
   * @param size most events of the page, 1 or more
   */
  public static Page page(HistorySource source, long upTo, Place from, int size) {
    SeenOrder order = new SeenOrder(source, upTo, from, size);
    List<Event> events = new ArrayList<>();
    Event next = order.next();
    while (next != null && events.size() < size) {
      events.add(next);
      (next.seen() > 0 ? order.reported : order.outside).take();
      next = order.next();
    }
    return new Page(events, next == null ? null : new Place(order.outside.place(), order.reported.place()));
  }

  /** All of a history that is in memory from its first event on. */
  static List<Event> whole(List<Event> events) {
    if (events.isEmpty()) return events;
    return page(HistorySource.of(events), events.getLast().seq(), Place.START, Integer.MAX_VALUE).events();
  }

  private @Nullable Event next() {
    Event report = reported.peek(upTo);
    Event other = outside.peek(report == null ? upTo : Math.min(upTo, report.seen()));
    return other != null && (report == null || other.seq() <= report.seen()) ? other : report;
  }

  /** Events behind a number, from the last ones that were read if they are among them. */
  private List<Event> read(long after) {
    boolean there = !lately.isEmpty() && lately.getFirst().seq() <= after + 1 && lately.getLast().seq() > after;
    if (!there) lately = source.read(after, (int) Math.min(chunk, upTo - after));
    return lately.isEmpty() ? lately : lately.subList((int) (after + 1 - lately.getFirst().seq()), lately.size());
  }

  /** One of the two kinds of events. */
  private final class Reader {
    private final boolean ofReports;
    private final Deque<Event> waiting = new ArrayDeque<>();
    private long at;

    Reader(long at, boolean ofReports) {
      this.at = at;
      this.ofReports = ofReports;
    }

    /** The next event of the kind, looking as far as {@code bound} at least; null: there is none up to there. */
    @Nullable Event peek(long bound) {
      while (waiting.isEmpty() && at < bound) {
        List<Event> read = read(at);
        if (read.isEmpty()) {
          at = bound;
          break;
        }
        for (Event event : read) if ((event.seen() > 0) == ofReports) waiting.add(event);
        at = read.getLast().seq();
        if (waiting.isEmpty() && at < bound) skip(bound);
      }
      return waiting.peek();
    }

    /** Nothing of the kind in a whole chunk: the program was away, or busy, perhaps for long. */
    private void skip(long bound) {
      long next = source.find(at, bound, ofReports);
      at = next == 0 ? bound : next - 1;
    }

    void take() {
      waiting.remove();
    }

    long place() {
      Event first = waiting.peek();
      return first == null ? at : first.seq() - 1;
    }
  }
}
