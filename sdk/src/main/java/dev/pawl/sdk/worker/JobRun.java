package dev.pawl.sdk.worker;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.Stage;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.PayloadContracts;
import dev.pawl.sdk.Verdict;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.failure.PayloadTooLargeException;
import dev.pawl.sdk.failure.UnavailableException;
import dev.pawl.sdk.job.Checked;
import dev.pawl.sdk.job.DeadJob;
import dev.pawl.sdk.job.JobHandler;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.payload.PayloadException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** Runs one handler on one job. Whatever happens, it comes to an outcome. */
final class JobRun {
  /** What a worker appends to a type to be told of its dead letters. */
  static final String AFTER_DEATH = ".dead";

  private JobRun() {}

  static JobOutcome of(JobHandler<?> handler, RunningJob job, PayloadConverter converter, PayloadContracts contracts) {
    try {
      return run(handler, job, converter, contracts);
    } catch (PayloadTooLargeException tooLarge) {
      return new JobOutcome.ErrFatal(error(UwerCode.TOO_LARGE, tooLarge));
    } catch (UnavailableException down) {
      if (handler.needs() == null) return new JobOutcome.ErrRetry(error(UwerCode.INTERNAL, down), null);
      job.unavailable = String.valueOf(down.getMessage());
      return new JobOutcome.Abandon();
    } catch (ApplicationException known) {
      JobError error = error(UwerCode.INTERNAL, known);
      return known.isNonRetryable()
          ? new JobOutcome.ErrFatal(new JobError(error.code(), error.title(), error.detail(), false, null))
          : new JobOutcome.ErrRetry(error, known.nextRetryDelay().orElse(null));
    } catch (Throwable any) { // user code: any end of it is an outcome
      return new JobOutcome.ErrRetry(error(UwerCode.INTERNAL, any), null);
    }
  }

  private static JobOutcome run(JobHandler<?> handler, RunningJob job, PayloadConverter converter,
      PayloadContracts contracts) throws Exception {
    if (job.grant.stage() == Stage.CHECK) return check(handler, job, converter);
    JobHandler.Verify verify = handler.verify();
    if (verify != null && job.ambiguous()) {
      Verdict<?> verdict = verify.ask(job);
      if (verdict instanceof Verdict.Did<?> did) return new JobOutcome.Ok(payload(converter, did.result()));
      if (verdict instanceof Verdict.Unknown<?> unknown) {
        throw ApplicationException.of("OutcomeUnknown", unknown.why());
      }
    }
    JobError broken = contracts.objection(job.job().spec()).orElse(null);
    if (broken != null) return new JobOutcome.ErrFatal(broken);
    Object payload;
    try {
      payload = converter.fromPayload(job.job().spec().payload(), handler.payload());
    } catch (PayloadException unreadable) {
      // No attempt can read it.
      return new JobOutcome.ErrFatal(error(UwerCode.SCHEMA_VIOLATION, unreadable));
    }
    process(handler, job, payload);
    String ref = job.externalRef;
    return ref != null ? new JobOutcome.OkExternal(ref) : new JobOutcome.Ok(payload(converter, job.result));
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // a payload is null where its sender said so
  private static <P> void process(JobHandler<P> handler, RunningJob job, @Nullable Object payload) throws Exception {
    handler.process().process(job, (P) payload);
  }

  private static JobOutcome check(JobHandler<?> handler, RunningJob job, PayloadConverter converter) throws Exception {
    JobHandler.Check check = handler.check();
    String ref = job.job().externalRef();
    if (check == null || ref == null) return new JobOutcome.CheckPending(null); // only a callback can tell
    return switch (check.look(job, ref)) {
      case Checked.Done done -> new JobOutcome.CheckOk(payload(converter, done.result()));
      case Checked.Pending pending -> new JobOutcome.CheckPending(pending.after());
      case Checked.Rejected no -> new JobOutcome.CheckRejected(
          new JobError(UwerCode.INTERNAL.wire(), "Effect refused", cut(no.why(), 4_000), true, null), null);
    };
  }

  private static @Nullable Payload payload(PayloadConverter converter, @Nullable Object value) {
    return value == null ? null : converter.toPayload(value, value.getClass());
  }

  /** Told of a death as any other job is done. */
  static JobHandler<?> afterDeath(JobHandler<?> handler, JobHandler.OnDead told) {
    return new JobHandler<DeadJob>(
        handler.type() + AFTER_DEATH, DeadJob.class, (job, dead) -> told.died(dead), null, null, null, null);
  }


  private static JobError error(UwerCode code, Throwable problem) {
    String title = problem.getClass().getSimpleName();
    try {
      String message = problem.getMessage();
      StringWriter stack = new StringWriter();
      problem.printStackTrace(new PrintWriter(stack));
      return new JobError(code.wire(), cut(message == null ? title : title + ": " + message, 120),
          cut(stack.toString(), 4_000), code.retryable(), null);
    } catch (Throwable broken) { // user code as well: an exception that cannot say what it is has been thrown all the same
      return new JobError(code.wire(), cut(title, 120), "it cannot be shown: " + broken.getClass().getName(),
          code.retryable(), null);
    }
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) return text;
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end);
  }
}
