package dev.pawl.protocol.json;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.ParentLink;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunState;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.ScheduleLink;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One full sample of each record; its golden file is what databases out there hold. */
final class Samples {
  private Samples() {}

  static final Instant NOON = Instant.parse("2026-03-01T12:00:00.000001Z");
  static final RunId RUN = RunId.parse("01951234-5678-7abc-8def-0123456789ab");
  static final RunId OTHER = RunId.parse("01951234-ffff-7abc-8def-0123456789ab");
  static final Payload ORDER = Payload.json("{\"id\": 42, \"note\":\"caf\u00e9 \ud83d\ude00\", \"total\":1e400}");
  static final Map<String, Payload> HEADER =
      new TreeMap<>(Map.of("trace", Payload.json("\"00-ab\""), "tenant", Payload.of("plain", new byte[] {'a', '"'})));
  static final Map<String, SearchValue> ATTRIBUTES = new TreeMap<>(Map.of(
      "CustomerId", new SearchValue.Keyword("c-7"),
      "Tags", new SearchValue.Keywords(List.of("a", "b")),
      "Amount", new SearchValue.Int(4200),
      "Score", new SearchValue.Real(0.5),
      "Vip", new SearchValue.Bool(true),
      "DueAt", new SearchValue.Time(NOON),
      "Gone", new SearchValue.Unset()));
  static final RetryPolicy RETRY = new RetryPolicy(
      new Backoff.Exponential(Duration.ofSeconds(1), 2.0, Duration.ofSeconds(100)), 5, List.of("CardDeclined"));
  static final RetryPolicy DELAYS =
      new RetryPolicy(new Backoff.Delays(List.of(Duration.ofSeconds(1), Duration.ofNanos(1500))), 0, List.of());
  static final StartOptions OPTIONS = new StartOptions(Duration.ofDays(30), Duration.ofDays(1), Duration.ofSeconds(10),
      RETRY, Duration.ofMillis(250), 1, "build-7", HEADER, Map.of("note", ORDER), ATTRIBUTES);
  static final ActivityOptions ACTIVITY = new ActivityOptions("payments", Duration.ofMinutes(1), Duration.ofSeconds(30),
      Duration.ofHours(1), Duration.ofSeconds(5), DELAYS, 9);
  static final ParentLink PARENT = new ParentLink("default", "parent-1", OTHER, 3);
  static final Failure FAILURE = new Failure("CardDeclined", "no \"money\"", "at Bank.charge(Bank.java:7)\n", true,
      Duration.ofSeconds(7), Payload.of("bytes", new byte[] {(byte) 0xff, 0}),
      Failure.of("Io", "connection reset"));
  static final RunEvent.WorkflowStarted STARTED = new RunEvent.WorkflowStarted("Order", "orders", ORDER, OPTIONS, 2, 1,
      RUN, OTHER, PARENT, NOON.plusSeconds(60), NOON.plusSeconds(30), OTHER, null);
  static final ScheduleLink SCHEDULE = new ScheduleLink("default", "nightly");
  static final RunEvent.SignalReceived SIGNAL = new RunEvent.SignalReceived("s-1", "approve", ORDER, HEADER);

  static List<RunEvent> events() {
    return List.of(
        new RunEvent.StartAccepted("req-1"),
        STARTED,
        new RunEvent.CancelRequested("customer left", "req-2"),
        new RunEvent.WorkflowPaused("maintenance"),
        new RunEvent.WorkflowResumed("done"),
        new RunEvent.WorkflowCompleted(ORDER, List.of("s-1", "s-2")),
        new RunEvent.WorkflowFailed(FAILURE, List.of("s-1")),
        new RunEvent.WorkflowCancelled("customer left", List.of()),
        new RunEvent.WorkflowTerminated("by hand", List.of()),
        new RunEvent.WorkflowTimedOut("execution", List.of()),
        new RunEvent.WorkflowContinuedAsNew(OTHER, List.of()),
        new RunEvent.WorkflowReset(OTHER, 17, "bad deploy", List.of()),
        new RunEvent.StepStarted(4, "reserve"),
        new RunEvent.StepCompleted(4, "reserve", ORDER, 2),
        new RunEvent.StepFailed(4, "reserve", FAILURE, 3),
        new RunEvent.StepRetryScheduled(4, "reserve", FAILURE, 3, NOON),
        new RunEvent.ActivityScheduled(5, "charge", ORDER, ACTIVITY, HEADER),
        new RunEvent.ActivityRetryScheduled(5, 2, FAILURE, NOON),
        new RunEvent.ActivityCancelRequested(5),
        new RunEvent.ActivityCompleted(5, ORDER, 2),
        new RunEvent.ActivityFailed(5, FAILURE, 2),
        new RunEvent.ActivityTimedOut(5, "heartbeat", 2, ORDER),
        new RunEvent.ActivityCancelled(5, 2),
        new RunEvent.TimerScheduled(6, Duration.ofDays(3), NOON),
        new RunEvent.TimerFired(6),
        new RunEvent.TimerCancelled(6),
        new RunEvent.ConditionWaitOpened(14, "paid", "sha256:aa", Duration.ofMinutes(5)),
        new RunEvent.ConditionWaitSatisfied(14),
        SIGNAL,
        new RunEvent.UpdateAccepted("u-1", "addItem", ORDER, HEADER),
        new RunEvent.UpdateApplied("u-1"),
        new RunEvent.UpdateCompleted("u-1", Outcome.success(ORDER)),
        new RunEvent.ChildWorkflowScheduled(
            7, "Shipment", "ship-42", "shipping", ORDER, OPTIONS, ParentClosePolicy.REQUEST_CANCEL),
        new RunEvent.ChildRunStarted(7, OTHER),
        new RunEvent.ChildRunCompleted(7, OTHER, ORDER),
        new RunEvent.ChildRunFailed(7, OTHER, FAILURE),
        new RunEvent.ChildRunCancelled(7, OTHER, "customer left"),
        new RunEvent.ChildRunTerminated(7, OTHER, "by hand"),
        new RunEvent.SignalExternalScheduled(8, "default", "stock", "release", ORDER, HEADER),
        new RunEvent.CancelExternalScheduled(9, "default", "stock", "not needed"),
        new RunEvent.ExternalDelivered(8),
        new RunEvent.ExternalFailed(9, FAILURE),
        new RunEvent.SideEffectRecorded(10, ORDER),
        new RunEvent.VersionMarkerRecorded(11, "charge-first", 2, 1, 2),
        new RunEvent.SearchAttributesUpserted(12, ATTRIBUTES),
        new RunEvent.MemoUpserted(13, HEADER));
  }

  static List<Mail.Message> messages() {
    StartRun start = new StartRun("default", "order-42", OTHER, "Order", "orders", ORDER, OPTIONS,
        ReusePolicy.ALLOW_FAILED_ONLY, ConflictPolicy.USE_EXISTING, "req-1", "sha256:ab", SIGNAL,
        new Effect.Update(OTHER, "u-1", "addItem", ORDER, HEADER, Effect.UpdatePhase.ADMITTED, null), null);
    return List.of(
        new Mail.TimerDue(6),
        new Mail.DeadlineDue("run"),
        new Mail.StartChild(PARENT, "default", "ship-42", "Shipment", "shipping", ORDER, OPTIONS,
            ParentClosePolicy.TERMINATE, true, NOON),
        new Mail.ChildStarted(PARENT, "ship-42", RUN, ParentClosePolicy.TERMINATE),
        new Mail.ChildEnded(PARENT, "ship-42", RUN, OTHER, RunStatus.FAILED, Outcome.failed(FAILURE)),
        new Mail.StartOther(start),
        new Mail.SignalOther(PARENT, "default", "stock", "release", ORDER, HEADER),
        new Mail.CancelOther(PARENT, "default", "stock", OTHER, "not needed"),
        new Mail.TerminateOther("default", "stock", OTHER, "parent closed"),
        new Mail.ExternalAnswered(PARENT, FAILURE),
        new Mail.ScheduleDue(SCHEDULE),
        new Mail.ScheduledRunEnded(SCHEDULE, "nightly-2026-01-01T13:00:00Z"),
        new Mail.ScheduledStartRefused(SCHEDULE, "nightly-2026-01-01T13:00:00Z", "the id is taken"));
  }

  static List<Command> commands() {
    return List.of(
        new Command.StartStep(4, "reserve"),
        new Command.RecordStep(4, "reserve", Outcome.success(ORDER), 2),
        new Command.RetryStep(4, "reserve", FAILURE, 3, Duration.ofMinutes(5)),
        new Command.ScheduleActivity(5, "charge", ORDER, ACTIVITY, HEADER),
        new Command.CancelActivity(5),
        new Command.StartTimer(6, Duration.ofDays(3)),
        new Command.CancelTimer(6),
        new Command.OpenWait(14, "paid", "sha256:aa", Duration.ofMinutes(5)),
        new Command.EndWait(14),
        new Command.StartChild(7, "Shipment", "ship-42", "shipping", ORDER, OPTIONS, ParentClosePolicy.TERMINATE),
        new Command.SignalExternal(8, "default", "stock", "release", ORDER, HEADER),
        new Command.CancelExternal(9, "default", "stock", "not needed"),
        new Command.RecordSideEffect(10, ORDER),
        new Command.RecordVersion(11, "charge-first", 2, 1, 2),
        new Command.UpsertSearchAttributes(12, ATTRIBUTES),
        new Command.UpsertMemo(13, HEADER),
        new Command.AcceptUpdate("u-1"),
        new Command.RejectUpdate("u-1", FAILURE),
        new Command.CompleteUpdate("u-1", Outcome.failed(FAILURE)),
        new Command.ApplyUpdate("u-1", Outcome.success(ORDER)),
        new Command.CompleteRun(ORDER, List.of("s-1")),
        new Command.FailRun(FAILURE, List.of("s-1")),
        new Command.CancelRun("customer left", List.of("s-1")),
        new Command.ContinueAsNew("Order2", "orders2", ORDER, HEADER, ATTRIBUTES, List.of(SIGNAL)));
  }

  /** Everything in it. */
  static RunState state() {
    Map<String, String> updates = new LinkedHashMap<>();
    updates.put("u-2", "removeItem");
    updates.put("u-1", "addItem");
    return new RunState(RUN, "default", "order-42", STARTED, RunStatus.CANCELLED, NOON, NOON.plusSeconds(9), 14,
        NOON.plusSeconds(9), 13, 10, true, true, Map.of("Amount", new SearchValue.Int(1)), HEADER,
        Map.of(5, "charge", 12, "ship"), Map.of(6, NOON), Map.of(7, new RunState.OpenChild("ship-42",
            ParentClosePolicy.ABANDON, OTHER), 9, new RunState.OpenChild("ship-43", ParentClosePolicy.TERMINATE, null)),
        Map.of(8, "stock"), updates,
        Map.of(), Set.of(), List.of());
  }

  /** A run of a program that is replayed from its first line. */
  static RunState replayedState() {
    RunState small = smallState();
    return new RunState(RUN, "default", "order-42", small.started(), RunStatus.RUNNING, NOON, null, 5,
        NOON.plusSeconds(1), 2, 4, false, false, Map.of(), Map.of(), Map.of(5, "charge"), Map.of(), Map.of(), Map.of(),
        Map.of(), Map.of(2, new RunState.OpenWait("paid", "sha256:aa"), 3, new RunState.OpenWait(null, null)),
        Set.of(5), List.of("u-2", "u-1"));
  }

  /** A run of average simplicity in the middle of its life. */
  static RunState smallState() {
    RunEvent.WorkflowStarted started = new RunEvent.WorkflowStarted(
        "Order", "orders", Payload.json("{\"id\":42}"), StartOptions.PLAIN, 1, 1, RUN, null, null, null, null);
    return new RunState(RUN, "default", "order-42", started, RunStatus.RUNNING, NOON, null, 5, NOON.plusSeconds(1), 2,
        4, false, false, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(),
        Map.of(), Set.of(), List.of());
  }
}
