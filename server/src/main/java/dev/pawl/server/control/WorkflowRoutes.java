package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;
import static dev.pawl.server.http.Scope.OPERATOR;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.fleet.Rollouts;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import dev.pawl.server.storage.ExternalStorage;
import dev.pawl.server.wire.Attributes;
import dev.pawl.server.wire.Faults;
import dev.pawl.server.wire.Histories;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.Questions;
import dev.pawl.server.wire.Values;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything about workflows: start, look, tell, ask, steer. */
public final class WorkflowRoutes {
  private static final int PAGE = 10_000;
  private static final int MEMO_BYTES = 262_144;
  private static final Duration HISTORY_WAIT = Duration.ofSeconds(30);
  private static final Duration QUERY_WAIT = Duration.ofSeconds(10);
  /** Nobody registered for the type here: perhaps a worker of another kind has the run in memory. */
  private static final Duration QUERY_ANYBODY = Duration.ofMillis(1_500);
  private static final Duration UPDATE_WAIT = Duration.ofSeconds(10);
  private static final Duration LONGEST_UPDATE_WAIT = Duration.ofSeconds(50);

  private final ControlApi control;
  private final Fleet fleet;
  private final SearchTypes types;
  private final Rollouts rollouts;
  private final ExternalStorage storage;
  private final Supplier<Instant> now;

  /** @param now for what is said about the present, not for deciding */
  public WorkflowRoutes(ControlApi control, Fleet fleet, Rollouts rollouts, SearchTypes types,
      ExternalStorage storage, Supplier<Instant> now) {
    this.control = control;
    this.fleet = fleet;
    this.rollouts = rollouts;
    this.types = types;
    this.storage = storage;
    this.now = now;
  }

  public List<Route> routes() {
    Field reason = Field.text("reason", 1_000, "why, for the history and for people");
    Field requestId = Field.text("request_id", 200, "the same id again gets the same answer and changes nothing");
    Field input = Field.payload("input", "arguments: an envelope of a list, a list, or one value");
    List<Route> routes = new ArrayList<>(List.of(
        Route.post("workflow.start", "/workflows", CONTROL, OPERATOR, "Start a workflow", this::start).body(
            Field.text("workflow_type", 255, "name of the program").must(),
            Field.text("workflow_id", 128, "name of this piece of business; made up if absent"),
            Field.text("task_queue", 255, "where workers look for it, default 'default'"), input,
            Field.integer("execution_timeout_seconds", 1, 3_155_760_000L, "limit of the whole chain of runs"),
            Field.integer("run_timeout_seconds", 1, 3_155_760_000L, "limit of one run"),
            Field.text("duplicate_policy", 32, "what to do while a run of this id is open").oneOf("fail",
                "use-existing"),
            Field.object("memo", MEMO_BYTES, "for people"), Field.object("search_attributes", 0, "for finding it"),
            Field.text("business_key", 255, "a key of the caller's own"),
            Field.integer("priority", 0, 9, "0 first, 5 by default"),
            Field.text("build_id", 255, "only workers of this build")),
        Route.get("workflow.list", "/workflows", CONTROL, OPERATOR, "List runs, newest first", this::list).query(
            Field.text("workflow_type", 255, ""), Field.text("status", 16, "running, completed or failed"),
            Field.text("query", 4_096, "predicates joined by AND, or the beginning of a workflow id"),
            Field.integer("page_size", 1, 200, "default 50"), Field.text("next_page_token", 1_024, "opaque")),
        Route.get("workflow.describe", "/workflows/{workflow_id}", CONTROL, OPERATOR, "Describe the current run",
            this::describe),
        Route.get("workflow.list_runs", "/workflows/{workflow_id}/runs", CONTROL, OPERATOR,
            "All runs of a workflow id, oldest first", this::runs),
        Route.get("workflow.describe_run", "/workflows/{workflow_id}/runs/{run_id}", CONTROL, OPERATOR,
            "Describe a run", this::describe),
        Route.get("workflow.debug_workflow", "/workflows/{workflow_id}/debug", CONTROL, OPERATOR,
            "Why a run is not moving", this::debug),
        Route.get("workflow.debug_run", "/workflows/{workflow_id}/runs/{run_id}/debug", CONTROL, OPERATOR,
            "Why a run is not moving", this::debug),
        Route.get("workflow.history", "/workflows/{workflow_id}/runs/{run_id}/history", CONTROL, OPERATOR,
            "The history of a run", this::history).query(Field.integer("page_size", 1, 1_000, "all if absent"),
            Field.text("next_page_token", 64, "opaque"), Field.bool("wait_new_event",
                "wait for an event behind the token")),
        Route.get("workflow.export", "/workflows/{workflow_id}/runs/{run_id}/history/export", CONTROL, OPERATOR,
            "A run's history as one document", this::export)));
    for (String run : List.of("", "/runs/{run_id}")) {
      String at = "/workflows/{workflow_id}" + run;
      String suffix = run.isEmpty() ? "" : "_run";
      routes.add(Route.post("workflow.signal" + suffix, at + "/signal/{signal_name}", CONTROL, OPERATOR,
          "Tell a run something", this::signal).body(input, requestId));
      routes.add(Route.post("workflow.query" + suffix, at + "/query/{query_name}", CONTROL, OPERATOR,
          "Ask a program something", this::query).body(input));
      routes.add(Route.post("workflow.update" + suffix, at + "/update/{update_name}", CONTROL, OPERATOR,
          "Tell a run something and get an answer", this::update).body(input, requestId,
          Field.text("wait_for", 16, "how far the update has to be").oneOf("accepted", "completed"),
          Field.integer("wait_timeout_seconds", 1, 3_600, "how long to wait for completion, default 10")));
      routes.add(Route.post("workflow.cancel" + suffix, at + "/cancel", CONTROL, OPERATOR, "Cancel a run at once",
          call -> closing(call, "cancelled", control::cancelAtOnce)).body(reason, requestId));
      routes.add(Route.post("workflow.request_cancel" + suffix, at + "/request-cancel", CONTROL, OPERATOR,
          "Ask a program to stop; it may clean up", call -> closing(call, "cancel_requested", control::cancel))
          .body(reason, requestId));
      routes.add(Route.post("workflow.terminate" + suffix, at + "/terminate", CONTROL, OPERATOR,
          "Stop a run without a word to its program", call -> closing(call, "terminated", control::terminate))
          .body(reason, requestId));
      routes.add(Route.post("workflow.pause" + suffix, at + "/pause", CONTROL, OPERATOR,
          "Hand a run to nobody until it is resumed", call -> closing(call, "paused", control::pause))
          .body(reason, requestId));
      routes.add(Route.post("workflow.resume" + suffix, at + "/resume", CONTROL, OPERATOR, "Hand a run out again",
          call -> closing(call, "resumed", control::resume)).body(reason, requestId));
      routes.add(Route.post("workflow.repair" + suffix, at + "/repair", CONTROL, OPERATOR,
          "Hand a blocked run out again", this::repair).body(requestId));
      routes.add(Route.post("workflow.archive" + suffix, at + "/archive", CONTROL, OPERATOR,
          "Mark a closed run as not needed any more", this::archive).body(reason, requestId));
      routes.add(Route.post("workflow.reset" + suffix, at + "/reset", CONTROL, OPERATOR,
          "Start a run over from an event of its history", this::reset).body(reason, requestId,
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
    String build = call.text("build_id") != null ? call.text("build_id") : call.text("compatibility");
    if (build == null) build = rollouts.promoted(call.namespace(), queue);
    StartOptions options = new StartOptions(seconds(call, "execution_timeout_seconds"),
        seconds(call, "run_timeout_seconds"), plain.taskTimeout(), null, Duration.ZERO,
        (int) call.integer("priority", plain.priority()), build, Map.of(), Attributes.memo(call.object("memo")),
            attributes);
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

  private RunRef ref(Call call) {
    String run = call.parameters().get("run_id");
    return new RunRef(call.namespace(), call.parameter("workflow_id"), run == null ? null : runId(run));
  }

  private static RunId runId(String text) {
    try {
      return RunId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Refusal(404, "run_not_found", "there is no run '%s'".formatted(text));
    }
  }

  private Reply describe(Call call) {
    RunRef ref = ref(call);
    ControlApi.RunView view = control.describe(ref);
    Map<String, @Nullable Object> shape =
        RunShapes.whole(control, view, control.runs(ref.namespace(), ref.workflowId()));
    storage.show(ref.namespace(), shape, "input", "output");
    return Reply.ok(shape);
  }

  private Reply runs(Call call) {
    RunRef ref = ref(call);
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

  private Reply history(Call call) {
    RunRef ref = ref(call);
    long after = token(call.query().get("next_page_token"));
    long size = call.number("page_size", 0, 1, 1_000);
    ControlApi.RunView view = control.describe(ref);
    RunRef exact = new RunRef(ref.namespace(), ref.workflowId(), view.run());
    if (call.asked("wait_new_event") && view.lastSeq() <= after && !view.status().closed()) {
      control.history(exact, after, 1, HISTORY_WAIT);
    }
    List<Event> all = everything(exact);
    List<Map<String, @Nullable Object>> events = new Histories(ref.namespace(), ref.workflowId(), view.run()).all(all)
        .stream().filter(event -> (Long) Objects.requireNonNull(event.get("sequence")) > after).toList();
    boolean more = size > 0 && events.size() > size;
    List<Map<String, @Nullable Object>> page = more ? events.subList(0, (int) size) : events;
    String next = more ? String.valueOf(page.getLast().get("sequence")) : null;
    return Reply.ok(Json.of("workflow_id", ref.workflowId(), "run_id", view.run().toString(), "events", page,
        "next_page_token", next));
  }

  private static long token(@Nullable String token) {
    if (token == null || token.isEmpty()) return 0;
    try {
      long after = Long.parseLong(token);
      if (after >= 0) return after;
    } catch (NumberFormatException e) {
      // said below
    }
    throw new Refusal(400, "invalid_page_token", "this page token was not given out here");
  }

  private List<Event> everything(RunRef ref) {
    List<Event> all = new ArrayList<>();
    while (true) {
      long after = all.isEmpty() ? 0 : all.getLast().seq();
      List<Event> page = control.history(ref, after, PAGE, Duration.ZERO);
      all.addAll(page);
      if (page.size() < PAGE) return all;
    }
  }

  private Reply debug(Call call) {
    RunRef ref = ref(call);
    ControlApi.RunView view = control.describe(ref);
    ControlApi.Explanation why = control.explain(ref);
    List<Map<String, @Nullable Object>> recent = control.ledger(ref, 50).stream()
        .map(line -> Json.of("at", Instants.text(line.at()), "what", line.what(), "cause",
            line.cause(), "reason", line.reason())).toList();
    List<Map<String, @Nullable Object>> failures =
        recent.size() > 10 ? recent.subList(recent.size() - 10, recent.size()) : recent;
    String status = view.status().closed() ? "closed" : view.displayed().equals("BLOCKED") ? "blocked" : "ok";
    return Reply.ok(Json.of("generated_at", Instants.text(now.get()), "workflow_id",
        ref.workflowId(), "run_id", view.run().toString(), "namespace", ref.namespace(), "diagnostic_status", status,
        "execution", RunShapes.line(view), "pending_workflow_tasks", List.of(), "pending_activities",
        why.waitingFor(), "task_queue", Json.of("name", view.queue()), "recent_failures", failures, "compatibility",
        Json.of(), "findings", findings(why), "summary", why.summary()));
  }

  private static List<String> findings(ControlApi.Explanation why) {
    List<String> findings = new ArrayList<>();
    findings.add(why.summary());
    findings.addAll(why.advice());
    return findings;
  }

  private Reply export(Call call) {
    RunRef ref = ref(call);
    ControlApi.RunView view = control.describe(ref);
    List<Event> events = everything(new RunRef(ref.namespace(), ref.workflowId(), view.run()));
    return Reply.ok(HistoryExport.of(view, events, now.get()));
  }

  // ---- telling and asking

  /** Only the current run of a chain takes commands. */
  private ControlApi.RunView target(Call call) {
    RunRef ref = ref(call);
    ControlApi.RunView current = control.describe(RunRef.current(ref.namespace(), ref.workflowId()));
    RunId run = ref.run();
    if (run == null || run.equals(current.run())) return current;
    ControlApi.RunView named = control.describe(ref);
    throw new Refusal(409, "historical_run_command_rejected",
        "run %s is not the current one of '%s'".formatted(named.run(), ref.workflowId()), "target_scope", "run",
        "workflow_id", ref.workflowId(), "run_id", named.run().toString(), "resolved_run_id", current.run().toString());
  }

  private Reply done(Call call, int status, ControlApi.RunView target, String outcome, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("workflow_id", target.workflowId(), "run_id", target.run().toString(),
        "requested_run_id", call.parameters().get("run_id"), "resolved_run_id", target.run().toString(), "command_id",
        UUID.randomUUID().toString(), "command_sequence", null, "target_scope",
        call.parameters().containsKey("run_id") ? "run" : "instance", "workflow_type", target.workflowType(),
        "command_status", "accepted", "command_source", "control_plane", "outcome", outcome, "reason", null,
        "rejection_reason", null, "validation_errors", Json.of());
    body.putAll(Json.of(more));
    return Reply.of(status, body);
  }

  private static void handled(@Nullable Set<String> known, String name, String reason, String outcome, String what) {
    if (known == null || known.contains(name)) return;
    throw new Refusal(404, reason, "the workflow has no %s '%s'".formatted(what, name), "outcome", outcome,
        "rejection_reason", reason);
  }

  private static String name(Call call, String parameter) {
    String name = call.parameter(parameter);
    boolean control = name.chars().anyMatch(Character::isISOControl);
    if (name.isEmpty() || control || name.getBytes(StandardCharsets.UTF_8).length > 256) {
      throw Refusal.invalid(parameter, "The %s has 1 to 256 bytes and no control characters."
          .formatted(parameter.replace('_', ' ')));
    }
    return name;
  }

  Reply signal(Call call) {
    String name = name(call, "signal_name");
    ControlApi.RunView target = target(call);
    handled(fleet.handlers(call.namespace(), target.workflowType(), Registration.Handlers.SIGNALS), name,
        "unknown_signal", "rejected_unknown_signal", "signal");
    boolean fresh = control.signal(exactly(call, target), new ControlApi.Message(call.text("request_id"), name,
        Values.arguments("input", call.value("input")), Map.of()));
    return done(call, 202, target, "signal_received", "signal_name", name, "duplicate", !fresh);
  }

  /** A command without a run goes to whatever run is current when it lands. */
  private static RunRef exactly(Call call, ControlApi.RunView target) {
    return new RunRef(target.namespace(), target.workflowId(),
        call.parameters().containsKey("run_id") ? target.run() : null);
  }

  private Reply query(Call call) {
    String name = name(call, "query_name");
    RunRef ref = ref(call);
    ControlApi.RunView target = control.describe(ref);
    List<Registration> running = fleet.running(call.namespace(), target.queue(), target.workflowType());
    List<Registration> able = running.stream()
        .filter(r -> !r.stale(now.get()) && r.capabilities().contains("query_tasks")).toList();
    if (!running.isEmpty() && able.isEmpty()) {
      throw new Refusal(409, "query_worker_unavailable",
          "no worker that answers queries is alive on queue '%s'".formatted(target.queue()), "workflow_id",
          target.workflowId(), "run_id", target.run().toString(), "query_name", name);
    }
    handled(fleet.handlers(call.namespace(), target.workflowType(), Registration.Handlers.QUERIES), name,
        "rejected_unknown_query", "rejected_unknown_query", "query");
    try {
      Payload answer = control.query(new RunRef(target.namespace(), target.workflowId(), target.run()),
          ControlApi.Message.of(name, Values.arguments("input", call.value("input"))),
          able.isEmpty() ? QUERY_ANYBODY : QUERY_WAIT);
      return Reply.ok(Json.of("workflow_id", target.workflowId(), "run_id", target.run().toString(), "workflow_type",
          target.workflowType(), "query_name", name, "result", Values.plain(answer), "result_envelope",
          Values.envelope(answer), "reason", null, "outcome", "query_completed"));
    } catch (RejectedException e) {
      throw queryRefused(e, target, name, able.isEmpty());
    }
  }

  private static RuntimeException queryRefused(RejectedException e, ControlApi.RunView target, String name,
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
    for (String reason : QUERY_REASONS) {
      if (message.startsWith(reason + ": ")) {
        int status = reason.equals("rejected_unknown_query") ? 404 : 409;
        return new Refusal(status, reason, message.substring(reason.length() + 2), more);
      }
    }
    return new Refusal(409, "query_rejected", message, more);
  }

  /** What workers say about a query that they could not answer, in front of the message. */
  private static final List<String> QUERY_REASONS = List.of("rejected_unknown_query",
      "query_workflow_state_unavailable",
      "query_rejected", "query_workflow_type_not_registered", "query_payload_decode_failed",
      "query_result_encode_failed", "query_result_completion_failed", "invalid_query_arguments");

  Reply update(Call call) {
    if (call.has("wait_policy")) throw Refusal.invalid("wait_policy",
        "The wait policy field is not supported. Use wait_for.");
    String name = name(call, "update_name");
    ControlApi.RunView target = target(call);
    Set<String> known = fleet.handlers(call.namespace(), target.workflowType(), Registration.Handlers.UPDATES);
    handled(known, name, "unknown_update", "rejected_unknown_update", "update");
    RunRef ref = exactly(call, target);
    Set<String> validated =
        fleet.handlers(call.namespace(), target.workflowType(), Registration.Handlers.VALIDATORS);
    boolean judged = validated != null && validated.contains(name);
    // What is judged before it is accepted has its id from the beginning.
    String requested = call.text("request_id");
    ControlApi.Message message = new ControlApi.Message(
        requested == null && judged ? UUID.randomUUID().toString() : requested, name,
        Values.arguments("input", call.value("input")), Map.of());
    if (judged && !cameBefore(ref, message.id())) validate(target, message);
    // Workers that declared their handlers have no word in accepting; a Java program may refuse.
    String id = known != null ? control.acceptUpdate(ref, message) : control.update(ref, message);
    String stage = call.text("wait_for", "accepted");
    Duration asked = Duration.ofSeconds(call.integer("wait_timeout_seconds", UPDATE_WAIT.toSeconds()));
    Duration wait = asked.compareTo(LONGEST_UPDATE_WAIT) > 0 ? LONGEST_UPDATE_WAIT : asked;
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
      case null -> done(call, 202, target, "update_accepted", merged(common, "update_status", "accepted",
          "wait_timed_out", stage.equals("completed"), "result", null, "result_envelope", null));
      case Outcome.Success s -> done(call, 200, target, "update_completed", merged(common, "update_status",
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

  private void validate(ControlApi.RunView target, ControlApi.Message update) {
    if (target.status().closed()) throw notActive(target);
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
          QUERY_WAIT).text());
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.QUERY_UNANSWERED) throw e;
      throw new Refusal(504, "update_validation_task_not_claimed",
          "no worker validated update '%s' within %s".formatted(update.name(), QUERY_WAIT), more).with("retryable",
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

  // ---- steering

  @FunctionalInterface
  private interface Verb {
    void act(RunRef run, String reason, @Nullable String requestId);
  }

  private Reply closing(Call call, String outcome, Verb verb) {
    ControlApi.RunView target = target(call);
    verb.act(exactly(call, target), call.text("reason", ""), call.text("request_id"));
    return done(call, 200, target, outcome);
  }

  private Reply repair(Call call) {
    ControlApi.RunView target = target(call);
    boolean blocked = target.displayed().equals("BLOCKED");
    if (target.status().closed()) throw notActive(target);
    if (blocked) control.unblock(exactly(call, target), "repair");
    return done(call, 200, target, blocked ? "repair_dispatched" : "repair_not_needed");
  }

  private Reply archive(Call call) {
    ControlApi.RunView target = target(call);
    if (!target.status().closed()) {
      throw new Refusal(409, "run_not_closed",
          "run %s is open; only a closed one can be archived".formatted(target.run()),
          "outcome", "rejected_run_not_closed", "workflow_id", target.workflowId(), "run_id", target.run().toString());
    }
    // Closed runs are out of the way by themselves, and go with their retention.
    return done(call, 200, target, "archive_not_needed");
  }

  private Reply reset(Call call) {
    ControlApi.RunView target = target(call);
    RunId born = control.reset(exactly(call, target), call.integer("to_sequence", 2), call.text("reason", ""),
        call.text("request_id"));
    return done(call, 200, target, "reset", "new_run_id", born.toString());
  }

  private static Refusal notActive(ControlApi.RunView target) {
    return new Refusal(409, "run_not_active", "run %s is closed".formatted(target.run()), "outcome",
        "rejected_not_active", "workflow_id", target.workflowId(), "run_id", target.run().toString());
  }
}
