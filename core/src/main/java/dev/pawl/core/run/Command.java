package dev.pawl.core.run;

import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.SearchValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a program wants. A worker sends commands; the engine turns them into events or refuses the whole report. */
public sealed interface Command {

  /** Takes the next step number. */
  sealed interface OfStep extends Command {
    /** Dense number of the step in its run, from 1, given by the program in the order of its commands. */
    int step();
  }

  /** Closes the run; must be the last command of a report. */
  sealed interface Closing extends Command {}

  /** Recorded before the body of a verifiable step starts. */
  record StartStep(int step, String name) implements OfStep {}

  /** The result of a step; its number was taken when the program asked for it, so it may come out of order. */
  record RecordStep(int step, String name, Outcome outcome, int attempts) implements OfStep {}

  /** Try a step again after a durable delay. */
  record RetryStep(int step, String name, Failure failure, int attempts, Duration delay) implements OfStep {}

  /** @param bundle not null: the program awaits it before it does anything else */
  record ScheduleActivity(
      int step, String activityType, @Nullable Payload input, ActivityOptions options, Map<String, Payload> header,
      @Nullable Bundle bundle)
      implements OfStep {
    public ScheduleActivity(int step, String activityType, @Nullable Payload input, ActivityOptions options,
        Map<String, Payload> header) {
      this(step, activityType, input, options, header, null);
    }
  }

  /** Asks an open activity to stop. Takes no number: {@code step} names the activity. */
  record CancelActivity(int step) implements Command {}

  /** @param bundle not null: the program awaits it before it does anything else */
  record StartTimer(int step, Duration delay, @Nullable Bundle bundle) implements OfStep {
    public StartTimer(int step, Duration delay) {
      this(step, delay, null);
    }
  }

  /** Takes no number: {@code step} names the timer. */
  record CancelTimer(int step) implements Command {}

  /** See {@link RunEvent.ConditionWaitOpened}. */
  record OpenWait(int step, @Nullable String key, @Nullable String fingerprint, @Nullable Duration timeout)
      implements OfStep {}

  /** The program went on behind its wait. Takes no number: {@code step} names the wait. */
  record EndWait(int step) implements Command {}

  /**
   * @param workflowId null: the engine makes one from the parent's run and the step
   * @param bundle not null: the program awaits it before it does anything else
   */
  record StartChild(
      int step,
      String workflowType,
      @Nullable String workflowId,
      String queue,
      @Nullable Payload input,
      StartOptions options,
      ParentClosePolicy parentClose,
      @Nullable Bundle bundle)
      implements OfStep {
    public StartChild(int step, String workflowType, @Nullable String workflowId, String queue,
        @Nullable Payload input, StartOptions options, ParentClosePolicy parentClose) {
      this(step, workflowType, workflowId, queue, input, options, parentClose, null);
    }
  }

  record SignalExternal(
      int step, String namespace, String workflowId, String name, @Nullable Payload input, Map<String, Payload> header)
      implements OfStep {}

  record CancelExternal(int step, String namespace, String workflowId, String reason) implements OfStep {}

  record RecordSideEffect(int step, @Nullable Payload result) implements OfStep {}

  record RecordVersion(int step, String changeId, int version, int minSupported, int maxSupported)
      implements OfStep {}

  record UpsertSearchAttributes(int step, Map<String, SearchValue> attributes) implements OfStep {}

  record UpsertMemo(int step, Map<String, Payload> memo) implements OfStep {}

  record AcceptUpdate(String updateId) implements Command {}

  record RejectUpdate(String updateId, Failure failure) implements Command {}

  record CompleteUpdate(String updateId, Outcome outcome) implements Command {}

  /** Accepts the update, unless that was done before, and says what its handler came to, in one. */
  record ApplyUpdate(String updateId, Outcome outcome) implements Command {}

  /** @param unhandled ids of the signals that the program was shown and no handler took */
  record CompleteRun(@Nullable Payload output, List<String> unhandled) implements Closing {}

  record FailRun(Failure failure, List<String> unhandled) implements Closing {}

  /** The program ended because it was asked to cancel. */
  record CancelRun(String reason, List<String> unhandled) implements Closing {}

  /**
   * @param workflowType null: the same
   * @param queue null: the same
   * @param carried signals that no handler took; they become the first signals of the new run
   */
  record ContinueAsNew(
      @Nullable String workflowType,
      @Nullable String queue,
      @Nullable Payload input,
      Map<String, Payload> memo,
      Map<String, SearchValue> searchAttributes,
      List<RunEvent.SignalReceived> carried)
      implements Closing {}
}
