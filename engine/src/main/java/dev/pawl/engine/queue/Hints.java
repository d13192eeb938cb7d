package dev.pawl.engine.queue;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Runs that this node left ready, first by priority, then by age. Guarded by the lock of its {@link TaskQueue}. */
final class Hints {
  private static final int MOST = 20_000;

  /** @param freeFrom reading of the monotonic clock from which on any session may have it */
  record Hint(RunId run, String type, int priority, long order, @Nullable SessionId sticky, long freeFrom,
      @Nullable String buildId) {}

  private final Map<RunId, Hint> byRun = new HashMap<>();
  private final TreeSet<Hint> ordered =
      new TreeSet<>(Comparator.comparingInt(Hint::priority).thenComparingLong(Hint::order));
  private long count;

  /** @return false if there are too many already: the database has to be asked */
  boolean add(RunId run, String type, int priority, @Nullable SessionId sticky, long freeFrom,
      @Nullable String buildId) {
    if (byRun.size() >= MOST) return false;
    remove(run);
    Hint hint = new Hint(run, type, priority, count++, sticky, freeFrom, buildId);
    byRun.put(run, hint);
    ordered.add(hint);
    return true;
  }

  void remove(RunId run) {
    Hint old = byRun.remove(run);
    if (old != null) ordered.remove(old);
  }

  boolean isEmpty() {
    return byRun.isEmpty();
  }

  boolean fits(Hint hint, ParkedPoll<?> poll, Predicate<SessionId> gone) {
    return poll.serves(hint.type)
        && (hint.buildId == null || hint.buildId.equals(poll.buildId))
        && (hint.sticky == null || hint.sticky.equals(poll.session) || System.nanoTime() - hint.freeFrom >= 0
            || gone.test(hint.sticky));
  }

  List<RunId> take(ParkedPoll<?> poll, Predicate<SessionId> gone) {
    if (byRun.isEmpty()) return List.of();
    List<RunId> taken = new ArrayList<>();
    for (Iterator<Hint> all = ordered.iterator(); all.hasNext() && taken.size() < poll.max; ) {
      Hint hint = all.next();
      if (!fits(hint, poll, gone)) continue;
      all.remove();
      byRun.remove(hint.run);
      taken.add(hint.run);
    }
    return taken;
  }

  boolean any(ParkedPoll<?> poll, Predicate<SessionId> gone) {
    for (Hint hint : ordered) if (fits(hint, poll, gone)) return true;
    return false;
  }
}
