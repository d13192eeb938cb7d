package dev.pawl.core.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A waiting job is dead-lettered for a reason outside its own budgets: no node knows its type, its row cannot be read,
 * the store refuses it, its payload breaks its contract. A job that is worked on is left alone; so is one that an operator
 * holds.
 *
 * @param error what is told of it; null: what was known before
 */
public record GiveUp(JobId job, DeadLetterCause cause, Actor actor, @Nullable JobError error)
    implements JobRequest<JobPhase> {
  /** How long a due job may wait for a node that knows its type. */
  public static final Duration UNCLAIMED_MAX = Duration.ofMinutes(30);

  /** When somebody should be told that none came. */
  public static final Duration UNCLAIMED_ALERT = Duration.ofMinutes(5);

  public GiveUp(JobId job, DeadLetterCause cause, Actor actor) {
    this(job, cause, actor, null);
  }

  public GiveUp {
    switch (cause) {
      case UNREGISTERED_TYPE, STORE_RELATED, POISON_PAYLOAD, HISTORY_CORRUPT, HISTORY_DIVERGED -> {}
      default -> throw new IllegalArgumentException(cause + " has its own event");
    }
  }

  @Override
  public JobEvent event() {
    return JobEvent.GIVE_UP;
  }

  @Override
  public JobDecision<JobPhase> decide(JobSituation situation) {
    JobState there = situation.job();
    Instant now = situation.now();
    if (there == null) return absent();
    if (there.phase().terminal() || there.phase() == JobPhase.HELD || there.leased()) return illegal(there, now);
    if (cause == DeadLetterCause.UNREGISTERED_TYPE && now.isBefore(there.visibleAt().plus(UNCLAIMED_MAX))) {
      return new JobDecision.Unchanged<>(there.phase());
    }
    return new JobDraft(there, this, now).failedWith(error).bury(cause).note(JobPhase.DEAD_LETTERED);
  }
}
