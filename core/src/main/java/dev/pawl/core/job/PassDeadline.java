package dev.pawl.core.job;

import java.time.Instant;

/** The deadline is there: who waits is dead-lettered at once, who is worked on when the lease ends without success. */
public record PassDeadline(JobId job, Actor actor) implements JobRequest<JobPhase> {

  @Override
  public JobEvent event() {
    return JobEvent.DEADLINE;
  }

  @Override
  public JobDecision<JobPhase> decide(JobSituation situation) {
    JobState there = situation.job();
    Instant now = situation.now();
    if (there == null) return absent();
    if (there.phase().terminal()) return illegal(there, now);
    Instant deadline = there.deadlineAt();
    if (deadline == null || now.isBefore(deadline) || there.deadlinePassed()) {
      return new JobDecision.Unchanged<>(there.phase());
    }
    JobDraft draft = new JobDraft(there, this, now);
    if (there.leased()) {
      draft.flagDeadline();
    } else {
      draft.bury(DeadLetterCause.DEADLINE);
    }
    return draft.note(draft.phase());
  }
}
