package dev.pawl.server.work;

import static dev.pawl.server.http.Plane.WORKER;

import dev.pawl.core.run.Event;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Histories;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.Questions;
import dev.pawl.server.wire.Values;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Update validation tasks: before an update is accepted, a worker that knows its validator is asked. Nothing is in history
 * until it approves; a question that nobody answers is the caller's to repeat.
 */
final class UpdateValidationRoutes {
  /** As a poll names it and a task says it. */
  static final String KIND = "update_validation";

  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Questions.Refusals REFUSALS = new Questions.Refusals("update_validation_task_id",
      "update_validation_task_not_found", "update_validation_lease_owner_mismatch",
      "stale_update_validation_completion");

  private final PawlEngine engine;
  private final Polling polling;
  private final Questions questions;

  UpdateValidationRoutes(PawlEngine engine, Polling polling, Questions questions) {
    this.engine = engine;
    this.polling = polling;
    this.questions = questions;
  }

  List<Route> routes() {
    Field owner = Field.text("lease_owner", 255, "id of the worker that was given the task").must();
    Field attempt = Field.integer("update_validation_attempt", 1, Integer.MAX_VALUE, "as the task said it").must();
    String path = "/worker/update-validation-tasks/";
    return List.of(
        Route.post("update_validation_task.poll", path + "poll", WORKER, Scope.WORKER, "Wait for an update to validate",
            this::poll).body(WorkRoutes.pollFields()),
        Route.post("update_validation_task.approve", path + "{task_id}/approve", WORKER, Scope.WORKER,
            "The update may be accepted", call -> answer(call, Json.of("outcome", "approved"))).body(owner, attempt),
        Route.post("update_validation_task.reject", path + "{task_id}/reject", WORKER, Scope.WORKER,
            "The update must not be accepted", this::reject).body(owner, attempt,
            Field.object("failure", 0, "message, reason, type, validation_errors").must()));
  }

  private Reply poll(Call call) {
    return polling.poll(call, KIND, Registration::workflowTypes, asked -> {
      WorkerApi.Poll poll = asked.poll();
      List<WorkerApi.QueryTask> questions = engine.worker().pollQueries(new WorkerApi.Poll(poll.session(),
          poll.namespace(), WorkerApi.validating(poll.queue()), poll.types(), 1, poll.patience(), poll.pollId()));
      return questions.isEmpty() ? null : task(asked, questions.getFirst());
    });
  }

  Polling.Task task(Polling.Asked asked, WorkerApi.QueryTask question) {
    List<Event> events = QueryTaskRoutes.history(engine.worker(), question);
    List<Map<String, @Nullable Object>> shown =
        new Histories(question.namespace(), question.workflowId(), question.run()).asSeen(events);
    String update = updateId(question);
    String id = questions.write(question.namespace(), asked.worker().workerId(),
        new Questions.Question(question.queryId(), update));
    return new Polling.Task(Json.of("task_kind", KIND, "update_validation_task_id", id, "task_id", id, "update_id",
        update, "update_validation_attempt", Questions.ATTEMPT, "workflow_id",
        question.workflowId(), "run_id", question.run().toString(), "workflow_type", question.workflowType(),
            "update_name",
        question.name(), "update_arguments", Values.argumentList(question.input()), "workflow_arguments",
        Values.argumentList(QueryTaskRoutes.input(events)), "history_events", shown, "payload_codec", "avro", "task_queue",
        asked.poll().queue(), "lease_owner", asked.worker().workerId(), "lease_expires_at",
        Instants.text(engine.now().plus(LEASE))), null, () -> {});
  }

  /** The update's id, which it keeps when it is accepted. */
  private static String updateId(WorkerApi.QueryTask question) {
    Payload id = question.header().get(Questions.UPDATE_ID);
    return id == null ? question.queryId() : id.text();
  }

  private Reply reject(Call call) {
    Map<String, @Nullable Object> failure = call.object("failure");
    String reason = Json.string(failure, "reason", "update_validator_rejected");
    return answer(call, Json.of("outcome", reason.equals("update_validator_rejected") ? "rejected" : "failed", "reason",
        reason, "message", Json.string(failure, "message", "the validator refused the update"), "validation_errors",
        failure.get("validation_errors")));
  }

  private Reply answer(Call call, Map<String, @Nullable Object> verdict) {
    String id = call.parameter("task_id");
    Questions.Question question = questions.read(call.namespace(), call.text("lease_owner", ""), id,
        call.integer("update_validation_attempt", 0), REFUSALS);
    try {
      engine.worker().answerQuery(question.id(), Outcome.success(Payload.json(Json.text(verdict))));
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.TASK_NOT_FOUND) throw e;
      throw Questions.notFound(id, REFUSALS);
    }
    return Reply.ok(Json.of("update_validation_task_id", id, "update_id", question.about(), "update_validation_attempt",
        call.integer("update_validation_attempt"), "outcome", verdict.get("outcome"), "reason", verdict.get("reason")));
  }
}
