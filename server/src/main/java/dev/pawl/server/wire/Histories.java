package dev.pawl.server.wire;

import dev.pawl.core.run.Bundle;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.json.EventJson;
import dev.pawl.server.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run's history as the wire shows it: one event for each that is stored, under the same number and, where the wire has
 * it, the same name. Only what closes a run by its deadline is shown as two, because callers look for a failure.
 *
 * <p>Events of one step refer to each other, so a history is translated from its beginning, or in pages that carry what is
 * open from one to the next.
 */
public final class Histories {
  private static final String CODEC = "avro";

  private final String namespace;
  private final String workflowId;
  private final RunId run;
  private final Openings openings = new Openings();

  public Histories(String namespace, String workflowId, RunId run) {
    this.namespace = namespace;
    this.workflowId = workflowId;
    this.run = run;
  }

  /** Events in the order of their numbers. */
  public List<Map<String, @Nullable Object>> all(List<Event> events) {
    List<Map<String, @Nullable Object>> shown = new ArrayList<>(events.size());
    for (Event event : events) shown.addAll(shown(event));
    return shown;
  }

  /** A whole history in the order in which the program was shown it, see {@link SeenOrder}. */
  public List<Map<String, @Nullable Object>> asSeen(List<Event> events) {
    return all(SeenOrder.whole(events));
  }

  // ---- in pages

  /**
   * A page of a history, in whatever order.
   *
   * @param before what {@link #carried} said of the page in front of it, empty for the first one; null: the events are in
   *     the order of their numbers, and what is in front of them is read
   */
  public List<Map<String, @Nullable Object>> page(@Nullable String before, List<Event> events, HistorySource source) {
    if (before != null) openings.resume(before);
    else if (!events.isEmpty()) inFrontOf(events.getFirst().seq(), source);
    openings.look(events, source);
    return all(events);
  }

  /** What the page behind those that were shown has to know of them. */
  public String carried() {
    return openings.text();
  }

  private void inFrontOf(long first, HistorySource source) {
    long after = 0;
    while (after < first - 1) {
      List<Event> read = source.read(after, (int) Math.min(HistorySource.CHUNK, first - 1 - after));
      if (read.isEmpty()) return;
      for (Event event : read) {
        openings.begin(event);
        openings.end(event);
      }
      after = read.getLast().seq();
    }
  }

  /** The last event in front of the first message; everything up to it is what an untouched program is shown. */
  public static long beforeMessages(List<Event> events) {
    for (Event event : events) {
      if (event.fact() instanceof RunEvent.SignalReceived || event.fact() instanceof RunEvent.UpdateAccepted) {
        return event.seq() - 1;
      }
    }
    return events.getLast().seq();
  }

  /** An update that its program has not accepted yet, as if it had: the handler is about to be asked. */
  public Map<String, @Nullable Object> offered(Effect.Update update, Event last) {
    return shown(new Event(last.seq() + 1, last.at(), 0,
        new RunEvent.UpdateAccepted(update.updateId(), update.name(), update.input(), update.header()))).getFirst();
  }

  private List<Map<String, @Nullable Object>> shown(Event event) {
    RunEvent fact = event.fact();
    openings.begin(event);
    Map<String, @Nullable Object> payload = payload(event, fact);
    openings.end(event);
    Map<String, @Nullable Object> first = event(event, event.seq(), fact.type(), payload);
    if (!(fact instanceof RunEvent.WorkflowTimedOut e)) return List.of(first);
    Map<String, @Nullable Object> failed =
        Faults.fields(Failure.of(Failure.TIMED_OUT, "the workflow's " + e.kind() + " timeout passed"));
    return List.of(first, event(event, event.seq() + 1, "WorkflowFailed", failed));
  }

  private Map<String, @Nullable Object> event(Event event, long number, String type,
      Map<String, @Nullable Object> payload) {
    return Json.of("id", run + ":" + number, "sequence", number, "event_type", type, "type", type, "timestamp",
        Instants.text(event.at()), "recorded_at", Instants.text(event.at()), "payload", payload, "workflow_task_id",
        null, "workflow_command_id", null, "namespace", namespace);
  }

  private Map<String, @Nullable Object> payload(Event event, RunEvent fact) {
    return switch (fact) {
      case RunEvent.StartAccepted e -> Json.of("workflow_instance_id", workflowId, "workflow_run_id", run.toString(),
          "outcome", "started_new", "request_id", e.requestId());
      case RunEvent.WorkflowStarted e -> started(event, e);
      case RunEvent.CancelRequested e -> Json.of("reason", e.reason());
      case RunEvent.WorkflowPaused e -> Json.of("reason", e.reason());
      case RunEvent.WorkflowResumed e -> Json.of("reason", e.reason());
      case RunEvent.WorkflowCompleted e ->
          Json.of("output", Values.envelope(e.output()), "result", Values.envelope(e.output()), "payload_codec", CODEC);
      case RunEvent.WorkflowFailed e -> Faults.fields(e.failure());
      case RunEvent.WorkflowCancelled e ->
          Json.of("reason", e.reason(), "closed_reason", "cancelled", "message", e.reason());
      case RunEvent.WorkflowTerminated e ->
          Json.of("reason", e.reason(), "closed_reason", "terminated", "message", e.reason());
      case RunEvent.WorkflowTimedOut e -> Json.of("timeout_kind", e.kind() + "_timeout", "message",
          "the workflow's " + e.kind() + " timeout passed");
      case RunEvent.WorkflowContinuedAsNew e -> Json.of("continued_to_run_id", e.newRun().toString());
      case RunEvent.WorkflowReset e ->
          Json.of("reset_to_run_id", e.newRun().toString(), "to_sequence", e.toSeq(), "reason", e.reason());
      case RunEvent.ActivityScheduled e -> {
        Map<String, @Nullable Object> payload = activity(e.step(), null);
        payload.put("arguments", Values.argumentList(e.input()));
        payload.put("payload_codec", CODEC);
        payload.put("queue", e.options().queue());
        yield payload;
      }
      case RunEvent.ActivityRetryScheduled e -> {
        Map<String, @Nullable Object> payload = activity(e.step(), e.attempt());
        payload.putAll(Faults.fields(e.failure()));
        payload.put("retry_available_at", Instants.text(e.dueAt()));
        payload.put("retry_backoff_seconds", Duration.between(event.at(), e.dueAt()).toSeconds());
        RunEvent.ActivityScheduled scheduled = openings.activity(e.step());
        if (scheduled != null) payload.put("max_attempts", scheduled.options().retry().maxAttempts());
        yield payload;
      }
      case RunEvent.ActivityCompleted e -> {
        Map<String, @Nullable Object> payload = activity(e.step(), e.attempt());
        payload.put("result", Values.envelope(e.result()));
        payload.put("payload_codec", CODEC);
        yield payload;
      }
      case RunEvent.ActivityFailed e -> {
        Map<String, @Nullable Object> payload = activity(e.step(), e.attempt());
        payload.putAll(Faults.fields(e.failure()));
        payload.put("failure_id", failureId(event));
        payload.put("closed_reason", "failed");
        yield payload;
      }
      case RunEvent.ActivityTimedOut e -> {
        Map<String, @Nullable Object> payload = activity(e.step(), e.attempt());
        payload.putAll(Faults.fields(
            Failure.of(Failure.TIMED_OUT, "the activity's " + e.kind() + " timeout passed")));
        payload.put("failure_id", failureId(event));
        payload.put("timeout_kind", e.kind());
        payload.put("closed_reason", "timed_out");
        yield payload;
      }
      case RunEvent.ActivityCancelled e -> activity(e.step(), e.attempt());
      case RunEvent.ActivityCancelRequested e -> activity(e.step(), null);
      case RunEvent.TimerScheduled e -> timer(e.step());
      case RunEvent.TimerFired e -> {
        Map<String, @Nullable Object> payload = timer(e.step());
        payload.put("fired_at", Instants.text(event.at()));
        yield payload;
      }
      case RunEvent.TimerCancelled e -> {
        Map<String, @Nullable Object> payload = timer(e.step());
        payload.put("cancelled_at", Instants.text(event.at()));
        yield payload;
      }
      case RunEvent.ConditionWaitOpened e -> waiting(e.step());
      case RunEvent.ConditionWaitSatisfied e -> waiting(e.step());
      case RunEvent.SignalReceived e -> Json.of("signal_id", e.signalId(), "signal_name", e.name(), "value",
          Values.argumentList(e.input()), "payload_codec", CODEC, "workflow_instance_id", workflowId);
      case RunEvent.UpdateAccepted e -> Json.of("update_id", e.updateId(), "update_name", e.name(), "arguments",
          Values.argumentList(e.input()), "payload_codec", CODEC);
      case RunEvent.UpdateApplied e -> {
        RunEvent.UpdateAccepted accepted = openings.update(e.updateId());
        Map<String, @Nullable Object> payload = Json.of("update_id", e.updateId());
        if (accepted != null) {
          payload.put("update_name", accepted.name());
          payload.put("arguments", Values.argumentList(accepted.input()));
        }
        payload.put("payload_codec", CODEC);
        yield payload;
      }
      case RunEvent.UpdateCompleted e -> completed(e);
      case RunEvent.ChildWorkflowScheduled e -> {
        Map<String, @Nullable Object> payload = child(e.step(), null);
        payload.put("arguments", Values.argumentList(e.input()));
        payload.put("payload_codec", CODEC);
        payload.put("parent_close_policy", e.parentClose().name().toLowerCase(Locale.ROOT));
        yield payload;
      }
      case RunEvent.ChildRunStarted e -> child(e.step(), e.childRun());
      case RunEvent.ChildRunCompleted e -> {
        Map<String, @Nullable Object> payload = child(e.step(), e.childRun());
        payload.put("result", Values.envelope(e.result()));
        payload.put("output", Values.envelope(e.result()));
        payload.put("payload_codec", CODEC);
        payload.put("child_status", "completed");
        yield payload;
      }
      case RunEvent.ChildRunFailed e -> ended(event, e.step(), e.childRun(), "failed", e.failure());
      case RunEvent.ChildRunCancelled e ->
          ended(event, e.step(), e.childRun(), "cancelled", Failure.of(Failure.CANCELLED, e.reason()));
      case RunEvent.ChildRunTerminated e ->
          ended(event, e.step(), e.childRun(), "terminated", Failure.of(Failure.TERMINATED, e.reason()));
      case RunEvent.SideEffectRecorded e ->
          Json.of("sequence", e.step(), "result", Values.envelope(orNull(e.result())), "payload_codec", CODEC);
      case RunEvent.VersionMarkerRecorded e -> Json.of("sequence", e.step(), "change_id", e.changeId(), "version",
          e.version(), "min_supported", e.minSupported(), "max_supported", e.maxSupported());
      case RunEvent.SearchAttributesUpserted e ->
          Json.of("sequence", e.step(), "attributes", Attributes.plain(e.attributes()));
      case RunEvent.MemoUpserted e -> Json.of("sequence", e.step(), "entries", Attributes.plainMemo(e.memo()));
      // What only programs of other kinds do: shown as it is stored.
      case RunEvent.StepStarted e -> stored(fact);
      case RunEvent.StepCompleted e -> stored(fact);
      case RunEvent.StepFailed e -> stored(fact);
      case RunEvent.StepRetryScheduled e -> stored(fact);
      case RunEvent.SignalExternalScheduled e -> stored(fact);
      case RunEvent.CancelExternalScheduled e -> stored(fact);
      case RunEvent.ExternalDelivered e -> stored(fact);
      case RunEvent.ExternalFailed e -> stored(fact);
    };
  }

  private static Payload orNull(@Nullable Payload value) {
    return value == null ? Values.avro("result", null) : value;
  }

  private static Map<String, @Nullable Object> stored(RunEvent fact) {
    return Json.stored(EventJson.write(fact));
  }

  private static Map<String, @Nullable Object> completed(RunEvent.UpdateCompleted e) {
    Map<String, @Nullable Object> payload = Json.of("update_id", e.updateId());
    switch (e.outcome()) {
      case Outcome.Success s -> {
        payload.put("result", Values.envelope(s.result()));
        payload.put("payload_codec", CODEC);
      }
      case Outcome.Failed f -> payload.putAll(Faults.fields(f.failure()));
    }
    return payload;
  }

  private Map<String, @Nullable Object> started(Event event, RunEvent.WorkflowStarted e) {
    Map<String, @Nullable Object> payload = Json.of("workflow_instance_id", workflowId, "workflow_run_id",
        run.toString(), "workflow_type", e.workflowType(), "timestamp", Instants.text(event.at()), "input",
        Values.argumentList(e.input()), "arguments", Values.argumentList(e.input()), "payload_codec", CODEC, "task_queue",
        e.queue(), "run_number", e.runNumber(), "retry_attempt", e.attempt(), "memo",
        Attributes.plainMemo(e.options().memo()), "search_attributes", Attributes.plain(e.options().searchAttributes()),
        "business_key", Attributes.businessKey(e.options().searchAttributes()), "execution_deadline_at",
        Instants.textOrNull(e.executionDeadline()), "run_deadline_at", Instants.textOrNull(e.runDeadline()));
    if (e.options().executionTimeout() != null) {
      payload.put("execution_timeout_seconds", e.options().executionTimeout().toSeconds());
    }
    if (e.options().runTimeout() != null) payload.put("run_timeout_seconds", e.options().runTimeout().toSeconds());
    if (e.continuedFrom() != null) payload.put("continued_from_run_id", e.continuedFrom().toString());
    if (e.parent() != null) {
      payload.put("parent_workflow_id", e.parent().workflowId());
      payload.put("parent_workflow_run_id", e.parent().runId().toString());
      payload.put("child_call_id", e.parent().runId() + ":" + e.parent().step());
    }
    return payload;
  }

  private Map<String, @Nullable Object> activity(int step, @Nullable Integer attempt) {
    RunEvent.ActivityScheduled scheduled = openings.activity(step);
    Map<String, @Nullable Object> payload = Json.of("sequence", step, "activity_execution_id", run + ":" + step);
    if (scheduled != null) {
      payload.put("activity_type", scheduled.activityType());
      payload.put("activity", Json.of("activity_type", scheduled.activityType(), "id", run + ":" + step));
      Bundles.write(payload, scheduled.bundle());
    }
    if (attempt != null) {
      payload.put("attempt_number", attempt);
      payload.put("activity_attempt_id", run + ":" + step + ":" + attempt);
    }
    return payload;
  }

  private Map<String, @Nullable Object> timer(int step) {
    RunEvent.TimerScheduled scheduled = openings.timer(step);
    RunEvent.ConditionWaitOpened wait = openings.waiting(step);
    Map<String, @Nullable Object> payload = Json.of("sequence", step, "timer_id", run + ":" + step);
    if (wait != null) {
      payload.put("timer_kind", "condition_timeout");
      payload.put("condition_wait_id", waitId(step));
      payload.put("condition_key", wait.key());
    }
    if (scheduled != null) {
      payload.put("delay_seconds", scheduled.delay().toSeconds());
      payload.put("fire_at", Instants.text(scheduled.fireAt()));
      Bundle bundle = scheduled.bundle();
      Bundles.write(payload, bundle);
    }
    return payload;
  }

  private Map<String, @Nullable Object> waiting(int step) {
    RunEvent.ConditionWaitOpened wait = openings.waiting(step);
    Map<String, @Nullable Object> payload = Json.of("sequence", step, "condition_wait_id", waitId(step));
    if (wait == null) return payload;
    if (wait.key() != null) payload.put("condition_key", wait.key());
    if (wait.fingerprint() != null) payload.put("condition_definition_fingerprint", wait.fingerprint());
    if (wait.timeout() != null) payload.put("timeout_seconds", wait.timeout().toSeconds());
    return payload;
  }

  private String waitId(int step) {
    return run + ":wait:" + step;
  }

  private Map<String, @Nullable Object> child(int step, @Nullable RunId childRun) {
    RunEvent.ChildWorkflowScheduled scheduled = openings.child(step);
    Map<String, @Nullable Object> payload = Json.of("sequence", step, "child_call_id", run + ":" + step);
    if (scheduled != null) {
      payload.put("workflow_type", scheduled.workflowType());
      payload.put("child_workflow_type", scheduled.workflowType());
      payload.put("child_workflow_instance_id", scheduled.workflowId());
      Bundles.write(payload, scheduled.bundle());
    }
    if (childRun != null) payload.put("child_workflow_run_id", childRun.toString());
    return payload;
  }

  private Map<String, @Nullable Object> ended(Event event, int step, @Nullable RunId childRun, String status,
      Failure failure) {
    Map<String, @Nullable Object> payload = child(step, childRun);
    payload.putAll(Faults.fields(failure));
    payload.put("failure_id", failureId(event));
    payload.put("child_status", status);
    return payload;
  }

  private String failureId(Event event) {
    return run + ":" + event.seq();
  }
}
