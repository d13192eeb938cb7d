package dev.pawl.server.wire;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskToken;
import dev.pawl.server.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An activity task as workers of other languages read it. */
public final class ActivityShape {
  private static final Duration LEASE = Duration.ofSeconds(300);

  private ActivityShape() {}

  /** @param owner id of the worker that has it */
  public static Map<String, @Nullable Object> of(Tickets tickets, ActivityTask task, String owner, Instant now) {
    TaskToken token = task.token();
    Duration toClose = task.options().startToClose();
    Instant granted = task.leasedAt() == null ? now : task.leasedAt();
    return Json.of("task_id", tickets.write(task.namespace(), new Tickets.Ticket(token, 0)), "workflow_id",
        task.workflowId(), "run_id", token.run().toString(), "activity_execution_id", token.run() + ":" + token.step(),
        "activity_attempt_id", attemptId(token), "attempt_number", task.attempt(), "activity_type",
        task.activityType(), "payload_codec", "avro", "arguments", Values.argumentList(task.input()), "task_queue",
        task.options().queue(), "lease_owner", owner, "lease_expires_at",
        Instants.text(now.plus(toClose == null ? LEASE : toClose)), "idempotency_key", task.idempotencyKey(),
        "last_heartbeat_details", Values.plain(task.details()), "deadlines", Json.of(
            "schedule_to_start", after(task.visibleAt(), task.options().scheduleToStart()), "start_to_close",
            after(granted, toClose), "schedule_to_close", after(task.scheduledAt(), task.options().scheduleToClose()),
            "heartbeat", after(granted, task.options().heartbeat())));
  }

  private static @Nullable String after(Instant start, @Nullable Duration limit) {
    return limit == null ? null : Instants.text(start.plus(limit));
  }

  /** Names one attempt of an activity. */
  public static String attemptId(TaskToken token) {
    return token.run() + ":" + token.step() + ":" + token.attempt() + ":" + token.epoch();
  }
}
