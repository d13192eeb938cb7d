package dev.pawl.engine.store.sql;

import dev.pawl.core.task.Fairness;
import dev.pawl.engine.store.Store.TaskKind;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Claims from queues in which keys wait: priority by priority, and within one by {@link Turn}. Keys are found by jumping
 * from line to line in the queue's index, {@value #LOOK} at a time, beginning where the last look ended: how much waits
 * behind a key costs nothing. What a node remembers of it is only how it has served; any node may claim anything.
 */
final class FairClaim {
  private static final int LOOK = 100;
  /** Queues beyond this begin anew, as after a restart. */
  private static final int MOST_QUEUES = 10_000;

  record Place(String namespace, String queue, TaskKind kind) {}

  private record Served(Place place, int priority) {}

  /** A row that could be claimed. @param at in microseconds, since when */
  record Row<T>(long at, int level, T task, double cost) {
    /** Without a key. */
    Row(long at, int level, T task) {
      this(at, level, task, Fairness.cost(null));
    }
  }

  /** A key's line. @param at in microseconds, when its first task became due; null: none is */
  record Line(int level, @Nullable Long at) {}

  /** What the database is asked. */
  interface Source<T> {
    /** Lines behind {@code after} and before {@code before}, in order. */
    List<Line> lines(int after, int before, int most) throws SQLException;

    /** The first rows of each line, in order. */
    List<Row<T>> rows(Map<Integer, Integer> howMany) throws SQLException;
  }

  private final Map<Served, Turn> turns = new ConcurrentHashMap<>();

  /**
   * @param plain what has no key, in order, as many as are wanted or all there is
   * @param limit 1 or more
   * @return as many as wanted, unless there are fewer
   */
  <T> List<T> take(Place place, List<Row<T>> plain, Source<T> source, int limit) throws SQLException {
    List<T> taken = new ArrayList<>(limit);
    for (int priority = 0; priority <= Level.MOST_PRIORITY && taken.size() < limit; priority++) {
      int level = priority;
      if (turns.size() > MOST_QUEUES) turns.clear();
      Turn turn = turns.computeIfAbsent(new Served(place, priority), key -> new Turn(Level.first(level) - 1));
      turn.lock.lock();
      try {
        new Claim<>(turn, priority, plain.stream().filter(row -> row.level() == level).toList(), source, limit)
            .fill(taken);
      } finally {
        turn.lock.unlock();
      }
    }
    return taken;
  }

  /** One claim of one priority. */
  private static final class Claim<T> {
    private final Turn turn;
    private final int priority;
    private final Source<T> source;
    private final int limit;
    /** What was read of each line and is not taken. */
    private final Map<Integer, Deque<Row<T>>> read = new HashMap<>();
    /** How much was read of each line; as many again are left out when more is wanted. */
    private final Map<Integer, Integer> depth = new HashMap<>();
    private final int start;
    private boolean wrapped;
    private boolean seenAll;

    Claim(Turn turn, int priority, List<Row<T>> plain, Source<T> source, int limit) {
      this.turn = turn;
      this.priority = priority;
      this.source = source;
      this.limit = limit;
      this.start = turn.seenUpTo;
      read.put(priority, new ArrayDeque<>(plain));
      depth.put(priority, Integer.MAX_VALUE);
      if (plain.isEmpty()) turn.idle(priority);
      else turn.waits(priority, plain.getFirst().at());
    }

    void fill(List<T> taken) throws SQLException {
      look();
      while (taken.size() < limit) {
        Turn.Share next = turn.next();
        if (next == null) {
          if (seenAll) return;
          look();
          continue;
        }
        Row<T> row = read.computeIfAbsent(next.level, level -> new ArrayDeque<>()).poll();
        if (row != null) {
          taken.add(row.task());
          turn.served(next, row.cost());
        } else if (!more(next.level, limit - taken.size())) {
          turn.idle(next.level);
        }
      }
    }

    private void look() throws SQLException {
      int end = wrapped ? start + 1 : Level.first(priority + 1);
      List<Line> lines = source.lines(turn.seenUpTo, end, LOOK);
      for (Line line : lines) {
        if (line.at() == null) turn.idle(line.level());
        else turn.waits(line.level(), line.at());
      }
      if (lines.size() == LOOK) {
        turn.seenUpTo = lines.getLast().level();
        return;
      }
      turn.seenUpTo = Level.first(priority) - 1;
      seenAll = wrapped || start == turn.seenUpTo;
      wrapped = true;
    }

    /** Reads on where it is needed. @return whether there is more of this line */
    private boolean more(int level, int wanted) throws SQLException {
      if (depth.getOrDefault(level, 0) == Integer.MAX_VALUE) return false;
      Map<Integer, Integer> howMany = new HashMap<>();
      turn.plan(wanted).forEach((line, tasks) -> {
        int before = depth.getOrDefault(line, 0);
        boolean needed = line == level || read.getOrDefault(line, new ArrayDeque<>(0)).isEmpty();
        if (needed && before < Integer.MAX_VALUE) howMany.put(line, before + tasks);
      });
      Map<Integer, Integer> found = new HashMap<>();
      for (Row<T> row : source.rows(howMany)) {
        int place = found.merge(row.level(), 1, Integer::sum);
        if (place > depth.getOrDefault(row.level(), 0)) {
          read.computeIfAbsent(row.level(), line -> new ArrayDeque<>()).add(row);
        }
      }
      howMany.forEach((line, asked) ->
          depth.put(line, found.getOrDefault(line, 0) < asked ? Integer.MAX_VALUE : asked));
      return !read.getOrDefault(level, new ArrayDeque<>(0)).isEmpty();
    }
  }
}
