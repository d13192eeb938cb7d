package dev.pawl.server;

import dev.pawl.core.schedule.ScheduleFlaw;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.StoreException;
import dev.pawl.server.http.Envelope;
import dev.pawl.server.http.Incoming;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.json.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** How answers look on each plane, what the engine's refusals are called there, and which versions are spoken. */
final class PlaneEnvelope implements Envelope {
  /** Where the name of what was called stands in the path, by operation. */
  private static final Map<String, String> NAMED =
      Map.of("signal", "signal_name", "query", "query_name", "update", "update_name");
  private static final Set<String> COPIED = Set.of("run_id", "workflow_type", "namespace", "business_key", "status",
      "status_bucket", "is_terminal", "task_queue", "run_number", "run_count", "workflow_count", "is_current_run",
      "compatibility", "started_at", "closed_at", "last_progress_at", "wait_kind", "wait_reason", "next_page_token",
      "command_id", "command_status", "command_source", "target_scope", "outcome", "reason", "rejection_reason",
      "validation_errors", "result", "result_envelope", "update_id", "update_status", "wait_for", "wait_timed_out",
      "wait_timeout_seconds", "blocked_reason", "message", "diagnostic_status");
  private static final Map<String, List<String>> REQUIRED = Map.ofEntries(Map.entry("list", List.of()),
      Map.entry("start", List.of()), Map.entry("history", List.of("workflow_id", "run_id")),
      Map.entry("signal", List.of("workflow_id", "operation_name", "operation_name_field")),
      Map.entry("query", List.of("workflow_id", "operation_name", "operation_name_field")),
      Map.entry("update", List.of("workflow_id", "operation_name", "operation_name_field")));
  private static final Map<String, List<String>> ON_SUCCESS = Map.ofEntries(
      Map.entry("start", List.of("workflow_id", "outcome")), Map.entry("describe_run", List.of("run_id")),
      Map.entry("debug_workflow", List.of("run_id", "diagnostic_status")),
      Map.entry("history", List.of("next_page_token")), Map.entry("signal", List.of("outcome")),
      Map.entry("query", List.of("result")), Map.entry("update", List.of("outcome")),
      Map.entry("cancel", List.of("outcome")), Map.entry("terminate", List.of("outcome")),
      Map.entry("repair", List.of("outcome")), Map.entry("archive", List.of("outcome")));

  private final Map<String, @Nullable Object> capabilities;
  private final Envelope jobs;
  private final BooleanSupplier closing;

  /**
   * @param jobs how the answers of the plane of jobs look
   * @param closing whether the engine is on its way out
   */
  PlaneEnvelope(Duration longPoll, Envelope jobs, BooleanSupplier closing) {
    this.jobs = jobs;
    this.closing = closing;
    this.capabilities = Capabilities.ofServer(longPoll);
  }

  private static boolean isJob(@Nullable Route route) {
    return route != null && route.plane() == Plane.JOB;
  }

  private RejectedException rejected(StoreException trouble) {
    return closing.getAsBoolean()
        ? new RejectedException(Rejection.because(Rejection.Code.SHUTTING_DOWN, "the server is closing"), trouble)
        : new RejectedException(Rejection.because(trouble.code(), String.valueOf(trouble.getMessage())), trouble);
  }

  // ---- answers

  @Override
  public Reply wrap(Route route, Map<String, String> parameters, Reply reply) {
    Map<String, @Nullable Object> body = reply.body();
    if (body == null || isJob(route)) return reply;
    return reply.with(dressed(route, parameters, body));
  }

  private Map<String, @Nullable Object> dressed(Route route, Map<String, String> parameters,
      Map<String, @Nullable Object> body) {
    if (route.plane() == Plane.SDK) return body;
    if (route.plane() == Plane.WORKER) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>(body);
      all.put("protocol_version", Capabilities.WORKER_VERSION);
      all.put("server_capabilities", capabilities);
      return all;
    }
    if (!route.path().startsWith("/workflows") || route.name().equals("workflow.export")) return body;
    Map<String, @Nullable Object> all = new LinkedHashMap<>(body);
    all.put("control_plane", controlPlane(route, parameters, body));
    return all;
  }

  private static Map<String, @Nullable Object> controlPlane(Route route, Map<String, String> parameters,
      Map<String, @Nullable Object> body) {
    String operation = operation(route);
    Map<String, @Nullable Object> plane = Json.of("schema", "durable-workflow.v2.control-plane-response", "version", 1,
        "operation", operation);
    String nameField = NAMED.get(operation);
    if (nameField != null) {
      plane.put("operation_name", parameters.get(nameField));
      plane.put("operation_name_field", nameField);
    }
    Object workflow = body.get("workflow_id") != null ? body.get("workflow_id") : parameters.get("workflow_id");
    if (workflow != null) plane.put("workflow_id", workflow);
    if (parameters.get("run_id") != null) plane.put("run_id", parameters.get("run_id"));
    body.forEach((name, value) -> {
      if (COPIED.contains(name)) plane.put(name, value);
    });
    List<String> onSuccess = ON_SUCCESS.getOrDefault(operation, List.of());
    for (String name : onSuccess) plane.putIfAbsent(name, body.get(name));
    plane.put("contract", Json.of("schema", "durable-workflow.v2.control-plane-response.contract", "version", 1,
        "legacy_field_policy", "reject_non_canonical", "legacy_fields", Json.of("query", "query_name", "signal",
            "signal_name", "update", "update_name", "wait_policy", "wait_for"),
        "required_fields", REQUIRED.getOrDefault(operation, List.of("workflow_id")), "success_fields", onSuccess));
    return plane;
  }

  /** {@code workflow.signal_run} is a signal, too. */
  private static String operation(Route route) {
    String name = route.name().substring(route.name().indexOf('.') + 1);
    if (name.equals("debug_run")) return "debug_workflow";
    return name.endsWith("_run") && !name.equals("describe_run") ? name.substring(0, name.length() - 4) : name;
  }

  // ---- refusals

  @Override
  public Reply refusal(@Nullable Route route, Map<String, String> parameters, Incoming request, Refusal refusal) {
    if (isJob(route)) return jobs.refusal(route, parameters, request, refusal);
    Map<String, @Nullable Object> body = Json.of("message", refusal.message(), "reason", refusal.reason());
    if (route != null && route.plane() == Plane.WORKER) body.put("error", refusal.message());
    body.putAll(refusal.more());
    return Reply.of(refusal.status(), route == null ? body : dressed(route, parameters, body));
  }

  @Override
  public Map<String, String> headers(@Nullable Route route) {
    if (isJob(route)) return jobs.headers(route);
    if (route == null || route.plane() == Plane.OPEN) {
      // Nobody knows which plane was meant: both are told.
      return Map.of(Capabilities.CONTROL_HEADER, Capabilities.CONTROL_VERSION, Capabilities.WORKER_HEADER,
          Capabilities.WORKER_VERSION);
    }
    return switch (route.plane()) {
      case SDK -> Map.of(Capabilities.SDK_HEADER, Capabilities.SDK_VERSION, Capabilities.SDK_FEATURES_HEADER,
          String.join(",", Capabilities.SDK_FEATURES));
      case CONTROL -> Map.of(Capabilities.CONTROL_HEADER, Capabilities.CONTROL_VERSION);
      default -> Map.of(Capabilities.WORKER_HEADER, Capabilities.WORKER_VERSION);
    };
  }

  // ---- versions

  @Override
  public void version(Route route, Incoming request) {
    switch (route.plane()) {
      case OPEN, JOB -> {}
      case SDK -> {
        String said = request.header(Capabilities.SDK_HEADER.toLowerCase(Locale.ROOT));
        if (said == null) throw missing("sdk_protocol", Capabilities.SDK_VERSION, Capabilities.SDK_HEADER);
        if (!said.strip().equals(Capabilities.SDK_VERSION)) {
          throw unsupported("sdk_protocol", Capabilities.SDK_VERSION, said, Capabilities.SDK_HEADER);
        }
      }
      case CONTROL -> {
        String said = request.header(Capabilities.CONTROL_HEADER.toLowerCase(Locale.ROOT));
        if (said == null) throw missing("control_plane", Capabilities.CONTROL_VERSION, Capabilities.CONTROL_HEADER);
        if (!said.strip().equals(Capabilities.CONTROL_VERSION)) {
          throw unsupported("control_plane", Capabilities.CONTROL_VERSION, said, Capabilities.CONTROL_HEADER);
        }
      }
      case WORKER -> {
        String said = request.header(Capabilities.WORKER_HEADER.toLowerCase(Locale.ROOT));
        if (said == null) throw missing("protocol", Capabilities.WORKER_VERSION, Capabilities.WORKER_HEADER);
        if (!said.strip().matches("1\\.\\d{1,4}")
            || Integer.parseInt(said.strip().substring(2)) > Capabilities.WORKER_MINOR) {
          throw unsupported("protocol", Capabilities.WORKER_VERSION, said, Capabilities.WORKER_HEADER);
        }
      }
    }
  }

  private static Refusal missing(String plane, String version, String header) {
    return new Refusal(400, "missing_%s_version".formatted(plane), "expected header %s: %s".formatted(header, version),
        "supported_version", version, "requested_version", null, "remediation", "Send %s: %s.".formatted(header,
            version));
  }

  private static Refusal unsupported(String plane, String version, String said, String header) {
    return new Refusal(400, "unsupported_%s_version".formatted(plane),
        "expected %s up to %s, got '%s'".formatted(header, version, said), "supported_version", version,
        "requested_version", said, "remediation", "Send %s: %s.".formatted(header, version));
  }

  // ---- what the engine refuses

  private static Refusal translate(ScheduleFlaw flaw) {
    String reason = flaw.code().wire();
    return switch (flaw.code()) {
      case SCHEDULE_NOT_FOUND -> new Refusal(404, reason, flaw.message());
      case SCHEDULE_ALREADY_EXISTS, SCHEDULE_CHANGED -> new Refusal(409, reason, flaw.message());
      case INVALID_TIME_RANGE -> {
        Map<String, List<String>> errors = Map.of(flaw.field(), List.of(flaw.message()));
        yield new Refusal(422, reason, flaw.message(), "errors", errors, "validation_errors", errors);
      }
      default -> Refusal.invalid(flaw.field(), flaw.message()).with("code", reason);
    };
  }

  /** Java programs know the codes of the engine as they are. */
  private static Refusal inTheirWords(Rejection why) {
    int status = switch (why.code()) {
      case INVALID_ARGUMENT, LIMIT_EXCEEDED, QUERY_TOO_EXPENSIVE -> 422;
      case RUN_NOT_FOUND, TASK_NOT_FOUND, NAMESPACE_NOT_FOUND -> 404;
      case RUN_CLOSED, WORKFLOW_ALREADY_STARTED, REQUEST_CONFLICT, LEASE_LOST, SESSION_LOST, RUN_NOT_RUNNING,
          QUERY_REJECTED, UPDATE_REJECTED -> 409;
      case PAYLOAD_TOO_LARGE -> 413;
      case OVERLOADED, INBOX_FULL -> 429;
      case QUERY_UNANSWERED, WAIT_TIMED_OUT -> 504;
      case FORBIDDEN -> 403;
      case STORE_UNAVAILABLE, SHUTTING_DOWN -> 503;
      case SCHEMA_MISMATCH, BAD_CONFIGURATION, RUN_CORRUPT -> 500;
    };
    return new Refusal(status, why.code().wire(), why.message(), "field", why.field());
  }

  @Override
  public @Nullable Refusal translate(Route route, RuntimeException problem) {
    // Registrations and contracts are asked of the store itself, behind no door that would say it in these words.
    if (problem instanceof StoreException trouble) return translate(route, rejected(trouble));
    if (isJob(route)) return jobs.translate(route, problem);
    if (problem instanceof ScheduleRefusedException refused) return translate(refused.flaw());
    if (!(problem instanceof RejectedException rejected)) return null;
    Rejection why = rejected.rejection();
    String message = why.message();
    if (route.plane() == Plane.SDK) return inTheirWords(why);
    return switch (why.code()) {
      case INVALID_ARGUMENT -> Refusal.invalid(why, "request");
      case RUN_NOT_FOUND -> route.parameters().contains("run_id")
          ? new Refusal(404, "run_not_found", message)
          : new Refusal(404, "instance_not_found", message);
      case RUN_CLOSED -> new Refusal(409, "run_not_active", message, "outcome", "rejected_not_active",
          "rejection_reason", "run_not_active");
      case WORKFLOW_ALREADY_STARTED -> new Refusal(409, "duplicate_not_allowed", message);
      case REQUEST_CONFLICT -> new Refusal(409, "request_id_conflict", message);
      case LEASE_LOST -> new Refusal(409, "task_not_leased", message);
      case SESSION_LOST -> new Refusal(412, "worker_not_registered", message);
      case TASK_NOT_FOUND -> new Refusal(404, "task_not_found", message);
      case PAYLOAD_TOO_LARGE -> new Refusal(413, "payload_too_large", message);
      case LIMIT_EXCEEDED -> new Refusal(422, "structural_limit_exceeded", message, "limit_kind", why.field());
      case OVERLOADED -> new Refusal(429, "overloaded", message);
      case INBOX_FULL -> new Refusal(429, "inbox_full", message);
      case RUN_NOT_RUNNING -> new Refusal(409, "run_not_active", message);
      case QUERY_UNANSWERED -> new Refusal(504, "query_worker_timeout", message);
      case QUERY_TOO_EXPENSIVE -> new Refusal(422, "query_too_expensive", message, "field", why.field());
      case QUERY_REJECTED -> new Refusal(409, "query_rejected", message);
      case UPDATE_REJECTED -> new Refusal(409, "update_rejected", message);
      case WAIT_TIMED_OUT -> new Refusal(504, "wait_timed_out", message);
      case NAMESPACE_NOT_FOUND -> new Refusal(404, "namespace_not_found", message);
      case FORBIDDEN -> new Refusal(403, "forbidden", message);
      case STORE_UNAVAILABLE, SHUTTING_DOWN -> new Refusal(503, "backend_unavailable", message, "operation",
          route.name(), "retryable", true, "outcome", "unknown");
      case SCHEMA_MISMATCH, BAD_CONFIGURATION, RUN_CORRUPT -> new Refusal(500, why.code().wire(), message);
    };
  }
}
