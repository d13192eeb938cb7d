package dev.pawl.core.job;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decision in the making. Used inside one {@code decide} and thrown away. */
final class JobDraft {

  /** Where a job is to go; the flags raised while somebody worked on it may send it elsewhere. */
  sealed interface Route {
    /** @param attempt the attempt it is in then */
    record Again(JobPhase phase, Instant visibleAt, int attempt) implements Route {}

    record Succeed(@Nullable String digest, dev.pawl.core.value.@Nullable Payload result) implements Route {}

    record Fail(@Nullable String digest) implements Route {}

    record Bury(DeadLetterCause cause) implements Route {}
  }

  private final JobState before;
  private final JobRequest<?> request;
  private final Instant now;
  private final List<JobEffect> more = new ArrayList<>(1);

  private JobPhase phase;
  private @Nullable JobPhase prevPhase;
  private long epoch;
  private @Nullable JobLease lease;
  private @Nullable JobLease ended;
  private LeaseEnd.Kind endKind = LeaseEnd.Kind.REVOKE;
  private @Nullable String endDigest;
  private int attempt;
  private int losses;
  private int checks;
  private int redrives;
  private @Nullable Instant cancelRequestedAt;
  private boolean deadlinePassed;
  private Instant visibleAt;
  private @Nullable Instant resumeAt;
  private @Nullable Instant deadlineAt;
  private @Nullable String externalRef;
  private long externalEpoch;
  private @Nullable JobError lastError;
  private @Nullable JobEnding ending;
  private @Nullable OperatorPapers papers;

  JobDraft(JobState job, JobRequest<?> request, Instant now) {
    this.before = job;
    this.request = request;
    this.now = now;
    phase = job.phase();
    prevPhase = job.prevPhase();
    epoch = job.epoch();
    lease = job.lease();
    attempt = job.attempt();
    losses = job.losses();
    checks = job.checks();
    redrives = job.redrives();
    cancelRequestedAt = job.cancelRequestedAt();
    deadlinePassed = job.deadlinePassed();
    visibleAt = job.visibleAt();
    resumeAt = job.resumeAt();
    deadlineAt = job.deadlineAt();
    externalRef = job.externalRef();
    externalEpoch = job.externalEpoch();
    lastError = job.lastError();
    ending = job.ending();
  }

  JobDraft grant(JobLease granted) {
    epoch = granted.epoch();
    return hold(granted);
  }

  /** The lease stands, perhaps prolonged; the job is looked at again when it could be over. */
  JobDraft hold(JobLease held) {
    lease = held;
    Instant expiry = held.expiresAt();
    visibleAt = expiry == null
        ? held.executionDeadline()
        : JobState.earlier(expiry, held.executionDeadline());
    return this;
  }

  JobDraft endLease(LeaseEnd.Kind kind, @Nullable String digest) {
    ended = lease;
    endKind = kind;
    endDigest = digest;
    lease = null;
    return this;
  }

  /** The holder's word was accepted: its node did not go away. */
  JobDraft heardOf() {
    losses = 0;
    return this;
  }

  JobDraft lost() {
    losses++;
    return this;
  }

  JobDraft checked() {
    checks++;
    return this;
  }

  JobDraft failedWith(@Nullable JobError error) {
    if (error != null) lastError = error;
    return this;
  }

  JobDraft awaits(String ref, long epochOfCommit) {
    externalRef = ref;
    externalEpoch = epochOfCommit;
    checks = 0;
    return this;
  }

  JobDraft flagCancel() {
    cancelRequestedAt = now;
    return this;
  }

  JobDraft flagDeadline() {
    deadlinePassed = true;
    return this;
  }

  JobDraft holdUntil(Instant until) {
    prevPhase = phase;
    resumeAt = visibleAt;
    phase = JobPhase.HELD;
    visibleAt = until;
    return this;
  }

  /** Back from HELD. */
  JobDraft resume(JobPhase to, Instant due) {
    prevPhase = null;
    resumeAt = null;
    phase = to;
    visibleAt = due;
    return this;
  }

  /** From the beginning, under an epoch that keeps rising: what still runs from before can never commit. */
  JobDraft restart(JobPhase to, Instant due, int redrivesThen) {
    phase = to;
    visibleAt = due;
    attempt = 1;
    losses = 0;
    checks = 0;
    redrives = redrivesThen;
    externalRef = null;
    externalEpoch = 0;
    lastError = null;
    ending = null;
    more.add(new JobEffect.Raised(before.id()));
    return this;
  }

  JobDraft dropDeadline() {
    deadlineAt = null;
    return this;
  }

  JobDraft papers(OperatorPapers shown) {
    papers = shown;
    return this;
  }

  JobDraft effect(JobEffect effect) {
    more.add(effect);
    return this;
  }

  /**
   * Sends the job on after its lease ended, or without one. Success stands, because the effect happened. A cancel takes
   * every way back into the queue; a passed deadline takes every other end.
   */
  JobDraft route(Route route) {
    if (route instanceof Route.Succeed success) {
      return end(JobPhase.SUCCEEDED, new JobEnding(now, null, success.digest(), success.result(), null));
    }
    if (route instanceof Route.Again && cancelRequestedAt != null) return cancel();
    if (deadlinePassed) return bury(DeadLetterCause.DEADLINE);
    return switch (route) {
      case Route.Again again -> goOn(again);
      case Route.Fail fail ->
          end(JobPhase.FAILED, new JobEnding(now, null, fail.digest(), null, lastError));
      case Route.Bury grave -> bury(grave.cause());
      case Route.Succeed ignored -> throw new IllegalStateException("success went its way above");
    };
  }

  private JobDraft goOn(Route.Again again) {
    phase = again.phase();
    visibleAt = again.visibleAt();
    attempt = again.attempt();
    if (phase != JobPhase.AWAITING) {
      // The effect was refused or the stage is PROCESS again: a callback about the old one must find nothing.
      externalRef = null;
      externalEpoch = 0;
    }
    return this;
  }

  JobDraft cancel() {
    return end(JobPhase.CANCELLED, new JobEnding(now, null, null, null, lastError));
  }

  JobDraft bury(DeadLetterCause cause) {
    return end(JobPhase.DEAD_LETTERED, new JobEnding(now, cause, null, null, lastError));
  }

  JobDraft end(JobPhase terminal, JobEnding how) {
    phase = terminal;
    prevPhase = null;
    resumeAt = null;
    deadlinePassed = false;
    visibleAt = now;
    ending = how;
    return this;
  }

  /** The change, with its line of the ledger. */
  <A> JobDecision<A> note(A answer) {
    JobState after = state();
    List<JobEffect> effects = new ArrayList<>(more.size() + 2);
    effects.add(new JobEffect.Noted(line(after)));
    JobEnding how = after.ending();
    if (after.phase() == JobPhase.DEAD_LETTERED && how != null && how.cause() != null) {
      effects.add(new JobEffect.Buried(after, how.cause()));
    }
    effects.addAll(more);
    return new JobDecision.Change<>(before, after, effects, answer);
  }

  /** The change of a lease that stands, or of a flag nobody else reads: no line. */
  <A> JobDecision<A> silently(A answer) {
    return new JobDecision.Change<>(before, state(), List.of(), answer);
  }

  private Transition line(JobState after) {
    JobLease over = ended;
    LeaseEnd end = over == null ? null : new LeaseEnd(before.id(), over.epoch(), endKind, request.event(),
        over.session(), over.grantedAt(), now, endDigest, after.phase());
    return new Transition(before.id(), before.spec().namespace(), now, request.actor(), request.event(), before.phase(),
        before.epoch(), after.phase(), after.epoch(), end, after.ending() == null ? null : after.ending().cause(), null,
        papers);
  }

  private JobState state() {
    // A flag is about the lease that stands. In a terminal phase the cancel stays as a record for compensation.
    Instant cancel = lease == null && !phase.terminal() ? null : cancelRequestedAt;
    return new JobState(before.id(), before.spec(), phase, prevPhase, epoch, lease, attempt, losses, checks, redrives,
        cancel, deadlinePassed, visibleAt, resumeAt, deadlineAt, externalRef, externalEpoch, lastError, ending,
        before.version() + 1);
  }

  JobPhase phase() {
    return phase;
  }

  int losses() {
    return losses;
  }

  int checks() {
    return checks;
  }
}
