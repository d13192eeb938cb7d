package dev.pawl.core.run;

import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can become a fact of a run. One record from the decision to the column in the database; the simple
 * name of the record is the type that is stored and travels, for ever.
 */
public sealed interface RunEvent {

  /** Belongs to a numbered step of the program. */
  sealed interface OfStep extends RunEvent {
    /** Dense number of the step in its run, from 1. */
    int step();
  }

  /** Nothing comes after it. */
  sealed interface Closing extends RunEvent {
    /**
     * Ids of signals that came to nothing in this run: its program never looked at them, or looked and no handler took
     * them. Where the chain goes on, the next run has them.
     */
    List<String> unhandled();
  }

  // ---- life of the run

  record StartAccepted(@Nullable String requestId) implements RunEvent {}

  /**
   * @param attempt attempt of the run-level retry policy, from 1
   * @param executionDeadline when the whole chain gives up
   * @param runDeadline when this run gives up
   * @param continuedFrom the run before this one in the chain, whatever ended it
   * @param resetOf the run whose events this one copied; null: not born by a reset
   */
  record WorkflowStarted(
      String workflowType,
      String queue,
      @Nullable Payload input,
      StartOptions options,
      int runNumber,
      int attempt,
      RunId firstRun,
      @Nullable RunId continuedFrom,
      @Nullable ParentLink parent,
      @Nullable Instant executionDeadline,
      @Nullable Instant runDeadline,
      @Nullable RunId resetOf,
      @Nullable ScheduleLink schedule)
      implements RunEvent {
    /** Not born by a reset, nor started by a schedule. */
    public WorkflowStarted(String workflowType, String queue, @Nullable Payload input, StartOptions options,
        int runNumber, int attempt, RunId firstRun, @Nullable RunId continuedFrom, @Nullable ParentLink parent,
        @Nullable Instant executionDeadline, @Nullable Instant runDeadline) {
      this(workflowType, queue, input, options, runNumber, attempt, firstRun, continuedFrom, parent,
          executionDeadline, runDeadline, null, null);
    }

    /** The same in a chain that a schedule started. */
    WorkflowStarted by(@Nullable ScheduleLink link) {
      return new WorkflowStarted(workflowType, queue, input, options, runNumber, attempt, firstRun, continuedFrom,
          parent, executionDeadline, runDeadline, resetOf, link);
    }
  }

  record CancelRequested(String reason, @Nullable String requestId) implements RunEvent {}

  record WorkflowPaused(String reason) implements RunEvent {}

  record WorkflowResumed(String reason) implements RunEvent {}

  record WorkflowCompleted(@Nullable Payload output, List<String> unhandled) implements Closing {}

  record WorkflowFailed(Failure failure, List<String> unhandled) implements Closing {}

  record WorkflowCancelled(String reason, List<String> unhandled) implements Closing {}

  record WorkflowTerminated(String reason, List<String> unhandled) implements Closing {}

  /** @param kind {@code execution} or {@code run} */
  record WorkflowTimedOut(String kind, List<String> unhandled) implements Closing {}

  record WorkflowContinuedAsNew(RunId newRun, List<String> unhandled) implements Closing {}

  record WorkflowReset(RunId newRun, long toSeq, String reason, List<String> unhandled) implements Closing {}

  // ---- steps: work inside the worker

  /** Written before the body starts, only for steps that can be verified. */
  record StepStarted(int step, String name) implements OfStep {}

  record StepCompleted(int step, String name, @Nullable Payload result, int attempts) implements OfStep {}

  /** The step's final failure. */
  record StepFailed(int step, String name, Failure failure, int attempts) implements OfStep {}

  /** A long back-off: the lease is free until {@link TimerFired} of the same step. */
  record StepRetryScheduled(int step, String name, Failure failure, int attempts, Instant fireAt) implements OfStep {}

  // ---- activities: work through a queue

  /** @param bundle not null: the program awaits it before it does anything else */
  record ActivityScheduled(
      int step, String activityType, @Nullable Payload input, ActivityOptions options, Map<String, Payload> header,
      @Nullable Bundle bundle)
      implements OfStep {
    public ActivityScheduled(int step, String activityType, @Nullable Payload input, ActivityOptions options,
        Map<String, Payload> header) {
      this(step, activityType, input, options, header, null);
    }
  }

  record ActivityRetryScheduled(int step, int attempt, Failure failure, Instant dueAt) implements OfStep {}

  record ActivityCancelRequested(int step) implements OfStep {}

  record ActivityCompleted(int step, @Nullable Payload result, int attempt) implements OfStep {}

  record ActivityFailed(int step, Failure failure, int attempt) implements OfStep {}

  /** @param kind {@code schedule_to_start}, {@code start_to_close}, {@code schedule_to_close} or {@code heartbeat} */
  record ActivityTimedOut(int step, String kind, int attempt, @Nullable Payload lastHeartbeat) implements OfStep {}

  record ActivityCancelled(int step, int attempt) implements OfStep {}

  // ---- timers

  /** @param bundle not null: the program awaits it before it does anything else */
  record TimerScheduled(int step, Duration delay, Instant fireAt, @Nullable Bundle bundle) implements OfStep {
    public TimerScheduled(int step, Duration delay, Instant fireAt) {
      this(step, delay, fireAt, null);
    }
  }

  record TimerFired(int step) implements OfStep {}

  record TimerCancelled(int step) implements OfStep {}

  // ---- conditions

  /**
   * The program waits until a condition of its own holds, and is asked again at each message. A timeout is a timer of
   * the same step; when that fires, the wait is over.
   *
   * @param key name of the condition; null: it has none
   * @param fingerprint of the condition's code, compared when the program is replayed; null: none
   * @param timeout null: without limit
   */
  record ConditionWaitOpened(
      int step, @Nullable String key, @Nullable String fingerprint, @Nullable Duration timeout) implements OfStep {}

  /** The program went on: its condition held. */
  record ConditionWaitSatisfied(int step) implements OfStep {}

  // ---- messages in

  record SignalReceived(String signalId, String name, @Nullable Payload input, Map<String, Payload> header)
      implements RunEvent {}

  record UpdateAccepted(String updateId, String name, @Nullable Payload input, Map<String, Payload> header)
      implements RunEvent {}

  /** A program that is replayed from its first line was shown the update; its handler ran to its end. */
  record UpdateApplied(String updateId) implements RunEvent {}

  record UpdateCompleted(String updateId, Outcome outcome) implements RunEvent {}

  // ---- other workflows

  /** @param bundle not null: the program awaits it before it does anything else */
  record ChildWorkflowScheduled(
      int step,
      String workflowType,
      String workflowId,
      String queue,
      @Nullable Payload input,
      StartOptions options,
      ParentClosePolicy parentClose,
      @Nullable Bundle bundle)
      implements OfStep {
    public ChildWorkflowScheduled(int step, String workflowType, String workflowId, String queue,
        @Nullable Payload input, StartOptions options, ParentClosePolicy parentClose) {
      this(step, workflowType, workflowId, queue, input, options, parentClose, null);
    }
  }

  record ChildRunStarted(int step, RunId childRun) implements OfStep {}

  record ChildRunCompleted(int step, RunId childRun, @Nullable Payload result) implements OfStep {}

  /** Also when the child could not be started. */
  record ChildRunFailed(int step, @Nullable RunId childRun, Failure failure) implements OfStep {}

  record ChildRunCancelled(int step, RunId childRun, String reason) implements OfStep {}

  record ChildRunTerminated(int step, RunId childRun, String reason) implements OfStep {}

  record SignalExternalScheduled(
      int step, String namespace, String workflowId, String name, @Nullable Payload input, Map<String, Payload> header)
      implements OfStep {}

  record CancelExternalScheduled(int step, String namespace, String workflowId, String reason) implements OfStep {}

  /** The other workflow has the signal or cancel request. */
  record ExternalDelivered(int step) implements OfStep {}

  /** The other workflow is not there, or not open. */
  record ExternalFailed(int step, Failure failure) implements OfStep {}

  // ---- recorded values

  record SideEffectRecorded(int step, @Nullable Payload result) implements OfStep {}

  record VersionMarkerRecorded(int step, String changeId, int version, int minSupported, int maxSupported)
      implements OfStep {}

  record SearchAttributesUpserted(int step, Map<String, SearchValue> attributes) implements OfStep {}

  record MemoUpserted(int step, Map<String, Payload> memo) implements OfStep {}

  /** The name under which it is stored and travels. */
  default String type() {
    return getClass().getSimpleName();
  }

  /** Whether a program has to be told: it comes from outside and may let the program go on. */
  default boolean wakes() {
    return switch (this) {
      case WorkflowStarted e -> true;
      case CancelRequested e -> true;
      case ActivityCompleted e -> true;
      case ActivityFailed e -> true;
      case ActivityTimedOut e -> true;
      case ActivityCancelled e -> true;
      case TimerFired e -> true;
      case SignalReceived e -> true;
      case UpdateApplied e -> true;
      case ChildRunStarted e -> true;
      case ChildRunCompleted e -> true;
      case ChildRunFailed e -> true;
      case ChildRunCancelled e -> true;
      case ChildRunTerminated e -> true;
      case ExternalDelivered e -> true;
      case ExternalFailed e -> true;
      default -> false;
    };
  }
}
