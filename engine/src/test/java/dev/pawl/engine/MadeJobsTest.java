package dev.pawl.engine;

import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.job.PayloadContracts;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that the engine itself makes keep what is agreed about their types, or are dead letters before anybody takes them. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class MadeJobsTest extends ScheduleFixture {
  private static final String KEPT = "urn:test:stock";

  MadeJobsTest(DatabaseServer server) {
    super(server);
  }

  /** Payloads of a type name an sku. */
  private record Stock(String type) implements PayloadContracts {
    @Override
    public Optional<JobError> objection(JobSpec job) {
      return check(job) instanceof Verdict.Broken broken
          ? Optional.of(new JobError(broken.code().wire(), broken.code().title(), broken.why(), false, broken.pointer()))
          : Optional.empty();
    }

    @Override
    public Verdict check(JobSpec job) {
      if (!job.type().equals(type)) return new Verdict.Kept(null);
      return job.payload().text().contains("sku")
          ? new Verdict.Kept(KEPT)
          : new Verdict.Broken(UwerCode.SCHEMA_VIOLATION, "there is no sku", "/body/payload/data/sku");
    }
  }

  private static ScheduleAction job(String payload) {
    return new ScheduleAction.EnqueueJob("test.stock", Payload.json(payload), JobHand.digest(payload), 5,
        LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD);
  }

  private void schedule(String payload) {
    pawl.schedules().create("default",
        new CreateSchedule("s", terms(OverlapPolicy.ALLOW_ALL, "*/5 * * * *", job(payload)), false, null));
  }

  private JobState made(String type, String key) {
    return pawl.jobs().find("default", type, key).orElseThrow();
  }

  private static void isPoison(JobState job) {
    assertThat(job.phase()).isEqualTo(JobPhase.DEAD_LETTERED);
    assertThat(job.ending().cause()).isEqualTo(DeadLetterCause.POISON_PAYLOAD);
    assertThat(job.lastError().detail()).isEqualTo("there is no sku");
    assertThat(job.lastError().pointer()).isEqualTo("/body/payload/data/sku");
    assertThat(job.attempt()).isEqualTo(1);
  }

  @Test
  void aScheduleWhosePayloadBreaksItsContractIsRefusedWithThePlace() {
    pawl.holdJobsTo(new Stock("test.stock"));
    assertThatThrownBy(() -> schedule("{\"ean\":1}")).isInstanceOfSatisfying(RejectedException.class, no -> {
      assertThat(no.code()).isEqualTo(Rejection.Code.INVALID_ARGUMENT);
      assertThat(no.rejection().field()).isEqualTo("action.payload.sku");
      assertThat(no.rejection().message()).isEqualTo("there is no sku");
    });
    schedule("{\"sku\":1}");
    assertThatThrownBy(() -> pawl.schedules().update("default",
        new UpdateSchedule("s", terms(OverlapPolicy.SKIP, "*/5 * * * *", job("{}")), null, null)))
        .isInstanceOf(RejectedException.class);
    assertThat(pawl.schedules().describe("default", "s").terms().overlap()).isEqualTo(OverlapPolicy.ALLOW_ALL);
    pass(Duration.ofMinutes(5));
    JobState born = made("test.stock", "s-2027-01-01T00:05:00Z");
    assertThat(born.phase()).isEqualTo(JobPhase.READY);
    assertThat(born.spec().schema()).isEqualTo(KEPT);
  }

  @Test
  void aFireThatBreaksALaterContractIsADeadLetterBeforeAnybodyTakesIt() {
    schedule("{\"ean\":1}");
    pawl.holdJobsTo(new Stock("test.stock"));
    pass(Duration.ofMinutes(5));
    isPoison(made("test.stock", "s-2027-01-01T00:05:00Z"));
    pass(Duration.ofMinutes(5));
    isPoison(made("test.stock", "s-2027-01-01T00:10:00Z"));
  }

  @Test
  void soIsTheJobThatFollowsADeath() {
    pawl.holdJobsTo(new Stock("test.job.dead"));
    pawl.jobWork().followDead("default", List.of("test.job"));
    JobHand hand = new JobHand(pawl);
    JobId id = submit(pawl, JobHand.retrying("order-12345", RetryTerms.of(BackoffProfile.NONE)));
    hand.fail(hand.take());
    JobState dead = JobHand.state(pawl, id);
    tickUntilQuiet();
    isPoison(made("test.job.dead", id + ":" + dead.version()));
  }

  @Test
  void soIsTheCallbackOfABatch() {
    pawl.holdJobsTo(new Stock("import.done"));
    pawl.jobs().openBatch("default", "import-42", "import.done").get();
    pawl.jobs().closeBatch("default", "import-42").get();
    submit(pawl, spec("order-12345"));
    tickUntilQuiet();
    isPoison(made("import.done", "batch:import-42"));
  }
}
