package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.BROKEN;
import static dev.pawl.core.job.JobSamples.CALLER;
import static dev.pawl.core.job.JobSamples.CLOCK;
import static dev.pawl.core.job.JobSamples.DISPATCHER;
import static dev.pawl.core.job.JobSamples.HOLDER;
import static dev.pawl.core.job.JobSamples.NOON;
import static dev.pawl.core.job.JobSamples.digest;
import static dev.pawl.core.job.JobSamples.inColumn;
import static dev.pawl.core.job.JobSamples.papers;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Draws docs/contracts/uwer-matrix.md from the rules. A difference in the page is a change in behaviour. */
class UwerMatrixPageTest {
  private static final Path PAGE = Path.of(System.getProperty("pawl.root", ".."), "docs/contracts/uwer-matrix.md");
  private static final List<String> COLUMNS = List.of("SCHEDULED", "READY", "READY, leased", "AWAITING",
      "AWAITING, leased", "HELD", "SUCCEEDED", "FAILED", "DEAD_LETTERED", "CANCELLED");

  @Test
  void thePageShowsWhatTheRulesDo() throws IOException {
    String page = page();
    if (Boolean.getBoolean("pawl.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).as("write it anew with -Dpawl.write=true").content().isEqualTo(page);
  }

  private static String page() {
    StringBuilder page = new StringBuilder("""
        # What can happen to a job

        Drawn from the rules by `UwerMatrixPageTest`; write it anew with `-Dpawl.write=true`. Rows are events, columns the
        job's phase and whether somebody has a lease on it. Each event comes at a time when it may have its effect (a
        timer that comes early changes nothing), under the newest epoch.

        - **x**: not possible, refused with `UWER-4095` and audited; nothing changes.
        - **=**: accepted, nothing changes.
        - **A / B**: A while the budget lasts, B when it is spent.
        - *flag*: remembered while the lease stands, applied when it ends.
        - A node's write under another epoch than the newest is refused with `UWER-4094` in every column, unless it repeats
          the commit that ended that epoch: then it gets the same answer again.
        - No such job: a submission makes one (SCHEDULED or READY), everything else is refused with `UWER-4040`.

        """);
    row(page, "Event", COLUMNS);
    row(page, "---", COLUMNS.stream().map(c -> "---").toList());
    for (JobEvent event : JobEvent.values()) {
      if (event == JobEvent.SUBMIT) {
        row(page, "SUBMIT, same content", cells(column -> submit(column, true)));
        row(page, "SUBMIT, other content", cells(column -> submit(column, false)));
      } else {
        row(page, event.manual() ? "**" + event + "**" : event.name(), cells(column -> cell(event, column)));
      }
    }
    page.append("""

        Events in bold are an operator's, with a ticket. `CANCEL_GRACE_OVER` and `GIVE_UP` are ours: the dispatcher takes
        the lease from a holder that ignores a cancel, and dead-letters a waiting job for a reason outside its budgets
        (no node knows its type, its payload or row cannot be read, the store refuses it). A callback that repeats the
        success it brought changes nothing.

        ## A lease ends while a flag stands

        """);
    List<String> ends = List.of("cancel asked", "deadline passed", "both");
    row(page, "Lease ends by", ends);
    row(page, "---", ends.stream().map(c -> "---").toList());
    for (JobEvent event : List.of(JobEvent.OK, JobEvent.OK_EXTERNAL, JobEvent.ERR_RETRY, JobEvent.ERR_FATAL,
        JobEvent.ABANDON, JobEvent.NODE_LOST, JobEvent.EXEC_TIMEOUT, JobEvent.FORCE_REVOKE)) {
      row(page, event.name(), List.of(flagged(event, true, false), flagged(event, false, true), flagged(event, true, true)));
    }
    page.append("""

        Success stands, because the effect happened. A cancel takes every way back into the queue; a passed deadline takes
        every other end.
        """);
    return page.toString();
  }

  private interface Cell {
    String of(int column);
  }

  private static List<String> cells(Cell cell) {
    List<String> cells = new ArrayList<>();
    for (int column = 0; column < COLUMNS.size(); column++) cells.add(cell.of(column));
    return cells;
  }

  private static void row(StringBuilder page, String first, List<String> cells) {
    page.append("| ").append(first).append(" | ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String submit(int column, boolean same) {
    JobState there = inColumn(column);
    JobSpec spec = there.spec();
    JobSpec sent = same ? spec : new JobSpec(spec.namespace(), spec.type(), spec.key(), digest("other"), null, 5, NOON,
        null, null, spec.lease(), spec.retry(), spec.check(), spec.payload(), null);
    return said(new SubmitJob(JobSamples.ID, sent, null, CALLER), there, NOON);
  }

  private static String cell(JobEvent event, int column) {
    JobSpec patient = JobSamples.spec(LeaseTerms.STANDARD, RetryTerms.STANDARD,
        new CheckTerms(Duration.ofMinutes(1), 10), null, null);
    JobSpec spent = JobSamples.spec(LeaseTerms.STANDARD, new RetryTerms(BackoffProfile.NONE, 1),
        new CheckTerms(Duration.ofMinutes(1), 1), null, null);
    String plenty = said(event, inColumn(column, patient));
    // The due sample of SCHEDULED is a retry, which a job with one attempt never sees.
    String last = column == 0 ? plenty : said(event, worn(inColumn(column, spent)));
    return plenty.equals(last) ? plenty : plenty + " / " + last;
  }

  /** With the loss budget and the redrives all but gone. */
  private static JobState worn(JobState job) {
    return new JobState(job.id(), job.spec(), job.phase(), job.prevPhase(), job.epoch(), job.lease(), job.attempt(),
        dev.pawl.core.task.LossBudget.MAX_LOSSES - 1, job.checks(), AutoRedrive.MAX_REDRIVES, job.cancelRequestedAt(),
        job.deadlinePassed(), job.visibleAt(), job.resumeAt(), job.deadlineAt(), job.externalRef(), job.externalEpoch(),
        job.lastError(), job.ending(), job.version());
  }

  private static String said(JobEvent event, JobState job) {
    JobState ready = switch (event) {
      case DEADLINE -> flags(job, false, false, NOON);
      case CANCEL_GRACE_OVER -> job.leased() ? flags(job, true, false, null) : job;
      default -> job;
    };
    Instant at = switch (event) {
      case EXEC_TIMEOUT, PROGRESS_TIMEOUT, HOLD_EXPIRED, CANCEL_GRACE_OVER -> NOON.plus(Duration.ofHours(2));
      default -> NOON;
    };
    return said(request(event, ready), ready, at);
  }

  private static String flagged(JobEvent event, boolean cancel, boolean deadline) {
    JobState job = flags(inColumn(2), cancel, deadline, deadline ? NOON : null);
    return said(request(event, job), job, NOON.plus(Duration.ofHours(2)));
  }

  private static JobState flags(JobState job, boolean cancel, boolean deadline, Instant deadlineAt) {
    return new JobState(job.id(), job.spec(), job.phase(), job.prevPhase(), job.epoch(), job.lease(), job.attempt(),
        job.losses(), job.checks(), job.redrives(), cancel ? NOON : null, deadline, job.visibleAt(), job.resumeAt(),
        deadlineAt, job.externalRef(), job.externalEpoch(), job.lastError(), job.ending(), job.version());
  }

  private static String said(JobRequest<?> request, JobState before, Instant now) {
    return switch (request.decide(JobSituation.of(before, now))) {
      case JobDecision.Unchanged<?> same -> "=";
      case JobDecision.Refused<?> no -> no.code() == UwerCode.ILLEGAL_TRANSITION
          ? "x"
          : Integer.toString(no.code().number());
      case JobDecision.Change<?> change -> said(before, change.after());
    };
  }

  private static String said(JobState before, JobState after) {
    if (after.leased() && before.leased()) {
      if (after.cancelRequested() != before.cancelRequested()) return "*flag* cancel";
      if (after.deadlinePassed() != before.deadlinePassed()) return "*flag* deadline";
      return "extended";
    }
    List<String> words = new ArrayList<>();
    words.add(after.phase() + (after.leased() ? ", leased" : ""));
    if (after.ending() != null && after.ending().cause() != null) words.add(after.ending().cause().name());
    if (!after.phase().terminal()) {
      if (after.epoch() > before.epoch()) words.add("epoch+1");
      if (after.attempt() > before.attempt()) words.add("attempt+1");
      if (after.checks() > before.checks()) words.add("checks+1");
      if (after.losses() > before.losses()) words.add("losses+1");
    }
    return String.join(" ", words);
  }

  private static JobRequest<?> request(JobEvent event, JobState job) {
    JobId id = job.id();
    return switch (event) {
      case DUE -> new ComeDue(id, CLOCK);
      case GRANT -> new GrantLease(id, HOLDER, "node-1", true, DISPATCHER);
      case RENEW -> new RenewLease(id, job.epoch(), HOLDER, 1L);
      case OK -> commit(job, new JobOutcome.Ok(null));
      case OK_EXTERNAL -> commit(job, new JobOutcome.OkExternal("ext"));
      case CHECK_OK -> commit(job, new JobOutcome.CheckOk(null));
      case CHECK_PENDING -> commit(job, new JobOutcome.CheckPending(null));
      case CHECK_REJECTED -> commit(job, new JobOutcome.CheckRejected(BROKEN, null));
      case ERR_RETRY -> commit(job, new JobOutcome.ErrRetry(BROKEN, null));
      case ERR_FATAL -> commit(job, new JobOutcome.ErrFatal(BROKEN));
      case ABANDON -> commit(job, new JobOutcome.Abandon());
      case LEASE_EXPIRED, NODE_LOST, LEASE_UNLISTED, EXEC_TIMEOUT, PROGRESS_TIMEOUT, CANCEL_GRACE_OVER ->
          new RevokeLease(id, job.epoch(), event, DISPATCHER);
      case DEADLINE -> new PassDeadline(id, CLOCK);
      case CALLBACK_OK -> new ReceiveCallback(id, job.externalEpoch(), digest("cb"), null, null, CALLER);
      case CALLBACK_REJECTED -> new ReceiveCallback(id, job.externalEpoch(), digest("cb"), null, BROKEN, CALLER);
      case CANCEL -> new CancelJob(id, CALLER);
      case HOLD_EXPIRED -> new ExpireHold(id, CLOCK);
      case AUTO_REDRIVE -> new AutoRedrive(id, DISPATCHER);
      case GIVE_UP -> new GiveUp(id, DeadLetterCause.STORE_RELATED, DISPATCHER);
      case HOLD -> operate(job, new OperatorAct.Hold(Duration.ofHours(1)));
      case RELEASE -> operate(job, new OperatorAct.Release());
      case FORCE_REVOKE -> operate(job, new OperatorAct.ForceRevoke());
      case FORCE_FAIL -> operate(job, new OperatorAct.ForceFail());
      case FORCE_DEAD_LETTER -> operate(job, new OperatorAct.ForceDeadLetter());
      case FORCE_SUCCEED -> operate(job, new OperatorAct.ForceSucceed("seen in the warehouse", null));
      case REDRIVE -> operate(job, new OperatorAct.Redrive());
      case SUBMIT -> throw new IllegalArgumentException("drawn apart");
    };
  }

  private static CommitJob commit(JobState job, JobOutcome outcome) {
    return JobSamples.commit(job, outcome);
  }

  private static OperateJob operate(JobState job, OperatorAct act) {
    return new OperateJob(job.id(), act, papers(), job.epoch(), false);
  }
}
