package dev.pawl.core.job;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Jobs and requests for tests. */
final class JobSamples {
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  static final JobId ID = JobId.parse("0199a0c0-0000-7000-8000-000000000001");
  static final SessionId HOLDER = new SessionId(new UUID(1, 1));
  static final SessionId STRANGER = new SessionId(new UUID(2, 2));
  static final Actor DISPATCHER = new Actor(Actor.Kind.DISPATCHER, "d1");
  static final Actor CLOCK = new Actor(Actor.Kind.CLOCK, "d1");
  static final Actor CALLER = new Actor(Actor.Kind.CALLER, "shop");
  static final JobError BROKEN = new JobError("UWER-5000", "Internal error", "it broke", true, null);

  private JobSamples() {}

  static JobSpec spec() {
    return spec(LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD, null, null);
  }

  static JobSpec spec(LeaseTerms lease, RetryTerms retry, CheckTerms check, Instant notBefore, Instant deadline) {
    return new JobSpec("retail-eu", "inventory.sync", "inv:sku-991", digest("content"), null, 5, NOON, notBefore,
        deadline, lease, retry, check, Payload.json("{\"sku\":991}"), null);
  }

  static String digest(String of) {
    return "sha-256:" + of;
  }

  static OperatorPapers papers() {
    return new OperatorPapers("ada", "admin", "console", "OPS-123", OperatorPapers.Standing.NOT_ASKED,
        "a reason that is long enough", "req-1", "grace");
  }

  static JobState submitted(JobSpec spec, Instant now) {
    return after(new SubmitJob(ID, spec, null, new Actor(Actor.Kind.INGRESS, "g1")), null, now);
  }

  static JobState granted(JobState job, Instant now) {
    return after(new GrantLease(job.id(), HOLDER, "node-1", true, DISPATCHER), job, now);
  }

  static JobState after(JobRequest<?> request, JobState job, Instant now) {
    JobDecision<?> decision = request.decide(JobSituation.of(job, now));
    if (decision instanceof JobDecision.Change<?> change) return change.after();
    throw new AssertionError(request.event() + " came to " + decision);
  }

  static CommitJob commit(JobState job, JobOutcome outcome) {
    return new CommitJob(job.id(), job.epoch(), HOLDER, outcome, digest("r"), List.of());
  }

  /** A job in the contract's column, due at {@link #NOON}. */
  static JobState inColumn(int column) {
    return inColumn(column, spec(LeaseTerms.STANDARD, RetryTerms.STANDARD,
        new CheckTerms(Duration.ofMinutes(1), 10), null, null));
  }

  static JobState inColumn(int column, JobSpec spec) {
    Instant start = NOON.minusSeconds(3_600);
    JobState ready = submitted(spec, start);
    JobState awaiting = after(commit(granted(ready, start), new JobOutcome.OkExternal("ext-1")),
        granted(ready, start), start);
    return switch (column) {
      case 0 -> after(commit(granted(ready, NOON), new JobOutcome.ErrRetry(BROKEN, null)), granted(ready, NOON),
          NOON.minusSeconds(60));
      case 1 -> ready;
      case 2 -> granted(ready, NOON);
      case 3 -> awaiting;
      case 4 -> granted(awaiting, NOON);
      case 5 -> after(new OperateJob(ID, new OperatorAct.Hold(Duration.ofHours(1)), papers(), 0, false), ready, start);
      case 6 -> after(commit(granted(ready, start), new JobOutcome.Ok(null)), granted(ready, start), start);
      case 7 -> after(commit(granted(ready, start), new JobOutcome.ErrFatal(BROKEN)), granted(ready, start), start);
      case 8 -> after(new GiveUp(ID, DeadLetterCause.STORE_RELATED, DISPATCHER), ready, start);
      case 9 -> after(new CancelJob(ID, CALLER), ready, start);
      default -> throw new IllegalArgumentException("column " + column);
    };
  }
}
