package dev.pawl.core.job;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.task.LossBudget;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/**
 * How long one job rests at most, after something went wrong, until it can be granted again. No terms a job may ask for
 * break {@link LeaseTimings#LONGEST_BOUND} under timings that a process starts with, so a submission need not be checked.
 *
 * @param crash after the death of its node, at whatever loss
 * @param hang after its handler stopped to report progress on a healthy node
 * @param wakeUp after a wake-up or a callback was lost
 */
public record JobBound(Duration crash, Duration hang, Duration wakeUp) {

  public static JobBound of(LeaseTimings timings, LeaseTerms terms) {
    Duration lease = Collections.max(List.of(timings.leaseTime(), terms.leaseTimeout()));
    return new JobBound(
        lease.plus(timings.takeoverPoll()).plus(LossBudget.CAP),
        terms.progressTimeout().plus(timings.heartbeat()).plus(timings.takeoverPoll()).plus(LossBudget.CAP),
        timings.recheck().plus(timings.takeoverPoll()));
  }

  /** The worst of them. */
  public Duration worst() {
    return Collections.max(List.of(crash, hang, wakeUp));
  }
}
