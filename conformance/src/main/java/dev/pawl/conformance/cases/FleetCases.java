package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Lacking;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;

/** Task queues, builds and workers, as operators see them: sections 6.10 and 6.11. */
final class FleetCases {
  private FleetCases() {}

  static void add(Suite suite) {
    queues(suite.section("6.10", "Task queues"));
    builds(suite.section("6.10", "Task queues"));
    promotion(suite.section("6.10", "Task queues"));
    workers(suite.section("6.11", "Workers"));
  }

  private static Answer queue(Scene s) {
    return s.operator().get("/task-queues/" + s.queue()).is(200);
  }

  private static void queues(Suite.Section section) {
    section.check("list", "queues that workers look at are listed", s -> {
      s.worker();
      Answer got = s.operator().get("/task-queues").is(200);
      got.where("namespace", s.target().namespace());
      Doc mine = got.list("task_queues").stream().filter(one -> s.queue().equals(one.at("name"))).findFirst()
          .orElseThrow(() -> new Unmet("the queue is not listed"));
      mine.object("stats").object("admission");
    });
    section.check("stats", "a queue's figures have every field", s -> {
      s.worker();
      queue(s).doc("stats").has("approximate_backlog_count", "approximate_backlog_age", "workflow_tasks/ready_count",
          "workflow_tasks/leased_count", "workflow_tasks/expired_lease_count", "activity_tasks/ready_count",
          "activity_tasks/leased_count", "activity_tasks/expired_lease_count", "pollers/active_count",
          "pollers/stale_count", "pollers/stale_after_seconds");
    });
    section.check("backlog", "what waits and what is leased is counted", s -> {
      WireWorker worker = s.worker();
      s.start();
      s.start();
      queue(s).where("stats/workflow_tasks/ready_count", 2, "stats/approximate_backlog_count", 2,
          "stats/workflow_tasks/leased_count", 0);
      worker.task();
      queue(s).where("stats/workflow_tasks/ready_count", 1, "stats/workflow_tasks/leased_count", 1);
    });
    section.check("backlog-activities", "activities are counted, too", s -> {
      WireWorker worker = s.worker();
      s.start();
      worker.runs(Wants.activity());
      queue(s).where("stats/activity_tasks/ready_count", 1, "stats/activity_tasks/leased_count", 0);
      worker.activity();
      queue(s).where("stats/activity_tasks/ready_count", 0, "stats/activity_tasks/leased_count", 1);
    });
    for (String kind : List.of("workflow_tasks", "activity_tasks")) {
      section.check("admission-" + kind, "the admission of %s has every field".formatted(kind), s -> {
        s.worker();
        Doc admission = queue(s).doc("admission/" + kind);
        admission.oneOf("status", "accepting", "saturated", "throttled", "no_slots");
        admission.has("budget_source", "server_budget_source", "active_worker_count", "configured_slot_count",
            "leased_count", "ready_count", "available_slot_count", "server_max_active_leases_per_queue",
            "server_active_lease_count", "server_remaining_active_lease_capacity", "server_max_dispatches_per_minute",
            "server_dispatch_count_this_minute", "server_remaining_dispatch_capacity", "server_dispatch_budget_group",
            "server_max_dispatches_per_minute_per_budget_group", "server_budget_group_dispatch_count_this_minute",
            "server_remaining_budget_group_dispatch_capacity", "server_lock_required", "server_lock_supported");
      });
    }
    section.check("admission-query_tasks", "the admission of queries has every field", s -> {
      s.worker();
      Doc admission = queue(s).doc("admission/query_tasks");
      admission.oneOf("status", "accepting", "full", "unavailable");
      admission.has("budget_source", "max_pending_per_queue", "approximate_pending_count",
          "remaining_pending_capacity", "lock_required", "lock_supported");
    });
    section.check("admission-slots", "slots are those of the workers", s -> {
      s.worker("max_concurrent_workflow_tasks", 3, "max_concurrent_activity_tasks", 5);
      queue(s).where("admission/workflow_tasks/configured_slot_count", 3, "admission/activity_tasks/configured_slot_count",
          5, "admission/workflow_tasks/active_worker_count", 1, "admission/workflow_tasks/available_slot_count", 3);
    });
    section.check("admission-nobody", "a queue without workers says so", s -> {
      WireWorker worker = s.worker();
      s.start();
      worker.client().delete("/worker/registrations/" + worker.id()).is(200);
      queue(s).where("admission/workflow_tasks/status", "no_active_workers");
    });
    section.check("pollers", "the pollers of a queue are described", s -> {
      WireWorker worker = s.worker("build_id", "b-1");
      Doc poller = queue(s).doc("pollers/0");
      poller.where("worker_id", worker.id(), "build_id", "b-1", "runtime", "conformance", "is_stale", false, "status",
          "active");
      poller.has("sdk_version", "last_heartbeat_at", "heartbeat_expires_at", "max_concurrent_workflow_tasks",
          "max_concurrent_activity_tasks", "supported_workflow_types", "supported_activity_types");
    });
    section.check("leases", "current leases are described", s -> {
      WireWorker worker = s.worker();
      var flow = s.start();
      worker.task();
      Doc lease = queue(s).doc("current_leases/0");
      lease.where("task_type", "workflow", "workflow_id", flow.id(), "run_id",
          flow.run(), "lease_owner", worker.id(), "is_expired", false, "workflow_task_attempt", 1);
      lease.text("task_id");
      lease.text("lease_expires_at");
    });
    section.check("leases-activities", "leases of activities are described, too", s -> {
      WireWorker worker = s.worker();
      var flow = s.start();
      worker.runs(Wants.activity());
      worker.activity();
      queue(s).doc("current_leases/0").where("task_type", "activity", "workflow_id",
          flow.id(), "run_id", flow.run(), "lease_owner", worker.id(), "attempt_number", 1);
    });
  }

  private static Answer build(Scene s, String verb, Object build) {
    return s.operator().post("/task-queues/" + s.queue() + "/build-ids/" + verb, "build_id", build);
  }

  private static void builds(Suite.Section section) {
    section.check("builds", "builds of a queue are listed with every field", s -> {
      s.worker("build_id", "b-1");
      Answer got = s.operator().get("/task-queues/" + s.queue() + "/build-ids").is(200);
      got.where("namespace", s.target().namespace(), "task_queue", s.queue()).has("stale_after_seconds");
      Doc build = got.doc("build_ids/0");
      build.where("build_id", "b-1", "rollout_status", "active", "drain_intent", "active", "drained_at", null,
          "active_worker_count", 1, "draining_worker_count", 0, "stale_worker_count", 0, "total_worker_count", 1,
          "runtimes", List.of("conformance"), "sdk_versions", List.of("1.0.0"));
      build.has("last_heartbeat_at", "first_seen_at");
    });
    section.check("builds-none", "workers without a build are a build of their own", s -> {
      s.worker();
      s.operator().get("/task-queues/" + s.queue() + "/build-ids").is(200).where("build_ids/0/build_id", null);
    });
    section.check("drain", "a build that is drained gets no new work", s -> {
      WireWorker worker = s.worker("build_id", "b-1");
      Answer drained = build(s, "drain", "b-1").is(200);
      drained.where("namespace", s.target().namespace(), "task_queue", s.queue(), "build_id", "b-1", "drain_intent",
          "draining").text("drained_at");
      s.start();
      worker.poll("workflow-tasks", 0).is(200).where("task", null, "poll_status", "draining");
      s.operator().get("/task-queues/" + s.queue() + "/build-ids").is(200).where("build_ids/0/rollout_status",
          "draining", "build_ids/0/draining_worker_count", 1);
    });
    section.check("drain-again", "a repeated drain keeps its time", s -> {
      s.worker("build_id", "b-1");
      Object at = build(s, "drain", "b-1").is(200).at("drained_at");
      build(s, "drain", "b-1").is(200).where("drained_at", at);
    });
    section.check("drain-null", "workers without a build can be drained", s -> {
      WireWorker worker = s.worker();
      s.operator().post("/task-queues/" + s.queue() + "/build-ids/drain", "build_id", null).is(200);
      s.start();
      worker.poll("workflow-tasks", 0).is(200).where("poll_status", "draining");
    });
    section.check("drain-key", "the build has to be named, if only as null", s -> {
      for (String verb : List.of("drain", "resume", "promote")) {
        s.operator().post("/task-queues/" + s.queue() + "/build-ids/" + verb).invalid("build_id");
      }
    });
    section.check("drain-heartbeat", "a worker that is drained keeps its registration", s -> {
      WireWorker worker = s.worker("build_id", "b-1");
      build(s, "drain", "b-1").is(200);
      worker.client().post("/worker/heartbeat", "worker_id", worker.id()).is(200);
      s.operator().get("/workers/" + worker.id()).is(200).where("status", "draining");
      worker.register("build_id", "b-1").is(201).where("status", "draining");
    });
    section.check("resume", "a build that is resumed gets work again", s -> {
      WireWorker worker = s.worker("build_id", "b-1");
      build(s, "drain", "b-1").is(200);
      build(s, "resume", "b-1").is(200).where("drain_intent", "active", "drained_at", null);
      s.start();
      worker.task();
    });
    section.check("promote", "a build is promoted", s -> {
      s.worker("build_id", "b-1");
      build(s, "promote", "b-1").is(200).where("build_id", "b-1", "drain_intent", "active").text("promoted_at");
    });
  }

  private static void promotion(Suite.Section section) {
    section.check("promote-selects", "the promoted build is the one for new starts", s -> {
      s.worker("build_id", "b-1");
      s.worker("build_id", "b-2");
      Answer promoted = build(s, "promote", "b-2").is(200);
      if (promoted.at("new_start_selected") == null) throw new Lacking("runs pinned to the promoted build");
      promoted.where("new_start_selected", true);
      for (Doc one : s.operator().get("/task-queues/" + s.queue() + "/build-ids").is(200).list("build_ids")) {
        one.where("new_start_selected", "b-2".equals(one.at("build_id")));
      }
    });
    section.check("promote-pins", "new starts are pinned to the promoted build", s -> {
      WireWorker old = s.worker("build_id", "b-1");
      WireWorker fresh = s.worker("build_id", "b-2");
      if (build(s, "promote", "b-2").is(200).at("new_start_selected") == null) {
        throw new Lacking("runs pinned to the promoted build");
      }
      var flow = s.start();
      flow.describe().where("compatibility", "b-2");
      old.idles();
      fresh.task().where("run_id", flow.run());
    });
    section.check("promote-before", "runs that were there before stay as they are", s -> {
      WireWorker worker = s.worker("build_id", "b-1");
      var flow = s.start();
      build(s, "promote", "b-2").is(200);
      worker.task().where("run_id", flow.run());
    });
  }

  private static void workers(Suite.Section section) {
    section.check("list", "workers are listed", s -> {
      WireWorker worker = s.worker();
      Answer got = s.operator().get("/workers").is(200);
      got.where("namespace", s.target().namespace()).has("stale_after_seconds");
      Unmet.unless(got.each("workers", "worker_id").contains(worker.id()), "the worker is not listed");
    });
    section.check("list-queue", "a list can be of one queue", s -> {
      WireWorker worker = s.worker();
      Unmet.unless(s.operator().get("/workers?task_queue=" + s.queue()).is(200).each("workers", "worker_id")
          .equals(List.of(worker.id())), "others are listed");
    });
    section.check("list-status", "a list can be of one status", s -> {
      s.worker();
      Unmet.unless(s.operator().get("/workers?status=active&task_queue=" + s.queue()).is(200).list("workers").size() == 1,
          "the worker is not active");
      Unmet.unless(s.operator().get("/workers?status=stale&task_queue=" + s.queue()).is(200).list("workers").isEmpty(),
          "the worker is stale");
    });
    section.check("describe", "a worker is described with every field", s -> {
      WireWorker worker = s.idle("worker", s.queue());
      worker.register("build_id", "b-1", "supported_workflow_types", List.of("a"), "supported_activity_types",
          List.of("b"), "workflow_definition_fingerprints", Json.of("a", "sha256:1"), "max_concurrent_workflow_tasks", 2,
          "max_concurrent_activity_tasks", 3).is(201);
      Answer got = s.operator().get("/workers/" + worker.id()).is(200);
      got.where("worker_id", worker.id(), "namespace", s.target().namespace(), "task_queue", s.queue(), "runtime",
          "conformance", "sdk_version", "1.0.0", "build_id", "b-1", "status", "active", "supported_workflow_types",
          List.of("a"), "supported_activity_types", List.of("b"), "workflow_definition_fingerprints",
          Json.of("a", "sha256:1"), "max_concurrent_workflow_tasks", 2, "max_concurrent_activity_tasks", 3);
      got.text("last_heartbeat_at");
      got.text("registered_at");
      got.text("updated_at");
    });
    section.check("describe-heartbeat", "what a heartbeat says is shown", s -> {
      WireWorker worker = s.worker();
      worker.client().post("/worker/heartbeat", "worker_id", worker.id(), "task_slots", Json.of("workflow_available", 4,
          "activity_available", 7)).is(200);
      s.operator().get("/workers/" + worker.id()).is(200).where("task_slots/activity_available", 7);
    });
    section.check("not-found", "an unknown worker is not found", s -> {
      s.operator().get("/workers/" + s.name("none")).refused(404, "worker_not_found");
      s.admin().delete("/workers/" + s.name("none")).refused(404, "worker_not_found");
    });
    section.check("delete", "an administrator can take a worker away", s -> {
      WireWorker worker = s.worker();
      s.admin().delete("/workers/" + worker.id()).is(200).where("worker_id", worker.id(), "outcome", "deregistered");
      s.operator().get("/workers/" + worker.id()).refused(404, "worker_not_found");
    });
    section.check("delete-frees", "what it held goes to another", s -> {
      WireWorker worker = s.worker();
      var flow = s.start();
      worker.task();
      s.admin().delete("/workers/" + worker.id()).is(200);
      s.worker().task().where("run_id", flow.run());
    });
  }
}
