package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Where the claims of each level got to. The head of a queue's index is full of entries of jobs that are gone, until the
 * database has cleaned up behind it: a claim that begins where the last one ended does not wade through them. A mark is a
 * hint: now and then a claim begins at the beginning, and so does one that finds too little.
 */
final class ClaimMarks {
  private static final long KEPT = TimeUnit.MILLISECONDS.toNanos(500);

  /** Smaller batches leave no dead head behind. */
  private static final int WORTHWHILE = 16;

  private record Level(String namespace, String type, int priority) {}

  private record Mark(long since, long until) {}

  private final Map<Level, Mark> marks = new ConcurrentHashMap<>();

  /** The levels of a claim, in the order in which they are served. */
  record Levels(String[] types, Integer[] priorities, Long[] since) {
    boolean narrowed() {
      for (Long one : since) if (one != Long.MIN_VALUE) return true;
      return false;
    }

    Levels wide() {
      Long[] all = new Long[since.length];
      java.util.Arrays.fill(all, Long.MIN_VALUE);
      return new Levels(types, priorities, all);
    }
  }

  Levels levels(String namespace, List<String> types) {
    long now = System.nanoTime();
    List<String> names = new ArrayList<>(types.size() * 10);
    List<Integer> priorities = new ArrayList<>(types.size() * 10);
    List<Long> since = new ArrayList<>(types.size() * 10);
    for (int priority = 0; priority <= 9; priority++) {
      for (String type : types) {
        Mark mark = marks.get(new Level(namespace, type, priority));
        names.add(type);
        priorities.add(priority);
        since.add(mark == null || mark.until() - now < 0 ? Long.MIN_VALUE : mark.since());
      }
    }
    return new Levels(names.toArray(String[]::new), priorities.toArray(Integer[]::new), since.toArray(Long[]::new));
  }

  Batch batch() {
    return new Batch();
  }

  /** What one claim found. */
  final class Batch {
    private final Map<Level, Long> first = new HashMap<>();
    private int size;

    /** @param due in microseconds, when it could be claimed */
    void add(JobState job, long due) {
      size++;
      first.merge(new Level(job.spec().namespace(), job.spec().type(), job.spec().priority()), due, Math::min);
    }

    /** The next claims of these levels begin at the first row of this one, for a while. */
    void done() {
      if (size < WORTHWHILE) return;
      long now = System.nanoTime();
      first.forEach((level, due) -> marks.compute(level, (key, mark) -> mark == null || mark.until() - now < 0
          ? new Mark(due, now + KEPT)
          : new Mark(Math.max(due, mark.since()), mark.until())));
    }
  }
}
