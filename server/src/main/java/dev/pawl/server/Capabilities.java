package dev.pawl.server;

import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Commands;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What this server speaks and can do, as clients ask for it before they begin. */
final class Capabilities {
  static final String CONTROL_VERSION = "2";
  static final String CONTROL_HEADER = "X-Durable-Workflow-Control-Plane-Version";
  static final String WORKER_VERSION = "1.20";
  static final int WORKER_MINOR = 20;
  static final String SDK_VERSION = "1";
  static final String SDK_HEADER = "X-Pawl-Sdk-Protocol";
  static final String SDK_FEATURES_HEADER = "X-Pawl-Sdk-Features";
  /** What goes beyond version 1, by name; a client uses what it knows of it. */
  static final List<String> SDK_FEATURES = List.of("bundle");
  static final String WORKER_HEADER = "X-Durable-Workflow-Protocol-Version";

  private Capabilities() {}

  /** Of the worker plane; short, because it goes with every answer. */
  static Map<String, @Nullable Object> ofServer(Duration longPoll) {
    return Json.of("long_poll_timeout", longPoll.toSeconds(), "supported_workflow_task_commands", Commands.TYPES,
        "workflow_task_poll_request_idempotency", true, "poll_status", true, "history_page_size_default", 500,
        "history_page_size_max", 1000, "query_tasks", true, "query_task_poll_request_idempotency", true,
        "activity_retry_policy", true, "activity_timeouts", true, "child_workflow_retry_policy", true,
        "child_workflow_timeouts", true, "parent_close_policy", true, "non_retryable_failures", true,
        "update_validation_tasks", true,
        "synchronous_update_validation", Json.of("supported", true, "acceptance_boundary", "validator_approved",
            "worker_capability", "update_validation_tasks", "workflow_contract_field", "update_validators", "task_poll",
            Json.of("strategy", "multiplexed", "endpoint", "/worker/workflow-tasks/poll", "request_field", "task_kinds",
                "response_discriminator", "task.task_kind", "task_kinds", List.of("workflow", "update_validation"))),
        "cooperative_cancellation", false, "workflow_memo_updates",
        Json.of("supported", true), "response_compression", List.of("gzip"));
  }

  /** The whole discovery document. */
  static Map<String, @Nullable Object> discovery(String serverId, String version, String namespace, Duration longPoll,
      int maxBody, Map<String, @Nullable Object> fleet) {
    Map<String, @Nullable Object> all = Json.of("server_id", serverId, "version", version, "implementation", "pawl",
        "default_namespace", namespace, "supported_sdk_versions", Json.of("python", ">=2.0", "cli", ">=0.1"));
    Map<String, @Nullable Object> can = Json.of();
    for (String one : List.of("workflow_tasks", "activity_tasks", "signals", "queries", "updates", "schedules", "search_attributes",
        "history_export", "continue_as_new", "child_workflows", "activity_timeouts", "activity_retry_policy",
        "child_workflow_retry_policy", "child_workflow_timeouts", "parent_close_policy", "non_retryable_failures",
        "history_retention", "payload_codec_envelope", "payload_codec_envelope_responses", "external_payload_storage", "external_payload_references",
        "invocable_http_carrier", "bridge_adapters", "task_queue_admission", "build_ids",
        "build_id_rollout", "standalone_activities")) {
      can.put(one, true);
    }
    can.put("payload_codecs", List.of("avro"));
    can.put("response_compression", List.of("gzip"));
    all.put("capabilities", can);
    all.put("limits", Json.of("max_payload_bytes", 2_097_152, "max_body_bytes", maxBody, "max_memo_bytes", 262_144,
        "max_search_attributes_per_run", 100, "max_search_attribute_key_length", 128, "max_search_attribute_value_bytes", 2_048,
        "max_operation_name_length", 256));
    all.put("client_compatibility", Json.of("schema", "durable-workflow.v2.client-compatibility", "version", 1,
        "authority", "protocol_manifests", "top_level_version_role", "informational", "fail_closed", true));
    all.put("control_plane", Json.of("version", CONTROL_VERSION, "header", CONTROL_HEADER, "request_contract",
        requests(), "response_contract", Json.of("schema", "durable-workflow.v2.control-plane-response", "version",
            1)));
    all.put("worker_protocol", Json.of("version", WORKER_VERSION, "header", WORKER_HEADER, "server_capabilities",
        ofServer(longPoll), "external_executor_config_contract", Json.of("schema",
            "durable-workflow.v2.external-executor-config.contract", "version", 1), "external_task_input_contract",
        Json.of("schema", "durable-workflow.v2.external-task-input.contract", "version", 1),
        "external_task_result_contract", Json.of("schema", "durable-workflow.v2.external-task-result.contract",
            "version", 1), "invocable_carrier_contract", Json.of("carrier_type", "invocable_http", "task_kinds",
            List.of("activity_task"), "dispatched_by", "server")));
    all.put("sdk_protocol", Json.of("version", SDK_VERSION, "header", SDK_HEADER, "features", SDK_FEATURES,
        "features_header", SDK_FEATURES_HEADER));
    all.put("auth_composition_contract", composition());
    all.put("bridge_adapter_outcome_contract", Json.of("schema",
        "durable-workflow.v2.bridge-adapter-outcome.contract", "version", 1, "adapters", List.of("webhook"), "actions",
        List.of("start_workflow", "signal_workflow", "update_workflow"), "outcomes",
        List.of("accepted", "duplicate", "rejected"), "reasons", List.of("unknown_target", "malformed_payload",
            "unsupported_action", "unsupported_routing", "duplicate_start")));
    all.put("worker_fleet", fleet);
    all.put("task_repair", Json.of("policy", Json.of(), "candidates", List.of()));
    return all;
  }

  private static Map<String, @Nullable Object> requests() {
    return Json.of("schema", "durable-workflow.v2.control-plane-request.contract", "version", 1, "operations", Json.of(
        "list", Json.of("fields", Json.of("status", Json.of("canonical_values", List.of("running", "completed",
            "failed"),
            "rejected_aliases", Json.of("cancelled", "failed", "terminated", "failed", "pending", "running", "waiting",
                "running")))),
        "start", Json.of("fields", Json.of("duplicate_policy", Json.of("canonical_values", List.of("fail",
            "use-existing"),
            "rejected_aliases", Json.of("use_existing", "use-existing")), "payload_codec", Json.of("type", "string",
            "canonical_values", List.of("avro")))),
        "update", Json.of("fields", Json.of("wait_for", Json.of("canonical_values", List.of("accepted", "completed"))),
            "removed_fields", Json.of("wait_policy", "Use wait_for."))));
  }

  private static Map<String, @Nullable Object> composition() {
    return Json.of("schema", "durable-workflow.v2.auth-composition.contract", "version", 1, "precedence", Json.of(
        "connection_values", List.of("flag", "environment", "selected_profile", "default"), "profile_selection",
        List.of("flag_env", "DW_ENV", "current_profile", "default_profile")), "canonical_environment", Json.of(
        "server_url", "DURABLE_WORKFLOW_SERVER_URL", "namespace", "DURABLE_WORKFLOW_NAMESPACE", "auth_token",
        "DURABLE_WORKFLOW_AUTH_TOKEN", "tls_verify", "DURABLE_WORKFLOW_TLS_VERIFY", "profile", "DW_ENV"),
            "auth_material",
        Json.of("token", Json.of("status", "supported", "effective_config_value", "redacted"), "mtls",
            Json.of("status", "reserved"), "signed_headers", Json.of("status", "reserved")), "effective_config",
        Json.of("required_fields", List.of("server_url", "namespace", "profile", "auth", "tls", "identity")),
            "redaction",
        Json.of("never_echo", List.of("bearer_tokens", "private_keys", "raw_authorization_headers")), "roles",
        List.of(Scope.WORKER.name().toLowerCase(Locale.ROOT), "operator", "admin"));
  }
}
