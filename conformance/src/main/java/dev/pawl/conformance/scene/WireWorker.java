package dev.pawl.conformance.scene;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Client;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A worker in a few lines: it registers, polls and reports, and has no program of its own. */
public record WireWorker(Client client, String id, String queue) {
  private static final int PATIENCE_SECONDS = 15;

  public Answer register(@Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("worker_id", id, "task_queue", queue, "runtime", "conformance",
        "sdk_version", "1.0.0", "supported_workflow_types", List.of(), "supported_activity_types", List.of(),
        "capabilities", List.of("query_tasks", "workflow_updates"));
    return client.body("POST", "/worker/register", Json.with(body, more));
  }

  public Answer poll(String kind, int seconds, @Nullable Object... more) {
    return client.body("POST", "/worker/" + kind + "/poll",
        Json.with(Json.of("worker_id", id, "task_queue", queue, "timeout_seconds", seconds), more));
  }

  private Doc task(String kind, @Nullable Object... more) {
    Answer answer = poll(kind, PATIENCE_SECONDS, more).is(200);
    Unmet.unless(answer.at("task") != null, "expected a task of %s within %d s, got none", kind, PATIENCE_SECONDS);
    return answer.doc("task");
  }

  // ---- workflow tasks

  /** A workflow task, which has to come. */
  public Doc task() {
    return task("workflow-tasks");
  }

  /** A task of this worker that may be one of several kinds. */
  public Doc taskOf(String... kinds) {
    return task("workflow-tasks", "task_kinds", List.of(kinds));
  }

  /** There is no workflow task. */
  public void idles() {
    Answer answer = poll("workflow-tasks", 0).is(200);
    Unmet.unless(answer.at("task") == null, "expected no workflow task, got %s", answer);
  }

  public Answer report(Doc task, @Nullable Object... commands) {
    return client.post("/worker/workflow-tasks/" + task.text("task_id") + "/complete", "lease_owner",
        task.at("lease_owner"), "workflow_task_attempt", task.at("workflow_task_attempt"), "commands",
        List.of(commands));
  }

  public Answer complete(Doc task, @Nullable Object... commands) {
    return report(task, commands).is(200);
  }

  /** Takes the next workflow task and reports these commands. */
  public Doc runs(@Nullable Object... commands) {
    Doc task = task();
    complete(task, commands);
    return task;
  }

  public Answer failTask(Doc task, String message) {
    return client.post("/worker/workflow-tasks/" + task.text("task_id") + "/fail", "lease_owner",
        task.at("lease_owner"), "workflow_task_attempt", task.at("workflow_task_attempt"), "failure",
        Json.of("message", message, "type", "ReplayFailed"));
  }

  // ---- activities

  public Doc activity() {
    return task("activity-tasks");
  }

  public void idlesOnActivities() {
    Answer answer = poll("activity-tasks", 0).is(200);
    Unmet.unless(answer.at("task") == null, "expected no activity task, got %s", answer);
  }

  public Answer activityCall(Doc task, String verb, @Nullable Object... more) {
    return client.body("POST", "/worker/activity-tasks/" + task.text("task_id") + "/" + verb,
        Json.with(Json.of("lease_owner", task.at("lease_owner"), "activity_attempt_id", task.at("activity_attempt_id")),
            more));
  }

  public Answer completeActivity(Doc task, @Nullable Object result) {
    return activityCall(task, "complete", "result", result).is(200);
  }

  public Answer failActivity(Doc task, @Nullable Object... failure) {
    return activityCall(task, "fail", "failure", Json.of(failure)).is(200);
  }

  public Answer beat(Doc task, @Nullable Object... more) {
    return activityCall(task, "heartbeat", more).is(200);
  }

  // ---- queries

  public Doc query() {
    return task("query-tasks");
  }

  public Answer queryCall(Doc task, String verb, @Nullable Object... more) {
    return client.body("POST", "/worker/query-tasks/" + task.text("query_task_id") + "/" + verb,
        Json.with(Json.of("lease_owner", task.at("lease_owner"), "query_task_attempt", task.at("query_task_attempt")),
            more));
  }

  // ---- validations

  public Answer verdict(Doc task, String verb, @Nullable Object... more) {
    return client.body("POST", "/worker/update-validation-tasks/" + task.text("update_validation_task_id") + "/" + verb,
        Json.with(Json.of("lease_owner", task.at("lease_owner"), "update_validation_attempt",
            task.at("update_validation_attempt")), more));
  }
}
