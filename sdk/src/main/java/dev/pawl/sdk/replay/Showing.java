package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.failure.TerminatedException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What each event does to the program: those from outside are shown, those of the worker are matched. */
final class Showing {
  private final RunRuntime run;

  Showing(RunRuntime run) {
    this.run = run;
  }

  // ---- from outside

  void show(RunEvent fact) {
    switch (fact) {
      case RunEvent.WorkflowStarted e -> run.begin(e);
      case RunEvent.SignalReceived e -> run.signals().received(e);
      case RunEvent.CancelRequested e -> run.root().cancel(e.reason());
      case RunEvent.TimerFired e -> timerFired(e.step());
      case RunEvent.ActivityCompleted e -> with(e.step(), ask -> run.keep(ask, e.result()));
      case RunEvent.ActivityFailed e -> with(e.step(), ask -> fail(ask,
          () -> run.environment().failures().activityFailed(ask.name, ask.step, e.attempt(), e.failure())));
      case RunEvent.ActivityTimedOut e -> with(e.step(), ask -> fail(ask, () -> run.environment().failures()
          .activityTimedOut(ask.name, ask.step, e.attempt(), e.kind(), e.lastHeartbeat())));
      case RunEvent.ActivityCancelled e -> with(e.step(), ask -> fail(ask,
          () -> run.environment().failures().activityFailed(ask.name, ask.step, e.attempt(),
              Failure.of(Failure.CANCELLED, "the activity was cancelled"))));
      case RunEvent.ChildRunStarted e -> {
        Ask ask = run.asks().open(e.step());
        if (ask != null && ask.started != null) ask.started.keep(e::childRun);
      }
      case RunEvent.ChildRunCompleted e -> with(e.step(), ask -> run.keep(ask, e.result()));
      case RunEvent.ChildRunFailed e -> with(e.step(), ask -> {
        Supplier<RuntimeException> problem = () -> run.environment().failures()
            .childFailed(ask.name, run.childId(ask.step), e.childRun(), e.failure());
        if (ask.started != null) ask.started.fail(problem);
        fail(ask, problem);
      });
      case RunEvent.ChildRunCancelled e -> with(e.step(), ask -> childEnded(ask, e.childRun(),
          () -> new CancelledException(e.reason())));
      case RunEvent.ChildRunTerminated e -> with(e.step(), ask -> childEnded(ask, e.childRun(),
          () -> new TerminatedException(e.reason())));
      case RunEvent.ExternalDelivered e -> with(e.step(), ask -> run.keep(ask, null));
      case RunEvent.ExternalFailed e -> with(e.step(), ask -> fail(ask,
          () -> run.environment().failures().toException(e.failure())));
      case RunEvent.UpdateAccepted e -> run.updates().accepted(e.updateId(), e.name(), e.input());
      case RunEvent.Closing e -> run.halt();
      default -> {} // for people; the program is not told
    }
  }

  private void childEnded(Ask ask, dev.pawl.core.value.RunId child, Supplier<? extends Throwable> why) {
    fail(ask, () -> new dev.pawl.sdk.failure.ChildWorkflowException(
        ask.name, run.childId(ask.step), child, why.get()));
  }

  private void timerFired(int step) {
    Ask ask = run.asks().open(step);
    if (ask == null) return; // it was cancelled when it had fired already
    if (ask.kind == Ask.Kind.STEP) run.steps().due(step);
    else run.keep(ask, null);
  }

  private interface Told {
    void told(Ask ask);
  }

  /** News of something that nobody waits for any more are no news. */
  private void with(int step, Told what) {
    Ask ask = run.asks().open(step);
    if (ask != null) what.told(ask);
  }

  private void fail(Ask ask, Supplier<? extends RuntimeException> why) {
    run.asks().close(ask);
    ask.promise.fail(why);
  }

  // ---- by the worker

  void match(Event event) {
    switch (event.fact()) {
      case RunEvent.StepStarted e -> {
        step(event, e.step(), e.name());
        run.steps().started(e.step());
      }
      case RunEvent.StepCompleted e -> {
        Ask ask = step(event, e.step(), e.name());
        run.steps().over(e.step());
        run.keep(ask, e.result());
      }
      case RunEvent.StepFailed e -> {
        Ask ask = step(event, e.step(), e.name());
        run.steps().over(e.step());
        run.failStep(ask, e.failure(), e.attempts());
      }
      case RunEvent.StepRetryScheduled e -> {
        step(event, e.step(), e.name());
        run.steps().retryScheduled(e.step(), e.attempts());
      }
      case RunEvent.ActivityScheduled e -> command(event, Command.ScheduleActivity.class, e);
      case RunEvent.TimerScheduled e -> command(event, Command.StartTimer.class, e);
      case RunEvent.ChildWorkflowScheduled e -> command(event, Command.StartChild.class, e);
      case RunEvent.SignalExternalScheduled e -> command(event, Command.SignalExternal.class, e);
      case RunEvent.CancelExternalScheduled e -> command(event, Command.CancelExternal.class, e);
      case RunEvent.SideEffectRecorded e -> command(event, Command.RecordSideEffect.class, e);
      case RunEvent.SearchAttributesUpserted e -> command(event, Command.UpsertSearchAttributes.class, e);
      case RunEvent.MemoUpserted e -> command(event, Command.UpsertMemo.class, e);
      // Code may stop asking for a version once no run needs the old way.
      case RunEvent.VersionMarkerRecorded e ->
          run.outbox().take(Command.RecordVersion.class, c -> c.step() == e.step());
      case RunEvent.ActivityCancelRequested e ->
          some(event, run.outbox().take(Command.CancelActivity.class, c -> c.step() == e.step()));
      case RunEvent.TimerCancelled e ->
          some(event, run.outbox().take(Command.CancelTimer.class, c -> c.step() == e.step()));
      case RunEvent.UpdateAccepted e -> run.updates().accepted(e.updateId(), e.name(), e.input());
      case RunEvent.UpdateCompleted e ->
          some(event, run.outbox().take(Command.CompleteUpdate.class, c -> c.updateId().equals(e.updateId())));
      case RunEvent.WorkflowCompleted e -> closing(event, Command.CompleteRun.class);
      case RunEvent.WorkflowFailed e -> closing(event, Command.FailRun.class);
      case RunEvent.WorkflowCancelled e -> closing(event, Command.CancelRun.class);
      case RunEvent.WorkflowContinuedAsNew e -> closing(event, Command.Closing.class);
      default -> throw new IllegalStateException("event %d, %s, is not for a program".formatted(
          event.seq(), event.fact().type()));
    }
  }

  /** A step may be asked for long before its end is recorded; it must have been asked for under this name. */
  private Ask step(Event event, int step, String name) {
    Ask ask = run.asks().open(step);
    if (ask == null || ask.kind != Ask.Kind.STEP || !ask.name.equals(name)) throw unasked(event);
    ask.recorded = true;
    return ask;
  }

  private <C extends Command.OfStep> void command(Event event, Class<C> type, RunEvent.OfStep fact) {
    some(event, run.outbox().take(type, command -> command.step() == fact.step()));
    Ask ask = run.asks().open(fact.step());
    if (ask != null) ask.recorded = true;
  }

  private <C extends Command> void closing(Event event, Class<C> type) {
    some(event, run.outbox().take(type, command -> true));
    run.halt();
  }

  private void some(Event event, @Nullable Command command) {
    if (command == null) throw unasked(event);
  }

  private RunBroken unasked(Event event) {
    return run.broken(Divergence.unasked(event, run.whereItWaits()));
  }

  /** A payload as a value would be: absent means null. */
  static Payload orNull(@Nullable Payload payload) {
    return payload == null ? Payload.NULL : payload;
  }
}
