package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Lacking;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;
import java.util.Map;

/** Starting workflows: section 6.3. */
final class StartCases {
  private static final String ROUTE = "/workflows";

  private StartCases() {}

  static void add(Suite suite) {
    fields(suite.section("6.3", "Start"));
    fairness(suite.section("6.3", "Start"));
    builds(suite.section("6.3", "Start"));
    rejected(suite.section("6.3", "Start"));
    answers(suite.section("6.3", "Start"));
    duplicates(suite.section("6.3", "Start"));
  }

  private static void fields(Suite.Section section) {
    section.check("workflow_type", "the type has 1 to 255 characters", s -> {
      s.operator().post(ROUTE).invalid("workflow_type");
      s.operator().post(ROUTE, "workflow_type", "").invalid("workflow_type");
      s.operator().post(ROUTE, "workflow_type", "x".repeat(256)).invalid("workflow_type");
      s.operator().post(ROUTE, "workflow_type", "x".repeat(255), "task_queue", s.queue()).is(201);
    });
    section.check("workflow_id", "the id has letters, digits and . _ : -, 128 at most", s -> {
      for (String bad : List.of("no spaces", "a/b", "\u00e9", "x".repeat(129))) {
        s.operator().post(ROUTE, "workflow_type", "t", "workflow_id", bad).invalid("workflow_id");
      }
    });
    section.check("workflow_id-absent", "an id is made up where none is given", s -> {
      String id = s.operator().post(ROUTE, "workflow_type", s.type(), "task_queue", s.queue()).is(201)
          .text("workflow_id");
      s.operator().get("/workflows/" + id).is(200);
    });
    section.check("task_queue", "the queue has at most 255 characters", s -> {
      s.operator().post(ROUTE, "workflow_type", "t", "task_queue", "x".repeat(256)).invalid("task_queue");
      s.start().describe().where("task_queue", s.queue());
    });
    section.check("task_queue-absent", "without a queue it is 'default'", s -> {
      String id = s.name("flow");
      s.operator().post(ROUTE, "workflow_type", s.type(), "workflow_id", id).is(201);
      s.operator().get("/workflows/" + id).where("task_queue", "default");
      s.operator().post("/workflows/" + id + "/terminate").is(200);
    });
    section.check("input-envelope", "the input may be an envelope", s ->
        s.start("input", Wants.arguments(1L)).describe().where("input", List.of(1)));
    section.check("input-array", "the input may be a list",
        s -> s.start("input", List.of(1, "a")).describe().where("input", List.of(1, "a")));
    section.check("timeouts", "timeouts are whole seconds of 1 or more, and kept", s -> {
      for (String name : List.of("execution_timeout_seconds", "run_timeout_seconds")) {
        for (Object bad : List.of(0, -1, "soon", 1.5)) {
          s.operator().post(ROUTE, "workflow_type", "t", name, bad).invalid(name);
        }
      }
      Flow flow = s.start("execution_timeout_seconds", 3_600, "run_timeout_seconds", 600);
      Answer seen = flow.describe();
      seen.where("execution_timeout_seconds", 3_600, "run_timeout_seconds", 600);
      seen.text("execution_deadline_at");
      seen.text("run_deadline_at");
    });
    section.check("timeouts-absent", "without timeouts there are no deadlines", s -> s.start().describe()
        .where("execution_timeout_seconds", null, "run_timeout_seconds", null, "execution_deadline_at", null,
            "run_deadline_at", null));
    section.check("duplicate_policy", "another duplicate policy is refused, and both are named", s -> {
      Answer got = s.operator().post(ROUTE, "workflow_type", "t", "duplicate_policy", "use_existing")
          .invalid("duplicate_policy");
      Unmet.unless(got.text("message").contains("fail") && got.text("message").contains("use-existing"), "got %s",
          got.text("message"));
    });
    section.check("memo", "the memo is an object and kept",
        s -> s.start("memo", Json.of("note", "x", "n", 1)).describe().where("memo", Json.of("note", "x", "n", 1)));
    section.check("search_attributes", "search attributes are kept with their types", s -> {
      String name = s.attribute("A");
      Map<String, Object> sent = Map.of(name + "t", "eu", name + "n", 42, name + "d", 1.5, name + "b", true, name + "l",
          List.of("x", "y"));
      s.start("search_attributes", sent).describe().where("search_attributes", sent);
    });
    section.check("business_key", "the business key has at most 255 characters, and is kept", s -> {
      s.operator().post(ROUTE, "workflow_type", "t", "business_key", "x".repeat(256)).invalid("business_key");
      s.start("business_key", "order 42").describe().where("business_key", "order 42");
      s.start().describe().where("business_key", null);
    });
    section.check("priority", "a priority is 0 to 9", s -> {
      s.start("priority", 0);
      s.start("priority", 9);
      s.operator().post(ROUTE, "workflow_type", "t", "priority", 10).is(201, 422);
    });
    section.check("priority-order", "what has a lower number goes first", s -> {
      Flow late = s.start("priority", 9);
      Flow plain = s.start();
      Flow first = s.start("priority", 0);
      var worker = s.worker();
      for (Flow next : List.of(first, plain, late)) {
        String came = worker.runs(Wants.complete(null)).text("workflow_id");
        Unmet.unless(came.equals(next.id()), "expected %s, got %s", next.id(), came);
      }
    });
  }

  private static void fairness(Suite.Section section) {
    section.check("fairness", "a key has at most 255 characters, a weight is 1 to 1000", s -> {
      s.start("fairness_key", "k".repeat(255), "fairness_weight", 1_000);
      s.operator().post(ROUTE, "workflow_type", "t", "fairness_key", "k".repeat(256)).is(201, 422);
      s.operator().post(ROUTE, "workflow_type", "t", "fairness_key", "k", "fairness_weight", 1_001).is(201, 422);
    });
    section.check("fairness-turns", "what waits of one priority is served in turns of the keys, by weight", s -> {
      Flow loud = s.start("fairness_key", "loud");
      Flow loudToo = s.start("fairness_key", "loud");
      Flow quiet = s.start("fairness_key", "quiet", "fairness_weight", 2);
      Flow quietToo = s.start("fairness_key", "quiet", "fairness_weight", 2);
      var worker = s.worker();
      for (Flow next : List.of(loud, quiet, quietToo, loudToo)) {
        String came = worker.runs(Wants.complete(null)).text("workflow_id");
        if (came.equals(loudToo.id()) && next == quiet) throw new Lacking("fairness between keys");
        Unmet.unless(came.equals(next.id()), "expected %s, got %s", next.id(), came);
      }
    });
  }

  private static void builds(Suite.Section section) {
    for (String field : List.of("build_id", "compatibility")) {
      section.check(field, "a run that is pinned to a build goes to workers of that build", s -> {
        Flow flow = s.start(field, "b-2");
        if (!"b-2".equals(flow.describe().at("compatibility"))) throw new Lacking("runs pinned to a build");
        s.worker("build_id", "b-1").idles();
        s.worker("build_id", "b-2").task().where("run_id", flow.run(), "compatibility", "b-2");
      });
    }
  }

  private static void rejected(Suite.Section section) {
    for (String name : List.of("workflow_execution_timeout", "workflow_run_timeout", "workflow_task_timeout",
        "retry_policy", "idempotency_key", "request_id")) {
      section.check("rejects-" + name, name + " is refused, not ignored",
          s -> s.operator().post(ROUTE, "workflow_type", "t", name, "x").invalid(name));
    }
    section.check("rejects-all", "each refused field has its message", s -> {
      Answer got = s.operator().post(ROUTE, "workflow_type", "t", "retry_policy", Map.of(), "request_id", "r");
      got.invalid("retry_policy");
      got.invalid("request_id");
    });
  }

  private static void answers(Suite.Section section) {
    section.check("started", "a start says what was started", s -> {
      String id = s.name("flow");
      Answer got = s.operator().post(ROUTE, "workflow_type", s.type(), "workflow_id", id, "task_queue", s.queue(),
          "business_key", "b").is(201);
      got.where("workflow_id", id, "workflow_type", s.type(), "namespace", s.target().namespace(), "status", "pending",
          "business_key", "b", "payload_codec", "avro", "outcome", "started_new");
      got.text("run_id");
      got.where("control_plane/operation", "start", "control_plane/workflow_id", id, "control_plane/outcome",
          "started_new");
    });
    section.check("history", "a history begins with StartAccepted and WorkflowStarted", s -> {
      Answer history = s.start().history();
      history.where("events/0/event_type", "StartAccepted", "events/0/sequence", 1, "events/1/event_type",
          "WorkflowStarted", "events/1/sequence", 2);
      Unmet.unless(history.list("events").size() == 2, "and no more, got %s", history);
    });
  }

  private static void duplicates(Suite.Section section) {
    section.check("duplicate", "an id whose run is open is taken", s -> {
      Flow flow = s.start();
      Answer got = s.operator().post(ROUTE, "workflow_type", s.type(), "workflow_id", flow.id())
          .refused(409, "duplicate_not_allowed");
      got.where("workflow_id", flow.id(), "run_id", flow.run(), "workflow_type", s.type(), "outcome",
          "rejected_duplicate", "rejection_reason", "instance_already_started");
    });
    section.check("use-existing", "use-existing returns the open run", s -> {
      Flow flow = s.start("business_key", "mine");
      Answer got = s.operator().post(ROUTE, "workflow_type", s.type(), "workflow_id", flow.id(), "duplicate_policy",
          "use-existing").is(200);
      got.where("workflow_id", flow.id(), "run_id", flow.run(), "workflow_type", s.type(), "outcome",
          "returned_existing_active");
      Unmet.unless(flow.types().size() == 2, "something was recorded: %s", flow.types());
    });
    section.check("use-existing-other-type", "use-existing names the type of the run that there is", s -> {
      Flow flow = s.start();
      s.operator().post(ROUTE, "workflow_type", "another", "workflow_id", flow.id(), "duplicate_policy",
          "use-existing").is(200).where("workflow_type", s.type(), "run_id", flow.run());
    });
    section.check("use-existing-new", "use-existing starts where nothing is open", s -> s.operator().post(ROUTE,
        "workflow_type", s.type(), "workflow_id", s.name("flow"), "task_queue", s.queue(), "duplicate_policy",
        "use-existing").is(201).where("outcome", "started_new"));
    section.check("again", "an id can be used again when its run has closed, or never", s -> {
      Flow flow = s.start();
      flow.post("terminate").is(200);
      Answer got = s.operator().post(ROUTE, "workflow_type", s.type(), "workflow_id", flow.id(), "task_queue",
          s.queue()).is(201, 409);
      if (got.status() == 409) got.refused(409, "duplicate_not_allowed");
      else Unmet.unless(!got.text("run_id").equals(flow.run()), "it is the same run");
    });
    section.check("race", "of many starts of one id one wins", s -> {
      String id = s.name("flow");
      var starts = java.util.stream.IntStream.range(0, 8).mapToObj(i -> s.meanwhile(() -> s.operator().post(ROUTE,
          "workflow_type", s.type(), "workflow_id", id, "task_queue", s.queue()))).toList();
      long won = starts.stream().filter(one -> one.result().is(201, 409).status() == 201).count();
      Unmet.unless(won == 1, "%d won", won);
    });
  }
}
