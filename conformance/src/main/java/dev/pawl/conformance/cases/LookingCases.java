package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describe, list, runs: section 6.4. */
final class LookingCases {
  private LookingCases() {}

  static void add(Suite suite) {
    describe(suite.section("6.4", "Describe, list, runs"));
    statuses(suite.section("6.4", "Describe, list, runs"));
    list(suite.section("6.4", "Describe, list, runs"));
    runs(suite.section("6.4", "Describe, list, runs"));
  }

  private static void describe(Suite.Section section) {
    section.check("describe-fields", "a description has every field", s -> {
      Flow flow = s.start();
      for (Answer got : List.of(flow.describe(), flow.describeRun())) {
        got.has("workflow_id", "run_id", "namespace", "workflow_type", "business_key", "status", "status_bucket",
            "is_terminal", "closed_reason", "task_queue", "run_number", "run_count", "is_current_run", "compatibility",
            "payload_codec", "execution_timeout_seconds", "run_timeout_seconds", "execution_deadline_at",
            "run_deadline_at", "input", "output", "input_envelope", "output_envelope", "started_at", "closed_at",
            "last_progress_at", "wait_kind", "wait_reason", "memo", "search_attributes", "actions/can_signal",
            "actions/can_query", "actions/can_update", "actions/can_cancel", "actions/can_terminate",
            "actions/can_repair", "actions/can_archive", "control_plane");
        got.where("workflow_id", flow.id(), "run_id", flow.run(), "run_number", 1, "run_count", 1, "is_current_run",
            true);
      }
    });
    section.check("describe-not-found", "an unknown workflow is 404 instance_not_found",
        s -> s.operator().get("/workflows/" + s.name("none")).refused(404, "instance_not_found"));
    section.check("describe-run-not-found", "an unknown run is 404 run_not_found", s -> {
      Flow flow = s.start();
      s.operator().get(flow.path() + "/runs/none").refused(404, "run_not_found");
      Flow other = s.start();
      s.operator().get(flow.path() + "/runs/" + other.run()).refused(404, "run_not_found");
    });
    section.check("describe-empty", "an empty memo and empty search attributes are objects",
        s -> s.start().describe().object("memo").object("search_attributes"));
    section.check("describe-open", "an open run can be told, a closed one archived", s -> {
      Flow flow = s.start();
      flow.describe().where("actions/can_signal", true, "actions/can_terminate", true, "actions/can_archive", false,
          "is_terminal", false, "closed_at", null, "closed_reason", null);
      flow.post("terminate").is(200);
      Answer closed = flow.describe();
      closed.where("actions/can_signal", false, "actions/can_terminate", false, "is_terminal", true).text("closed_at");
      closed.text("closed_reason");
    });
    section.check("describe-output", "the output of a completed run is there, decoded and enveloped", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.complete(Map.of("total", 42L)));
      flow.describe().where("status", "completed", "output", Map.of("total", 42), "output_envelope",
          Wants.envelope(Map.of("total", 42L)));
    });
  }

  private static void statuses(Suite.Section section) {
    section.check("status-pending", "nobody has looked yet: pending, or running", s ->
        s.start().describe().oneOf("status", "pending", "running").where("status_bucket", "running"));
    section.check("status-waiting", "a run that waits is waiting", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.timer(3_600));
      flow.describe().where("status", "waiting", "status_bucket", "running");
    });
    section.check("status-completed", "completed", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.complete(1L));
      flow.describe().where("status", "completed", "status_bucket", "completed", "is_terminal", true);
    });
    section.check("status-failed", "failed", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.fail("no"));
      flow.describe().where("status", "failed", "status_bucket", "failed", "is_terminal", true, "output", null);
    });
    section.check("status-cancelled", "cancelled is in the bucket failed", s -> {
      Flow flow = s.start();
      flow.post("cancel").is(200);
      flow.describe().where("status", "cancelled", "status_bucket", "failed", "is_terminal", true);
    });
    section.check("status-terminated", "terminated is in the bucket failed", s -> {
      Flow flow = s.start();
      flow.post("terminate").is(200);
      flow.describe().where("status", "terminated", "status_bucket", "failed", "is_terminal", true);
    });
  }

  private static String query(String predicate) {
    return URLEncoder.encode(predicate, StandardCharsets.UTF_8);
  }

  private static void list(Suite.Section section) {
    section.check("list-fields", "a line of a list has every field", s -> {
      Flow flow = s.start("business_key", "b");
      Answer got = s.operator().get("/workflows?workflow_type=" + s.type()).is(200);
      got.where("workflow_count", 1, "next_page_token", null);
      Doc line = got.doc("workflows/0");
      line.has("workflow_id", "run_id", "workflow_type", "business_key", "status", "status_bucket", "task_queue",
          "is_terminal", "started_at", "closed_at", "search_attributes");
      line.where("workflow_id", flow.id(), "run_id", flow.run(), "business_key", "b").object("search_attributes");
    });
    section.check("list-newest", "the newest comes first", s -> {
      List<@Nullable Object> made = new ArrayList<>();
      for (int i = 0; i < 3; i++) made.addFirst(s.start().id());
      Unmet.unless(s.operator().get("/workflows?workflow_type=" + s.type()).each("workflows", "workflow_id")
          .equals(made), "not in this order: %s", made);
    });
    section.check("list-pages", "pages follow each other without a gap and end", s -> {
      List<@Nullable Object> made = new ArrayList<>();
      for (int i = 0; i < 5; i++) made.addFirst(s.start().id());
      List<@Nullable Object> seen = new ArrayList<>();
      String path = "/workflows?page_size=2&workflow_type=" + s.type();
      Answer page = s.operator().get(path).is(200);
      page.where("workflow_count", 2);
      while (true) {
        seen.addAll(page.each("workflows", "workflow_id"));
        if (page.at("next_page_token") == null) break;
        page = s.operator().get(path + "&next_page_token=" + query(page.text("next_page_token"))).is(200);
      }
      Unmet.unless(seen.equals(made), "expected %s, got %s", made, seen);
    });
    section.check("list-page-size", "a page has 1 to 200 lines", s -> {
      s.operator().get("/workflows?page_size=0").invalid("page_size");
      s.operator().get("/workflows?page_size=201").invalid("page_size");
      s.operator().get("/workflows?page_size=many").invalid("page_size");
      s.operator().get("/workflows?page_size=200").is(200);
    });
    section.check("list-token", "a token that was not given out is refused", s -> {
      int status = s.operator().get("/workflows?next_page_token=nonsense").status();
      Unmet.unless(status >= 400 && status < 429, "it was answered with %d", status);
    });
    for (String bucket : List.of("running", "completed", "failed")) {
      section.check("list-status-" + bucket, "the filter status=%s shows that bucket only".formatted(bucket), s -> {
        Flow open = s.start();
        WireWorker worker = s.worker();
        worker.runs(Wants.timer(3_600));
        Flow completed = s.start();
        worker.runs(Wants.complete(1L));
        Flow failed = s.start();
        failed.post("cancel").is(200);
        String expected = switch (bucket) {
          case "running" -> open.id();
          case "completed" -> completed.id();
          default -> failed.id();
        };
        Answer got = s.operator().get("/workflows?status=%s&workflow_type=%s".formatted(bucket, s.type())).is(200);
        got.where("workflow_count", 1, "workflows/0/workflow_id", expected, "workflows/0/status_bucket", bucket);
      });
    }
    for (String other : List.of("cancelled", "terminated", "pending", "waiting", "nonsense")) {
      section.check("list-status-not-" + other, "status=%s is no bucket".formatted(other),
          s -> s.operator().get("/workflows?status=" + other).invalid("status"));
    }
    section.check("list-query-id", "the query finds by a part of the id", s -> {
      Flow flow = s.start();
      s.operator().get("/workflows?query=" + flow.id()).is(200).where("workflows/0/workflow_id", flow.id());
    });
    section.check("list-query-business-key", "the query finds by the business key", s -> {
      String key = s.name("key");
      Flow flow = s.start("business_key", key);
      s.operator().get("/workflows?query=" + key).is(200).where("workflow_count", 1, "workflows/0/workflow_id",
          flow.id());
    });
    section.check("list-query-system", "a predicate over system fields", s -> {
      Flow flow = s.start();
      for (String predicate : List.of("WorkflowId = \"" + flow.id() + "\"", "RunId = \"" + flow.run() + "\"",
          "WorkflowType = \"" + s.type() + "\" AND TaskQueue = \"" + s.queue() + "\"",
          "WorkflowId = \"" + flow.id() + "\" AND Status = \"running\"")) {
        s.operator().get("/workflows?query=" + query(predicate)).is(200).where("workflow_count", 1,
            "workflows/0/workflow_id", flow.id());
      }
    });
    section.check("list-query-attribute", "a predicate over a search attribute", s -> {
      String name = s.attribute("Customer");
      Flow flow = s.start("search_attributes", Json.of(name, "42"));
      s.start("search_attributes", Json.of(name, "43"));
      s.operator().get("/workflows?query=" + query(name + " = \"42\"")).is(200).where("workflow_count", 1,
          "workflows/0/workflow_id", flow.id());
    });
    section.check("list-query-membership", "equality with a list of keywords is membership", s -> {
      String name = s.attribute("Tags");
      s.operator().post("/search-attributes", "name", name, "type", "keyword_list").is(201);
      Flow flow = s.start("search_attributes", Json.of(name, List.of("red", "blue")));
      s.operator().get("/workflows?query=" + query(name + " = \"blue\"")).is(200).where("workflow_count", 1,
          "workflows/0/workflow_id", flow.id());
      s.operator().get("/workflows?query=" + query(name + " = \"green\"")).is(200).where("workflow_count", 0);
    });
    section.check("list-query-broken", "a query that cannot be read is refused", s -> {
      int status = s.operator().get("/workflows?query=" + query("WorkflowId = ")).status();
      Unmet.unless(status == 400 || status == 422, "it was answered with %d", status);
    });
    section.check("list-query-quotes", "a text with quotes finds nothing and breaks nothing", s -> {
      s.operator().get("/workflows?query=" + query("o'brien\\")).is(200).where("workflow_count", 0);
      s.operator().get("/workflows?workflow_type=" + query("x' or '1'='1")).is(200).where("workflow_count", 0);
    });
  }

  private static void runs(Suite.Section section) {
    section.check("runs", "the runs of a workflow, oldest first", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.continueAsNew());
      worker.runs(Wants.timer(3_600));
      Answer got = s.operator().get(flow.path() + "/runs").is(200);
      got.where("workflow_id", flow.id(), "run_count", 2, "runs/0/run_id", flow.run(), "runs/0/run_number", 1,
          "runs/0/is_current_run", false, "runs/1/run_number", 2, "runs/1/is_current_run", true);
      for (Doc run : got.list("runs")) {
        run.has("workflow_id", "workflow_type", "business_key", "status", "status_bucket", "task_queue", "started_at",
            "closed_at");
      }
    });
    section.check("runs-not-found", "an unknown workflow has none",
        s -> s.operator().get("/workflows/" + s.name("none") + "/runs").refused(404, "instance_not_found"));
    section.check("runs-current", "without a run id the current one is meant", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.continueAsNew());
      flow.describe().where("run_number", 2, "run_count", 2, "is_current_run", true);
      flow.describeRun().where("run_number", 1, "is_current_run", false);
    });
  }
}
