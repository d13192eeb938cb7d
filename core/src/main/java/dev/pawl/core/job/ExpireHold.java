package dev.pawl.core.job;

import java.time.Instant;

/** Nobody released it in time: the job goes on by itself, at once, but never before its explicit start. */
public record ExpireHold(JobId job, Actor actor) implements JobRequest<JobPhase> {

  @Override
  public JobEvent event() {
    return JobEvent.HOLD_EXPIRED;
  }

  @Override
  public JobDecision<JobPhase> decide(JobSituation situation) {
    JobState there = situation.job();
    Instant now = situation.now();
    if (there == null) return absent();
    JobPhase back = there.prevPhase();
    if (there.phase() != JobPhase.HELD || back == null) return illegal(there, now);
    if (there.visibleAt().isAfter(now)) return new JobDecision.Unchanged<>(there.phase());
    Instant start = there.spec().notBefore();
    return new JobDraft(there, this, now)
        .resume(back, start != null && start.isAfter(now) ? start : now)
        .note(back);
  }
}
