package dev.pawl.engine.store.sql;

import dev.pawl.engine.store.Store.Outcome;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreCounters;
import dev.pawl.engine.store.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Commits groups and finds out what became of them.
 *
 * <p>A deadlock is tried again. A data error is bisected until the offender is alone. A lost connection is the hard
 * case: the commit may have happened, may not have happened, or may still be happening in a backend that has not
 * noticed. So the same guarded group is sent again. It waits for whatever row locks the old backend still holds; if the
 * old one won, the guards fail now, and what lies there tells that it was us.
 *
 * @param <W> what is asked to be written
 * @param <P> the same, turned into rows and guards
 */
final class Commits<W, P extends Commits.Sent> {
  /** One write of a group. */
  interface Sent {
    /** Its place in the group. */
    int index();

    /** What it weighs, roughly. */
    int bytes();
  }

  /** What is committed, and how. */
  interface Kind<W, P extends Sent> {
    /** @throws IllegalArgumentException the write makes no sense */
    P packed(int index, W write);

    /** Why this write cannot be stored on every database; null if it can. */
    @Nullable String problemOf(P write);

    /** For one group: whether no earlier write of it wants what this one wants; the later one falls out. */
    Predicate<P> claims();

    /** Writes with equal values may be in one transaction. */
    default Object together(P write) {
      return Kind.class;
    }

    /** Begins, writes and commits, see {@link CommitPath#commit}. */
    boolean[] commit(Link link, List<P> group, long commitId) throws SQLException;

    /**
     * Whether an earlier sending of this write landed. A write that leaves no trace to look for counts as a conflict:
     * deciding again does no harm.
     */
    boolean isOurs(P write, long commitId);
  }

  private static final Outcome LANDED = new Outcome.Landed();
  private static final Outcome CONFLICT = new Outcome.Conflict();
  private static final int RETRIES = 30;

  private final Access access;
  private final Kind<W, P> kind;
  private final StoreConfig config;
  private final StoreCounters counters;

  Commits(Access access, Kind<W, P> kind, StoreConfig config, StoreCounters counters) {
    this.access = access;
    this.kind = kind;
    this.config = config;
    this.counters = counters;
  }

  /** @param timeline the {@link Timelines#changes} that the group was decided on */
  List<Outcome> commit(List<W> group, long timeline) {
    @Nullable Outcome[] outcomes = new Outcome[group.size()];
    Predicate<P> claims = kind.claims();
    Map<Object, List<P>> parts = new LinkedHashMap<>();
    for (int i = 0; i < outcomes.length; i++) {
      P write;
      String problem;
      try {
        write = kind.packed(i, group.get(i));
        problem = kind.problemOf(write);
      } catch (IllegalArgumentException | ArithmeticException impossible) {
        // One write that makes no sense must not take its neighbours along.
        outcomes[i] = new Outcome.Refused(String.valueOf(impossible.getMessage()), false);
        continue;
      }
      if (problem != null) {
        outcomes[i] = new Outcome.Refused(problem, false);
      } else if (!claims.test(write)) {
        outcomes[i] = CONFLICT;
      } else {
        parts.computeIfAbsent(kind.together(write), one -> new ArrayList<>(outcomes.length)).add(write);
      }
    }
    for (List<P> part : parts.values()) sendInPortions(part, timeline, outcomes);
    return counted(outcomes);
  }

  private List<Outcome> counted(@Nullable Outcome[] outcomes) {
    List<Outcome> all = new ArrayList<>(outcomes.length);
    for (Outcome outcome : outcomes) {
      if (outcome == null) throw new IllegalStateException("a write without an outcome");
      if (outcome instanceof Outcome.Conflict) counters.conflicts.increment();
      if (outcome instanceof Outcome.Refused) counters.refused.increment();
      all.add(outcome);
    }
    counters.writes.add(outcomes.length);
    return all;
  }

  private void sendInPortions(List<P> part, long timeline, @Nullable Outcome[] outcomes) {
    int from = 0;
    long bytes = 0;
    for (int to = 0; to < part.size(); to++) {
      if (to > from && bytes + part.get(to).bytes() > config.maxGroupBytes()) {
        send(part.subList(from, to), timeline, outcomes);
        from = to;
        bytes = 0;
      }
      bytes += part.get(to).bytes();
    }
    send(part.subList(from, part.size()), timeline, outcomes);
  }

  /**
   * Commits a part of a group; what the database refuses is found by halving, and so is the row that somebody else has
   * locked, an operator for example: its write falls out alone and is decided again, its neighbours land.
   */
  private void send(List<P> part, long timeline, @Nullable Outcome[] outcomes) {
    try {
      boolean[] landed = resolve(part, timeline);
      for (int i = 0; i < landed.length; i++) outcomes[part.get(i).index()] = landed[i] ? LANDED : CONFLICT;
    } catch (SQLException refused) {
      if (part.size() == 1) {
        outcomes[part.getFirst().index()] = access.dialect().waitedForLock(refused)
            ? CONFLICT
            : new Outcome.Refused(String.valueOf(refused.getMessage()), true);
        return;
      }
      int half = part.size() / 2;
      send(List.copyOf(part.subList(0, half)), timeline, outcomes);
      send(List.copyOf(part.subList(half, part.size())), timeline, outcomes);
    }
  }

  /**
   * Sends a group until its outcome is known.
   *
   * @throws SQLException the database refuses something in it; nothing was written
   */
  private boolean[] resolve(List<P> part, long timeline) throws SQLException {
    long commitId = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    boolean unknown = false;
    long unknownSince = 0;
    Patience left = access.patience();
    for (int trial = 1; ; trial++) {
      try {
        boolean[] landed = access.writer(link -> on(timeline, link, part, commitId));
        counters.commits.increment();
        return unknown ? orOurs(part, landed, commitId) : landed;
      } catch (SQLException e) {
        Trouble trouble = access.dialect().classify(e);
        switch (trouble) {
          // EXPENSIVE: an administrator cancelled it, or allows statements too little time.
          case RETRY, DUPLICATE, EXPENSIVE -> {
            // An earlier sending of this group may hold the lock: its outcome has to be known.
            if (!unknown && access.dialect().waitedForLock(e)) throw e;
            // A duplicate is a race that the guards will see the next time, or a defect that shows itself by staying.
            if (trouble == Trouble.RETRY ? trial >= RETRIES || left.isOver() : trial >= 4) {
              if (trouble == Trouble.DUPLICATE) throw e;
              throw lost(e, unknown);
            }
            counters.retries.increment();
            Failures.pauseAfter(trial);
          }
          case LOST -> {
            if (!unknown) {
              unknown = true;
              unknownSince = System.nanoTime();
              counters.unknownOutcomes.increment();
            }
            waitForOutcome(e, unknownSince, trial);
          }
          case UNWILLING -> {
            if (!unknown) throw Failures.of(access.dialect(), e);
            waitForOutcome(e, unknownSince, trial);
          }
          case DATA -> throw e;
          case DEFECT -> throw Failures.of(access.dialect(), e);
        }
      } catch (StoreException unreachable) {
        if (!unknown) throw unreachable; // nothing was sent
        // On a new timeline nobody can tell: what had landed may be lost.
        if (access.timelines().changes() != timeline) throw lost(unreachable, true);
        waitForOutcome(unreachable, unknownSince, trial);
      }
    }
  }

  /** What was decided on another timeline must not be built on rows of this one, though their versions may fit. */
  private boolean[] on(long timeline, Link link, List<P> part, long commitId) throws SQLException {
    if (link.timeline() != timeline) {
      throw Failures.unavailable("a standby has taken over the database meanwhile; try again",
          new IllegalStateException("decided on timeline " + timeline + " of this node, not on " + link.timeline()));
    }
    return kind.commit(link, part, commitId);
  }

  private void waitForOutcome(Exception cause, long since, int trial) {
    if (System.nanoTime() - since > config.outcomePatience().toNanos()) throw lost(cause, true);
    Failures.pauseAfter(trial);
  }

  private static StoreException lost(Exception cause, boolean unknown) {
    return Failures.unavailable(unknown
        ? "the answer to a commit was lost and the database does not come back: it may or may not have happened"
        : "the database is too busy: " + cause.getMessage(), cause);
  }

  private boolean[] orOurs(List<P> part, boolean[] landed, long commitId) {
    boolean[] truth = landed.clone();
    for (int i = 0; i < truth.length; i++) truth[i] = truth[i] || kind.isOurs(part.get(i), commitId);
    return truth;
  }
}
