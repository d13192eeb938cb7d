package dev.pawl.core.run;

import java.util.ArrayList;
import java.util.List;

/**
 * Marks a step that its program awaits before it does anything else: a program that is replayed from its first line asks
 * for one thing, or for several at once, and can go on only when all of them are there. Until then no worker needs to
 * look at the run. A step without this mark is one of a program that hears of everything as it comes.
 *
 * @param levels which lists of steps it belongs to, the innermost last; empty: it was asked for alone
 */
public record Bundle(List<Level> levels) {
  /** A step that was asked for alone. */
  public static final Bundle ALONE = new Bundle(List.of());

  /** Deepest nesting of lists. */
  public static final int MAX_LEVELS = 16;

  /**
   * One list of steps.
   *
   * @param kind what its members are, for example {@code activity}
   * @param first step number of its first member
   * @param size number of its members
   * @param index place of this member, from 0
   */
  public record Level(String kind, int first, int size, int index) {}

  public Bundle {
    levels = List.copyOf(levels);
  }

  /** The same, so that the innermost place agrees with the number that the step was given. */
  Bundle at(int step) {
    if (levels.isEmpty()) return this;
    Level inner = levels.getLast();
    int shift = step - inner.first() - inner.index();
    if (shift == 0) return this;
    List<Level> moved = new ArrayList<>(levels.size());
    for (Level level : levels) {
      moved.add(new Level(level.kind(), level.first() + shift, level.size(), level.index()));
    }
    return new Bundle(moved);
  }
}
