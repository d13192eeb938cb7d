package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;
import static dev.pawl.server.http.Scope.OPERATOR;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Rollouts;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import dev.pawl.server.storage.ExternalStorage;
import dev.pawl.server.wire.Attributes;
import dev.pawl.server.wire.Turns;
import dev.pawl.server.wire.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Workflows: start, look, signal, steer. */
public final class WorkflowRoutes {
  static final Field INPUT = Field.payload("input", "arguments: an envelope of a list, a list, or one value");
  static final Field REQUEST_ID =
      Field.text("request_id", 200, "the same id again gets the same answer and changes nothing");
  private static final int MEMO_BYTES = 262_144;

  private final ControlApi control;
  private final Fleet fleet;
  private final SearchTypes types;
  private final ExternalStorage storage;
  private final Rollouts rollouts;

  public WorkflowRoutes(ControlApi control, Fleet fleet, SearchTypes types,
      ExternalStorage storage, Rollouts rollouts) {
    this.rollouts = rollouts;
    this.control = control;
    this.fleet = fleet;
    this.types = types;
    this.storage = storage;
  }

  public List<Route> routes() {
    Field reason = Field.text("reason", 1_000, "why, for the history and for people");
    List<Field> turn = Turns.fields();
    List<Route> routes = new ArrayList<>(List.of(
        Route.post("workflow.start", "/workflows", CONTROL, OPERATOR, "Start a workflow", this::start).body(
            Field.text("workflow_type", 255, "name of the program").must(),
            Field.text("workflow_id", 128, "name of this piece of business; made up if absent"),
            Field.text("task_queue", 255, "where workers look for it, default 'default'"), INPUT,
            Field.integer("execution_timeout_seconds", 1, 3_155_760_000L, "limit of the whole chain of runs"),
            Field.integer("run_timeout_seconds", 1, 3_155_760_000L, "limit of one run"),
            Field.text("duplicate_policy", 32, "what to do while a run of this id is open").oneOf("fail",
                "use-existing"),
            Field.object("memo", MEMO_BYTES, "for people"), Field.object("search_attributes", 0, "for finding it"),
            Field.text("business_key", 255, "a key of the caller's own"),
            turn.get(0), turn.get(1), turn.get(2),
            Field.text("build_id", 255, "only workers of this build"),
            Field.text("versioning_behavior", 16, "pinned: to build_id, or to the build that is promoted; auto_upgrade: "
                + "workers of any build go on with it").oneOf("pinned", "auto_upgrade")),
        Route.get("workflow.list", "/workflows", CONTROL, OPERATOR, "List runs, newest first", this::list).query(
            Field.text("workflow_type", 255, ""), Field.text("status", 16, "running, completed or failed"),
            Field.text("query", 4_096, "predicates joined by AND, or the beginning of a workflow id"),
            Field.integer("page_size", 1, 200, "default 50"), Field.text("next_page_token", 1_024, "opaque")),
        Route.get("workflow.describe", "/workflows/{workflow_id}", CONTROL, OPERATOR, "Describe the current run",
            this::describe),
        Route.get("workflow.list_runs", "/workflows/{workflow_id}/runs", CONTROL, OPERATOR,
            "All runs of a workflow id, oldest first", this::runs),
        Route.get("workflow.describe_run", "/workflows/{workflow_id}/runs/{run_id}", CONTROL, OPERATOR,
            "Describe a run", this::describe)));
    for (String run : List.of("", "/runs/{run_id}")) {
      String at = "/workflows/{workflow_id}" + run;
      String suffix = run.isEmpty() ? "" : "_run";
      routes.add(Route.post("workflow.signal" + suffix, at + "/signal/{signal_name}", CONTROL, OPERATOR,
          "Tell a run something", this::signal).body(INPUT, REQUEST_ID));
      routes.add(Route.post("workflow.cancel" + suffix, at + "/cancel", CONTROL, OPERATOR, "Cancel a run at once",
          call -> closing(call, "cancelled", control::cancelAtOnce)).body(reason, REQUEST_ID));
      routes.add(Route.post("workflow.request_cancel" + suffix, at + "/request-cancel", CONTROL, OPERATOR,
          "Ask a program to stop; it may clean up", call -> closing(call, "cancel_requested", control::cancel))
          .body(reason, REQUEST_ID));
      routes.add(Route.post("workflow.terminate" + suffix, at + "/terminate", CONTROL, OPERATOR,
          "Stop a run without a word to its program", call -> closing(call, "terminated", control::terminate))
          .body(reason, REQUEST_ID));
      routes.add(Route.post("workflow.pause" + suffix, at + "/pause", CONTROL, OPERATOR,
          "Hand a run to nobody until it is resumed", call -> closing(call, "paused", control::pause))
          .body(reason, REQUEST_ID));
      routes.add(Route.post("workflow.resume" + suffix, at + "/resume", CONTROL, OPERATOR, "Hand a run out again",
          call -> closing(call, "resumed", control::resume)).body(reason, REQUEST_ID));
      routes.add(Route.post("workflow.repair" + suffix, at + "/repair", CONTROL, OPERATOR,
          "Hand a blocked run out again", this::repair).body(REQUEST_ID));
      routes.add(Route.post("workflow.archive" + suffix, at + "/archive", CONTROL, OPERATOR,
          "Mark a closed run as not needed any more", this::archive).body(reason, REQUEST_ID));
      routes.add(Route.post("workflow.reset" + suffix, at + "/reset", CONTROL, OPERATOR,
          "Start a run over from an event of its history", this::reset).body(reason, REQUEST_ID,
          Field.integer("to_sequence", 2, Long.MAX_VALUE, "the last event that is kept").must()));
    }
    return routes;
  }

  // ---- starting

  private Reply start(Call call) {
    removed(call, "workflow_execution_timeout", "workflow_run_timeout", "workflow_task_timeout", "retry_policy",
        "idempotency_key", "request_id");
    String type = call.text("workflow_type", "");
    String id = call.text("workflow_id", "");
    if (id.isEmpty()) id = "wf-" + UUID.randomUUID();
    if (!id.matches("[A-Za-z0-9._:-]{1,128}")) {
      throw Refusal.invalid("workflow_id", "The workflow id field has 1 to 128 letters, digits or . _ : -");
    }
    StartOptions plain = StartOptions.PLAIN;
    Map<String, SearchValue> attributes = new LinkedHashMap<>(Attributes.read("search_attributes",
        call.object("search_attributes"), types.of(call.namespace()), false));
    String businessKey = call.text("business_key");
    if (businessKey != null) attributes.put(Attributes.BUSINESS_KEY, new SearchValue.Keyword(businessKey));
    String queue = call.text("task_queue", "default");
    String build = build(call, queue);
    StartOptions options = new StartOptions(seconds(call, "execution_timeout_seconds"),
        seconds(call, "run_timeout_seconds"), plain.taskTimeout(), null, Duration.ZERO,
        Turns.priority("", call.body(), plain.priority()), Turns.fairness("", call.body(), null), build, Map.of(),
        Attributes.memo(call.object("memo")), attributes);
    boolean use = call.text("duplicate_policy", "fail").equals("use-existing");
    ControlApi.Start start = new ControlApi.Start(call.namespace(), id, type, queue,
        Values.arguments("input", call.value("input")), options, ReusePolicy.ALLOW,
        use ? ConflictPolicy.USE_EXISTING : ConflictPolicy.FAIL, null, null, null);
    try {
      ControlApi.Started started = control.start(start);
      if (!started.isNew()) return existing(call.namespace(), id, started.run());
      return Reply.of(201, Json.of("workflow_id", id, "run_id", started.run().toString(),
          "workflow_type", type, "namespace", call.namespace(), "status", "pending", "business_key", businessKey,
          "payload_codec", "avro", "run_number", started.runNumber(), "outcome", "started_new"));
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.WORKFLOW_ALREADY_STARTED) throw e;
      ControlApi.RunView open = control.describe(RunRef.current(call.namespace(), id));
      throw new Refusal(409, "duplicate_not_allowed", e.rejection().message(), "workflow_id", id, "run_id",
          open.run().toString(), "workflow_type", open.workflowType(), "outcome", "rejected_duplicate",
          "rejection_reason", "instance_already_started");
    }
  }

  /** @return null: nobody said anything, and whatever is promoted holds */
  private @Nullable String build(Call call, String queue) {
    String named = call.text("build_id") != null ? call.text("build_id") : call.text("compatibility");
    if (StartOptions.ANY_BUILD.equals(named)) {
      throw Refusal.invalid("build_id", "The build id field must not be '*'; say versioning_behavior auto_upgrade.");
    }
    switch (call.text("versioning_behavior", "")) {
      case "auto_upgrade" -> {
        if (named == null) return StartOptions.ANY_BUILD;
        throw Refusal.invalid("versioning_behavior", "The versioning behavior field auto_upgrade contradicts build_id.");
      }
      case "pinned" -> {
        if (named != null || rollouts.promoted(call.namespace(), queue) != null) return named;
        throw Refusal.invalid("versioning_behavior", "The versioning behavior field pinned expects build_id, because no "
            + "build is promoted on task queue '%s'.".formatted(queue));
      }
      default -> {
        return named;
      }
    }
  }

  /** The run that there is, which need not be what was asked for. */
  private Reply existing(String namespace, String id, RunId run) {
    Map<String, @Nullable Object> shape = RunShapes.line(control.describe(new RunRef(namespace, id, run)));
    shape.put("outcome", "returned_existing_active");
    return Reply.ok(shape);
  }

  /** Fields that once were, or that belong to something else: silence would be a promise. */
  private static void removed(Call call, String... names) {
    Map<String, List<String>> errors = new LinkedHashMap<>();
    for (String name : names) {
      if (call.has(name)) errors.put(name, List.of("The %s field is not supported.".formatted(name.replace('_', ' '))));
    }
    if (!errors.isEmpty()) throw Refusal.invalid(errors);
  }

  private static @Nullable Duration seconds(Call call, String name) {
    Long seconds = call.integer(name);
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }

  // ---- looking

  private Reply describe(Call call) {
    RunRef ref = Told.ref(call);
    ControlApi.RunView view = control.describe(ref);
    Map<String, @Nullable Object> shape =
        RunShapes.whole(control, view, control.runs(ref.namespace(), ref.workflowId()));
    storage.show(ref.namespace(), shape, "input", "output");
    return Reply.ok(shape);
  }

  private Reply runs(Call call) {
    RunRef ref = Told.ref(call);
    List<ControlApi.RunView> runs = control.runs(ref.namespace(), ref.workflowId());
    if (runs.isEmpty()) control.describe(ref);
    List<Map<String, @Nullable Object>> lines = new ArrayList<>();
    for (ControlApi.RunView run : runs) {
      Map<String, @Nullable Object> line = RunShapes.line(run);
      line.put("is_current_run", run.run().equals(runs.getLast().run()));
      lines.add(line);
    }
    return Reply.ok(Json.of("workflow_id", ref.workflowId(), "run_id",
        runs.isEmpty() ? null : runs.getLast().run().toString(), "run_count", runs.size(), "runs", lines));
  }

  private Reply list(Call call) {
    String filter = RunFilter.of(call.query().get("workflow_type"), call.query().get("status"), call.query()
        .get("query"));
    int size = (int) call.number("page_size", 50, 1, 200);
    String token = call.query().get("next_page_token");
    ControlApi.RunPage page =
        control.list(call.namespace(), filter, size, token == null || token.isEmpty() ? null : token);
    return Reply.ok(Json.of("workflows", page.runs().stream().map(RunShapes::line).toList(), "workflow_count",
        page.runs().size(), "next_page_token", page.nextCursor()));
  }

  // ---- telling and asking

  Reply signal(Call call) {
    String name = Told.name(call, "signal_name");
    Told told = Told.by(call, control);
    Told.declared(fleet.handlers(call.namespace(), told.run().workflowType(), Registration.Handlers.SIGNALS), name,
        "unknown_signal", "rejected_unknown_signal", "signal");
    boolean fresh = control.signal(told.target(), new ControlApi.Message(call.text("request_id"), name,
        Values.arguments("input", call.value("input")), Map.of()));
    return told.done(202, "signal_received", "signal_name", name, "duplicate", !fresh);
  }

  // ---- steering

  @FunctionalInterface
  private interface Verb {
    void act(RunRef run, String reason, @Nullable String requestId);
  }

  private Reply closing(Call call, String outcome, Verb verb) {
    Told told = Told.by(call, control);
    verb.act(told.target(), call.text("reason", ""), call.text("request_id"));
    return told.done(200, outcome);
  }

  private Reply repair(Call call) {
    Told told = Told.by(call, control);
    boolean blocked = told.run().displayed().equals("BLOCKED");
    if (told.run().status().closed()) throw told.notActive();
    if (blocked) control.unblock(told.target(), "repair");
    return told.done(200, blocked ? "repair_dispatched" : "repair_not_needed");
  }

  private Reply archive(Call call) {
    Told told = Told.by(call, control);
    if (!told.run().status().closed()) {
      throw new Refusal(409, "run_not_closed",
          "run %s is open; only a closed one can be archived".formatted(told.run().run()),
          "outcome", "rejected_run_not_closed", "workflow_id", told.run().workflowId(), "run_id", told.run().run().toString());
    }
    // Closed runs are out of the way by themselves, and go with their retention.
    return told.done(200, "archive_not_needed");
  }

  private Reply reset(Call call) {
    Told told = Told.by(call, control);
    RunId born = control.reset(told.target(), call.integer("to_sequence", 2), call.text("reason", ""),
        call.text("request_id"));
    return told.done(200, "reset", "new_run_id", born.toString());
  }
}
