package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.ID;
import static dev.pawl.core.job.JobSamples.NOON;
import static dev.pawl.core.job.JobSamples.after;
import static dev.pawl.core.job.JobSamples.inColumn;
import static dev.pawl.core.job.JobSamples.papers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.OperatorPapers.Standing;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperateJobTest {
  private static final OperatorAct HOLD = new OperatorAct.Hold(Duration.ofHours(2));
  private static final OperatorAct SUCCEED = new OperatorAct.ForceSucceed("seen in the warehouse", null);
  private static final List<OperatorAct> ACTS = List.of(HOLD, new OperatorAct.Release(), new OperatorAct.ForceRevoke(),
      new OperatorAct.ForceFail(), new OperatorAct.ForceDeadLetter(), SUCCEED, new OperatorAct.Redrive());

  @Test
  void u1_withoutATicketNothingIsDone() {
    for (OperatorAct act : ACTS) {
      for (int column = 0; column < 10; column++) {
        refused(act, with(null, Standing.NOT_ASKED, "a reason that is long", "grace"), column, UwerCode.TICKET_MISSING);
      }
    }
  }

  @Test
  void u2_aTicketHasAForm() {
    for (String bad : List.of("ops-1", "OPS", "OPS-0", "OPS-01", "O-1", "OPS-1234567890", "ABCDEFGHIJK-1", "OPS-1 ", "1PS-1")) {
      refused(HOLD, with(bad, Standing.NOT_ASKED, "a reason that is long", null), 1, UwerCode.TICKET_REFUSED);
    }
    for (String good : List.of("OPS-1", "A1-999999999", "ABCDEFGHIJ-1")) {
      assertThat(decide(HOLD, with(good, Standing.NOT_ASKED, "a reason that is long", null), 1, false))
          .isInstanceOf(JobDecision.Change.class);
    }
    refused(HOLD, with("OPS-1", Standing.NOT_OPEN, "a reason that is long", null), 1, UwerCode.TICKET_REFUSED);
  }

  @Test
  void aSilentTrackerStopsOnlyWhatCannotBeUndone() {
    OperatorPapers unsure = with("OPS-1", Standing.UNREACHABLE, "a reason that is long", "grace");
    refused(SUCCEED, unsure, 1, UwerCode.TICKET_REFUSED);
    var held = (JobDecision.Change<OperateJob.Operated>) decide(HOLD, unsure, 1, false);
    assertThat(held.answer().warning()).contains("OPS-1");
  }

  @Test
  void aReasonAndForTheGravestASecondPersonAndEvidence() {
    refused(HOLD, with("OPS-1", Standing.OPEN, "too short", null), 1, UwerCode.SCHEMA_VIOLATION);
    refused(SUCCEED, with("OPS-1", Standing.OPEN, "a reason that is long", null), 1, UwerCode.APPROVER_REQUIRED);
    refused(SUCCEED, with("OPS-1", Standing.OPEN, "a reason that is long", "ada"), 1, UwerCode.APPROVER_REQUIRED);
    refused(new OperatorAct.ForceSucceed(" ", null), papers(), 1, UwerCode.SCHEMA_VIOLATION);
    assertThat(((JobDecision.Change<?>) decide(SUCCEED, papers(), 1, false)).after().phase())
        .isEqualTo(JobPhase.SUCCEEDED);
  }

  @Test
  void whoHasPapersMustHaveLookedAtTheNewestEpoch() {
    JobState there = inColumn(3);
    JobDecision<?> decision = new OperateJob(ID, HOLD, papers(), there.epoch() + 1, false)
        .decide(JobSituation.of(there, NOON));
    assertThat(decision).isInstanceOfSatisfying(JobDecision.Refused.class, no -> {
      assertThat(no.code()).isEqualTo(UwerCode.STALE_EPOCH);
      assertThat(no.audit().papers()).isEqualTo(papers());
    });
    assertThat(new OperateJob(ID, HOLD, papers(), 0, false).decide(JobSituation.of(null, NOON)))
        .isInstanceOfSatisfying(JobDecision.Refused.class, no -> assertThat(no.code()).isEqualTo(UwerCode.NOT_FOUND));
  }

  @Test
  void aDryRunSaysWhatWouldHappen() {
    assertThat(decide(new OperatorAct.ForceFail(), papers(), 1, true)).isEqualTo(new JobDecision.Unchanged<>(
        new OperateJob.Operated(JobPhase.READY, JobPhase.FAILED, true, null)));
    refused(new OperatorAct.ForceFail(), papers(), 2, UwerCode.LEASED);
  }

  @Test
  void aHoldEndsByItselfAndAReleaseGivesBackTheDueDate() {
    JobState awaiting = inColumn(3);
    JobState held = after(new OperateJob(ID, HOLD, papers(), awaiting.epoch(), false), awaiting,
        NOON.minusSeconds(3_600));
    assertThat(held.prevPhase()).isEqualTo(JobPhase.AWAITING);
    assertThat(held.visibleAt()).isEqualTo(NOON.plusSeconds(3_600));
    JobState released = after(new OperateJob(ID, new OperatorAct.Release(), papers(), 1, false), held,
        NOON.minusSeconds(3_590));
    assertThat(released.visibleAt()).isEqualTo(awaiting.visibleAt());
    assertThat(released.externalRef()).isEqualTo("ext-1");
    JobState expired = after(new ExpireHold(ID, JobSamples.CLOCK), held, NOON.plusSeconds(3_600));
    assertThat(expired.phase()).isEqualTo(JobPhase.AWAITING);
    assertThat(expired.visibleAt()).isEqualTo(NOON.plusSeconds(3_600));
    refused(new OperatorAct.Hold(Duration.ofDays(31)), papers(), 1, UwerCode.IMPOSSIBLE_TIMING);
  }

  @Test
  void aHoldNeverBringsAJobBeforeItsExplicitStart() {
    var start = NOON.plus(Duration.ofDays(20));
    JobState later = JobSamples.submitted(
        JobSamples.spec(LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD, start, null), NOON);
    JobState held = after(new OperateJob(ID, HOLD, papers(), 0, false), later, NOON);
    assertThat(after(new ExpireHold(ID, JobSamples.CLOCK), held, NOON.plusSeconds(7_200)).visibleAt()).isEqualTo(start);
  }

  @Test
  void aRedriveStartsAfreshAndDropsADeadlineThatHasPassed() {
    JobState late = JobSamples.submitted(JobSamples.spec(LeaseTerms.STANDARD, RetryTerms.STANDARD,
        CheckTerms.STANDARD, null, NOON.plusSeconds(1)), NOON);
    JobState dead = after(new PassDeadline(ID, JobSamples.CLOCK), late, NOON.plusSeconds(1));
    assertThat(dead.ending().cause()).isEqualTo(DeadLetterCause.DEADLINE);
    JobDecision<?> decision = new OperateJob(ID, new OperatorAct.Redrive(), papers(), 0, false)
        .decide(JobSituation.of(dead, NOON.plusSeconds(60)));
    var change = (JobDecision.Change<?>) decision;
    assertThat(change.after().deadlineAt()).isNull();
    assertThat(change.after().ending()).isNull();
    assertThat(change.effects()).contains(new JobEffect.Raised(ID));
  }

  @Test
  void bulkOrdersAreRehearsedCappedAndTheBigOnesApproved() {
    OperatorPapers alone = with("OPS-1", Standing.OPEN, "a reason that is long", null);
    OperatorAct redrive = new OperatorAct.Redrive();
    assertThat(new BulkOrder(redrive, alone, 100, true).refusal(false)).isEmpty();
    assertThat(new BulkOrder(redrive, alone, 101, false).refusal(true)).isEmpty();
    bulk(new BulkOrder(redrive, alone, 101, true), UwerCode.APPROVER_REQUIRED);
    bulk(new BulkOrder(redrive, alone, 5, false), UwerCode.SCHEMA_VIOLATION);
    bulk(new BulkOrder(HOLD, alone, 10_001, true), UwerCode.ADMISSION_REFUSED);
    assertThat(new BulkOrder(redrive, papers(), 101, true).refusal(false)).isEmpty();
  }

  private static void bulk(BulkOrder order, UwerCode code) {
    assertThat(order.refusal(false)).hasValueSatisfying(no -> assertThat(no.code()).isEqualTo(code));
  }

  private static JobDecision<?> decide(OperatorAct act, OperatorPapers shown, int column, boolean dryRun) {
    JobState there = inColumn(column);
    return new OperateJob(ID, act, shown, there.epoch(), dryRun).decide(JobSituation.of(there, NOON));
  }

  private static void refused(OperatorAct act, OperatorPapers shown, int column, UwerCode code) {
    assertThat(decide(act, shown, column, false)).isInstanceOfSatisfying(JobDecision.Refused.class, no -> {
      assertThat(no.code()).isEqualTo(code);
      assertThat(no.audit().refused()).isEqualTo(code);
    });
  }

  private static OperatorPapers with(String ticket, Standing standing, String reason, String approver) {
    return new OperatorPapers("ada", "admin", "console", ticket, standing, reason, "req-1", approver);
  }
}
