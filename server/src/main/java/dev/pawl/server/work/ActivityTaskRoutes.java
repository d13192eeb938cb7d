package dev.pawl.server.work;

import static dev.pawl.server.http.Plane.WORKER;

import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.server.carrier.CarrierPlan;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.ActivityShape;
import dev.pawl.server.wire.Faults;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.Tickets;
import dev.pawl.server.wire.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Activity tasks: one attempt of an activity goes to a worker, which reports how it ended. */
final class ActivityTaskRoutes {
  private final PawlEngine engine;
  private final Fleet fleet;
  private final Tickets tickets;
  private final Polling polling;
  private final CarrierPlan carriers;

  ActivityTaskRoutes(PawlEngine engine, Fleet fleet, Tickets tickets, Polling polling, CarrierPlan carriers) {
    this.engine = engine;
    this.fleet = fleet;
    this.tickets = tickets;
    this.polling = polling;
    this.carriers = carriers;
  }

  List<Route> routes() {
    Field owner = Field.text("lease_owner", 255, "id of the worker that was given the task").must();
    Field attempt = Field.text("activity_attempt_id", 255, "as the task said it").must();
    return List.of(
        Route.post("activity_task.poll", "/worker/activity-tasks/poll", WORKER, Scope.WORKER,
            "Wait for an activity", this::poll).body(WorkRoutes.pollFields()),
        Route.post("activity_task.complete", "/worker/activity-tasks/{task_id}/complete", WORKER, Scope.WORKER,
            "The attempt succeeded", this::complete).body(owner, attempt, Field.payload("result", "what it came to")),
        Route.post("activity_task.fail", "/worker/activity-tasks/{task_id}/fail", WORKER, Scope.WORKER,
            "The attempt failed", this::fail).body(owner, attempt, Field.object("failure", 0, "what went wrong")
                .must()),
        Route.post("activity_task.heartbeat", "/worker/activity-tasks/{task_id}/heartbeat", WORKER, Scope.WORKER,
            "A sign of life of the attempt, and whether it should stop", this::heartbeat).body(owner, attempt,
            Field.object("details", 262_144, "handed to the next attempt")));
  }

  private Reply poll(Call call) {
    return polling.poll(call, Polling.ACTIVITIES, Registration::activityTypes, asked -> {
      List<ActivityTask> tasks = engine.worker().pollActivities(asked.poll());
      return tasks.isEmpty() ? null : task(asked, tasks.getFirst());
    });
  }

  private Polling.Task task(Polling.Asked asked, ActivityTask task) {
    TaskToken token = task.token();
    SessionId session = asked.worker().session();
    Map<String, @Nullable Object> shape =
        ActivityShape.of(tickets, task, asked.worker().workerId(), engine.now());
    carriers.find(task.namespace(), task.options().queue(), task.activityType())
        .ifPresent(mapping -> shape.put("external_executor", mapping.wire()));
    return new Polling.Task(shape, token, () -> engine.worker().releaseActivity(token, session));
  }

  private record Held(TaskToken token, Registration worker) {}

  private Held held(Call call) {
    String id = call.parameter("task_id");
    Tickets.Ticket ticket = tickets.read(call.namespace(), id).filter(t -> t.token().step() > 0)
        .orElseThrow(() -> new Refusal(404, "task_not_found", "there is no activity task '%s'".formatted(id),
            "task_id", id));
    String attempt = call.text("activity_attempt_id", "");
    if (!attempt.equals(ActivityShape.attemptId(ticket.token()))) {
      throw new Refusal(404, "attempt_not_found", "the task has no attempt '%s'".formatted(attempt), "task_id", id,
          "activity_attempt_id", attempt);
    }
    String owner = call.text("lease_owner", "");
    Registration worker = fleet.find(call.namespace(), owner).orElseThrow(() -> new Refusal(409, "lease_owner_mismatch",
        "worker '%s' does not hold this task".formatted(owner), "task_id", id));
    return new Held(ticket.token(), worker);
  }

  private Reply complete(Call call) {
    Held held = held(call);
    Payload result = Values.value("result", call.value("result"));
    return report(call, held, Outcome.success(result == null ? Payload.NULL : result), "completed");
  }

  private Reply fail(Call call) {
    Held held = held(call);
    Failure failure = Faults.read("failure", call.object("failure"));
    return report(call, held, Outcome.failed(failure), "failed");
  }

  private Reply report(Call call, Held held, Outcome outcome, String word) {
    try {
      engine.worker().completeActivity(held.token(), held.worker().session(), outcome);
    } catch (RejectedException e) {
      throw refused(call, held, e);
    }
    return Reply.ok(Json.of("task_id", call.parameter("task_id"), "activity_attempt_id", ActivityShape.attemptId(held.token()),
        "outcome", word, "recorded", true, "reason", null, "next_task_id", null));
  }

  private RuntimeException refused(Call call, Held held, RejectedException e) {
    String id = call.parameter("task_id");
    Run run = run(held.token());
    return switch (e.code()) {
      case RUN_NOT_FOUND, TASK_NOT_FOUND -> new Refusal(404, "task_not_found", e.rejection().message(), "task_id", id);
      case RUN_CLOSED -> {
        Refusal closed = WorkflowTaskRoutes.closed(id, run, e.rejection().message());
        Object stop = closed.more().get("stop_reason");
        yield new Refusal(409, String.valueOf(stop), closed.message(), "task_id", id, "outcome", "ignored", "recorded",
            false, "cancel_requested", true, "run_closed_reason", closed.more().get("run_closed_reason"),
            "run_closed_at", closed.more().get("run_closed_at"));
      }
      case LEASE_LOST -> {
        ActivityTask open = task(held.token());
        boolean another = open != null && open.epoch() == held.token().epoch();
        yield another
            ? new Refusal(409, "lease_owner_mismatch", e.rejection().message(), "task_id", id)
            : new Refusal(409, "task_not_leased", e.rejection().message(), "task_id", id);
      }
      case INVALID_ARGUMENT, PAYLOAD_TOO_LARGE -> Refusal.invalid(e.rejection(), "result");
      default -> e;
    };
  }

  private @Nullable Run run(TaskToken token) {
    return engine.store().load(new Store.Wanted(List.of(token.run()), List.of(), List.of(), List.of(), List.of()))
        .runs().get(token.run());
  }

  private @Nullable ActivityTask task(TaskToken token) {
    return engine.store().load(new Store.Wanted(List.of(), List.of(), List.of(token.id()), List.of(), List.of()))
        .tasks().get(token.id());
  }

  /** A sign of life comes from whoever holds the attempt; one of an attempt that is over gets its answer below. */
  private void notAnothers(Call call, Held held) {
    ActivityTask open = task(held.token());
    SessionId holder = open == null || open.epoch() != held.token().epoch() ? null : open.session();
    if (holder == null || holder.equals(held.worker().session())) return;
    throw new Refusal(409, "lease_owner_mismatch",
        "worker '%s' does not hold this task".formatted(held.worker().workerId()), "task_id",
        call.parameter("task_id"));
  }

  private Reply heartbeat(Call call) {
    Held held = held(call);
    notAnothers(call, held);
    fleet.heartbeat(call.namespace(), held.worker().workerId(), Map.of());
    Map<String, @Nullable Object> details = new LinkedHashMap<>(call.object("details"));
    for (String name : List.of("message", "current", "total", "unit")) {
      if (call.has(name)) details.put(name, call.value(name));
    }
    boolean cancel = false;
    String reason = null;
    boolean recorded = true;
    Map<String, @Nullable Object> closed = Map.of();
    try {
      cancel = engine.control().heartbeatActivity(held.token().toString(),
          details.isEmpty() ? null : Values.value("details", details));
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.TASK_NOT_FOUND) throw e;
      // Whatever ended it, the attempt has no reason to go on: an answer, not a refusal, so that it hears of it.
      Run run = run(held.token());
      boolean open = run != null && run.state().open();
      cancel = true;
      recorded = false;
      reason = open ? "task_not_leased" : String.valueOf(WorkflowTaskRoutes.closed("", run, "").more()
          .get("stop_reason"));
      if (!open) closed = WorkflowTaskRoutes.closed("", run, "").more();
    }
    ActivityTask open = task(held.token());
    return Reply.ok(Json.of("task_id", call.parameter("task_id"), "activity_attempt_id", ActivityShape.attemptId(held.token()),
        "lease_owner", held.worker().workerId(), "cancel_requested", cancel, "can_continue", !cancel, "reason", reason,
        "heartbeat_recorded", recorded, "lease_expires_at",
        cancel ? null : Instants.text(engine.now().plus(Registration.STALE_AFTER)), "last_heartbeat_at",
        open == null ? null : Instants.textOrNull(open.heartbeatAt()), "run_closed_reason",
        closed.get("run_closed_reason"), "run_closed_at", closed.get("run_closed_at")));
  }
}
