package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.schedule.CreateSchedule;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.UpdateSchedule;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs that come again and again. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class ScheduledJobsTest extends ScheduleFixture {
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final String FIRST = "s-2027-01-01T00:05:00Z";
  private static final String SECOND = "s-2027-01-01T00:10:00Z";

  ScheduledJobsTest(DatabaseServer server) {
    super(server);
  }

  private static ScheduleAction job(String type, int priority) {
    return new ScheduleAction.EnqueueJob(type, Payload.json("{\"sku\":1}"), JobHand.digest(type), priority,
        LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD);
  }

  private void often(OverlapPolicy overlap) {
    pawl.schedules().create("default",
        new CreateSchedule("s", terms(overlap, "*/5 * * * *", job("test.job", 2)), false, null));
  }

  private Schedule schedule() {
    return pawl.schedules().describe("default", "s");
  }

  private JobState found(String key) {
    return pawl.jobs().find("default", "test.job", key).orElseThrow();
  }

  private void end(String key) {
    assertThat(pawl.jobs().cancel("default", found(key).id(), new Actor(Actor.Kind.CALLER, "test")).get())
        .isEqualTo(JobPhase.CANCELLED);
  }

  @Test
  void aFireHandsAJobIn() {
    often(OverlapPolicy.SKIP);
    pass(STEP);
    JobState job = found(FIRST);
    assertThat(job.phase()).isEqualTo(JobPhase.READY);
    assertThat(job.spec().priority()).isEqualTo(2);
    assertThat(job.spec().correlationId()).isEqualTo("s");
    assertThat(job.spec().payload()).isEqualTo(Payload.json("{\"sku\":1}"));
    assertThat(pawl.schedules().history("default", "s", 1, 10).getFirst().run().value()).isEqualTo(job.id().value());
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    assertThat(grant.job().id()).isEqualTo(job.id());
    assertThat(hand.ok(grant).ok()).isTrue();
    pass(STEP);
    assertThat(found(SECOND).phase()).isEqualTo(JobPhase.READY);
    assertThat(schedule().open()).hasSize(1);
  }

  @Test
  void whatOverlapsIsLeftOutAndWhatHasEndedDoesNotCount() {
    often(OverlapPolicy.SKIP);
    pass(STEP);
    pass(STEP);
    assertThat(pawl.jobs().find("default", "test.job", SECOND)).isEmpty();
    assertThat(schedule().latest().skipReason()).isEqualTo(Schedule.SkipReason.RUN_OPEN);
    end(FIRST);
    pass(STEP);
    assertThat(found("s-2027-01-01T00:15:00Z").phase()).isEqualTo(JobPhase.READY);
  }

  @Test
  void whatWaitsInLineComesSoonAfterTheEnd() {
    often(OverlapPolicy.BUFFER_ALL);
    pass(STEP);
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    ScheduleApi.Launch buffered = pawl.schedules().trigger("default", "s", null);
    assertThat(buffered.run()).isNull();
    pass(Schedule.LOOK_AGAIN);
    assertThat(schedule().pending()).hasSize(1);
    hand.beat(grant);
    assertThat(hand.ok(grant).ok()).isTrue();
    pass(Schedule.LOOK_AGAIN);
    assertThat(schedule().pending()).isEmpty();
    assertThat(hand.take().job().id()).isNotEqualTo(grant.job().id());
    assertThat(pawl.store().nextDue()).contains(Instant.parse("2027-01-01T00:10:00Z"));
  }

  @Test
  void cancelOtherAsksAndTakesItsPlace() {
    often(OverlapPolicy.CANCEL_OTHER);
    pass(STEP);
    pass(STEP);
    assertThat(found(FIRST).phase()).isEqualTo(JobPhase.CANCELLED);
    pass(Schedule.LOOK_AGAIN);
    assertThat(found(SECOND).phase()).isEqualTo(JobPhase.READY);
  }

  @Test
  void anUpdateMayTurnAJobIntoAWorkflow() {
    often(OverlapPolicy.SKIP);
    pass(STEP);
    pawl.schedules().update("default", new UpdateSchedule("s", terms(OverlapPolicy.SKIP, "*/5 * * * *",
        new ScheduleAction.StartWorkflow("Order", "q", null, StartOptions.PLAIN, false)), null, null));
    pass(STEP);
    assertThat(schedule().latest().skipReason()).as("the job is still open").isEqualTo(Schedule.SkipReason.RUN_OPEN);
    end(FIRST);
    pass(STEP);
    assertThat(control.list("default", "", 10, null).runs()).hasSize(1);
  }

  @Test
  void aKeyThatSomebodyElseHasTakenIsThatJob() {
    JobHand.submit(pawl, JobHand.spec(FIRST));
    often(OverlapPolicy.ALLOW_ALL);
    pass(STEP);
    assertThat(found(FIRST).spec().payload()).isEqualTo(Payload.json("{}"));
    assertThat(schedule().counts().started()).isEqualTo(1);
    pass(STEP);
    assertThat(found(SECOND).phase()).isEqualTo(JobPhase.READY);
  }

  @Test
  void whatCouldNeverBeHandedInIsRefused() {
    assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> pawl.schedules().create("default",
        new CreateSchedule("s", terms(OverlapPolicy.SKIP, "*/5 * * * *", job(" ", 5)), false, null)));
    assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> pawl.schedules().create("default",
        new CreateSchedule("s", terms(OverlapPolicy.SKIP, "*/5 * * * *", job("x", 10)), false, null)));
  }

  @Test
  void manyNodesAtOnceHandEachJobInOnce() {
    for (int i = 0; i < 10; i++) {
      pawl.schedules().create("default", new CreateSchedule("s" + i,
          terms(OverlapPolicy.ALLOW_ALL, "* * * * * *", job("test.job", 5)), false, null));
    }
    manyNodesLook(2, 4);
    List<JobGrant> all = new JobHand(pawl).take(100, "test.job");
    assertThat(all).hasSize(40);
    assertThat(all.stream().map(grant -> grant.job().id()).distinct()).hasSize(40);
  }

  @ParameterizedTest
  @EnumSource(names = {"MAIL_BEFORE", "SCHEDULE_BEFORE", "SCHEDULE_AFTER"})
  void aNodeThatBreaksLosesNoJobAndDoublesNone(Failpoint point) {
    often(OverlapPolicy.ALLOW_ALL);
    PawlEngine other = breaks(point, STEP);
    assertThat(new JobHand(other).take(10, "test.job")).hasSize(1);
  }
}
