package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Activities without a workflow: section 6.7. */
final class StandaloneActivityCases {
  private static final String ROUTE = "/activities";

  private StandaloneActivityCases() {}

  static void add(Suite suite) {
    start(suite.section("6.7", "Standalone activities", Feature.STANDALONE_ACTIVITIES));
    life(suite.section("6.7", "Standalone activities", Feature.STANDALONE_ACTIVITIES));
    list(suite.section("6.7", "Standalone activities", Feature.STANDALONE_ACTIVITIES));
  }

  private static Answer started(Scene s, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.with(Json.of("activity_type", "charge", "activity_id",
        s.name("activity"), "task_queue", s.queue(), "input", Wants.arguments(42L)), more);
    return s.operator().body("POST", ROUTE, body);
  }

  private static Answer detail(Scene s, String id) {
    return s.operator().get(ROUTE + "/" + id).is(200);
  }

  private static void start(Suite.Section section) {
    section.check("start", "an activity is started", s -> {
      String id = s.name("activity");
      Answer got = started(s, "activity_id", id).is(201);
      got.where("activity_id", id, "activity_type", "charge");
      got.text("workflow_run_id");
      got.text("activity_execution_id");
      got.has("workflow_type");
    });
    section.check("start-id", "an id is made up where none is given", s -> {
      Answer got = s.operator().post(ROUTE, "activity_type", "charge", "task_queue", s.queue()).is(201);
      detail(s, got.text("activity_id"));
    });
    section.check("start-fields", "an activity has a type and a queue", s -> {
      s.operator().post(ROUTE, "task_queue", s.queue()).invalid("activity_type");
      s.operator().post(ROUTE, "activity_type", "charge").invalid("task_queue");
    });
    section.check("start-timeouts", "timeouts are 1 or more", s -> {
      for (String name : List.of("start_to_close_timeout_seconds", "schedule_to_start_timeout_seconds",
          "schedule_to_close_timeout_seconds", "heartbeat_timeout_seconds")) {
        started(s, name, 0).is(422);
      }
    });
    section.check("start-twice", "an id is taken while its activity is open", s -> {
      String id = started(s).is(201).text("activity_id");
      started(s, "activity_id", id).is(409);
    });
  }

  private static void life(Suite.Section section) {
    section.check("detail", "an activity is described with every field", s -> {
      String id = started(s, "business_key", "b").is(201).text("activity_id");
      Answer got = detail(s, id);
      got.where("activity_id", id, "activity_type", "charge", "task_queue", s.queue(), "namespace",
          s.target().namespace(), "business_key", "b", "payload_codec", "avro", "result", null, "closed_at", null);
      got.has("workflow_run_id", "activity_execution_id", "workflow_type", "activity_class", "status",
          "activity_status", "closed_reason", "started_at", "last_progress_at", "last_heartbeat_at",
          "schedule_to_start_deadline_at", "schedule_to_close_deadline_at", "attempt_count");
    });
    section.check("not-found", "an unknown activity is not found",
        s -> s.operator().get(ROUTE + "/" + s.name("none")).is(404));
    section.check("complete", "a worker does it, and its result is there", s -> {
      String id = started(s).is(201).text("activity_id");
      WireWorker worker = s.worker();
      Doc task = worker.activity();
      task.where("activity_type", "charge", "arguments", Wants.arguments(42L), "attempt_number", 1);
      worker.completeActivity(task, Wants.envelope("paid"));
      Answer done = s.until(() -> detail(s, id), seen -> "completed".equals(seen.at("status")), "completion");
      done.where("result", Wants.envelope("paid"), "attempt_count", 1).text("closed_at");
    });
    section.check("no-workflow-task", "no worker gets a workflow task for it", s -> {
      started(s).is(201);
      s.worker().idles();
    });
    section.check("fail", "a failure ends it", s -> {
      String id = started(s).is(201).text("activity_id");
      WireWorker worker = s.worker();
      worker.failActivity(worker.activity(), "message", "no", "type", "T");
      s.until(() -> detail(s, id), seen -> "failed".equals(seen.at("status")), "failure").where("result", null);
    });
    section.check("retry", "it is tried again by its policy", s -> {
      String id = started(s, "retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(0))).is(201)
          .text("activity_id");
      WireWorker worker = s.worker();
      worker.failActivity(worker.activity(), "message", "no", "type", "T");
      Doc second = worker.activity();
      second.where("attempt_number", 2);
      worker.completeActivity(second, Wants.envelope(1L));
      s.until(() -> detail(s, id), seen -> "completed".equals(seen.at("status")), "completion").where("attempt_count",
          2);
    });
    section.check("timeout", "a timeout ends it", s -> {
      String id = started(s, "schedule_to_start_timeout_seconds", 1).is(201).text("activity_id");
      s.until(() -> detail(s, id), seen -> "failed".equals(seen.at("status")), "the timeout");
    });
    section.check("cancel", "it is cancelled through its host", s -> {
      String id = started(s).is(201).text("activity_id");
      WireWorker worker = s.worker();
      Doc task = worker.activity();
      s.operator().post("/workflows/" + id + "/cancel").is(200);
      worker.beat(task).where("cancel_requested", true);
      Unmet.unless(!"completed".equals(detail(s, id).at("status")), "it is completed");
    });
  }

  private static void list(Suite.Section section) {
    section.check("list", "activities are listed", s -> {
      String id = started(s).is(201).text("activity_id");
      Answer got = s.operator().get(ROUTE + "?page_size=200").is(200);
      got.has("activity_count", "next_page_token");
      Unmet.unless(got.each("activities", "activity_id").contains(id), "it is not listed");
    });
    section.check("list-status", "a list can be of one status", s -> {
      String id = started(s).is(201).text("activity_id");
      Unmet.unless(s.operator().get(ROUTE + "?page_size=200&status=running").is(200).each("activities", "activity_id")
          .contains(id), "it is not running");
      Unmet.unless(!s.operator().get(ROUTE + "?page_size=200&status=completed").is(200)
          .each("activities", "activity_id").contains(id), "it is completed");
      s.operator().get(ROUTE + "?status=nonsense").is(422);
    });
  }
}
