package dev.pawl.engine.store.sql;

import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store.Outcome;
import dev.pawl.engine.store.Store.Write;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreCounters;
import dev.pawl.engine.store.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Commits groups and finds out what became of them.
 *
 * <p>A deadlock is tried again. A data error is bisected until the offender is alone. A lost connection is the hard
 * case: the commit may have happened, may not have happened, or may still be happening in a backend that has not
 * noticed. So the same guarded group is sent again. It waits for whatever row locks the old backend still holds; if the
 * old one won, the guards fail now, and the commit id on the rows tells that it was us.
 */
final class Commits {
  private static final Outcome LANDED = new Outcome.Landed();
  private static final Outcome CONFLICT = new Outcome.Conflict();
  private static final int RETRIES = 30;

  private static final String OURS = """
      select 1 from pawl_runs where run_id = ? and commit_id = ?
      union all select 1 from pawl_events where run_id = ? and seq = ? and commit_id = ?""";

  private final Access access;
  private final CommitPath path;
  private final StoreConfig config;
  private final StoreCounters counters;

  Commits(Access access, CommitPath path, StoreConfig config, StoreCounters counters) {
    this.access = access;
    this.path = path;
    this.config = config;
    this.counters = counters;
  }

  List<Outcome> commit(List<Write> group) {
    @Nullable Outcome[] outcomes = new Outcome[group.size()];
    List<Packed> part = new ArrayList<>(group.size());
    GuardedPath.Claimed claimed = new GuardedPath.Claimed();
    long bytes = 0;
    for (int i = 0; i < outcomes.length; i++) {
      Packed write;
      try {
        write = new Packed(i, group.get(i));
      } catch (IllegalArgumentException | ArithmeticException impossible) {
        // One write that makes no sense must not take its neighbours along.
        outcomes[i] = new Outcome.Refused(String.valueOf(impossible.getMessage()));
        continue;
      }
      String problem = Texts.problemOf(write);
      if (problem != null) {
        outcomes[i] = new Outcome.Refused(problem);
      } else if (!claimed.claims(write)) {
        outcomes[i] = CONFLICT;
      } else {
        if (!part.isEmpty() && bytes + write.bytes > config.maxGroupBytes()) {
          send(part, outcomes);
          part.clear();
          bytes = 0;
        }
        part.add(write);
        bytes += write.bytes;
      }
    }
    if (!part.isEmpty()) send(part, outcomes);
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

  /**
   * Commits a part of a group; what the database refuses is found by halving, and so is the row that somebody else has
   * locked, an operator for example: its write falls out alone and is decided again, its neighbours land.
   */
  private void send(List<Packed> part, @Nullable Outcome[] outcomes) {
    try {
      boolean[] landed = resolve(part);
      for (int i = 0; i < landed.length; i++) outcomes[part.get(i).index] = landed[i] ? LANDED : CONFLICT;
    } catch (SQLException refused) {
      if (part.size() == 1) {
        outcomes[part.get(0).index] = access.dialect().waitedForLock(refused)
            ? CONFLICT
            : new Outcome.Refused(String.valueOf(refused.getMessage()));
        return;
      }
      int half = part.size() / 2;
      send(List.copyOf(part.subList(0, half)), outcomes);
      send(List.copyOf(part.subList(half, part.size())), outcomes);
    }
  }

  /**
   * Sends a group until its outcome is known.
   *
   * @throws SQLException the database refuses something in it; nothing was written
   */
  private boolean[] resolve(List<Packed> part) throws SQLException {
    long commitId = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    boolean unknown = false;
    long unknownSince = 0;
    Patience left = access.patience();
    for (int trial = 1; ; trial++) {
      try {
        boolean[] landed = access.writer(link -> path.commit(link, part, commitId));
        counters.commits.increment();
        return unknown ? orOurs(part, landed, commitId) : landed;
      } catch (SQLException e) {
        Trouble trouble = access.dialect().classify(e);
        switch (trouble) {
          case RETRY, DUPLICATE -> {
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
        waitForOutcome(unreachable, unknownSince, trial);
      }
    }
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

  private boolean[] orOurs(List<Packed> part, boolean[] landed, long commitId) {
    boolean[] truth = Arrays.copyOf(landed, landed.length);
    for (int i = 0; i < truth.length; i++) {
      if (!truth[i]) truth[i] = isOurs(part.get(i), commitId);
    }
    return truth;
  }

  /**
   * Whether an earlier sending of this write landed. A write without a run leaves no trace to look for; it counts as a
   * conflict, and deciding again finds the mail taken or the task closed.
   */
  private boolean isOurs(Packed write, long commitId) {
    List<Packed.RunSheet> sheets = write.sheets();
    if (sheets.isEmpty()) return false;
    Packed.RunSheet sheet = sheets.get(0);
    RunId run = sheet.id();
    long seq = sheet.events.isEmpty() ? 0 : sheet.events.get(0).seq;
    return access.read(link -> {
      try (Call call = link.sql(OURS)) {
        return call.uuid(run.value()).number(commitId).uuid(run.value()).number(seq).number(commitId)
            .first(Row::number) != null;
      }
    });
  }
}
