package dev.pawl.server.work;

import static dev.pawl.server.http.Plane.WORKER;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunState;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.control.SearchTypes;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Attributes;
import dev.pawl.server.wire.Commands;
import dev.pawl.server.wire.Faults;
import dev.pawl.server.wire.Histories;
import dev.pawl.server.wire.HistorySource;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.Tickets;
import dev.pawl.server.wire.Values;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Workflow tasks: a run whose program has something to look at goes to a worker, which says what it wants next. */
public final class WorkflowTaskRoutes {
  /** In front of the type of what a worker of another language could not work on. */
  static final String TASK_FAILURE = "Worker:";

  private static final Duration LEASE = Registration.STALE_AFTER;

  private final PawlEngine engine;
  private final Fleet fleet;
  private final SearchTypes types;
  private final Tickets tickets;
  private final TaskPages pages;
  private final Polling polling;
  private final UpdateValidationRoutes validations;
  private final boolean messagesAfterFirstTask;

  /** @param messagesAfterFirstTask whether messages that came before the first task are shown with the second one */
  WorkflowTaskRoutes(PawlEngine engine, Fleet fleet, SearchTypes types, Tickets tickets, TaskPages pages,
      Polling polling, UpdateValidationRoutes validations, boolean messagesAfterFirstTask) {
    this.engine = engine;
    this.fleet = fleet;
    this.types = types;
    this.tickets = tickets;
    this.pages = pages;
    this.polling = polling;
    this.validations = validations;
    this.messagesAfterFirstTask = messagesAfterFirstTask;
  }

  List<Route> routes() {
    Field owner = Field.text("lease_owner", 255, "id of the worker that was given the task").must();
    Field attempt = Field.integer("workflow_task_attempt", 1, Integer.MAX_VALUE, "as the task said it").must();
    return List.of(
        Route.post("workflow_task.poll", "/worker/workflow-tasks/poll", WORKER, Scope.WORKER,
            "Wait for a workflow task", this::poll).body(WorkRoutes.pollFields()),
        Route.post("workflow_task.history", "/worker/workflow-tasks/{task_id}/history", WORKER, Scope.WORKER,
            "More of the history of a task", this::history).body(owner, attempt,
            Field.text("next_history_page_token", TaskPages.LONGEST_TOKEN, "opaque").must(),
            Field.integer("history_page_size", 1, TaskPages.LARGEST, "as large as the pages before if absent")),
        Route.post("workflow_task.heartbeat", "/worker/workflow-tasks/{task_id}/heartbeat", WORKER, Scope.WORKER,
            "Whether the task is still the worker's", this::heartbeat).body(owner, attempt),
        Route.post("workflow_task.complete", "/worker/workflow-tasks/{task_id}/complete", WORKER, Scope.WORKER,
            "What the program wants next", this::complete).body(owner, attempt,
            Field.list("commands", "one at least; applied all or none").must()),
        Route.post("workflow_task.fail", "/worker/workflow-tasks/{task_id}/fail", WORKER, Scope.WORKER,
            "The task could not be worked on; never the end of the workflow", this::fail).body(owner, attempt,
            Field.object("failure", 0, "message, type, stack_trace").must()));
  }

  // ---- polling

  private Reply poll(Call call) {
    return polling.poll(call, Polling.WORKFLOWS, Registration::workflowTypes, this::task);
  }

  private Polling.@Nullable Task task(Polling.Asked asked) {
    long deadline = System.nanoTime() + asked.poll().patience().toNanos();
    boolean validates = Json.strings(asked.call().value("task_kinds")).contains(UpdateValidationRoutes.KIND);
    while (true) {
      EitherPoll.Came came = validates ? new EitherPoll(engine.worker()).poll(asked.poll()) : grant(asked.poll());
      WorkerApi.QueryTask question = came.question();
      if (question != null) return validations.task(asked, question);
      WorkerApi.WorkflowTaskGrant grant = came.grant();
      if (grant == null) return null;
      Polling.Task task = task(asked, grant);
      // A run that was cancelled instead of handed out: the poll goes on.
      if (task != null || System.nanoTime() - deadline > 0) return task;
    }
  }

  private EitherPoll.Came grant(WorkerApi.Poll poll) {
    List<WorkerApi.WorkflowTaskGrant> grants = engine.worker().pollWorkflows(poll);
    return new EitherPoll.Came(grants.isEmpty() ? null : grants.getFirst(), null);
  }

  private Polling.@Nullable Task task(Polling.Asked asked, WorkerApi.WorkflowTaskGrant grant) {
    TaskToken token = grant.token();
    SessionId session = asked.worker().session();
    HistorySource source = pages.source(token, grant.events(), grant.complete());
    RunState state = state(grant);
    if (state == null) return null;
    if (state.cancelRequested()) {
      // Such a program cannot be asked whether it wants to stop.
      engine.control().cancelAtOnce(new RunRef(grant.namespace(), grant.workflowId(), token.run()), "cancel requested",
          null);
      return null;
    }
    boolean first = source.find(0, state.lastSeq(), true) == 0;
    long seen = first && messagesAfterFirstTask
        ? Math.max(2, Histories.beforeMessages(grant.events()))
        : state.lastSeq();
    String update = first || state.offered().isEmpty() ? null : state.offered().getFirst();
    Effect.Update admitted =
        first || update != null || grant.updates().isEmpty() ? null : grant.updates().getFirst();
    if (admitted != null) update = admitted.updateId();
    TaskPages.Page page = pages.first(new TaskPages.Subject(grant.namespace(), grant.workflowId(), token.run(), seen,
        source, admitted), (int) asked.call().integer("history_page_size", 0));
    String id = tickets.write(grant.namespace(), new Tickets.Ticket(token, seen));
    Map<String, @Nullable Object> task = Json.of("task_id", id, "workflow_id", grant.workflowId(), "run_id",
        token.run().toString(), "workflow_task_attempt", token.attempt(), "workflow_type", grant.workflowType(),
        "payload_codec", "avro", "arguments", Values.argumentList(state.started().input()), "run_status", "running",
        "last_history_sequence", state.lastSeq(), "history_events", page.events(), "total_history_events",
        admitted == null ? seen : seen + 1, "next_history_page_token", page.next(), "task_queue", state.started().queue(), "connection", null, "compatibility",
        state.started().options().buildId(), "lease_owner", asked.worker().workerId(), "lease_expires_at",
        Instants.text(engine.now().plus(LEASE)), "task_kind", "workflow", "workflow_update_id", update, "memo",
        Attributes.plainMemo(state.memo()), "search_attributes", Attributes.plain(state.searchAttributes()),
        "workflow_wait_kind", update == null ? null : "update", "cancel_requested", false);
    return new Polling.Task(task, token, () -> engine.worker().release(token, session));
  }

  /** The state that the history comes to; null: the run is not there any more. */
  private @Nullable RunState state(WorkerApi.WorkflowTaskGrant grant) {
    if (grant.complete()) {
      return RunState.fold(grant.token().run(), grant.namespace(), grant.workflowId(), grant.events());
    }
    Run run = run(grant.token());
    return run == null ? null : run.state();
  }

  // ---- reporting

  private record Held(Tickets.Ticket ticket, Registration worker) {
    SessionId session() {
      return worker.session();
    }
  }

  private Held held(Call call) {
    String id = call.parameter("task_id");
    Tickets.Ticket ticket = tickets.read(call.namespace(), id).filter(t -> t.token().step() == 0)
        .orElseThrow(() -> new Refusal(404, "task_not_found", "there is no workflow task '%s'".formatted(id),
            "task_id", id));
    if (call.integer("workflow_task_attempt", 0) != ticket.token().attempt()) {
      throw new Refusal(409, "workflow_task_attempt_mismatch", "the task is at attempt %d".formatted(ticket.token()
          .attempt()),
          "task_id", id, "current_attempt", ticket.token().attempt());
    }
    String owner = call.text("lease_owner", "");
    Registration worker = fleet.find(call.namespace(), owner).orElseThrow(() -> mismatch(id, owner, null));
    return new Held(ticket, worker);
  }

  private static Refusal mismatch(String id, String said, @Nullable String owner) {
    return new Refusal(409, "lease_owner_mismatch", "worker '%s' does not hold this task".formatted(said), "task_id",
        id,
        "lease_owner", owner);
  }

  private @Nullable Run run(TaskToken token) {
    return engine.store().load(new Store.Wanted(List.of(token.run()), List.of(), List.of(), List.of(), List.of()))
        .runs().get(token.run());
  }

  private Reply complete(Call call) {
    Held held = held(call);
    TaskToken token = held.ticket().token();
    Run before = run(token);
    if (before == null) throw new Refusal(404, "task_not_found", "the run is not there any more");
    List<Command> commands = new Commands(before.state(), types.of(call.namespace())).read(call.value("commands"));
    updatesAreThere(token.run(), commands);
    try {
      engine.worker().replayed(token, held.session(), held.ticket().seen(), commands);
    } catch (RejectedException e) {
      throw refused(call, held, e);
    }
    Run after = run(token);
    return Reply.ok(Json.of("task_id", call.parameter("task_id"), "workflow_task_attempt", token.attempt(), "outcome",
        "completed", "recorded", true, "run_id", token.run().toString(), "run_status", status(after),
        "created_task_ids", List.of(), "reason", null));
  }

  /** An answer to an update that is not there would end the task and wake nobody. */
  private void updatesAreThere(RunId run, List<Command> commands) {
    for (int i = 0; i < commands.size(); i++) {
      if (!(commands.get(i) instanceof Command.ApplyUpdate answer)) continue;
      Store.UpdateKey key = new Store.UpdateKey(run, answer.updateId());
      boolean there = engine.store()
          .load(new Store.Wanted(List.of(), List.of(), List.of(), List.of(key), List.of())).updates().containsKey(key);
      if (!there) {
        throw Refusal.invalid("commands." + i + ".update_id",
            "There is no update '%s' in this run.".formatted(answer.updateId()));
      }
    }
  }

  private static String status(@Nullable Run run) {
    if (run == null) return "completed";
    return switch (run.state().status()) {
      case RUNNING -> run.task().phase() == WorkflowTask.Phase.IDLE ? "waiting" : "running";
      case COMPLETED, CONTINUED -> "completed";
      case FAILED, TIMED_OUT -> "failed";
      case CANCELLED -> "cancelled";
      case TERMINATED, RESET -> "terminated";
    };
  }

  private RuntimeException refused(Call call, Held held, RejectedException e) {
    String id = call.parameter("task_id");
    TaskToken token = held.ticket().token();
    Run run = run(token);
    return switch (e.code()) {
      case RUN_NOT_FOUND -> new Refusal(404, "task_not_found", e.rejection().message(), "task_id", id);
      case RUN_CLOSED -> closed(id, run, e.rejection().message());
      case LEASE_LOST -> {
        if (run == null) yield new Refusal(404, "task_not_found", e.rejection().message(), "task_id", id);
        WorkflowTask task = run.task();
        if (task.epoch() == token.epoch() && task.phase() == WorkflowTask.Phase.LEASED) {
          yield mismatch(id, held.worker().workerId(), null);
        }
        if (task.phase() == WorkflowTask.Phase.LEASED) {
          yield new Refusal(409, "workflow_task_attempt_mismatch", e.rejection().message(), "task_id", id,
              "current_attempt", task.losses() + task.failures() + 1);
        }
        yield new Refusal(409, "task_not_leased", e.rejection().message(), "task_id", id);
      }
      case INVALID_ARGUMENT, PAYLOAD_TOO_LARGE -> Refusal.invalid(e.rejection(), "commands");
      default -> e;
    };
  }

  static Refusal closed(String id, @Nullable Run run, String message) {
    String status = status(run);
    String stop = switch (status) {
      case "cancelled" -> "run_cancelled";
      case "terminated" -> "run_terminated";
      case "completed" -> "run_completed";
      case "failed" -> "run_failed";
      default -> "run_closed";
    };
    return new Refusal(409, "run_closed", message, "task_id", id, "stop_reason", stop, "can_continue", false,
        "cancel_requested", status.equals("cancelled"), "run_closed_reason", status, "run_closed_at",
        run == null ? null : Instants.textOrNull(run.state().closedAt()), "run_status", status);
  }

  private Reply fail(Call call) {
    Held held = held(call);
    TaskToken token = held.ticket().token();
    try {
      engine.worker().fail(token, held.session(), taskFailure(call.object("failure")));
    } catch (RejectedException e) {
      throw refused(call, held, e);
    }
    return Reply.ok(Json.of("task_id", call.parameter("task_id"), "workflow_task_attempt", token.attempt(), "outcome",
        "failed", "recorded", true, "reason", null, "next_task_id", null));
  }

  /**
   * Other workers may do better: a task that failed comes again after a back-off, whatever was wrong with it, until the
   * run blocks and an operator or a deploy heals it.
   */
  private static Failure taskFailure(Map<String, @Nullable Object> sent) {
    Failure failure = Faults.read("failure", sent);
    return new Failure(TASK_FAILURE + failure.type(), failure.message(), failure.stack(), false, null,
        failure.details(), null);
  }

  private Reply heartbeat(Call call) {
    Held held = held(call);
    TaskToken token = held.ticket().token();
    Run run = run(token);
    boolean holds = run != null && run.task().phase() == WorkflowTask.Phase.LEASED
        && run.task().epoch() == token.epoch() && held.session().equals(run.task().session());
    if (holds) fleet.heartbeat(call.namespace(), held.worker().workerId(), Map.of());
    return Reply.ok(Json.of("task_id", call.parameter("task_id"), "lease_owner", held.worker().workerId(),
        "workflow_task_attempt", token.attempt(), "renewed", holds, "lease_expires_at",
        holds ? Instants.text(engine.now().plus(LEASE)) : null, "run_status", status(run), "task_status",
        holds ? "leased" : "lost", "reason", holds ? null : "task_not_leased"));
  }

  private Reply history(Call call) {
    Held held = held(call);
    TaskToken token = held.ticket().token();
    Run run = run(token);
    if (run == null) throw new Refusal(404, "task_not_found", "the run is not there any more");
    TaskPages.Subject subject = new TaskPages.Subject(call.namespace(), run.state().workflowId(), run.id(),
        held.ticket().seen(), pages.source(token, List.of(), false), null);
    TaskPages.Page page;
    try {
      page = pages.next(subject, call.text("next_history_page_token", ""), (int) call.integer("history_page_size", 0));
    } catch (RejectedException e) {
      throw refused(call, held, e);
    }
    return Reply.ok(Json.of("task_id", call.parameter("task_id"), "workflow_task_attempt", token.attempt(),
        "history_events", page.events(), "total_history_events", held.ticket().seen(), "next_history_page_token",
        page.next()));
  }
}
