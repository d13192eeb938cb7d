package dev.pawl.server.control;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Attributes;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.Values;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs as the wire shows them. */
final class RunShapes {
  private RunShapes() {}

  static String status(ControlApi.RunView view) {
    return switch (view.status()) {
      case RUNNING -> switch (view.displayed()) {
        case "READY" -> view.lastSeq() <= 2 ? "pending" : "running";
        case "RUNNING" -> "running";
        default -> "waiting";
      };
      case COMPLETED, CONTINUED -> "completed";
      case FAILED, TIMED_OUT -> "failed";
      case CANCELLED -> "cancelled";
      case TERMINATED, RESET -> "terminated";
    };
  }

  static String bucket(ControlApi.RunView view) {
    return switch (view.status()) {
      case RUNNING -> "running";
      case COMPLETED, CONTINUED -> "completed";
      default -> "failed";
    };
  }

  static @Nullable String closedReason(RunStatus status) {
    return switch (status) {
      case RUNNING -> null;
      case COMPLETED -> "completed";
      case CONTINUED -> "continued_as_new";
      case FAILED -> "failed";
      case TIMED_OUT -> "timed_out";
      case CANCELLED -> "cancelled";
      case TERMINATED -> "terminated";
      case RESET -> "reset";
    };
  }

  /** A line of a list. */
  static Map<String, @Nullable Object> line(ControlApi.RunView view) {
    return Json.of("workflow_id", view.workflowId(), "run_id", view.run().toString(), "run_number", view.runNumber(),
        "workflow_type", view.workflowType(), "namespace", view.namespace(), "business_key",
        Attributes.businessKey(view.searchAttributes()), "status", status(view), "status_bucket", bucket(view),
        "task_queue", view.queue(), "is_terminal", view.status().closed(), "payload_codec", "avro", "started_at",
        Instants.text(view.startedAt()), "closed_at", Instants.textOrNull(view.closedAt()), "search_attributes",
        Attributes.plain(view.searchAttributes()), "memo", Attributes.plainMemo(view.memo()));
  }

  /**
   * Everything about a run.
   *
   * @param chain all runs of the workflow id, oldest first
   */
  static Map<String, @Nullable Object> whole(ControlApi control, ControlApi.RunView view,
      List<ControlApi.RunView> chain) {
    RunRef ref = new RunRef(view.namespace(), view.workflowId(), view.run());
    List<Event> first = control.history(ref, 0, 2, Duration.ZERO);
    RunEvent.WorkflowStarted started =
        first.size() > 1 && first.get(1).fact() instanceof RunEvent.WorkflowStarted it ? it : null;
    Payload input = started == null ? null : started.input();
    Payload output = null;
    Event last = first.isEmpty() ? null : first.getLast();
    List<Event> end = control.history(ref, Math.max(0, view.lastSeq() - 1), 1, Duration.ZERO);
    if (!end.isEmpty()) last = end.getLast();
    if (last != null && last.fact() instanceof RunEvent.WorkflowCompleted completed) output = completed.output();
    boolean current = !chain.isEmpty() && chain.getLast().run().equals(view.run());
    boolean open = !view.status().closed();
    Map<String, @Nullable Object> shape = line(view);
    shape.put("closed_reason", closedReason(view.status()));
    shape.put("run_count", chain.size());
    shape.put("is_current_run", current);
    shape.put("compatibility", started == null ? null : started.options().buildId());
    shape.put("execution_timeout_seconds", seconds(started == null ? null : started.options().executionTimeout()));
    shape.put("run_timeout_seconds", seconds(started == null ? null : started.options().runTimeout()));
    shape.put("execution_deadline_at", Instants.textOrNull(started == null ? null : started.executionDeadline()));
    shape.put("run_deadline_at", Instants.textOrNull(started == null ? null : started.runDeadline()));
    shape.put("input", Values.plainArguments(input));
    shape.put("output", Values.plain(output));
    shape.put("input_envelope", Values.argumentList(input));
    shape.put("output_envelope", Values.envelope(output));
    shape.put("last_progress_at", last == null ? null : Instants.text(last.at()));
    shape.put("wait_kind", open ? waitKind(view) : null);
    shape.put("wait_reason", open ? view.blockedReason() : null);
    shape.put("blocked_reason", view.blockedReason());
    shape.put("history_event_count", view.lastSeq());
    shape.put("history_size_bytes", view.historyBytes());
    shape.put("continue_as_new_suggested", view.suggestContinueAsNew());
    boolean reachable = open && current;
    shape.put("actions", Json.of("can_signal", reachable, "can_query", true, "can_update", reachable, "can_cancel",
        reachable, "can_terminate", reachable, "can_repair", reachable, "can_archive", !open));
    return shape;
  }

  private static String waitKind(ControlApi.RunView view) {
    return switch (view.displayed()) {
      case "READY" -> "workflow_task";
      case "RUNNING" -> "worker";
      case "PAUSED" -> "operator";
      case "BLOCKED" -> "blocked";
      default -> "event";
    };
  }

  private static @Nullable Long seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toSeconds();
  }
}
