package dev.pawl.server.standalone;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Attributes;
import dev.pawl.server.wire.Faults;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Activities on their own as the wire shows them. */
final class ActivityShape {
  private ActivityShape() {}

  /** A line of a list. */
  static Map<String, @Nullable Object> line(ControlApi.RunView view, ActivitySpec spec) {
    return Json.of("activity_id", view.workflowId(), "workflow_run_id", view.run().toString(), "activity_execution_id",
        view.run() + ":1", "workflow_type", view.workflowType(), "activity_type", spec.activityType(), "activity_class",
        spec.activityClass(), "task_queue", spec.options().queue(), "namespace", view.namespace(), "status",
        status(view.status()), "closed_reason", view.status() == RunStatus.RUNNING ? null : status(view.status()),
        "business_key", Attributes.businessKey(view.searchAttributes()), "payload_codec", "avro", "started_at",
        Instants.text(view.startedAt()), "closed_at", Instants.textOrNull(view.closedAt()));
  }

  /** @param open null: it is not scheduled yet, or over */
  static Map<String, @Nullable Object> whole(ControlApi.RunView view, ActivitySpec spec, List<Event> history,
      @Nullable ActivityTask open) {
    Map<String, @Nullable Object> shape = line(view, spec);
    Instant scheduled = scheduledAt(history);
    ActivityOptions options = spec.options();
    Payload result = history.getLast().fact() instanceof RunEvent.WorkflowCompleted e ? e.output() : null;
    shape.put("activity_status", view.status() == RunStatus.RUNNING ? standing(open) : status(view.status()));
    shape.put("attempt_count", attempts(history, open));
    shape.put("last_progress_at", Instants.text(history.getLast().at()));
    shape.put("last_heartbeat_at", open == null ? null : Instants.textOrNull(open.heartbeatAt()));
    shape.put("schedule_to_start_deadline_at", open == null || open.phase() != ActivityTask.Phase.WAITING
        ? null
        : after(open.visibleAt(), options.scheduleToStart()));
    shape.put("schedule_to_close_deadline_at", after(scheduled, options.scheduleToClose()));
    shape.put("result", Values.envelope(result));
    if (history.getLast().fact() instanceof RunEvent.WorkflowFailed e) shape.putAll(Faults.fields(e.failure()));
    return shape;
  }

  private static String status(RunStatus status) {
    return switch (status) {
      case RUNNING -> "running";
      case COMPLETED, CONTINUED -> "completed";
      case FAILED -> "failed";
      case TIMED_OUT -> "timed_out";
      case CANCELLED -> "cancelled";
      case TERMINATED, RESET -> "terminated";
    };
  }

  private static String standing(@Nullable ActivityTask open) {
    if (open == null) return "pending";
    return switch (open.phase()) {
      case WAITING -> open.attempt() == 1 ? "pending" : "retrying";
      case LEASED, AWAITING -> "running";
    };
  }

  private static int attempts(List<Event> history, @Nullable ActivityTask open) {
    if (open != null) return open.phase() == ActivityTask.Phase.WAITING ? open.attempt() - 1 : open.attempt();
    for (Event event : history) {
      switch (event.fact()) {
        case RunEvent.ActivityCompleted e -> {
          return e.attempt();
        }
        case RunEvent.ActivityFailed e -> {
          return e.attempt();
        }
        case RunEvent.ActivityTimedOut e -> {
          return e.attempt();
        }
        default -> {}
      }
    }
    return 0;
  }

  private static @Nullable Instant scheduledAt(List<Event> history) {
    return history.stream().filter(event -> event.fact() instanceof RunEvent.ActivityScheduled).map(Event::at)
        .findFirst().orElse(null);
  }

  private static @Nullable String after(@Nullable Instant start, @Nullable Duration limit) {
    return start == null || limit == null ? null : Instants.text(start.plus(limit));
  }
}
