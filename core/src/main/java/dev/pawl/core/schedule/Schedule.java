package dev.pawl.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it stands.
 *
 * @param decidedUntil the fires of the spec up to this nominal time have had their answer; the next one is later
 * @param open what it started and has not ended, at most {@link #MOST_OPEN}
 * @param pending fires that wait for them to end, in the order in which they start
 * @param events how many events its history has; a schedule that is made anew under the id goes on from there
 * @param version rises with every change, and guards the commit
 */
public record Schedule(String id, ScheduleTerms terms, Standing standing, Counts counts, Latest latest,
    Instant decidedUntil, List<OpenRun> open, List<PendingFire> pending, Instant createdAt, Instant updatedAt, long events,
    long version) {
  /** So many fires may wait at once. */
  public static final int LONGEST_LINE = 1_000;

  /** So many open runs are remembered, the newest; older ones do not count as open any more. */
  public static final int MOST_OPEN = 200;

  /**
   * Whether it fires.
   *
   * @param note what was said last when it was made, paused or resumed
   */
  public record Standing(@Nullable Instant pausedAt, @Nullable String note, @Nullable Instant deletedAt) {}

  /**
   * @param started workflows that were started
   * @param failed how many of these starts were refused afterwards
   * @param skipped entries of the history that say that fires were left out
   * @param remaining starts that are left; null: without end
   */
  public record Counts(long started, long failed, long skipped, @Nullable Integer remaining) {}

  /** What happened last; each is null as long as it has not. */
  public record Latest(@Nullable Instant firedAt, @Nullable String workflowId, @Nullable SkipReason skipReason,
      @Nullable Instant skippedAt) {}

  /** How often what is open is looked at while a fire waits for its end, and nobody tells of that. */
  public static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  /**
   * @param workflowId of a job: its key
   * @param nominal of the fire that started it, whose {@code cause} it has
   * @param sequence of the entry of the history that says so, which was written at {@code startedAt}
   * @param job whether it is a job, of whose end nobody tells
   * @param cancelling whether it was asked to stop
   */
  public record OpenRun(String workflowId, Instant nominal, Cause cause, long sequence, Instant startedAt, boolean job,
      boolean cancelling) {
    OpenRun asked() {
      return new OpenRun(workflowId, nominal, cause, sequence, startedAt, job, true);
    }
  }

  /** A fire that waits, under the policy it came with. */
  public record PendingFire(Instant nominal, Cause cause, OverlapPolicy policy) {}

  /** Where a fire came from. */
  public enum Cause {
    SPEC,
    TRIGGER,
    BACKFILL
  }

  /** Why a fire did not start anything. */
  public enum SkipReason {
    /** A run is open, and the policy says to leave the fire out. */
    RUN_OPEN,
    /** As many fires wait as may. */
    BUFFER_FULL,
    /** A newer fire took its place in line. */
    SUPERSEDED,
    /** All runs that the schedule may start have been started. */
    MAX_RUNS_REACHED,
    /** It was noticed later than the catch-up window allows. */
    MISSED,
    /** The schedule was paused. */
    PAUSED,
    /** The terms changed before it was noticed. */
    UPDATED,
    /** The engine could not start the workflow. */
    START_REFUSED;

    /** The reason as it travels, for example {@code run_open}. */
    public String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public Schedule {
    open = List.copyOf(open);
    pending = List.copyOf(pending);
  }

  public boolean paused() {
    return standing.pausedAt() != null;
  }

  public boolean deleted() {
    return standing.deletedAt() != null;
  }

  /** When it has to be looked at next; null: not by itself. */
  public @Nullable Instant wakeAt(Instant now) {
    Fire next = next();
    Instant at = next == null ? null : next.at();
    if (pending.isEmpty() || open.stream().noneMatch(OpenRun::job)) return at;
    Instant look = now.plus(LOOK_AGAIN);
    return at == null || look.isBefore(at) ? look : at;
  }

  /** The next fire of the spec; null: there is none, or none that would start anything. */
  public @Nullable Fire next() {
    Integer remaining = counts.remaining();
    return paused() || deleted() || (remaining != null && remaining == 0) ? null : terms.spec().next(decidedUntil, id);
  }
}
