package dev.pawl.core.run;

import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import static dev.pawl.core.run.World.ANN;
import static dev.pawl.core.run.World.NS;

/** Short ways to say what tests say all the time. */
final class Requests {
  private Requests() {}

  static final String ORDER = "order-42";
  static final RetryPolicy TWICE =
      new RetryPolicy(new Backoff.Delays(List.of(Duration.ofSeconds(10))), 2, List.of("Final"));

  // ---- starting

  static StartRun start(World world, String workflowId) {
    return start(world, workflowId, StartOptions.PLAIN);
  }

  static StartRun start(World world, String workflowId, StartOptions options) {
    return new StartRun(NS, workflowId, world.newId(workflowId), "Order", "orders", Payload.json("{}"), options,
        ReusePolicy.ALLOW, ConflictPolicy.FAIL, null, "start", null, null, null);
  }

  /** As the schedule {@code nightly} starts it. */
  static StartRun scheduled(World world, String workflowId) {
    return new StartRun(NS, workflowId, world.newId(workflowId), "Order", "orders", Payload.json("{}"), StartOptions.PLAIN,
        ReusePolicy.REJECT, ConflictPolicy.FAIL, null, "", null, null, null, new ScheduleLink(NS, "nightly"));
  }

  static StartRun with(StartRun s, ReusePolicy reuse, ConflictPolicy conflict) {
    return new StartRun(s.namespace(), s.workflowId(), s.newRun(), s.workflowType(), s.queue(), s.input(), s.options(),
        reuse, conflict, s.requestId(), s.digest(), s.signal(), s.update(), s.updateDigest());
  }

  static StartRun withId(StartRun s, @Nullable String requestId, String digest) {
    return new StartRun(s.namespace(), s.workflowId(), s.newRun(), s.workflowType(), s.queue(), s.input(), s.options(),
        s.reuse(), s.conflict(), requestId, digest, s.signal(), s.update(), s.updateDigest());
  }

  static StartRun with(StartRun s, RunEvent.@Nullable SignalReceived signal, Effect.@Nullable Update update) {
    return new StartRun(s.namespace(), s.workflowId(), s.newRun(), s.workflowType(), s.queue(), s.input(), s.options(),
        s.reuse(), s.conflict(), s.requestId(), s.digest(), signal, update, s.updateDigest());
  }

  static StartOptions delayed(Duration delay) {
    return options(null, null, null, delay);
  }

  static StartOptions options(
      @Nullable Duration execution, @Nullable Duration run, @Nullable RetryPolicy retry, Duration delay) {
    return new StartOptions(
        execution, run, Duration.ofSeconds(10), retry, delay, 5, null, Map.of(), Map.of(), Map.of());
  }

  static RunEvent.SignalReceived signalEvent(String id) {
    return new RunEvent.SignalReceived(id, "approve", Payload.json("1"), Map.of());
  }

  static Effect.Update updateRow(RunId run, String id) {
    return new Effect.Update(run, id, "addItem", Payload.json("1"), Map.of(), Effect.UpdatePhase.ADMITTED, null);
  }

  // ---- talking to a run

  static SignalRun signal(String workflowId, String id) {
    return new SignalRun(NS, workflowId, null, id, "signal " + id, "approve", Payload.json("1"), Map.of(), true);
  }

  static UpdateRun update(String workflowId, String id) {
    return new UpdateRun(NS, workflowId, null, id, "addItem", Payload.json("1"), Map.of(), "update", true);
  }

  static CancelRun cancel(String workflowId, @Nullable String requestId) {
    return new CancelRun(NS, workflowId, null, "not needed", requestId, "cancel", "ops");
  }

  static TerminateRun terminate(String workflowId, @Nullable String requestId) {
    return new TerminateRun(NS, workflowId, null, "by hand", requestId, "terminate", "ops");
  }

  static PauseRun pause(String workflowId) {
    return new PauseRun(NS, workflowId, null, "maintenance", null, "pause", "ops");
  }

  static ResumeRun resume(String workflowId) {
    return new ResumeRun(NS, workflowId, null, "done", null, "resume", "ops");
  }

  static OperatorPapers papers() {
    return new OperatorPapers("ada", "admin", "console", "OPS-123", OperatorPapers.Standing.OPEN,
        "the provider is gone", "req-1", null);
  }

  /** With the epoch that is there. */
  static OperateRun operate(World w, RunAct act, OperatorPapers papers) {
    long epoch = w.chains.containsKey(new World.ChainKey(NS, ORDER)) ? w.current(ORDER).task().epoch() : 0;
    return new OperateRun(NS, ORDER, null, act, papers, epoch, false);
  }

  static BlockRun block(String workflowId) {
    return new BlockRun(NS, workflowId, null, "look first", null, "block", "ops");
  }

  static UnblockRun unblock(String workflowId) {
    return new UnblockRun(NS, workflowId, null, "looked", null, "unblock", "ops");
  }

  static ResetRun reset(String workflowId, long toSeq) {
    return new ResetRun(NS, workflowId, null, toSeq, "bad deploy", null, "reset", "ops");
  }

  // ---- commands

  static Command.RecordStep step(int step) {
    return new Command.RecordStep(step, "reserve", Outcome.success(Payload.json("\"ok\"")), 1);
  }

  static Command.RetryStep retryStep(int step, int attempts, Duration delay) {
    return new Command.RetryStep(step, "reserve", failure("Busy"), attempts, delay);
  }

  static ActivityOptions activityOptions(RetryPolicy retry) {
    return new ActivityOptions("payments", Duration.ofHours(1), Duration.ofSeconds(30), Duration.ofHours(2),
        Duration.ofSeconds(10), retry, 5);
  }

  static Command.ScheduleActivity activity(int step) {
    return activity(step, TWICE);
  }

  static Command.ScheduleActivity activity(int step, RetryPolicy retry) {
    return new Command.ScheduleActivity(step, "charge", Payload.json("7"), activityOptions(retry), Map.of());
  }

  static Command.StartTimer timer(int step, Duration delay) {
    return new Command.StartTimer(step, delay);
  }

  static Command.StartChild child(int step, String workflowId, ParentClosePolicy policy) {
    return new Command.StartChild(
        step, "Shipment", workflowId, "shipping", Payload.json("{}"), StartOptions.PLAIN, policy);
  }

  static Command.SignalExternal tell(int step, String workflowId) {
    return new Command.SignalExternal(step, NS, workflowId, "approve", Payload.json("1"), Map.of());
  }

  static Command.CompleteRun complete() {
    return new Command.CompleteRun(Payload.json("\"done\""), List.of());
  }

  static Command.FailRun fail(String type) {
    return new Command.FailRun(failure(type), List.of());
  }

  static Command.ContinueAsNew again() {
    return new Command.ContinueAsNew(null, null, Payload.json("2"), Map.of(), Map.of(), List.of());
  }

  static Failure failure(String type) {
    return Failure.of(type, "it went wrong");
  }

  static TaskToken token(RunId run, long epoch) {
    return new TaskToken(run, 0, 1, epoch);
  }

  static ReportActivity success(World world, RunId run, int step) {
    return new ReportActivity(world.tasks.get(new TaskId(run, step)).token(), ANN,
        Outcome.success(Payload.json("\"charged\"")));
  }

  static ReportActivity failed(World world, RunId run, int step, String type) {
    return new ReportActivity(world.tasks.get(new TaskId(run, step)).token(), ANN, Outcome.failed(failure(type)));
  }
}
