package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Client;
import dev.pawl.conformance.wire.Credential;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;

/** Who may call what: section 2. */
final class AccessCases {
  private AccessCases() {}

  static void add(Suite suite) {
    Suite.Section any = suite.section("2", "Authentication and roles");
    any.check("health-open", "health and readiness ask nobody who they are", s -> {
      s.nobody().get("/health").is(200);
      s.nobody().get("/ready").is(200);
    });
    any.check("one-caller", "one token without a role may do everything, worker plane included", s -> {
      Flow flow = s.start();
      s.worker().runs(Json.of("type", "complete_workflow"));
      flow.awaitsStatus("completed");
      s.admin().get("/system/metrics").is(200);
    }, Feature.ONE_CALLER);
    nobody(any);
    worker(any);
    operator(any);
    admin(any);
  }

  private static void nobody(Suite.Section section) {
    section.check("nobody-control", "the control plane refuses who does not say who it is",
        s -> s.nobody().get("/workflows").refused(401, "unauthorized"), Feature.ROLES);
    section.check("nobody-worker", "the worker plane refuses who does not say who it is", s -> {
      Answer got = s.nobody().post("/worker/heartbeat", "worker_id", "x").refused(401, "unauthorized");
      got.has("error", "protocol_version", "server_capabilities");
    }, Feature.ROLES);
    section.check("nobody-discovery", "discovery wants some role",
        s -> s.nobody().get("/cluster/info").refused(401, "unauthorized"), Feature.ROLES);
    section.check("wrong-token", "a token that nobody gave out is refused", s -> {
      for (String token : List.of("nonsense", "", " ", "a b")) {
        s.operator().as(new Credential.Token(token)).get("/workflows").refused(401, "unauthorized");
      }
    }, Feature.ROLES);
    section.check("wrong-signature", "a signature of another body is refused",
        s -> s.operator().as(new Credential.Key("another key")).get("/workflows").refused(401, "unauthorized"),
        Feature.ROLES);
  }

  private static void forbidden(Answer answer, String role) {
    answer.refused(403, "forbidden").where("role", role);
    Unmet.unless(answer.at("allowed_roles") instanceof List<?> roles && !roles.contains(role),
        "expected allowed_roles without %s in %s", role, answer);
  }

  private static void worker(Suite.Section section) {
    section.check("worker-may", "a worker may work and discover", s -> {
      s.worker();
      s.workers().get("/cluster/info").is(200);
    }, Feature.ROLES);
    for (String path : List.of("/workflows", "/workflows/x", "/workflows/x/runs", "/search-attributes", "/task-queues",
        "/task-queues/q", "/workers", "/namespaces", "/system/metrics", "/system/repair")) {
      section.check("worker-may-not" + path.replace('/', '.'), "a worker may not look at " + path,
          s -> forbidden(s.workers().get(path), "worker"), Feature.ROLES);
    }
    section.check("worker-may-not-start", "a worker may not start a workflow",
        s -> forbidden(s.workers().post("/workflows", "workflow_type", "t"), "worker"), Feature.ROLES);
    section.check("worker-may-not-signal", "a worker may not signal a workflow",
        s -> forbidden(s.workers().post("/workflows/x/signal/y"), "worker"), Feature.ROLES);
  }

  private static void operator(Suite.Section section) {
    for (String path : List.of("/workflows", "/search-attributes", "/task-queues", "/workers", "/namespaces",
        "/cluster/info")) {
      section.check("operator-may" + path.replace('/', '.'), "an operator may look at " + path,
          s -> s.operator().get(path).is(200), Feature.ROLES);
    }
    section.check("operator-may-not-work", "an operator may not work", s -> {
      for (String path : List.of("/worker/register", "/worker/heartbeat", "/worker/workflow-tasks/poll",
          "/worker/activity-tasks/poll", "/worker/query-tasks/poll", "/worker/workflow-tasks/x/complete")) {
        forbidden(s.operator().post(path), "operator");
      }
    }, Feature.ROLES);
    section.check("operator-may-not-namespaces", "an operator may not change namespaces", s -> {
      forbidden(s.operator().post("/namespaces", "name", s.name("x")), "operator");
      forbidden(s.operator().put("/namespaces/" + s.target().namespace(), "description", "x"), "operator");
    }, Feature.ROLES);
    section.check("operator-may-not-workers", "an operator may not remove workers", s -> {
      String id = s.worker().id();
      forbidden(s.operator().delete("/workers/" + id), "operator");
      s.operator().get("/workers/" + id).is(200);
    }, Feature.ROLES);
    for (String path : List.of("repair", "activity-timeouts", "retention", "metrics", "operator-metrics")) {
      section.check("operator-may-not-system." + path, "an operator may not look at /system/" + path,
          s -> forbidden(s.operator().get("/system/" + path), "operator"), Feature.ROLES);
    }
    section.check("operator-may-not-storage", "an operator may not test the storage",
        s -> forbidden(s.operator().post("/storage/test"), "operator"), Feature.ROLES, Feature.EXTERNAL_STORAGE);
  }

  private static void admin(Suite.Section section) {
    section.check("admin-may", "an administrator may do what operators may, and more", s -> {
      for (String path : List.of("/workflows", "/search-attributes", "/task-queues", "/workers", "/namespaces",
          "/cluster/info", "/system/metrics", "/system/repair")) {
        s.admin().get(path).is(200);
      }
      s.admin().post("/workflows", "workflow_type", s.type(), "task_queue", s.queue()).is(201);
    }, Feature.ROLES);
    section.check("admin-may-not-work", "an administrator may not work", s -> {
      for (String path : List.of("/worker/register", "/worker/workflow-tasks/poll", "/worker/query-tasks/poll")) {
        Answer got = s.admin().post(path);
        forbidden(got, "admin");
        got.has("error", "protocol_version");
      }
    }, Feature.ROLES);
    section.check("misuse-does-nothing", "what a role may not do is not done", s -> {
      Flow flow = s.start();
      forbidden(s.workers().post(flow.path() + "/terminate"), "worker");
      flow.describe().where("is_terminal", false);
      Client wrong = s.operator().as(new Credential.Token("nonsense"));
      wrong.post(flow.path() + "/terminate").is(401);
      flow.describe().where("is_terminal", false);
    }, Feature.ROLES);
  }
}
