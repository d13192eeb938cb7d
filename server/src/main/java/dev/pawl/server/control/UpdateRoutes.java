package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;
import static dev.pawl.server.http.Scope.OPERATOR;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Faults;
import dev.pawl.server.wire.Questions;
import dev.pawl.server.wire.Values;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Messages with an answer. Where workers declared a validator it is asked before anything is recorded. */
public final class UpdateRoutes {
  private static final Duration VALIDATION = Duration.ofSeconds(10);
  private static final Duration WAIT = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(50);

  private final ControlApi control;
  private final Fleet fleet;
  private final Supplier<Instant> now;

  /** @param now for what is said about the present, not for deciding */
  public UpdateRoutes(ControlApi control, Fleet fleet, Supplier<Instant> now) {
    this.control = control;
    this.fleet = fleet;
    this.now = now;
  }

  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (String run : List.of("", "/runs/{run_id}")) {
      routes.add(Route.post("workflow.update" + (run.isEmpty() ? "" : "_run"),
          "/workflows/{workflow_id}" + run + "/update/{update_name}", CONTROL, OPERATOR,
          "Tell a run something and get an answer", this::update).body(WorkflowRoutes.INPUT, WorkflowRoutes.REQUEST_ID,
          Field.text("wait_for", 16, "how far the update has to be").oneOf("accepted", "completed"),
          Field.integer("wait_timeout_seconds", 1, 3_600, "how long to wait for completion, default 10")));
    }
    return routes;
  }

  Reply update(Call call) {
    if (call.has("wait_policy")) throw Refusal.invalid("wait_policy",
        "The wait policy field is not supported. Use wait_for.");
    String name = Told.name(call, "update_name");
    Told told = Told.by(call, control);
    ControlApi.RunView target = told.run();
    Set<String> known = fleet.handlers(call.namespace(), target.workflowType(), Registration.Handlers.UPDATES);
    Told.declared(known, name, "unknown_update", "rejected_unknown_update", "update");
    RunRef ref = told.target();
    Set<String> validated =
        fleet.handlers(call.namespace(), target.workflowType(), Registration.Handlers.VALIDATORS);
    boolean judged = validated != null && validated.contains(name);
    // What is judged before it is accepted has its id from the beginning.
    String requested = call.text("request_id");
    ControlApi.Message message = new ControlApi.Message(
        requested == null && judged ? UUID.randomUUID().toString() : requested, name,
        Values.arguments("input", call.value("input")), Map.of());
    if (judged && !cameBefore(ref, message.id())) validate(told, message);
    // Workers that declared their handlers have no word in accepting; a Java program may refuse.
    String id = known != null ? control.acceptUpdate(ref, message) : control.update(ref, message);
    String stage = call.text("wait_for", "accepted");
    Duration asked = Duration.ofSeconds(call.integer("wait_timeout_seconds", WAIT.toSeconds()));
    Duration wait = asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    Object[] common = {"update_id", id, "update_name", name, "wait_for", stage, "wait_timeout_seconds",
        stage.equals("completed") ? asked.toSeconds() : null, "request_id", call.text("request_id")};
    Outcome outcome = null;
    if (stage.equals("completed") || known == null) {
      try {
        outcome = control.awaitUpdate(ref, id, stage.equals("completed") ? wait : Duration.ZERO);
      } catch (RejectedException e) {
        if (e.code() == Rejection.Code.UPDATE_REJECTED) {
          throw new Refusal(422, "update_validator_rejected", e.rejection().message(), common)
              .with("outcome", "update_rejected", "update_status", "rejected");
        }
        if (e.code() != Rejection.Code.WAIT_TIMED_OUT) throw e;
      }
    }
    return switch (outcome) {
      case null -> told.done(202, "update_accepted", merged(common, "update_status", "accepted",
          "wait_timed_out", stage.equals("completed"), "result", null, "result_envelope", null));
      case Outcome.Success s -> told.done(200, "update_completed", merged(common, "update_status",
          "completed", "wait_timed_out", false, "result", Values.plain(s.result()), "result_envelope",
          Values.envelope(s.result())));
      case Outcome.Failed f -> throw failedUpdate(f.failure(), common);
    };
  }

  /** An update that was let in once is not judged again. */
  boolean cameBefore(RunRef ref, @Nullable String id) {
    if (id == null) return false;
    try {
      control.awaitUpdate(ref, id, Duration.ZERO);
      return true;
    } catch (RejectedException e) {
      return e.code() == Rejection.Code.WAIT_TIMED_OUT || e.code() == Rejection.Code.UPDATE_REJECTED;
    }
  }

  private void validate(Told told, ControlApi.Message update) {
    ControlApi.RunView target = told.run();
    if (target.status().closed()) throw told.notActive();
    Object[] more = {"workflow_id", target.workflowId(), "run_id", target.run().toString(), "update_name",
        update.name(), "update_status", "rejected"};
    boolean able = fleet.running(target.namespace(), target.queue(), target.workflowType()).stream()
        .anyMatch(r -> !r.stale(now.get()) && r.capabilities().contains("update_validation_tasks"));
    if (!able) {
      throw new Refusal(409, "update_validator_worker_unavailable",
          "no worker that validates updates is alive on queue '%s'".formatted(target.queue()), more).with("retryable",
              true);
    }
    Map<String, @Nullable Object> verdict;
    try {
      ControlApi.Message question = new ControlApi.Message(update.id(), update.name(), update.input(),
          Map.of(Questions.UPDATE_ID, Payload.of("text", String.valueOf(update.id()).getBytes(StandardCharsets.UTF_8))));
      verdict = Json.stored(control.validate(new RunRef(target.namespace(), target.workflowId(), target.run()), question,
          VALIDATION).text());
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.QUERY_UNANSWERED) throw e;
      throw new Refusal(504, "update_validation_task_not_claimed",
          "no worker validated update '%s' within %s".formatted(update.name(), VALIDATION), more).with("retryable",
              true);
    }
    String outcome = Json.string(verdict, "outcome", "failed");
    if (outcome.equals("approved")) return;
    boolean rejected = outcome.equals("rejected");
    Object errors = verdict.get("validation_errors") == null ? Json.of() : verdict.get("validation_errors");
    throw new Refusal(rejected ? 422 : 409, rejected ? "update_validator_rejected" : "update_validation_worker_failed",
        Json.string(verdict, "message", "the validator refused the update"), more).with("outcome", "update_rejected",
        "rejection_reason", Json.string(verdict, "reason"), "validation_errors", errors, "retryable", !rejected);
  }

  private static Refusal failedUpdate(Failure failure, @Nullable Object[] common) {
    return new Refusal(422, "update_failed", failure.message(), common).with("outcome", "update_failed",
        "update_status", "failed", "failure_id", UUID.randomUUID().toString(), "failure_message", failure.message(),
        "failure", Faults.fields(failure));
  }

  private static @Nullable Object[] merged(@Nullable Object[] common, @Nullable Object... more) {
    @Nullable Object[] all = Arrays.copyOf(common, common.length + more.length);
    System.arraycopy(more, 0, all, common.length, more.length);
    return all;
  }
}
