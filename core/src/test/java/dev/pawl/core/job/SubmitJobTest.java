package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.ID;
import static dev.pawl.core.job.JobSamples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.value.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubmitJobTest {
  private static final Actor INGRESS = new Actor(Actor.Kind.INGRESS, "g1");
  private static final JobId OTHER = JobId.parse("0199a0c0-0000-7000-8000-000000000002");

  @Test
  void anAbsentJobIsBornReady() {
    var change = (JobDecision.Change<SubmitJob.Submitted>) submit(spec(null, null), null, null);
    assertThat(change.answer()).isEqualTo(new SubmitJob.Submitted(ID, false, JobPhase.READY, null));
    assertThat(change.before()).isNull();
    assertThat(change.after().visibleAt()).isEqualTo(NOON);
    assertThat(change.after().epoch()).isZero();
    assertThat(change.effects()).hasSize(2);
    assertThat(change.effects().get(1)).isInstanceOf(JobEffect.KeyTaken.class);
  }

  @Test
  void oneThatStartsLaterIsBornScheduled() {
    var change = (JobDecision.Change<SubmitJob.Submitted>) submit(spec(NOON.plusSeconds(1), null), null, null);
    assertThat(change.after().phase()).isEqualTo(JobPhase.SCHEDULED);
    assertThat(change.after().visibleAt()).isEqualTo(NOON.plusSeconds(1));
    var past = (JobDecision.Change<SubmitJob.Submitted>) submit(spec(NOON.minusSeconds(1), null), null, null);
    assertThat(past.after().phase()).isEqualTo(JobPhase.READY);
  }

  @Test
  void theSameKeyAndContentIsTheSameJobInEveryPhase() {
    for (int column = 0; column < 10; column++) {
      JobState there = JobSamples.inColumn(column);
      var again = new SubmitJob(OTHER, there.spec(), null, INGRESS).decide(JobSituation.of(there, NOON));
      assertThat(again).isEqualTo(new JobDecision.Unchanged<>(
          new SubmitJob.Submitted(ID, true, there.phase(), there.ending())));
    }
  }

  @Test
  void theSameKeyWithOtherContentIsAConflictInEveryPhase() {
    for (int column = 0; column < 10; column++) {
      JobState there = JobSamples.inColumn(column);
      refused(new SubmitJob(OTHER, other(), null, INGRESS).decide(JobSituation.of(there, NOON)), UwerCode.KEY_CONFLICT);
    }
  }

  @Test
  void theKeyOutlivesTheJob() {
    var taken = new JobSituation.TakenKey(JobSamples.digest("content"), ID, JobPhase.SUCCEEDED, null);
    assertThat(submit(spec(null, null), null, taken))
        .isEqualTo(new JobDecision.Unchanged<>(new SubmitJob.Submitted(ID, true, JobPhase.SUCCEEDED, null)));
    refused(submit(other(), null, taken), UwerCode.KEY_CONFLICT);
  }

  @Test
  void aDeadlineBeforeTheStartIsImpossible() {
    refused(submit(spec(null, NOON), null, null), UwerCode.IMPOSSIBLE_TIMING);
    refused(submit(spec(null, NOON.minusSeconds(1)), null, null), UwerCode.IMPOSSIBLE_TIMING);
    refused(submit(spec(NOON.plusSeconds(9), NOON.plusSeconds(8)), null, null), UwerCode.IMPOSSIBLE_TIMING);
    assertThat(submit(spec(NOON.plusSeconds(9), NOON.plusSeconds(10)), null, null))
        .isInstanceOf(JobDecision.Change.class);
  }

  private static JobDecision<SubmitJob.Submitted> submit(JobSpec spec, JobState job, JobSituation.TakenKey key) {
    return new SubmitJob(ID, spec, null, INGRESS).decide(new JobSituation(job, key, null, NOON));
  }

  private static void refused(JobDecision<?> decision, UwerCode code) {
    assertThat(decision).isInstanceOfSatisfying(JobDecision.Refused.class, no -> assertThat(no.code()).isEqualTo(code));
  }

  private static JobSpec spec(Instant notBefore, Instant deadline) {
    return JobSamples.spec(LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD, notBefore, deadline);
  }

  private static JobSpec other() {
    JobSpec same = JobSamples.spec();
    return new JobSpec(same.namespace(), same.type(), same.key(), JobSamples.digest("other"), null, 5, NOON, null, null,
        same.lease(), same.retry(), same.check(), Payload.json("{}"), null);
  }

  private static JobSpec tied(JobTies ties) {
    JobSpec same = JobSamples.spec();
    return new JobSpec(same.namespace(), same.type(), same.key(), same.digest(), null, 5, NOON, null, null,
        same.lease(), same.retry(), same.check(), same.payload(), null, null, ties);
  }

  private static JobDecision<SubmitJob.Submitted> decide(JobTies ties, JobSituation.Single single, JobBatch batch) {
    return new SubmitJob(ID, tied(ties), null, INGRESS)
        .decide(new JobSituation(null, null, null, single, batch, NOON));
  }

  @Test
  void whoeverStandsForASingletonIsTheAnswer() {
    JobTies ties = JobTies.NONE.singleton(new Singleton("one", null, null));
    JobState holder = JobSamples.submitted(JobSamples.spec(), NOON);
    assertThat(decide(ties, new JobSituation.Single(holder.id(), holder, NOON), null)).isEqualTo(
        new JobDecision.Unchanged<>(new SubmitJob.Submitted(holder.id(), true, holder.phase(), null)));
    assertThat(decide(ties, new JobSituation.Single(holder.id(), null, NOON), null))
        .as("it is not kept any more").isInstanceOf(JobDecision.Change.class);
  }

  @Test
  void whatHasBegunDoesNotGiveWay() {
    JobTies ties = JobTies.NONE.singleton(new Singleton("one", Duration.ofSeconds(5), null));
    JobState fresh = JobSamples.submitted(JobSamples.spec(), NOON);
    assertThat(effects(decide(ties, new JobSituation.Single(fresh.id(), fresh, NOON), null)))
        .contains(new JobEffect.Superseded(fresh));
    JobState leased = JobSamples.granted(JobSamples.submitted(JobSamples.spec(), NOON), NOON);
    assertThat(effects(decide(ties, new JobSituation.Single(leased.id(), leased, NOON), null)))
        .noneMatch(JobEffect.Superseded.class::isInstance);
  }

  private static List<JobEffect> effects(JobDecision<?> decision) {
    return ((JobDecision.Change<?>) decision).effects();
  }

  @Test
  void onlyAnOpenBatchIsJoined() {
    JobTies ties = JobTies.NONE.batch("b");
    JobBatch open = new JobBatch("retail-eu", "b", "done", NOON, null, null);
    assertThat(decide(ties, null, open)).isInstanceOf(JobDecision.Change.class);
    assertThat(decide(ties, null, null)).isInstanceOf(JobDecision.Refused.class);
    assertThat(decide(ties, null, open.close(NOON))).isInstanceOf(JobDecision.Refused.class);
  }
}
