package dev.pawl.core.job;

/** A caller wants it no more. Who works on it is told and has a little while; success in that while stands. */
public record CancelJob(JobId job, Actor actor) implements JobRequest<JobPhase> {

  @Override
  public JobEvent event() {
    return JobEvent.CANCEL;
  }

  @Override
  public JobDecision<JobPhase> decide(JobSituation situation) {
    JobState there = situation.job();
    if (there == null) return absent();
    if (there.phase().terminal() || there.cancelRequested()) return new JobDecision.Unchanged<>(there.phase());
    JobDraft draft = new JobDraft(there, this, situation.now());
    if (there.leased()) {
      draft.flagCancel();
    } else {
      draft.cancel();
    }
    return draft.note(draft.phase());
  }
}
