package dev.pawl.core.job;

import java.util.List;

/**
 * All jobs of a batch are over: its callback is born. That none of them is open is part of the commit.
 *
 * @param job the id that the callback gets
 * @param spec of the callback
 */
public record CompleteBatch(JobId job, JobSpec spec, String batch, Actor actor) implements JobRequest<JobPhase> {

  @Override
  public JobEvent event() {
    return JobEvent.SUBMIT;
  }

  @Override
  public JobDecision<JobPhase> decide(JobSituation situation) {
    JobBatch there = situation.batch();
    if (there == null) return JobDecision.refused(UwerCode.NOT_FOUND, "there is no batch " + batch);
    if (there.open()) {
      return JobDecision.refused(UwerCode.ILLEGAL_TRANSITION, "batch %s is open: more jobs may join it".formatted(batch));
    }
    if (there.done()) return new JobDecision.Unchanged<>(JobPhase.READY);
    JobState born = new JobState(job, spec, JobPhase.READY, null, 0, null, 1, 0, 0, 0, null, false, situation.now(), null,
        null, null, 0, null, null, 1);
    return new JobDecision.Change<>(null, born, List.of(
        new JobEffect.Noted(new Transition(job, spec.namespace(), situation.now(), actor, event(), null, 0,
            JobPhase.READY, 0, null, null, null, null)),
        new JobEffect.KeyTaken(spec, job, null), new JobEffect.BatchDone(there, job)), JobPhase.READY);
  }
}
