package dev.pawl.core.job;

import java.time.Duration;
import java.time.Instant;

/** The policy drives a dead job again whose cause was not its own fault, 15 min after its death, three times at most. */
public record AutoRedrive(JobId job, Actor actor) implements JobRequest<JobPhase> {
  public static final int MAX_REDRIVES = 3;
  public static final Duration DISTANCE = Duration.ofMinutes(15);

  @Override
  public JobEvent event() {
    return JobEvent.AUTO_REDRIVE;
  }

  @Override
  public JobDecision<JobPhase> decide(JobSituation situation) {
    JobState there = situation.job();
    Instant now = situation.now();
    if (there == null) return absent();
    JobEnding ending = there.ending();
    if (ending == null || ending.cause() == null || !ending.cause().redrivable()
        || there.redrives() >= MAX_REDRIVES) {
      return illegal(there, now);
    }
    // Counted from the death: a policy that comes late does not add to the distance.
    Instant due = ending.at().plus(DISTANCE);
    return new JobDraft(there, this, now)
        .restart(JobPhase.SCHEDULED, due.isBefore(now) ? now : due, there.redrives() + 1)
        .note(JobPhase.SCHEDULED);
  }
}
