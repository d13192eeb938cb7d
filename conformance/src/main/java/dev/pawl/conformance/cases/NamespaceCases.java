package dev.pawl.conformance.cases;

import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Unmet;
import java.util.Locale;

/** Tenants: section 6.1. */
final class NamespaceCases {
  private NamespaceCases() {}

  static void add(Suite suite) {
    looking(suite.section("6.1", "Namespaces"));
    changing(suite.section("6.1", "Namespaces"));
    apart(suite.section("6.1", "Namespaces"));
  }

  private static void whole(Answer answer, String name) {
    answer.where("name", name, "status", "active");
    answer.has("description", "retention_days", "external_payload_storage", "created_at", "updated_at");
  }

  private static void looking(Suite.Section section) {
    section.check("default", "the server's own namespace is there from the beginning", s -> {
      String own = s.info().text("default_namespace");
      whole(s.operator().get("/namespaces/" + own).is(200), own);
    });
    section.check("list", "all namespaces are listed", s -> {
      String name = s.namespace();
      Answer got = s.operator().get("/namespaces").is(200);
      Unmet.unless(got.each("namespaces", "name").contains(name), "%s is not there", name);
    });
    section.check("describe", "a namespace is described", s -> {
      String name = s.namespace();
      whole(s.operator().get("/namespaces/" + name).is(200), name);
    });
    section.check("not-found", "an unknown namespace is not found", s -> {
      s.operator().get("/namespaces/" + s.name("none")).refused(404, "namespace_not_found");
      s.admin().put("/namespaces/" + s.name("none"), "description", "x").refused(404, "namespace_not_found");
    });
  }

  private static void changing(Suite.Section section) {
    section.check("create", "a namespace is made, with 30 days of retention unless said otherwise", s -> {
      String name = s.name("space");
      Answer got = s.admin().post("/namespaces", "name", name).is(201);
      got.where("retention_days", 30);
      whole(got, name);
    });
    section.check("create-fields", "description and retention are kept", s -> {
      String name = s.name("space");
      s.admin().post("/namespaces", "name", name, "description", "for tests", "retention_days", 7).is(201)
          .where("description", "for tests", "retention_days", 7);
      s.operator().get("/namespaces/" + name).where("description", "for tests", "retention_days", 7);
    });
    section.check("create-lowercase", "a name is made lower case", s -> {
      String name = s.name("Space");
      s.admin().post("/namespaces", "name", name).is(201).where("name", name.toLowerCase(Locale.ROOT));
    });
    section.check("create-name", "a name has letters, digits, dot, underscore and dash", s -> {
      s.admin().post("/namespaces", "name", "no spaces").invalid("name");
      s.admin().post("/namespaces", "name", "x".repeat(129)).invalid("name");
      s.admin().post("/namespaces").invalid("name");
      s.admin().post("/namespaces", "name", s.name("a.b_c")).is(201);
    });
    section.check("create-retention", "retention is 1 to 365 days", s -> {
      s.admin().post("/namespaces", "name", s.name("s"), "retention_days", 0).invalid("retention_days");
      s.admin().post("/namespaces", "name", s.name("s"), "retention_days", 366).invalid("retention_days");
      s.admin().post("/namespaces", "name", s.name("s"), "retention_days", 365).is(201);
    });
    section.check("create-description", "a description has at most 1000 characters, or is null", s -> {
      s.admin().post("/namespaces", "name", s.name("s"), "description", "x".repeat(1_001)).invalid("description");
      s.admin().post("/namespaces", "name", s.name("s"), "description", null).is(201).where("description", null);
    });
    section.check("create-twice", "a name is taken once", s ->
        s.admin().post("/namespaces", "name", s.namespace()).refused(409, "namespace_already_exists"));
    section.check("update", "what is not sent stays", s -> {
      String name = s.namespace();
      s.admin().put("/namespaces/" + name, "retention_days", 9).is(200).where("retention_days", 9, "description",
          "made by the conformance suite");
      s.admin().put("/namespaces/" + name, "description", "other").is(200).where("retention_days", 9, "description",
          "other");
    });
    section.check("update-fields", "an update is checked like a creation", s ->
        s.admin().put("/namespaces/" + s.namespace(), "retention_days", 0).invalid("retention_days"));
    section.check("delete", "a namespace that was deleted is gone", s -> {
      String name = s.namespace();
      Answer got = s.admin().delete("/namespaces/" + name).is(200);
      got.where("name", name, "status", "deleted").object("deleted");
      s.operator().in(name).get("/workflows").refused(404, "namespace_not_found");
      s.operator().get("/namespaces/" + name).refused(404, "namespace_not_found");
    }, Feature.NAMESPACE_DELETE);
    section.check("delete-not-found", "what is not there cannot be deleted", s ->
        s.admin().delete("/namespaces/" + s.name("none")).refused(404, "namespace_not_found"),
        Feature.NAMESPACE_DELETE);
  }

  private static void apart(Suite.Section section) {
    section.check("apart", "a workflow is not seen from another namespace", s -> {
      String space = s.namespace();
      var flow = s.start();
      s.operator().in(space).get(flow.path()).refused(404, "instance_not_found");
      s.operator().in(space).post(flow.path() + "/terminate").refused(404, "instance_not_found");
      s.operator().in(space).get(flow.runPath()).is(404);
      s.operator().in(space).get(flow.runPath() + "/history").is(404);
      flow.describe().where("is_terminal", false);
    });
    section.check("ids", "two namespaces may have the same workflow id", s -> {
      String space = s.namespace();
      var flow = s.start();
      s.operator().in(space).post("/workflows", "workflow_type", s.type(), "workflow_id", flow.id()).is(201);
    });
    section.check("tasks", "a worker gets the work of its own namespace only", s -> {
      String space = s.namespace();
      s.start();
      s.workers().in(space).post("/worker/register", "worker_id", "w", "task_queue", s.queue()).is(201);
      s.workers().in(space).post("/worker/workflow-tasks/poll", "worker_id", "w", "task_queue", s.queue(),
          "timeout_seconds", 0).is(200).where("task", null);
    });
    section.check("reports", "a task cannot be reported from another namespace", s -> {
      String space = s.namespace();
      s.start();
      var task = s.worker().task();
      s.workers().in(space).post("/worker/workflow-tasks/" + task.text("task_id") + "/complete", "lease_owner",
          task.at("lease_owner"), "workflow_task_attempt", 1, "commands",
          java.util.List.of(java.util.Map.of("type", "complete_workflow"))).refused(404, "task_not_found");
    });
    section.check("workers", "workers of another namespace are not seen", s -> {
      String space = s.namespace();
      var worker = s.worker();
      s.operator().in(space).get("/workers/" + worker.id()).refused(404, "worker_not_found");
    });
  }
}
