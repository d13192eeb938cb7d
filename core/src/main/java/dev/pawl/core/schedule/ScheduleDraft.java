package dev.pawl.core.schedule;

import dev.pawl.core.schedule.Schedule.Cause;
import dev.pawl.core.schedule.Schedule.Counts;
import dev.pawl.core.schedule.Schedule.Latest;
import dev.pawl.core.schedule.Schedule.OpenRun;
import dev.pawl.core.schedule.Schedule.PendingFire;
import dev.pawl.core.schedule.Schedule.SkipReason;
import dev.pawl.core.schedule.Schedule.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a decision on a schedule is put together: the one place that starts, buffers and leaves out, and that says
 * when to look again, so that no request can forget it.
 */
final class ScheduleDraft {
  private final @Nullable Schedule before;
  private final Schedule base;
  private final Instant now;
  private final List<OpenRun> open;
  private final List<PendingFire> pending;
  private final List<ScheduleEvent> events = new ArrayList<>();
  private final List<ScheduleEffect> effects = new ArrayList<>();
  private ScheduleTerms terms;
  private Standing standing;
  private Counts counts;
  private Latest latest;
  private Instant decidedUntil;

  ScheduleDraft(@Nullable Schedule before, Schedule base, Instant now) {
    this.before = before;
    this.base = base;
    this.now = now;
    this.open = new ArrayList<>(base.open());
    this.pending = new ArrayList<>(base.pending());
    this.terms = base.terms();
    this.standing = base.standing();
    this.counts = base.counts();
    this.latest = base.latest();
    this.decidedUntil = base.decidedUntil();
  }

  void note(ScheduleEvent.Fact fact) {
    events.add(new ScheduleEvent(base.events() + events.size() + 1, now, fact));
  }

  void pause(@Nullable String note) {
    Instant since = standing.pausedAt();
    standing = new Standing(since == null ? now : since, note == null ? standing.note() : note, null);
  }

  void resume(@Nullable String note) {
    standing = new Standing(null, note == null ? standing.note() : note, null);
  }

  void delete() {
    standing = new Standing(standing.pausedAt(), standing.note(), now);
    open.clear();
    pending.clear();
  }

  void terms(ScheduleTerms other, @Nullable String note) {
    if (!Objects.equals(other.maxRuns(), terms.maxRuns())) {
      counts = new Counts(counts.started(), counts.failed(), counts.skipped(), other.maxRuns());
    }
    terms = other;
    standing = new Standing(standing.pausedAt(), note == null ? standing.note() : note, null);
  }

  /** Whether the workflow was one of the open ones. */
  boolean ended(String workflowId) {
    return open.removeIf(run -> run.workflowId().equals(workflowId));
  }

  /** The start of an open run was refused. */
  void refused(OpenRun run, String why) {
    open.remove(run);
    counts = new Counts(counts.started(), counts.failed() + 1, counts.skipped(), counts.remaining());
    skip(run.nominal(), run.nominal(), run.cause(), SkipReason.START_REFUSED, why);
  }

  /**
   * Decides what is due.
   *
   * @param early what only waits for its jitter is due as well
   */
  List<Fired> pass(boolean early) {
    List<Fired> fired = new ArrayList<>();
    Instant oldest = now.minus(terms.catchUp());
    Instant missed = null;
    while (fired.size() < PassFires.MOST_FIRES) {
      Fire next = state().next();
      if (next == null || (early ? next.nominal() : next.at()).isAfter(now)) break;
      if (next.at().isBefore(oldest)) {
        if (missed == null) missed = next.nominal();
        // Nothing up to there can be in time, whatever its jitter: years of an outage are one step.
        decidedUntil = later(next.nominal(), oldest.minus(terms.spec().jitter()).minusNanos(1));
        continue;
      }
      missed = sayMissed(missed);
      decidedUntil = next.nominal();
      fired.add(fire(new PendingFire(next.nominal(), Cause.SPEC, terms.overlap())));
    }
    sayMissed(missed);
    return fired;
  }

  private @Nullable Instant sayMissed(@Nullable Instant missed) {
    if (missed != null) skip(missed, decidedUntil, Cause.SPEC, SkipReason.MISSED);
    return null;
  }

  /** Leaves out what the spec named until now and nobody decided. */
  void skipRest(SkipReason reason) {
    Fire next = terms.spec().next(decidedUntil, base.id());
    if (next != null && !next.nominal().isAfter(now) && !spent()) skip(next.nominal(), now, Cause.SPEC, reason);
    decidedUntil = later(decidedUntil, now);
  }

  /** The overlap policies. */
  Fired fire(PendingFire fire) {
    if (spent()) return skip(fire, SkipReason.MAX_RUNS_REACHED);
    if (open.isEmpty()) return start(fire);
    return switch (fire.policy()) {
      case ALLOW_ALL -> start(fire);
      case SKIP -> skip(fire, SkipReason.RUN_OPEN);
      case BUFFER_ONE -> pending.isEmpty() ? buffer(fire) : skip(fire, SkipReason.BUFFER_FULL);
      case BUFFER_ALL -> buffer(fire);
      case CANCEL_OTHER -> {
        pending.removeIf(this::superseded);
        for (OpenRun run : open) {
          if (!run.cancelling()) effects.add(new ScheduleEffect.Cancel(run));
        }
        open.replaceAll(OpenRun::asked);
        yield buffer(fire);
      }
      case TERMINATE_OTHER -> {
        for (OpenRun run : open) effects.add(new ScheduleEffect.Terminate(run));
        open.clear();
        yield start(fire);
      }
    };
  }

  /** Starts what waits, if nothing is open. The spec's fires wait for the end of a pause as well. */
  void startPending() {
    if (spent()) {
      for (PendingFire fire : pending) skip(fire, SkipReason.MAX_RUNS_REACHED);
      pending.clear();
    }
    if (!open.isEmpty()) return;
    for (PendingFire fire : pending) {
      if (standing.pausedAt() != null && fire.cause() == Cause.SPEC) continue;
      pending.remove(fire);
      start(fire);
      return;
    }
  }

  private boolean superseded(PendingFire fire) {
    if (fire.policy() != OverlapPolicy.CANCEL_OTHER) return false;
    skip(fire, SkipReason.SUPERSEDED);
    return true;
  }

  private Fired buffer(PendingFire fire) {
    if (pending.size() >= Schedule.LONGEST_LINE) return skip(fire, SkipReason.BUFFER_FULL);
    pending.add(fire);
    return new Fired.Buffered(fire.nominal(), pending.size());
  }

  private Fired start(PendingFire fire) {
    // The spec names an instant once; by hand, the same one may come again.
    String workflowId = base.id() + "-" + fire.nominal()
        + (fire.cause() == Cause.SPEC ? "" : "-" + (base.events() + events.size() + 1));
    Integer remaining = counts.remaining();
    counts = new Counts(counts.started() + 1, counts.failed(), counts.skipped(), remaining == null ? null : remaining - 1);
    latest = new Latest(now, workflowId, latest.skipReason(), latest.skippedAt());
    note(new ScheduleEvent.Triggered(fire.nominal(), fire.cause(), workflowId));
    long sequence = base.events() + events.size();
    boolean job = terms.action() instanceof ScheduleAction.EnqueueJob;
    open.add(new OpenRun(workflowId, fire.nominal(), fire.cause(), sequence, now, job, false));
    // Where runs pile up, whoever fires beside them must not carry all of them along.
    if (open.size() > Schedule.MOST_OPEN) open.removeFirst();
    effects.add(new ScheduleEffect.Start(workflowId, fire.nominal(), sequence, terms.action()));
    return new Fired.Started(fire.nominal(), workflowId, sequence, now);
  }

  private Fired skip(PendingFire fire, SkipReason reason) {
    skip(fire.nominal(), fire.nominal(), fire.cause(), reason);
    return new Fired.Skipped(fire.nominal(), reason);
  }

  private void skip(Instant first, Instant last, Cause cause, SkipReason reason) {
    skip(first, last, cause, reason, null);
  }

  private void skip(Instant first, Instant last, Cause cause, SkipReason reason, @Nullable String why) {
    counts = new Counts(counts.started(), counts.failed(), counts.skipped() + 1, counts.remaining());
    latest = new Latest(latest.firedAt(), latest.workflowId(), reason, now);
    note(new ScheduleEvent.TriggerSkipped(first, last, cause, reason, why));
  }

  private boolean spent() {
    Integer remaining = counts.remaining();
    return remaining != null && remaining == 0;
  }

  private Schedule state() {
    return new Schedule(base.id(), terms, standing, counts, latest, decidedUntil, open, pending, base.createdAt(), now,
        base.events() + events.size(), base.version() + 1);
  }

  ScheduleDecision<Schedule> change() {
    Schedule after = state();
    return change(after, after);
  }

  <A> ScheduleDecision<A> change(A answer) {
    return change(state(), answer);
  }

  private <A> ScheduleDecision<A> change(Schedule after, A answer) {
    effects.add(new ScheduleEffect.WakeAt(after.wakeAt(now)));
    return new ScheduleDecision.Change<>(before, after, events, effects, answer);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
