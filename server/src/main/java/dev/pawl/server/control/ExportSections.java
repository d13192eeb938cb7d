package dev.pawl.server.control;

import dev.pawl.server.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an export says beside the events: the same facts, by what they are about. Everything is derived from the events as
 * the wire shows them, so that it says nothing that they do not.
 */
final class ExportSections {
  private static final String OPEN = "open";

  private final Map<Object, Map<String, @Nullable Object>> activities = new LinkedHashMap<>();
  private final Map<Object, Map<String, @Nullable Object>> timers = new LinkedHashMap<>();
  private final Map<Object, Map<String, @Nullable Object>> waits = new LinkedHashMap<>();
  private final Map<Object, Map<String, @Nullable Object>> children = new LinkedHashMap<>();
  private final Map<Object, Map<String, @Nullable Object>> updates = new LinkedHashMap<>();
  private final List<Map<String, @Nullable Object>> signals = new ArrayList<>();
  private final List<Map<String, @Nullable Object>> commands = new ArrayList<>();
  private final List<Map<String, @Nullable Object>> failures = new ArrayList<>();
  private final List<Map<String, @Nullable Object>> timeline = new ArrayList<>();
  private final List<Map<String, @Nullable Object>> parents = new ArrayList<>();
  private final List<Map<String, @Nullable Object>> payloads = new ArrayList<>();

  /** @param events with {@code sequence}, {@code type}, {@code payload} and {@code recorded_at} */
  ExportSections(List<Map<String, @Nullable Object>> events) {
    for (int i = 0; i < events.size(); i++) {
      Map<String, @Nullable Object> event = events.get(i);
      Map<String, @Nullable Object> payload = Json.object(event.get("payload"));
      String type = String.valueOf(event.get("type"));
      timeline.add(Json.of("sequence", event.get("sequence"), "type", type, "at", event.get("recorded_at"),
          "workflow_sequence", payload.get("sequence"), "subject", subject(payload)));
      payloads("history_events." + i + ".payload", payload);
      if (payload.get("exception") instanceof Map) failures.add(failure(event, type, payload));
      read(type, event, payload);
    }
  }

  void putInto(Map<String, @Nullable Object> bundle) {
    List<Map<String, @Nullable Object>> tasks = new ArrayList<>();
    for (Map<String, @Nullable Object> one : activities.values()) {
      if (!OPEN.equals(one.get("status"))) continue;
      tasks.add(Json.of("task_type", "activity", "activity_execution_id", one.get("activity_execution_id"),
          "activity_type", one.get("activity_type"), "status", OPEN, "available_at", one.get("available_at")));
    }
    bundle.put("waits", List.copyOf(waits.values()));
    bundle.put("timeline", timeline);
    bundle.put("commands", commands);
    bundle.put("signals", signals);
    bundle.put("updates", List.copyOf(updates.values()));
    bundle.put("tasks", tasks);
    bundle.put("activities", List.copyOf(activities.values()));
    bundle.put("timers", List.copyOf(timers.values()));
    bundle.put("failures", failures);
    bundle.put("links", Json.of("parents", parents, "children", List.copyOf(children.values())));
    bundle.put("payload_manifest", Json.of("version", 1, "entries", payloads));
  }

  // ---- one event

  private void read(String type, Map<String, @Nullable Object> event, Map<String, @Nullable Object> payload) {
    Object step = payload.get("sequence");
    switch (type) {
      case "WorkflowStarted" -> {
        command("start", event, payload, "workflow_type");
        if (payload.get("parent_workflow_id") != null) parents.add(picked(event, payload, "parent_workflow_id",
            "parent_workflow_run_id", "child_call_id"));
        if (payload.get("continued_from_run_id") != null) parents.add(picked(event, payload, "continued_from_run_id"));
      }
      case "SignalReceived" -> {
        signals.add(picked(event, payload, "signal_id", "signal_name", "value", "payload_codec"));
        command("signal", event, payload, "signal_name");
      }
      case "UpdateAccepted" -> {
        open(updates, payload.get("update_id"), event, payload, "update_id", "update_name", "arguments", "payload_codec");
        command("update", event, payload, "update_name");
      }
      case "UpdateCompleted" -> close(updates, payload.get("update_id"), event, payload,
          payload.get("exception") == null ? "completed" : "failed", "result", "message", "exception_type");
      case "CancelRequested" -> command("cancel", event, payload, "reason");
      case "WorkflowTerminated" -> command("terminate", event, payload, "reason");
      case "ActivityScheduled" -> open(activities, step, event, payload, "activity_execution_id", "activity_type",
          "arguments", "payload_codec", "queue", "parallel_group_id");
      case "ActivityRetryScheduled" -> {
        Map<String, @Nullable Object> activity = activities.get(step);
        if (activity != null) {
          activity.put("available_at", payload.get("retry_available_at"));
          activity.put("attempt_number", payload.get("attempt_number"));
        }
      }
      case "ActivityCompleted" -> close(activities, step, event, payload, "completed", "result", "attempt_number");
      case "ActivityFailed" -> close(activities, step, event, payload, "failed", "message", "exception_type",
          "attempt_number");
      case "ActivityTimedOut" -> close(activities, step, event, payload, "timed_out", "timeout_kind", "attempt_number");
      case "ActivityCancelled" -> close(activities, step, event, payload, "cancelled", "attempt_number");
      case "TimerScheduled" -> open(timers, step, event, payload, "timer_id", "timer_kind", "condition_wait_id",
          "delay_seconds", "fire_at");
      case "TimerFired" -> {
        close(timers, step, event, payload, "fired", "fired_at");
        close(waits, step, event, payload, "timed_out");
      }
      case "TimerCancelled" -> close(timers, step, event, payload, "cancelled", "cancelled_at");
      case "ConditionWaitOpened" -> open(waits, step, event, payload, "condition_wait_id", "condition_key",
          "condition_definition_fingerprint", "timeout_seconds");
      case "ConditionWaitSatisfied" -> close(waits, step, event, payload, "satisfied");
      case "ChildWorkflowScheduled" -> open(children, step, event, payload, "child_call_id", "child_workflow_type",
          "child_workflow_instance_id", "parent_close_policy");
      case "ChildRunStarted" -> {
        Map<String, @Nullable Object> child = children.get(step);
        if (child != null) child.put("child_workflow_run_id", payload.get("child_workflow_run_id"));
      }
      case "ChildRunCompleted", "ChildRunFailed", "ChildRunCancelled", "ChildRunTerminated" -> close(children, step,
          event, payload, String.valueOf(payload.get("child_status")), "result", "message", "child_workflow_run_id");
      default -> {
        // In the timeline only.
      }
    }
  }

  private static Map<String, @Nullable Object> picked(Map<String, @Nullable Object> event,
      Map<String, @Nullable Object> payload, String... names) {
    Map<String, @Nullable Object> all = Json.of("history_sequence", event.get("sequence"), "recorded_at",
        event.get("recorded_at"));
    for (String name : names) if (payload.containsKey(name)) all.put(name, payload.get(name));
    return all;
  }

  private static void open(Map<Object, Map<String, @Nullable Object>> in, @Nullable Object key,
      Map<String, @Nullable Object> event, Map<String, @Nullable Object> payload, String... names) {
    Map<String, @Nullable Object> one = picked(event, payload, names);
    if (payload.get("sequence") != null) one.put("workflow_sequence", payload.get("sequence"));
    one.put("status", OPEN);
    one.put("opened_at", event.get("recorded_at"));
    one.put("closed_at", null);
    in.put(String.valueOf(key), one);
  }

  private static void close(Map<Object, Map<String, @Nullable Object>> in, @Nullable Object key,
      Map<String, @Nullable Object> event, Map<String, @Nullable Object> payload, String status, String... names) {
    Map<String, @Nullable Object> one = in.get(String.valueOf(key));
    if (one == null) return;
    for (String name : names) if (payload.containsKey(name)) one.put(name, payload.get(name));
    one.put("status", status);
    one.put("closed_at", event.get("recorded_at"));
    one.put("closed_by_sequence", event.get("sequence"));
  }

  private void command(String type, Map<String, @Nullable Object> event, Map<String, @Nullable Object> payload,
      String detail) {
    Map<String, @Nullable Object> one = picked(event, payload, detail);
    one.put("command_type", type);
    one.put("status", "accepted");
    commands.add(one);
  }

  private static Map<String, @Nullable Object> failure(Map<String, @Nullable Object> event, String type,
      Map<String, @Nullable Object> payload) {
    Map<String, @Nullable Object> one = picked(event, payload, "failure_id", "message", "exception_type",
        "exception_class", "failure_category", "non_retryable", "activity_execution_id", "child_workflow_run_id",
        "update_id");
    one.put("source", type);
    return one;
  }

  private static @Nullable Object subject(Map<String, @Nullable Object> payload) {
    for (String name : List.of("activity_type", "child_workflow_type", "signal_name", "update_name", "change_id",
        "condition_key", "timer_id", "workflow_type")) {
      if (payload.get(name) != null) return payload.get(name);
    }
    return null;
  }

  // ---- what is encoded, and where

  private void payloads(String path, @Nullable Object value) {
    if (value instanceof Map<?, ?>) {
      Map<String, @Nullable Object> map = Json.object(value);
      if (map.get("codec") instanceof String codec && map.size() == 2) {
        payloads.add(Json.of("path", path, "available", map.get("blob") != null, "codec", codec, "redacted", false));
        return;
      }
      map.forEach((name, one) -> payloads(path + "." + name, one));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) payloads(path + "." + i, list.get(i));
    }
  }
}
