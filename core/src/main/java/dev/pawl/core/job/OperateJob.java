package dev.pawl.core.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A manual transition. Papers are looked at before the job is: who may not act learns nothing.
 *
 * @param expectedEpoch the epoch that the operator saw; another one means that something happened since
 * @param dryRun says what would happen, and writes nothing
 */
public record OperateJob(JobId job, OperatorAct act, OperatorPapers papers, long expectedEpoch, boolean dryRun)
    implements JobRequest<OperateJob.Operated> {

  /** @param warning something the operator should know, although it was done */
  public record Operated(JobPhase from, JobPhase to, boolean dryRun, @Nullable String warning) {}

  @Override
  public JobEvent event() {
    return act.event();
  }

  @Override
  public Actor actor() {
    return new Actor(Actor.Kind.OPERATOR, papers.operator());
  }

  @Override
  public JobDecision<Operated> decide(JobSituation situation) {
    JobState there = situation.job();
    Instant now = situation.now();
    Optional<OperatorPapers.Flaw> flaw = flaw();
    if (flaw.isPresent()) return flawed(flaw.get(), there, now);
    if (there == null) return absent();
    if (expectedEpoch != there.epoch()) {
      return no(UwerCode.STALE_EPOCH, "expected epoch %d of job %s, but it is %d; look again".formatted(
          expectedEpoch, job, there.epoch()), there, now);
    }
    JobDecision<Operated> decided = operate(there, now);
    return dryRun && decided instanceof JobDecision.Change<Operated> change
        ? new JobDecision.Unchanged<>(change.answer())
        : decided;
  }

  private Optional<OperatorPapers.Flaw> flaw() {
    boolean grave = act instanceof OperatorAct.ForceSucceed;
    Optional<OperatorPapers.Flaw> flaw = papers.flaw(grave, grave);
    if (flaw.isPresent()) return flaw;
    return switch (act) {
      case OperatorAct.ForceSucceed success when success.evidence().isBlank() -> Optional.of(new OperatorPapers.Flaw(
          UwerCode.SCHEMA_VIOLATION, "expected evidence that it is done", "/evidence"));
      case OperatorAct.Hold hold when hold.time().compareTo(Duration.ZERO) <= 0
              || hold.time().compareTo(OperatorAct.Hold.LONGEST) > 0 ->
          Optional.of(new OperatorPapers.Flaw(UwerCode.IMPOSSIBLE_TIMING,
              "expected a hold of up to %s, got %s".formatted(OperatorAct.Hold.LONGEST, hold.time()), "/hold_ms"));
      default -> Optional.empty();
    };
  }

  private JobDecision<Operated> flawed(OperatorPapers.Flaw flaw, @Nullable JobState there, Instant now) {
    Transition tried = there == null ? null : new Transition(job, there.spec().namespace(), now, actor(), event(),
        there.phase(), there.epoch(), there.phase(), there.epoch(), null, null, flaw.code(), papers);
    return new JobDecision.Refused<>(flaw.code(), flaw.message(), flaw.pointer(), tried);
  }

  private JobDecision<Operated> no(UwerCode code, String message, JobState there, Instant now) {
    return audited(code, message, there, now, papers);
  }

  private JobDecision<Operated> impossible(JobState there, Instant now) {
    return no(UwerCode.ILLEGAL_TRANSITION, "%s is not possible while job %s is %s%s".formatted(
        event(), job, there.phase(), there.leased() ? " and leased" : ""), there, now);
  }

  private JobDecision<Operated> operate(JobState there, Instant now) {
    JobPhase phase = there.phase();
    JobDraft draft = new JobDraft(there, this, now).papers(papers);
    JobPhase back = there.prevPhase();
    switch (act) {
      case OperatorAct.Release release -> {
        if (back == null) return impossible(there, now);
        Instant due = there.resumeAt();
        draft.resume(back, due != null && due.isAfter(now) ? due : now);
      }
      case OperatorAct.ForceRevoke revoke -> {
        if (!there.leased()) return impossible(there, now);
        draft.endLease(LeaseEnd.Kind.REVOKE, null).route(new JobDraft.Route.Again(phase, now, there.attempt()));
      }
      case OperatorAct.Redrive redrive -> {
        if (phase != JobPhase.DEAD_LETTERED && phase != JobPhase.FAILED) return impossible(there, now);
        Instant deadline = there.deadlineAt();
        if (deadline != null && !deadline.isAfter(now)) draft.dropDeadline();
        draft.restart(JobPhase.READY, now, 0);
      }
      default -> {
        if (phase.terminal()) return impossible(there, now);
        if (there.leased()) {
          return no(UwerCode.LEASED, "somebody works on job %s under epoch %d: revoke the lease first".formatted(
              job, there.epoch()), there, now);
        }
        if (act instanceof OperatorAct.Hold && phase == JobPhase.HELD) {
          return new JobDecision.Unchanged<>(new Operated(phase, phase, dryRun, papers.warning()));
        }
        settle(draft, now);
      }
    }
    return draft.note(new Operated(phase, draft.phase(), dryRun, papers.warning()));
  }

  private void settle(JobDraft draft, Instant now) {
    switch (act) {
      case OperatorAct.Hold hold -> draft.holdUntil(now.plus(hold.time()));
      case OperatorAct.ForceFail fail -> draft.end(JobPhase.FAILED, new JobEnding(now, null, null, null, byHand()));
      case OperatorAct.ForceDeadLetter bury -> draft.bury(DeadLetterCause.OPS);
      case OperatorAct.ForceSucceed success ->
          draft.end(JobPhase.SUCCEEDED, new JobEnding(now, null, null, success.result(), null));
      case OperatorAct.Release release -> throw new IllegalStateException("handled before");
      case OperatorAct.ForceRevoke revoke -> throw new IllegalStateException("handled before");
      case OperatorAct.Redrive redrive -> throw new IllegalStateException("handled before");
    }
  }

  private JobError byHand() {
    return new JobError(UwerCode.INTERNAL.wire(), "Failed by an operator", papers.reason(), false, null);
  }
}
