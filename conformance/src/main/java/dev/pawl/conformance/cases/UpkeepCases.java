package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Lacking;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Storage, the system, bridges from outside: sections 6.12 and 6.13. */
final class UpkeepCases {
  private static final String HOOK = "/bridge-adapters/webhook/conformance";

  private UpkeepCases() {}

  static void add(Suite suite) {
    storage(suite.section("6.12", "External storage, system"));
    system(suite.section("6.12", "External storage, system"));
    bridge(suite.section("6.13", "Bridge adapters", Feature.BRIDGE_ADAPTERS));
  }

  private static void storage(Suite.Section section) {
    section.check("storage-unknown-namespace", "a policy needs its namespace", s -> s.admin()
        .put("/namespaces/" + s.name("none") + "/external-storage", "driver", "local").refused(404,
            "namespace_not_found"), Feature.EXTERNAL_STORAGE);
    section.check("storage-driver", "a policy names one of the drivers", s -> {
      String path = "/namespaces/" + s.namespace() + "/external-storage";
      s.admin().put(path, "driver", "floppy").invalid("driver");
      s.admin().put(path).invalid("driver");
      s.admin().put(path, "driver", "local", "threshold_bytes", 0).invalid("threshold_bytes");
    }, Feature.EXTERNAL_STORAGE);
    section.check("storage-policy", "a policy is kept, and shown with its namespace", s -> {
      String name = s.namespace();
      s.admin().put("/namespaces/" + name + "/external-storage", "driver", "local", "threshold_bytes", 1_000).is(200);
      s.operator().get("/namespaces/" + name).is(200).where("external_payload_storage/driver", "local",
          "external_payload_storage/enabled", true, "external_payload_storage/threshold_bytes", 1_000);
    }, Feature.EXTERNAL_STORAGE);
    section.check("storage-disabled", "a policy that is switched off stores nothing", s -> {
      String name = s.namespace();
      s.admin().put("/namespaces/" + name + "/external-storage", "driver", "local", "enabled", false).is(200);
      s.admin().in(name).post("/storage/test").refused(422, "external_storage_disabled");
    }, Feature.EXTERNAL_STORAGE);
    section.check("storage-test", "a test stores and fetches two payloads", s -> {
      Answer got = tested(s, s.namespace());
      got.where("status", "passed", "driver", "local");
      for (String size : List.of("small_payload", "large_payload")) {
        got.has(size + "/status", size + "/bytes", size + "/sha256");
        got.text(size + "/reference_uri");
      }
      got.where("small_payload/bytes", 100, "large_payload/bytes", 3_000);
    }, Feature.EXTERNAL_STORAGE);
    section.check("storage-test-none", "without a policy the test says so", s -> s.admin().in(s.namespace())
        .post("/storage/test").refused(422, "external_storage_not_configured"), Feature.EXTERNAL_STORAGE);
    section.check("storage-test-sizes", "the sizes of a test are bounded", s -> {
      s.admin().in(s.namespace()).post("/storage/test", "small_payload_bytes", 0).invalid("small_payload_bytes");
      s.admin().in(s.namespace()).post("/storage/test", "large_payload_bytes", 16_777_217)
          .invalid("large_payload_bytes");
    }, Feature.EXTERNAL_STORAGE);
  }

  /** The answer to a test of a namespace that stores in a folder of the server. */
  static Answer tested(Scene s, String namespace) {
    s.admin().put("/namespaces/" + namespace + "/external-storage", "driver", "local").is(200);
    Answer got = s.admin().in(namespace).post("/storage/test", "small_payload_bytes", 100, "large_payload_bytes",
        3_000);
    if ("storage_driver_unavailable".equals(got.at("reason"))) throw new Lacking("storage of driver local");
    return got.is(200);
  }

  private static void system(Suite.Section section) {
    section.check("repair", "what would be repaired can be looked at", s -> {
      Answer got = s.admin().get("/system/repair").is(200);
      got.has("policy/redispatch_after_seconds", "policy/loop_throttle_seconds", "policy/scan_limit",
          "policy/failure_backoff_max_seconds").object("candidates");
    });
    section.check("repair-pass", "a repair pass counts what it did", s -> {
      Answer got = s.admin().post("/system/repair/pass", "run_ids", List.of("none")).is(200, 207);
      got.has("selected_existing_task_candidates", "selected_missing_task_candidates", "repaired_existing_tasks",
          "repaired_missing_tasks", "dispatched_tasks", "throttled");
      got.list("existing_task_failures");
      got.list("missing_run_failures");
    });
    section.check("activity-timeouts", "timeouts that wait can be looked at", s -> {
      Answer got = s.admin().get("/system/activity-timeouts").is(200);
      got.has("expired_count", "scan_limit", "scan_pressure");
      got.list("expired_execution_ids");
    });
    section.check("activity-timeouts-pass", "a pass over timeouts counts what it did", s -> {
      Answer got = s.admin().post("/system/activity-timeouts/pass", "limit", 10).is(200);
      got.has("processed", "enforced", "skipped", "failed");
      got.list("results");
    });
    section.check("retention", "closed runs that are about to go can be looked at", s -> {
      Answer got = s.admin().get("/system/retention").is(200);
      got.where("namespace", s.target().namespace());
      got.has("retention_days", "cutoff", "expired_run_count", "scan_limit", "scan_pressure");
      got.list("expired_run_ids");
    });
    section.check("retention-days", "the retention is that of the namespace", s -> {
      String name = s.name("space");
      s.admin().post("/namespaces", "name", name, "retention_days", 9).is(201);
      s.admin().in(name).get("/system/retention").is(200).where("namespace", name, "retention_days", 9);
    });
    section.check("retention-pass", "a pass over retention counts what it did", s -> {
      Answer got = s.admin().post("/system/retention/pass").is(200);
      got.has("processed", "pruned", "skipped", "failed");
      got.list("results");
    });
    section.check("metrics", "figures are there", s -> {
      Answer got = s.admin().get("/system/metrics").is(200);
      got.text("generated_at");
      got.where("namespace", s.target().namespace()).object("metrics").object("cardinality");
    });
    section.check("operator-metrics", "figures for operators are there", s -> {
      Answer got = s.admin().get("/system/operator-metrics").is(200);
      got.where("namespace", s.target().namespace());
      got.has("operator_metrics/generated_at", "operator_metrics/runs", "operator_metrics/tasks",
          "operator_metrics/backlog", "operator_metrics/repair", "operator_metrics/workers", "operator_metrics/backend",
          "operator_metrics/schedules", "operator_metrics/activities", "operator_metrics/repair_policy",
          "operator_metrics/matching_role", "operator_metrics/projections");
    });
  }

  private static Map<String, @Nullable Object> event(String action, String key, Map<String, @Nullable Object> target) {
    return Json.of("action", action, "idempotency_key", key, "target", target, "input", List.of(1), "correlation",
        Json.of("order", 42));
  }

  private static Answer hook(Scene s, Map<String, @Nullable Object> event) {
    return s.operator().body("POST", HOOK, event);
  }

  private static void bridge(Suite.Section section) {
    section.check("start", "an event starts a workflow", s -> {
      String key = s.name("key");
      Answer got = hook(s, event("start_workflow", key, Json.of("workflow_type", s.type(), "task_queue", s.queue())))
          .is(202);
      got.where("schema", "durable-workflow.v2.bridge-adapter-outcome.contract", "version", 1, "adapter", "conformance",
          "action", "start_workflow", "accepted", true, "outcome", "accepted", "idempotency_key", key,
          "control_plane_outcome", "started_new");
      s.operator().get("/workflows/" + got.text("workflow_id")).is(200).where("run_id", got.text("run_id"),
          "workflow_type", s.type());
    });
    section.check("duplicate", "the same key again is a duplicate", s -> {
      String key = s.name("key");
      var event = event("start_workflow", key, Json.of("workflow_type", s.type(), "task_queue", s.queue()));
      Object run = hook(s, event).is(202).at("run_id");
      hook(s, event).is(200).where("outcome", "duplicate", "run_id", run);
    });
    section.check("signal", "an event signals a workflow", s -> {
      Flow flow = s.start();
      hook(s, event("signal_workflow", s.name("key"), Json.of("workflow_id", flow.id(), "signal_name", "poke"))).is(202)
          .where("accepted", true, "workflow_id", flow.id());
      Unmet.unless(flow.payloads("SignalReceived", "signal_name").equals(List.of("poke")), "no signal came");
    });
    section.check("signal-duplicate", "the same key signals once", s -> {
      Flow flow = s.start();
      var event = event("signal_workflow", s.name("key"), Json.of("workflow_id", flow.id(), "signal_name", "poke"));
      hook(s, event).is(202);
      hook(s, event).is(200).where("outcome", "duplicate");
      flow.event("SignalReceived");
    });
    section.check("update", "an event updates a workflow", s -> {
      Flow flow = s.start();
      hook(s, event("update_workflow", s.name("key"), Json.of("workflow_id", flow.id(), "update_name", "pay"))).is(202)
          .where("accepted", true, "workflow_id", flow.id());
    });
    section.check("unknown-target", "a target that is not there is a rejection, parsed like any answer", s -> hook(s,
        event("signal_workflow", s.name("key"), Json.of("workflow_id", s.name("none"), "signal_name", "poke"))).is(422)
        .where("accepted", false, "outcome", "rejected", "reason", "unknown_target"));
    section.check("unsupported-action", "an action that is not known is a rejection", s -> hook(s,
        event("dance", s.name("key"), Json.of())).is(422).where("outcome", "rejected", "reason", "unsupported_action"));
    section.check("malformed", "a target without its fields is a rejection", s -> hook(s,
        event("start_workflow", s.name("key"), Json.of())).is(422).where("outcome", "rejected", "reason",
            "malformed_payload"));
    section.check("duplicate-start", "reject_duplicate makes the same event again a rejection", s -> {
      String key = s.name("key");
      var target = Json.of("workflow_type", s.type(), "task_queue", s.queue(), "duplicate_policy", "reject_duplicate");
      hook(s, event("start_workflow", key, target)).is(202);
      hook(s, event("start_workflow", key, target)).is(422).where("outcome", "rejected", "reason", "duplicate_start");
    });
    section.check("no-echo", "the input is not sent back", s -> {
      Map<String, @Nullable Object> event = event("start_workflow", s.name("key"), Json.of("workflow_type", s.type(),
          "task_queue", s.queue()));
      event.put("input", List.of("very-secret"));
      Unmet.unless(!hook(s, event).is(202).toString().contains("very-secret"), "it is");
    });
  }
}
