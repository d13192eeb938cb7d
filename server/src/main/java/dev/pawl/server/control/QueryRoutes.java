package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;
import static dev.pawl.server.http.Scope.OPERATOR;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Values;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Questions to programs, of open runs and of closed ones. */
public final class QueryRoutes {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  /** Nobody registered for the type here: perhaps a worker of another kind has the run in memory. */
  private static final Duration PATIENCE_WITH_ANYBODY = Duration.ofMillis(1_500);
  /** What workers say about a query that they could not answer, in front of the message. */
  private static final List<String> REASONS = List.of("rejected_unknown_query", "query_workflow_state_unavailable",
      "query_rejected", "query_workflow_type_not_registered", "query_payload_decode_failed",
      "query_result_encode_failed", "query_result_completion_failed", "invalid_query_arguments");

  private final ControlApi control;
  private final Fleet fleet;
  private final Supplier<Instant> now;

  /** @param now for what is said about the present, not for deciding */
  public QueryRoutes(ControlApi control, Fleet fleet, Supplier<Instant> now) {
    this.control = control;
    this.fleet = fleet;
    this.now = now;
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (String run : List.of("", "/runs/{run_id}")) {
      routes.add(Route.post("workflow.query" + (run.isEmpty() ? "" : "_run"),
          "/workflows/{workflow_id}" + run + "/query/{query_name}", CONTROL, OPERATOR, "Ask a program something",
          this::query).body(WorkflowRoutes.INPUT));
    }
    return routes;
  }

  private Reply query(Call call) {
    String name = Told.name(call, "query_name");
    RunRef ref = Told.ref(call);
    ControlApi.RunView target = control.describe(ref);
    List<Registration> running = fleet.running(call.namespace(), target.queue(), target.workflowType());
    List<Registration> able = running.stream()
        .filter(r -> !r.stale(now.get()) && r.capabilities().contains("query_tasks")).toList();
    if (!running.isEmpty() && able.isEmpty()) {
      throw new Refusal(409, "query_worker_unavailable",
          "no worker that answers queries is alive on queue '%s'".formatted(target.queue()), "workflow_id",
          target.workflowId(), "run_id", target.run().toString(), "query_name", name);
    }
    Told.declared(fleet.handlers(call.namespace(), target.workflowType(), Registration.Handlers.QUERIES), name,
        "rejected_unknown_query", "rejected_unknown_query", "query");
    try {
      Payload answer = control.query(new RunRef(target.namespace(), target.workflowId(), target.run()),
          ControlApi.Message.of(name, Values.arguments("input", call.value("input"))),
          able.isEmpty() ? PATIENCE_WITH_ANYBODY : PATIENCE);
      return Reply.ok(Json.of("workflow_id", target.workflowId(), "run_id", target.run().toString(), "workflow_type",
          target.workflowType(), "query_name", name, "result", Values.plain(answer), "result_envelope",
          Values.envelope(answer), "reason", null, "outcome", "query_completed"));
    } catch (RejectedException e) {
      throw refused(e, target, name, able.isEmpty());
    }
  }

  private static RuntimeException refused(RejectedException e, ControlApi.RunView target, String name,
      boolean nobody) {
    Object[] more = {"workflow_id", target.workflowId(), "run_id", target.run().toString(), "query_name", name};
    if (e.code() == Rejection.Code.QUERY_UNANSWERED) {
      return nobody
          ? new Refusal(409, "query_worker_unavailable", e.rejection().message(), more)
          : new Refusal(504, "query_worker_timeout", e.rejection().message(), more);
    }
    if (e.code() == Rejection.Code.OVERLOADED) {
      return new Refusal(429, "query_task_queue_full", e.rejection().message(), more);
    }
    if (e.code() != Rejection.Code.QUERY_REJECTED) return e;
    String message = e.rejection().message();
    for (String reason : REASONS) {
      if (message.startsWith(reason + ": ")) {
        int status = reason.equals("rejected_unknown_query") ? 404 : 409;
        return new Refusal(status, reason, message.substring(reason.length() + 2), more);
      }
    }
    return new Refusal(409, "query_rejected", message, more);
  }
}
