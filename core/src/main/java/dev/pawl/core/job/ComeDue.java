package dev.pawl.core.job;

/** A due date is reached: SCHEDULED becomes READY. */
public record ComeDue(JobId job, Actor actor) implements JobRequest<JobPhase> {

  @Override
  public JobEvent event() {
    return JobEvent.DUE;
  }

  @Override
  public JobDecision<JobPhase> decide(JobSituation situation) {
    JobState there = situation.job();
    if (there == null) return absent();
    if (there.phase().terminal()) return illegal(there, situation.now());
    if (there.phase() != JobPhase.SCHEDULED || there.visibleAt().isAfter(situation.now())) {
      return new JobDecision.Unchanged<>(there.phase());
    }
    return new JobDraft(there, this, situation.now())
        .route(new JobDraft.Route.Again(JobPhase.READY, there.visibleAt(), there.attempt()))
        .note(JobPhase.READY);
  }
}
