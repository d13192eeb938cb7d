package dev.pawl.server.work;

import static dev.pawl.server.http.Plane.WORKER;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Failure;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Query tasks: a question goes to a worker with the history that it needs to answer it. */
final class QueryTaskRoutes {
  private static final int PAGE = 10_000;
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Questions.Refusals REFUSALS = new Questions.Refusals("query_task_id", "query_task_not_found",
      "lease_owner_mismatch", "query_task_attempt_mismatch");

  private final PawlEngine engine;
  private final Polling polling;
  private final Questions questions;

  QueryTaskRoutes(PawlEngine engine, Polling polling, Questions questions) {
    this.engine = engine;
    this.polling = polling;
    this.questions = questions;
  }

  List<Route> routes() {
    Field owner = Field.text("lease_owner", 255, "id of the worker that was given the task").must();
    Field attempt = Field.integer("query_task_attempt", 1, Integer.MAX_VALUE, "as the task said it").must();
    return List.of(
        Route.post("query_task.poll", "/worker/query-tasks/poll", WORKER, Scope.WORKER, "Wait for a query", this::poll)
            .body(WorkRoutes.pollFields()),
        Route.post("query_task.complete", "/worker/query-tasks/{task_id}/complete", WORKER, Scope.WORKER,
            "The answer to a query", this::complete).body(owner, attempt, Field.any("result", "the plain answer"),
            Field.payload("result_envelope", "the answer in its envelope")),
        Route.post("query_task.fail", "/worker/query-tasks/{task_id}/fail", WORKER, Scope.WORKER,
            "A query could not be answered", this::fail).body(owner, attempt,
            Field.object("failure", 0, "message, reason, type").must()));
  }

  private Reply poll(Call call) {
    return polling.poll(call, "query", Registration::workflowTypes, asked -> {
      List<WorkerApi.QueryTask> tasks = engine.worker().pollQueries(asked.poll());
      return tasks.isEmpty() ? null : task(asked, tasks.getFirst());
    });
  }

  /** Everything that happened to the run that a question is about. */
  static List<Event> history(WorkerApi worker, WorkerApi.QueryTask query) {
    List<Event> events = new ArrayList<>();
    while (true) {
      List<Event> page = worker.historyForQuery(query.queryId(), events.isEmpty() ? 0 : events.getLast().seq(), PAGE);
      events.addAll(page);
      if (page.size() < PAGE) return events;
    }
  }

  static @Nullable Payload input(List<Event> events) {
    return events.size() > 1 && events.get(1).fact() instanceof RunEvent.WorkflowStarted started
        ? started.input()
        : null;
  }

  private Polling.Task task(Polling.Asked asked, WorkerApi.QueryTask query) {
    List<Event> events = history(engine.worker(), query);
    Payload input = input(events);
    boolean closed = !events.isEmpty() && events.getLast().fact() instanceof RunEvent.Closing;
    List<Map<String, @Nullable Object>> shown =
        new Histories(query.namespace(), query.workflowId(), query.run()).asSeen(events);
    Map<String, @Nullable Object> task = Json.of("query_task_id",
        questions.write(query.namespace(), asked.worker().workerId(), new Questions.Question(query.queryId(), "")),
        "query_task_attempt", Questions.ATTEMPT,
        "workflow_id", query.workflowId(), "run_id", query.run().toString(), "workflow_type", query.workflowType(),
        "query_name", query.name(), "payload_codec", "avro", "workflow_arguments", Values.argumentList(input),
        "query_arguments", Values.argumentList(query.input()), "history_events", shown, "run_status",
        closed ? "completed" : "running", "last_history_sequence", events.isEmpty() ? 0 : events.getLast().seq(),
        "task_queue", asked.poll().queue(), "lease_owner", asked.worker().workerId(), "lease_expires_at",
        Instants.text(engine.now().plus(LEASE)));
    // A question that nobody answers is asked again by whoever wanted to know.
    return new Polling.Task(task, null, () -> {});
  }

  private Reply complete(Call call) {
    Payload answer = call.has("result_envelope")
        ? Values.value("result_envelope", call.value("result_envelope"))
        : Values.value("result", call.value("result"));
    return answer(call, Outcome.success(answer == null ? Payload.NULL : answer), "completed");
  }

  private Reply fail(Call call) {
    Map<String, @Nullable Object> failure = call.object("failure");
    String reason = Json.string(failure, "reason", "query_rejected");
    String message = reason + ": " + Json.string(failure, "message", "the worker did not say why");
    return answer(call, Outcome.failed(Failure.of(Json.string(failure, "type", "QueryFailed"), message)), "failed");
  }

  private Reply answer(Call call, Outcome outcome, String word) {
    String id = call.parameter("task_id");
    Questions.Question question = questions.read(call.namespace(), call.text("lease_owner", ""), id,
        call.integer("query_task_attempt", 0), REFUSALS);
    try {
      engine.worker().answerQuery(question.id(), outcome);
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.TASK_NOT_FOUND) throw e;
      throw Questions.notFound(id, REFUSALS);
    }
    return Reply.ok(Json.of("query_task_id", id, "query_task_attempt", call.integer("query_task_attempt"), "outcome",
        word));
  }
}
