package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.BROKEN;
import static dev.pawl.core.job.JobSamples.DISPATCHER;
import static dev.pawl.core.job.JobSamples.ID;
import static dev.pawl.core.job.JobSamples.NOON;
import static dev.pawl.core.job.JobSamples.STRANGER;
import static dev.pawl.core.job.JobSamples.after;
import static dev.pawl.core.job.JobSamples.commit;
import static dev.pawl.core.job.JobSamples.inColumn;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimJobTest {

  @Test
  void l1_theClaimItselfTakesOverFromADeadNode() {
    JobState held = inColumn(2);
    var change = claim(held, JobEvent.NODE_LOST, NOON);
    assertThat(events(change)).containsExactly(JobEvent.NODE_LOST);
    assertThat(change.after().epoch()).isEqualTo(2);
    assertThat(change.after().lease().session()).isEqualTo(STRANGER);
    assertThat(change.after().losses()).isEqualTo(1);
    assertThat(change.answer()).isEqualTo(new ClaimJob.Claim.Work(change.after()));
  }

  @Test
  void dueAndGrantedInOneCommit() {
    JobState scheduled = inColumn(0);
    var change = claim(scheduled, null, NOON);
    assertThat(events(change)).containsExactly(JobEvent.DUE);
    assertThat(change.after().leased()).isTrue();
    assertThat(change.after().attempt()).isEqualTo(2);
  }

  @Test
  void aLossThatSpendsTheBudgetIsWrittenAlthoughThereIsNothingToHave() {
    JobState job = inColumn(1);
    Instant now = NOON;
    for (int loss = 1; loss <= 4; loss++) {
      JobState leased = JobSamples.granted(job, now);
      job = after(new RevokeLease(ID, leased.epoch(), JobEvent.NODE_LOST, DISPATCHER), leased, now);
      now = job.visibleAt();
    }
    var change = claim(JobSamples.granted(job, now), JobEvent.NODE_LOST, now);
    assertThat(change.answer()).isEqualTo(new ClaimJob.Claim.Nothing(JobPhase.DEAD_LETTERED));
    assertThat(change.after().epoch()).isEqualTo(5);
  }

  @Test
  void aPassedDeadlineGoesBeforeTheGrant() {
    JobState late = JobSamples.submitted(JobSamples.spec(LeaseTerms.STANDARD, RetryTerms.STANDARD,
        CheckTerms.STANDARD, null, NOON.plusSeconds(1)), NOON);
    var change = claim(late, null, NOON.plusSeconds(1));
    assertThat(change.answer()).isEqualTo(new ClaimJob.Claim.Nothing(JobPhase.DEAD_LETTERED));
  }

  @Test
  void aLiveLeaseAHoldAndAWaitAreLeftAlone() {
    for (JobState job : List.of(inColumn(2), inColumn(4), inColumn(5), inColumn(6))) {
      assertThat(new ClaimJob(ID, STRANGER, "node-2", true, null, DISPATCHER).decide(JobSituation.of(job, NOON)))
          .isEqualTo(new JobDecision.Unchanged<>(new ClaimJob.Claim.Nothing(job.phase())));
    }
    JobState waits = after(commit(inColumn(2), new JobOutcome.ErrRetry(BROKEN, Duration.ofMinutes(9))), inColumn(2), NOON);
    assertThat(new ClaimJob(ID, STRANGER, "node-2", true, null, DISPATCHER).decide(JobSituation.of(waits, NOON)))
        .isEqualTo(new JobDecision.Unchanged<>(new ClaimJob.Claim.Nothing(JobPhase.SCHEDULED)));
  }

  @SuppressWarnings("unchecked")
  private static JobDecision.Change<ClaimJob.Claim> claim(JobState job, JobEvent gone, Instant now) {
    return (JobDecision.Change<ClaimJob.Claim>) new ClaimJob(ID, STRANGER, "node-2", true, gone, DISPATCHER)
        .decide(JobSituation.of(job, now));
  }

  private static List<JobEvent> events(JobDecision.Change<?> change) {
    return change.effects().stream().filter(JobEffect.Noted.class::isInstance)
        .map(effect -> ((JobEffect.Noted) effect).line().event()).toList();
  }
}
