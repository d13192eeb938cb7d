package dev.pawl.engine.queue;

import dev.pawl.core.task.Fairness;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs that this node left ready, by type, first by priority, then by share, then by age. A type that nobody here serves must cost the
 * others nothing. Guarded by the lock of its {@link TaskQueue}.
 */
final class Hints {
  private static final int MOST = 50_000;
  private static final int MOST_OF_A_TYPE = 10_000;
  private static final Comparator<Hint> ORDER =
      Comparator.comparingInt(Hint::priority).thenComparingDouble(Hint::tag).thenComparingLong(Hint::order);

  /**
   * @param tag whose turn it is, see {@link Tags}
   * @param freeFrom reading of the monotonic clock from which on any session may have it
   */
  record Hint(RunId run, String type, int priority, double tag, long order, @Nullable SessionId sticky, long freeFrom,
      @Nullable String buildId) {}

  private final Map<RunId, Hint> byRun = new HashMap<>();
  private final Map<String, TreeSet<Hint>> byType = new HashMap<>();
  private final Tags tags = new Tags();
  private long count;

  /** @return false if there are too many already: the database has to be asked */
  boolean add(RunId run, String type, int priority, @Nullable Fairness fairness, @Nullable SessionId sticky,
      long freeFrom, @Nullable String buildId) {
    remove(run);
    if (byRun.size() >= MOST) return false;
    TreeSet<Hint> same = byType.computeIfAbsent(type, key -> new TreeSet<>(ORDER));
    if (same.size() >= MOST_OF_A_TYPE) return false;
    Hint hint = new Hint(run, type, priority, tags.next(priority, fairness), count++, sticky, freeFrom, buildId);
    byRun.put(run, hint);
    same.add(hint);
    return true;
  }

  void remove(RunId run) {
    Hint old = byRun.remove(run);
    if (old == null) return;
    TreeSet<Hint> same = byType.get(old.type);
    if (same == null) return;
    same.remove(old);
    if (same.isEmpty()) byType.remove(old.type);
  }

  /** How many runs of this type wait: one that becomes ready now has to queue behind them. */
  int countOf(String type) {
    TreeSet<Hint> same = byType.get(type);
    return same == null ? 0 : same.size();
  }

  private static boolean fits(Hint hint, ParkedPoll<?> poll, Predicate<SessionId> gone) {
    return (hint.buildId == null || hint.buildId.equals(poll.buildId))
        && (hint.sticky == null || hint.sticky.equals(poll.session) || System.nanoTime() - hint.freeFrom >= 0
            || gone.test(hint.sticky));
  }

  private Collection<TreeSet<Hint>> servedBy(ParkedPoll<?> poll) {
    if (poll.types.isEmpty()) return byType.values();
    List<TreeSet<Hint>> served = new ArrayList<>(2);
    for (String type : poll.types) {
      TreeSet<Hint> same = byType.get(type);
      if (same != null) served.add(same);
    }
    return served;
  }

  /** One type's hints, in order, with the next one at hand. */
  private static final class Row {
    private final Iterator<Hint> rest;
    private Hint next;

    Row(TreeSet<Hint> hints) {
      rest = hints.iterator();
      next = rest.next();
    }

    boolean advance() {
      if (!rest.hasNext()) return false;
      next = rest.next();
      return true;
    }
  }

  /** @param most 0 or more */
  List<RunId> take(ParkedPoll<?> poll, int most, Predicate<SessionId> gone) {
    if (byRun.isEmpty() || most == 0) return List.of();
    PriorityQueue<Row> rows = new PriorityQueue<>((a, b) -> ORDER.compare(a.next, b.next));
    for (TreeSet<Hint> hints : servedBy(poll)) rows.add(new Row(hints));
    List<RunId> taken = new ArrayList<>();
    while (!rows.isEmpty() && taken.size() < most) {
      Row row = rows.poll();
      if (fits(row.next, poll, gone)) {
        taken.add(row.next.run);
        tags.served(row.next.priority, row.next.tag);
      }
      if (row.advance()) rows.add(row);
    }
    taken.forEach(this::remove);
    return taken;
  }

  boolean any(ParkedPoll<?> poll, Predicate<SessionId> gone) {
    for (TreeSet<Hint> hints : servedBy(poll)) {
      for (Hint hint : hints) if (fits(hint, poll, gone)) return true;
    }
    return false;
  }
}
