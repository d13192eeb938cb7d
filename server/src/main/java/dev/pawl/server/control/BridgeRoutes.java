package dev.pawl.server.control;

import static dev.pawl.server.http.Plane.CONTROL;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.SearchValue;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.auth.Secrets;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Attributes;
import dev.pawl.server.wire.Values;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Events of other systems that start, signal or update a workflow. The sender's idempotency key makes each count once: it
 * becomes the id of the workflow, the signal or the update. A refusal is an answer with a reason, not a failure.
 */
public final class BridgeRoutes {
  private static final String SCHEMA = "durable-workflow.v2.bridge-adapter-outcome.contract";
  private static final int LONGEST_KEY = 255;
  private static final int CORRELATION_BYTES = 4_096;

  /** What a target says, by action; the first names must be there. */
  private static final Map<String, List<String>> NEEDED = Map.of("start_workflow", List.of("workflow_type"),
      "signal_workflow", List.of("workflow_id", "signal_name"), "update_workflow", List.of("workflow_id",
          "update_name"));
  private static final Map<String, Set<String>> ALLOWED = Map.of("start_workflow",
      Set.of("workflow_type", "task_queue", "business_key", "duplicate_policy"), "signal_workflow",
      Set.of("workflow_id", "signal_name"), "update_workflow", Set.of("workflow_id", "update_name", "wait_for"));

  private final ControlApi control;
  private final WorkflowRoutes workflows;
  private final UpdateRoutes updates;

  public BridgeRoutes(ControlApi control, WorkflowRoutes workflows, UpdateRoutes updates) {
    this.control = control;
    this.workflows = workflows;
    this.updates = updates;
  }

  public List<Route> routes() {
    return List.of(Route.post("bridge.webhook", "/bridge-adapters/webhook/{adapter}", CONTROL, Scope.OPERATOR,
        "An event of another system: 202 accepted, 200 it came before, 422 with a reason", this::receive).body(
        Field.any("action", "start_workflow, signal_workflow or update_workflow"),
        Field.any("idempotency_key", "of the event, 1 to 255 characters"),
        Field.any("target", "the workflow"), Field.payload("input", "arguments"),
        Field.any("correlation", "comes back as it is, at most 4096 bytes")));
  }

  /** A "no" that is an answer. */
  private static final class Rejected extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Rejected(String reason, String message) {
      super(message, null, false, false);
      this.reason = reason;
    }
  }

  /** An event whose form is in order. */
  private record Event(Call call, String adapter, String action, String key, Map<String, @Nullable Object> target) {
    /** The same for the same event, another one for another: fit for an id. */
    String id() {
      String of = String.join("\n", adapter, action, key);
      return "bridge." + adapter + "." + Secrets.hash(of).substring(0, 32);
    }

    String target(String name) {
      return Json.string(target, name, "");
    }
  }

  private Reply receive(Call call) {
    String adapter = call.parameter("adapter");
    if (!adapter.matches("[A-Za-z0-9._:-]{1,64}")) {
      throw Refusal.invalid("adapter", "The adapter has 1 to 64 letters, digits or . _ : -");
    }
    Map<String, @Nullable Object> said = Json.of("schema", SCHEMA, "version", 1, "adapter", adapter, "action",
        call.value("action") instanceof String action && NEEDED.containsKey(action) ? action : null, "accepted", false,
        "outcome", "rejected", "reason", null, "idempotency_key", key(call), "target", null, "correlation",
        correlation(call));
    try {
      Event event = read(call, adapter);
      said.put("target", event.target());
      boolean fresh = switch (event.action()) {
        case "start_workflow" -> start(event, said);
        case "signal_workflow" -> signal(event, said);
        default -> update(event, said);
      };
      said.put("accepted", true);
      said.put("outcome", fresh ? "accepted" : "duplicate");
      return Reply.of(fresh ? 202 : 200, said);
    } catch (Rejected no) {
      said.put("reason", no.reason);
      said.put("message", no.getMessage());
      return Reply.of(422, said);
    }
  }

  // ---- reading

  private static @Nullable String key(Call call) {
    return call.value("idempotency_key") instanceof String key && !key.isBlank() && key.length() <= LONGEST_KEY
        && key.indexOf('\0') < 0 ? key : null;
  }

  private static @Nullable Object correlation(Call call) {
    Object sent = call.value("correlation");
    boolean small = Json.text(sent).getBytes(StandardCharsets.UTF_8).length <= CORRELATION_BYTES;
    return sent instanceof Map && small ? sent : null;
  }

  private static Event read(Call call, String adapter) throws Rejected {
    if (!(call.value("action") instanceof String action) || !NEEDED.containsKey(action)) {
      throw new Rejected("unsupported_action", "expected one of " + NEEDED.keySet().stream().sorted().toList());
    }
    String key = key(call);
    if (key == null) throw new Rejected("malformed_payload", "idempotency_key: expected 1 to 255 characters");
    if (call.value("correlation") != null && correlation(call) == null) {
      throw new Rejected("malformed_payload",
          "correlation: expected an object of at most %d bytes".formatted(CORRELATION_BYTES));
    }
    if (!(call.value("target") instanceof Map)) throw new Rejected("malformed_payload", "target: expected an object");
    Map<String, @Nullable Object> target = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> one : call.object("target").entrySet()) {
      String name = one.getKey();
      if (!ALLOWED.getOrDefault(action, Set.of()).contains(name)) {
        throw new Rejected("unsupported_routing", "an event cannot say where to go by '%s'".formatted(shortened(name)));
      }
      if (one.getValue() == null) continue;
      if (!(one.getValue() instanceof String text) || text.length() > 255 || text.indexOf('\0') >= 0) {
        throw new Rejected("malformed_payload", "target.%s: expected a text of at most 255 characters".formatted(name));
      }
      target.put(name, text);
    }
    for (String name : NEEDED.getOrDefault(action, List.of())) {
      if (Json.string(target, name, "").isEmpty()) {
        throw new Rejected("malformed_payload", "target.%s: it has to be there".formatted(name));
      }
    }
    return new Event(call, adapter, action, key, target);
  }

  private static String shortened(String name) {
    return name.length() <= 40 ? name : name.substring(0, 40) + "...";
  }

  // ---- doing

  private boolean start(Event event, Map<String, @Nullable Object> said) throws Rejected {
    String policy = Json.string(event.target(), "duplicate_policy", "use_existing");
    if (!Set.of("use_existing", "reject_duplicate").contains(policy)) {
      throw new Rejected("malformed_payload", "target.duplicate_policy: expected use_existing or reject_duplicate");
    }
    StartOptions plain = StartOptions.PLAIN;
    String business = Json.string(event.target(), "business_key");
    Map<String, SearchValue> attributes = business == null
        ? Map.of()
        : Map.of(Attributes.BUSINESS_KEY, new SearchValue.Keyword(business));
    String namespace = event.call().namespace();
    String queue = Json.string(event.target(), "task_queue", "default");
    StartOptions options = new StartOptions(null, null, plain.taskTimeout(), null, plain.delay(), plain.priority(),
        null, Map.of(), Map.of(), attributes);
    boolean fresh;
    String outcome;
    try {
      fresh = control.start(new ControlApi.Start(namespace, event.id(), event.target("workflow_type"),
          queue, input(event), options, ReusePolicy.REJECT,
          ConflictPolicy.USE_EXISTING, null, null, null)).isNew();
      outcome = fresh ? "started_new" : "returned_existing_active";
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.WORKFLOW_ALREADY_STARTED) throw wrong(e);
      fresh = false;
      outcome = "deduped_existing_command";
    }
    if (!fresh && policy.equals("reject_duplicate")) {
      throw new Rejected("duplicate_start", "this event has started workflow '%s' before".formatted(event.id()));
    }
    describe(RunRef.current(namespace, event.id()), said);
    said.put("control_plane_outcome", outcome);
    return fresh;
  }

  private static Payload input(Event event) throws Rejected {
    try {
      return Values.arguments("input", event.call().value("input"));
    } catch (Refusal e) {
      throw new Rejected("malformed_payload", e.message());
    }
  }

  private void describe(RunRef ref, Map<String, @Nullable Object> said) {
    ControlApi.RunView run = control.describe(ref);
    said.put("workflow_id", run.workflowId());
    said.put("run_id", run.run().toString());
    said.put("workflow_type", run.workflowType());
  }

  private boolean signal(Event event, Map<String, @Nullable Object> said) throws Rejected {
    Map<String, @Nullable Object> answer = told(event, "signal_name", workflows::signal, Json.of());
    boolean fresh = !Boolean.TRUE.equals(answer.get("duplicate"));
    commanded(answer, said, fresh ? "signal_received" : "deduped_existing_command");
    return fresh;
  }

  private boolean update(Event event, Map<String, @Nullable Object> said) throws Rejected {
    RunRef ref = RunRef.current(event.call().namespace(), event.target("workflow_id"));
    boolean fresh = !updates.cameBefore(ref, event.id());
    Map<String, @Nullable Object> answer = told(event, "update_name", updates::update,
        Json.of("wait_for", Json.string(event.target(), "wait_for", "accepted")));
    commanded(answer, said, fresh ? String.valueOf(answer.get("outcome")) : "deduped_existing_command");
    return fresh;
  }

  private interface Handling {
    Reply handle(Call call);
  }

  /** The event as the command that an operator would send. */
  private static Map<String, @Nullable Object> told(Event event, String nameField, Handling handling,
      Map<String, @Nullable Object> more) throws Rejected {
    Call call = event.call();
    Map<String, @Nullable Object> body = new LinkedHashMap<>(more);
    body.put("input", call.value("input"));
    body.put("request_id", event.id());
    try {
      Reply reply = handling.handle(new Call(call.route(), Map.of("workflow_id", event.target("workflow_id"), nameField,
          event.target(nameField)), Map.of(), body, call.namespace(), call.principal(),
          call.raw()));
      return Json.object(reply.body());
    } catch (Refusal e) {
      throw new Rejected(e.reason().equals("validation_failed") ? "malformed_payload" : "unknown_target", e.message());
    } catch (RejectedException e) {
      throw wrong(e);
    }
  }

  /** What the engine refuses is the event's fault or none of ours. */
  private static Rejected wrong(RejectedException e) {
    return switch (e.code()) {
      case RUN_NOT_FOUND, RUN_CLOSED, RUN_NOT_RUNNING, UPDATE_REJECTED ->
          new Rejected("unknown_target", e.rejection().message());
      case INVALID_ARGUMENT, LIMIT_EXCEEDED, PAYLOAD_TOO_LARGE, REQUEST_CONFLICT ->
          new Rejected("malformed_payload", e.rejection().message());
      default -> throw e;
    };
  }

  private static void commanded(Map<String, @Nullable Object> answer, Map<String, @Nullable Object> said,
      String outcome) {
    for (String name : List.of("workflow_id", "run_id", "workflow_type", "command_id", "command_status", "update_id",
        "update_status")) {
      if (answer.get(name) != null) said.put(name, answer.get(name));
    }
    said.put("control_plane_outcome", outcome);
  }
}
