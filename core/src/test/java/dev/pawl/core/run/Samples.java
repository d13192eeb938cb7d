package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.World.ANN;
import static dev.pawl.core.run.World.BOB;
import static dev.pawl.core.run.World.NS;

/** At least one request of every kind, asked about the order in whatever state it is. */
final class Samples {
  private Samples() {}

  /** @param variant what is special about this one; empty: nothing */
  record Sample(String request, String variant, Function<World, Request<?>> of) {}

  /** An id that was never given out. */
  static final RunId NOBODY = RunId.parse("01951234-0000-7000-8000-00000000ffff");

  static RunId run(World w) {
    Situation.Chain chain = w.chains.get(new World.ChainKey(NS, ORDER));
    return chain == null ? NOBODY : chain.run();
  }

  private static Optional<Run> there(World w) {
    return Optional.ofNullable(w.runs.get(run(w)));
  }

  /** The newest lease there was, whether it stands or not. */
  private static TaskToken token(World w) {
    return new TaskToken(run(w), 0, 1, there(w).map(r -> r.task().phase() == WorkflowTask.Phase.NONE
        ? r.task().epoch() - 1
        : r.task().epoch()).orElse(1L));
  }

  private static ReportTask report(World w, boolean release, Command... commands) {
    return new ReportTask(token(w), ANN, there(w).map(r -> r.task().report() + 1).orElse(1),
        there(w).map(r -> r.state().lastSeq()).orElse(2L), List.of(commands), release);
  }

  private static int next(World w) {
    return there(w).map(r -> r.state().nextStep()).orElse(1);
  }

  private static TaskToken charge(World w) {
    ActivityTask task = w.tasks.get(new TaskId(run(w), 1));
    return task == null ? new TaskToken(run(w), 1, 1, 1) : task.token();
  }

  private static ParentLink here(World w, int step) {
    return new ParentLink(NS, ORDER, run(w), step);
  }

  private static RunId child(World w) {
    return w.chains.containsKey(new World.ChainKey(NS, "ship-42")) ? w.current("ship-42").id() : NOBODY;
  }

  private static Mail.Key key(String item) {
    return new Mail.Key(NOBODY, item);
  }

  static List<Sample> all() {
    List<Sample> all = new ArrayList<>();
    // ---- people and programs that call
    all.add(new Sample("StartRun", "", w -> Requests.start(w, ORDER)));
    all.add(new Sample("StartRun", "use existing", w ->
        Requests.with(Requests.start(w, ORDER), ReusePolicy.REJECT, ConflictPolicy.USE_EXISTING)));
    all.add(new Sample("StartRun", "terminate existing", w ->
        Requests.with(Requests.start(w, ORDER), ReusePolicy.ALLOW, ConflictPolicy.TERMINATE_EXISTING)));
    all.add(new Sample("StartRun", "use existing, with a signal", w -> Requests.with(
        Requests.with(Requests.start(w, ORDER), ReusePolicy.REJECT, ConflictPolicy.USE_EXISTING),
        Requests.signalEvent("s-9"), null)));
    all.add(new Sample("StartRun", "only if the last one failed", w ->
        Requests.with(Requests.start(w, ORDER), ReusePolicy.ALLOW_FAILED_ONLY, ConflictPolicy.FAIL)));
    all.add(new Sample("SignalRun", "", w -> Requests.signal(ORDER, "s-2")));
    all.add(new Sample("UpdateRun", "new id", w -> Requests.update(ORDER, "u-2")));
    all.add(new Sample("UpdateRun", "id that was accepted before", w -> Requests.update(ORDER, "u-1")));
    all.add(new Sample("CancelRun", "", w -> Requests.cancel(ORDER, null)));
    all.add(new Sample("CancelRun", "at once", w -> new CancelRun(
        NS, ORDER, null, "not wanted", null, "d", "tester", true)));
    all.add(new Sample("TerminateRun", "", w -> Requests.terminate(ORDER, null)));
    all.add(new Sample("PauseRun", "", w -> Requests.pause(ORDER)));
    all.add(new Sample("ResumeRun", "", w -> Requests.resume(ORDER)));
    all.add(new Sample("BlockRun", "", w -> Requests.block(ORDER)));
    all.add(new Sample("UnblockRun", "", w -> Requests.unblock(ORDER)));
    all.add(new Sample("ResetRun", "to the beginning", w -> Requests.reset(ORDER, 2)));
    for (RunAct act : List.of(new RunAct.Terminate(), new RunAct.Reset(2), new RunAct.Pause(), new RunAct.Resume())) {
      all.add(new Sample("OperateRun", act.event().toLowerCase(Locale.ROOT),
          w -> Requests.operate(w, act, Requests.papers())));
    }
    // ---- workers, about a run
    all.add(new Sample("GrantTask", "", w -> new GrantTask(run(w), ANN)));
    all.add(new Sample("ReportTask", "schedules and waits", w -> report(w, true,
        Requests.activity(next(w)), Requests.timer(next(w) + 1, Duration.ofHours(1)))));
    all.add(new Sample("ReportTask", "records a step and goes on", w -> report(w, false, Requests.step(next(w)))));
    all.add(new Sample("ReportTask", "completes", w -> report(w, true, Requests.complete())));
    all.add(new Sample("ReportTask", "continues as new", w -> report(w, true, Requests.again())));
    all.add(new Sample("ReportTask", "the last one again", w -> new ReportTask(token(w), ANN,
        there(w).map(r -> Math.max(1, r.task().report())).orElse(1), 2, List.of(), true)));
    all.add(new Sample("ReportReplay", "waits for a condition", w -> new ReportReplay(token(w), ANN,
        there(w).map(r -> r.state().lastSeq()).orElse(2L),
        List.of(new Command.OpenWait(0, "paid", null, Duration.ofHours(1))))));
    all.add(new Sample("FailTask", "a defect", w -> new FailTask(token(w), ANN, Requests.failure("Bug"))));
    all.add(new Sample("FailTask", "divergence", w ->
        new FailTask(token(w), ANN, Requests.failure(Failure.HISTORY_DIVERGED))));
    all.add(new Sample("ReleaseTask", "", w -> new ReleaseTask(token(w), ANN)));
    all.add(new Sample("LoseTask", "", w -> new LoseTask(run(w), token(w).epoch(), "SESSION_EXPIRED")));
    // ---- workers, about an activity
    all.add(new Sample("ReportActivity", "success", w ->
        new ReportActivity(charge(w), BOB, Outcome.success(Payload.json("1")))));
    all.add(new Sample("ReportActivity", "failure, to be tried again", w ->
        new ReportActivity(charge(w), BOB, Outcome.failed(Requests.failure("Busy")))));
    all.add(new Sample("ReportActivity", "final failure", w ->
        new ReportActivity(charge(w), BOB, Outcome.failed(Requests.failure("Final")))));
    all.add(new Sample("CancelledActivity", "", w -> new CancelledActivity(charge(w), BOB)));
    all.add(new Sample("LeaveActivity", "", w -> new LeaveActivity(charge(w), BOB)));
    all.add(new Sample("ReleaseActivity", "", w -> new ReleaseActivity(charge(w), BOB)));
    all.add(new Sample("LoseActivity", "", w ->
        new LoseActivity(charge(w).id(), charge(w).epoch(), "SESSION_EXPIRED")));
    all.add(new Sample("TimeOutActivity", "too early", w -> new TimeOutActivity(charge(w).id())));
    all.add(new Sample("TimeOutActivity", "silent for too long", w ->
        new TimeOutActivity(charge(w.pass(Duration.ofSeconds(11))).id())));
    // ---- time
    all.add(new Sample("FireTimer", "", w -> new FireTimer(Mail.Key.timer(run(w), 2),
        there(w).map(r -> r.state().timers().get(2)).orElse(World.NOON), 2)));
    all.add(new Sample("PassDeadline", "", w -> new PassDeadline(Mail.Key.deadline(run(w), "run"), "run")));
    // ---- mail
    all.add(new Sample("StartChild", "", w -> new StartChild(key("child/1/start"), new Mail.StartChild(
        new ParentLink(NS, "parent-1", NOBODY, 1), NS, ORDER, "Order", "orders", null, StartOptions.PLAIN,
        ParentClosePolicy.TERMINATE, false, null))));
    all.add(new Sample("ChildStartedNotice", "", w -> new ChildStartedNotice(key("parent/started"),
        new Mail.ChildStarted(here(w, 3), "ship-42", NOBODY, ParentClosePolicy.TERMINATE))));
    all.add(new Sample("ChildEndedNotice", "completed", w -> new ChildEndedNotice(key("parent/ended"),
        new Mail.ChildEnded(here(w, 3), "ship-42", child(w), child(w), RunStatus.COMPLETED,
            Outcome.success(Payload.NULL)))));
    all.add(new Sample("ChildEndedNotice", "of a stranger", w -> new ChildEndedNotice(key("parent/ended"),
        new Mail.ChildEnded(here(w, 3), "ship-42", NOBODY, NOBODY, RunStatus.COMPLETED,
            Outcome.success(Payload.NULL)))));
    all.add(new Sample("DeliverStart", "", w ->
        new DeliverStart(Mail.Key.fromOutside(NOBODY), Requests.start(w, ORDER))));
    all.add(new Sample("DeliverStart", "by a schedule", w -> new DeliverStart(
        Mail.Key.fromSchedule(NOBODY, "start", 1, 1), Requests.scheduled(w, ORDER))));
    all.add(new Sample("DeliverSignal", "", w -> new DeliverSignal(key("external/1"), new Mail.SignalOther(
        new ParentLink(NS, "other-1", NOBODY, 1), NS, ORDER, "approve", null, Map.of()))));
    all.add(new Sample("DeliverCancel", "", w -> new DeliverCancel(key("external/1"),
        new Mail.CancelOther(new ParentLink(NS, "other-1", NOBODY, 1), NS, ORDER, null, "not needed"))));
    all.add(new Sample("DeliverCancel", "at once", w -> new DeliverCancel(key("cancel/1/1"),
        new Mail.CancelOther(null, NS, ORDER, null, "overtaken", true))));
    all.add(new Sample("DeliverTerminate", "", w -> new DeliverTerminate(key("child/1/parent-closed"),
        new Mail.TerminateOther(NS, ORDER, null, "parent closed"))));
    all.add(new Sample("DeliverTerminate", "for a run before this one", w -> new DeliverTerminate(
        key("child/1/parent-closed"), new Mail.TerminateOther(NS, ORDER, NOBODY, "parent closed"))));
    all.add(new Sample("TakeAnswer", "delivered", w -> new TakeAnswer(key("answer/4"),
        new Mail.ExternalAnswered(here(w, 4), null))));
    all.add(new Sample("TakeAnswer", "nobody there", w -> new TakeAnswer(key("answer/4"),
        new Mail.ExternalAnswered(here(w, 4), Failure.of(Failure.RUN_NOT_FOUND, "nobody")))));
    return all;
  }
}
