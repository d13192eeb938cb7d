package dev.pawl.server.standalone;

import static dev.pawl.server.http.Plane.CONTROL;
import static dev.pawl.server.http.Scope.OPERATOR;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Attributes;
import dev.pawl.server.wire.Turns;
import dev.pawl.server.wire.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Activities on their own: start, describe, list. The rest is done to the run that hosts them. */
public final class ActivityRoutes {
  private static final int EVENTS = 1_000;
  private static final long LONGEST = 3_155_760_000L;

  private final PawlEngine engine;
  private final ControlApi control;
  private final Hosts hosts;

  public ActivityRoutes(PawlEngine engine, Hosts hosts) {
    this.engine = engine;
    this.control = engine.control();
    this.hosts = hosts;
  }

  public List<Route> routes() {
    List<Field> turn = Turns.fields();
    return List.of(
        Route.post("activity.start", "/activities", CONTROL, OPERATOR, "Have one activity done, without a workflow",
            this::start).body(
            Field.text("activity_type", 255, "what is to be done").must(),
            Field.text("task_queue", 255, "where workers look for it").must(),
            Field.text("activity_id", 128, "unique among what is open; made up if absent"),
            Field.text("activity_class", 255, "for people"), Field.text("business_key", 255, "a key of the caller's own"),
            Field.payload("input", "arguments: an envelope of a list, a list, or one value"),
            Field.object("retry_policy", 0, "max_attempts, backoff_seconds, non_retryable_error_types; none: one attempt"),
            Field.integer("start_to_close_timeout_seconds", 1, LONGEST, "longest run of one attempt"),
            Field.integer("schedule_to_start_timeout_seconds", 1, LONGEST, "longest wait in the queue"),
            Field.integer("schedule_to_close_timeout_seconds", 1, LONGEST, "longest time for all attempts"),
            Field.integer("heartbeat_timeout_seconds", 1, LONGEST, "longest silence of one attempt"),
            turn.get(0), turn.get(1), turn.get(2)),
        Route.get("activity.describe", "/activities/{activity_id}", CONTROL, OPERATOR, "How an activity stands",
            this::describe),
        Route.get("activity.list", "/activities", CONTROL, OPERATOR, "Activities on their own, newest first",
            this::list).query(Field.text("status", 16, "running, completed or failed"),
            Field.integer("page_size", 1, 200, "default 50"), Field.text("next_page_token", 1_024, "opaque")));
  }

  // ---- starting

  private Reply start(Call call) {
    String id = call.text("activity_id", "");
    if (id.isEmpty()) id = "act-" + UUID.randomUUID();
    if (!id.matches("[A-Za-z0-9._:-]{1,128}")) {
      throw Refusal.invalid("activity_id", "The activity id field has 1 to 128 letters, digits or . _ : -");
    }
    Map<String, @Nullable Object> kept = Json.of();
    for (String field : ActivitySpec.FIELDS) if (call.has(field)) kept.put(field, call.value(field));
    ActivitySpec spec = ActivitySpec.of(kept);
    String key = call.text("business_key");
    StartOptions plain = StartOptions.PLAIN;
    StartOptions options = new StartOptions(null, null, plain.taskTimeout(), null, Duration.ZERO,
        spec.options().priority(), spec.options().fairness(), null, Map.of(HostProgram.SPEC, Payload.json(Json.text(kept))), Map.of(),
        key == null ? Map.of() : Map.of(Attributes.BUSINESS_KEY, new SearchValue.Keyword(key)));
    hosts.serve(call.namespace());
    try {
      ControlApi.Started started = control.start(new ControlApi.Start(call.namespace(), id, HostProgram.TYPE,
          HostProgram.QUEUE, Values.arguments("input", call.value("input")), options, ReusePolicy.ALLOW,
          ConflictPolicy.FAIL, null, null, null));
      return Reply.of(201, Json.of("activity_id", id, "workflow_id", id, "workflow_run_id", started.run().toString(),
          "activity_execution_id", started.run() + ":1", "workflow_type", HostProgram.TYPE, "activity_type",
          spec.activityType(), "task_queue", spec.options().queue(), "namespace", call.namespace(), "outcome",
          "started_new"));
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.WORKFLOW_ALREADY_STARTED) throw e;
      throw new Refusal(409, "duplicate_not_allowed", e.rejection().message(), "activity_id", id, "outcome",
          "rejected_duplicate");
    }
  }

  // ---- looking

  private Reply describe(Call call) {
    String id = call.parameter("activity_id");
    ControlApi.RunView view = control.describe(RunRef.current(call.namespace(), id));
    if (!view.workflowType().equals(HostProgram.TYPE)) {
      throw new Refusal(404, "instance_not_found", "'%s' is a workflow, no activity on its own".formatted(id));
    }
    RunRef ref = new RunRef(view.namespace(), id, view.run());
    List<Event> history = control.history(ref, 0, EVENTS, Duration.ZERO);
    RunEvent.WorkflowStarted started = HostProgram.started(history);
    TaskId task = new TaskId(view.run(), 1);
    ActivityTask open = engine.store().load(new Store.Wanted(List.of(), List.of(), List.of(task), List.of(), List.of()))
        .tasks().get(task);
    return Reply.ok(ActivityShape.whole(view, HostProgram.spec(started), history, open));
  }

  private Reply list(Call call) {
    String status = call.query().get("status");
    int size = (int) call.number("page_size", 50, 1, 200);
    String token = call.query().get("next_page_token");
    String filter = "WorkflowType = '%s'%s".formatted(HostProgram.TYPE, status(status));
    ControlApi.RunPage page =
        control.list(call.namespace(), filter, size, token == null || token.isEmpty() ? null : token);
    List<Map<String, @Nullable Object>> lines = new ArrayList<>();
    for (ControlApi.RunView view : page.runs()) {
      RunEvent.WorkflowStarted started = HostProgram.started(control.history(
          new RunRef(view.namespace(), view.workflowId(), view.run()), 0, 2, Duration.ZERO));
      lines.add(ActivityShape.line(view, HostProgram.spec(started)));
    }
    return Reply.ok(Json.of("activities", lines, "activity_count", lines.size(), "next_page_token", page.nextCursor()));
  }

  private static String status(@Nullable String bucket) {
    return switch (bucket) {
      case null -> "";
      case "" -> "";
      case "running" -> " and Status = 'RUNNING'";
      case "completed" -> " and Status = 'COMPLETED'";
      case "failed" -> " and Status in ('FAILED', 'TIMED_OUT', 'CANCELLED', 'TERMINATED', 'RESET')";
      default -> throw Refusal.invalid("status", "The status field must be one of: running, completed, failed.");
    };
  }
}
