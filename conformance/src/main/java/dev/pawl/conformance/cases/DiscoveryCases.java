package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a server says of itself: section 5. */
final class DiscoveryCases {
  private DiscoveryCases() {}

  static void add(Suite suite) {
    suite.section("5.1", "GET /health").check("serving", "it serves", s ->
        s.nobody().get("/health").is(200).where("status", "serving", "checks/database", "ok").has("timestamp"));
    suite.section("5.2", "GET /ready").check("ready", "it is ready, check by check", s -> {
      Answer got = s.nobody().get("/ready").is(200);
      got.where("status", "ready", "checks/database/status", "ok", "checks/migrations/status", "ok",
          "checks/default_namespace/status", "ok", "checks/cache/status", "ok", "checks/auth/status", "ok");
      got.text("timestamp");
      got.text("checks/auth/driver");
      got.where("checks/default_namespace/namespace", s.info().at("default_namespace"));
    });
    workersGates(suite.section("5.3", "GET /cluster/info"));
    composition(suite.section("5.3", "GET /cluster/info"));
    clients(suite.section("5.3", "GET /cluster/info"));
  }

  private static void workersGates(Suite.Section section) {
    section.check("control-version", "the control plane is version 2",
        s -> Unmet.unless("2".equals(String.valueOf(s.info().at("control_plane/version"))), "it is not"));
    section.check("request-contract", "the request contract is the one that workers know", s -> s.info()
        .where("control_plane/request_contract/schema", "durable-workflow.v2.control-plane-request.contract",
            "control_plane/request_contract/version", 1));
    section.check("worker-version", "the worker protocol is 1.1 or later", s -> {
      String version = s.info().text("worker_protocol/version");
      Unmet.unless(version.matches("1\\.[1-9]\\d*"), "it is %s", version);
    });
    section.check("query-tasks", "whether queries are answered is said with a boolean", s -> Unmet.unless(
        s.info().at("worker_protocol/server_capabilities/query_tasks") instanceof Boolean, "it is not"));
    section.check("update-stages", "the stages that an update can wait for are said", s -> Unmet.unless(
        Objects.equals(s.info().at("control_plane/request_contract/operations/update/fields/wait_for/canonical_values"),
            List.of("accepted", "completed")), "they are not"));
    section.check("long-poll", "how long a poll is held is said in seconds", s -> Unmet.unless(
        s.info().number("worker_protocol/server_capabilities/long_poll_timeout") > 0, "it is not"));
    section.check("commands", "the commands of section 9 are said to be there", s -> {
      Object said = s.info().at("worker_protocol/server_capabilities/supported_workflow_task_commands");
      for (String type : List.of("schedule_activity", "start_timer", "start_child_workflow", "record_side_effect",
          "record_version_marker", "upsert_search_attributes", "open_condition_wait", "complete_update", "fail_update",
          "complete_workflow", "fail_workflow", "continue_as_new")) {
        Unmet.unless(said instanceof List<?> list && list.contains(type), "%s is not among %s", type, said);
      }
    });
  }

  private static void composition(Suite.Section section) {
    String at = "auth_composition_contract/";
    section.check("auth-contract", "the composition contract is the one that workers know", s -> s.info()
        .where(at + "schema", "durable-workflow.v2.auth-composition.contract", at + "version", 1)
        .where(at + "precedence/connection_values", List.of("flag", "environment", "selected_profile", "default"))
        .where(at + "precedence/profile_selection", List.of("flag_env", "DW_ENV", "current_profile",
            "default_profile")));
    section.check("auth-environment", "every canonical variable is there", s -> {
      for (var pair : Map.of("server_url", "DURABLE_WORKFLOW_SERVER_URL", "namespace", "DURABLE_WORKFLOW_NAMESPACE",
          "auth_token", "DURABLE_WORKFLOW_AUTH_TOKEN", "tls_verify", "DURABLE_WORKFLOW_TLS_VERIFY", "profile", "DW_ENV")
          .entrySet()) {
        s.info().where(at + "canonical_environment/" + pair.getKey(), pair.getValue());
      }
    });
    section.check("auth-material", "tokens are supported and redacted, the rest is reserved", s -> s.info()
        .where(at + "auth_material/token/status", "supported", at + "auth_material/token/effective_config_value",
            "redacted", at + "auth_material/mtls/status", "reserved", at + "auth_material/signed_headers/status",
            "reserved"));
    section.check("auth-fields", "the required fields and what is never echoed are lists of texts", s -> {
      has(s.info(), at + "effective_config/required_fields", "server_url", "namespace", "profile", "auth", "tls",
          "identity");
      has(s.info(), at + "redaction/never_echo", "bearer_tokens", "private_keys", "raw_authorization_headers");
    });
  }

  private static void has(Doc info, String path, String... entries) {
    Object list = info.at(path);
    Unmet.unless(list instanceof List<?> texts && texts.containsAll(List.of(entries))
        && texts.stream().allMatch(String.class::isInstance), "%s is %s", path, list);
  }

  private static void clients(Suite.Section section) {
    section.check("names", "the server has a name and a version", s -> {
      s.info().text("server_id");
      s.info().text("version");
      s.info().text("default_namespace");
    });
    section.check("authority", "the protocol manifests decide what fits",
        s -> s.info().where("client_compatibility/authority", "protocol_manifests"));
    section.check("cli-version", "no client of version 2 is shut out", s -> {
      Object versions = s.info().at("client_compatibility/clients/cli/supported_versions");
      Unmet.unless(versions == null || !String.valueOf(versions).contains("<"), "it says %s", versions);
    });
    section.check("codecs", "avro is the codec",
        s -> s.info().where("capabilities/payload_codecs", List.of("avro")));
    section.check("status-filter", "the values of the list's status filter are said", s -> s.info().where(
        "control_plane/request_contract/operations/list/fields/status/canonical_values",
        List.of("running", "completed", "failed")));
    section.check("duplicate-policy", "the duplicate policies are said", s -> s.info().where(
        "control_plane/request_contract/operations/start/fields/duplicate_policy/canonical_values",
        List.of("fail", "use-existing")));
    section.check("booleans", "capabilities that are there are said with booleans", s -> {
      for (String one : List.of("workflow_tasks", "activity_tasks", "signals", "queries", "updates", "schedules",
          "search_attributes", "history_export", "continue_as_new", "child_workflows", "activity_timeouts",
          "activity_retry_policy", "child_workflow_retry_policy", "child_workflow_timeouts", "parent_close_policy",
          "non_retryable_failures", "history_retention", "payload_codec_envelope",
          "payload_codec_envelope_responses")) {
        Unmet.unless(s.info().at("capabilities/" + one) instanceof Boolean, "%s is %s", one,
            Json.text(s.info().at("capabilities/" + one)));
      }
    });
    section.check("any-role", "every role may ask", s -> {
      s.workers().get("/cluster/info").is(200);
      s.operator().get("/cluster/info").is(200);
      s.admin().get("/cluster/info").is(200);
    });
    section.check("fleet", "the fleet of the namespace is counted", s -> {
      String space = s.namespace();
      s.workers().in(space).post("/worker/register", "worker_id", s.name("w"), "task_queue", s.queue()).is(201);
      s.operator().in(space).get("/cluster/info").is(200).where("worker_fleet/namespace", space,
          "worker_fleet/active_workers", 1);
    });
  }
}
