package dev.pawl.core.job;

import dev.pawl.core.value.Payload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job is handed in. The situation's job is the one that has the key, if any. A job that another one
 * {@linkplain Singleton stands for} is that one; one that it gives way to is cancelled in the same commit.
 *
 * @param job the id that a new job gets
 * @param original bytes of a legacy submission
 */
public record SubmitJob(JobId job, JobSpec spec, @Nullable Payload original, Actor actor)
    implements JobRequest<SubmitJob.Submitted> {

  /**
   * @param replayed the job was there before
   * @param ending how it ended, if it has and that is still known
   */
  public record Submitted(JobId job, boolean replayed, JobPhase phase, @Nullable JobEnding ending) {}

  @Override
  public JobEvent event() {
    return JobEvent.SUBMIT;
  }

  @Override
  public JobDecision<Submitted> decide(JobSituation situation) {
    Instant now = situation.now();
    JobState there = situation.job();
    if (there != null) {
      return spec.digest().equals(there.spec().digest())
          ? new JobDecision.Unchanged<>(new Submitted(there.id(), true, there.phase(), there.ending()))
          : audited(UwerCode.KEY_CONFLICT, conflict(there.id()), there, now, null);
    }
    JobSituation.TakenKey taken = situation.key();
    if (taken != null) { // the job was pruned, its key was not
      return spec.digest().equals(taken.digest())
          ? new JobDecision.Unchanged<>(new Submitted(taken.job(), true, taken.phase(), taken.ending()))
          : JobDecision.refused(UwerCode.KEY_CONFLICT, conflict(taken.job()));
    }
    JobBatch batch = situation.batch();
    if (spec.ties().batch() != null && (batch == null || !batch.open())) {
      return batch == null
          ? JobDecision.refused(UwerCode.NOT_FOUND, "there is no batch " + spec.ties().batch())
          : JobDecision.refused(UwerCode.ILLEGAL_TRANSITION, "batch %s was closed at %s".formatted(batch.id(), batch.closedAt()));
    }
    Singleton one = spec.ties().singleton();
    JobState holder = situation.single() == null ? null : situation.single().state();
    boolean stands = one != null && holder != null && !holder.phase().terminal();
    if (one != null && !one.debounces() && holder != null && stands) {
      return new JobDecision.Unchanged<>(new Submitted(holder.id(), true, holder.phase(), null));
    }
    return accept(now, situation.single(), stands && holder != null && holder.givesWay() ? holder : null);
  }

  private JobDecision<Submitted> accept(Instant now, JobSituation.@Nullable Single single, @Nullable JobState older) {
    Singleton one = spec.ties().singleton();
    Instant since = older == null || single == null ? now : single.since();
    Instant start = start(now, since);
    Instant deadline = spec.deadline();
    if (deadline != null && !deadline.isAfter(start)) {
      return new JobDecision.Refused<>(UwerCode.IMPOSSIBLE_TIMING,
          "deadline %s must lie behind the start %s".formatted(deadline, start), "/body/deadline", null);
    }
    JobPhase phase = start.isAfter(now) ? JobPhase.SCHEDULED : JobPhase.READY;
    JobState born = new JobState(job, spec, phase, null, 0, null, 1, 0, 0, 0, null, false, start, null, deadline, null,
        0, null, null, 1);
    List<JobEffect> effects = new ArrayList<>(2);
    effects.add(new JobEffect.Noted(new Transition(job, spec.namespace(), now, actor, event(), null, 0, phase, 0, null,
        null, null, null)));
    effects.add(new JobEffect.KeyTaken(spec, job, original));
    if (one != null) {
      effects.add(new JobEffect.SingletonTaken(spec, job, single == null ? null : single.job(), since));
    }
    if (older != null) effects.add(new JobEffect.Superseded(older));
    if (spec.ties().batch() != null) effects.add(new JobEffect.Joined(spec, job));
    return new JobDecision.Change<>(null, born, effects, new Submitted(job, false, phase, null));
  }

  /** An explicit start, or when it will have been quiet for long enough. */
  private Instant start(Instant now, Instant since) {
    Instant start = spec.notBefore() != null && spec.notBefore().isAfter(now) ? spec.notBefore() : now;
    Singleton one = spec.ties().singleton();
    if (one == null || one.quiet() == null) return start;
    Instant quiet = now.plus(one.quiet());
    if (one.most() != null && since.plus(one.most()).isBefore(quiet)) quiet = since.plus(one.most());
    return quiet.isAfter(start) ? quiet : start;
  }

  private String conflict(JobId other) {
    return "key '%s' of type %s came before with another content, as job %s".formatted(spec.key(), spec.type(), other);
  }
}
