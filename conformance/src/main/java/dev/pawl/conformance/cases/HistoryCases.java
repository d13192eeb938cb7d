package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A run's history, and its export: section 6.5. */
final class HistoryCases {
  private HistoryCases() {}

  static void add(Suite suite) {
    pages(suite.section("6.5", "History"));
    waiting(suite.section("6.5", "History"));
    results(suite.section("6.5", "History"));
    export(suite.section("6.5", "History"));
  }

  /** A run with more than a hundred events, which is where a server of April would cut. */
  private static Flow talkative(Scene s) {
    Flow flow = s.start();
    Object[] commands = new Object[121];
    for (int i = 0; i < 120; i++) commands[i] = Wants.sideEffect((long) i);
    commands[120] = Wants.complete("end");
    s.worker().runs(commands);
    return flow;
  }

  private static void pages(Suite.Section section) {
    section.check("whole", "without a page size the history is whole", s -> {
      Answer history = talkative(s).history();
      Unmet.unless(history.list("events").size() == 123, "got %d events", history.list("events").size());
      history.where("next_page_token", null, "events/122/event_type", "WorkflowCompleted");
    });
    section.check("fields", "an event has sequence, type, time and payload", s -> {
      Flow flow = s.start();
      Answer history = flow.history();
      history.where("workflow_id", flow.id(), "run_id", flow.run());
      for (Doc event : history.list("events")) {
        event.has("sequence", "event_type", "timestamp", "payload").object("payload");
        event.text("timestamp");
      }
    });
    section.check("pages", "pages follow each other without a gap", s -> {
      Flow flow = talkative(s);
      List<@Nullable Object> seen = new ArrayList<>();
      String token = "";
      for (int i = 0; i < 100; i++) {
        Answer page = s.operator().get(flow.runPath() + "/history?page_size=50" + token).is(200);
        Unmet.unless(page.list("events").size() <= 50, "a page of %d", page.list("events").size());
        seen.addAll(page.each("events", "sequence"));
        if (page.at("next_page_token") == null) break;
        token = "&next_page_token=" + page.text("next_page_token");
      }
      List<@Nullable Object> all = new ArrayList<>();
      for (long i = 1; i <= 123; i++) all.add(i);
      Unmet.unless(seen.equals(all), "got %s", seen);
    });
    section.check("page-size", "a page has 1 to 1000 events", s -> {
      Flow flow = s.start();
      s.operator().get(flow.runPath() + "/history?page_size=0").invalid("page_size");
      s.operator().get(flow.runPath() + "/history?page_size=1001").invalid("page_size");
      s.operator().get(flow.runPath() + "/history?page_size=1000").is(200);
    });
    section.check("not-found", "an unknown run has no history", s -> {
      Flow flow = s.start();
      s.operator().get(flow.path() + "/runs/none/history").refused(404, "run_not_found");
      s.operator().get("/workflows/" + s.name("none") + "/runs/" + flow.run() + "/history").is(404);
    });
    section.check("token", "a token that was not given out is refused", s -> {
      int status = s.operator().get(s.start().runPath() + "/history?next_page_token=nonsense").status();
      Unmet.unless(status == 400 || status == 422, "it was answered with %d", status);
    });
  }

  private static void waiting(Suite.Section section) {
    section.check("wait-new-event", "wait_new_event holds the request until there is one", s -> {
      Flow flow = s.start();
      Answer page = s.operator().get(flow.runPath() + "/history?page_size=1").is(200);
      Answer rest = s.operator().get(flow.runPath() + "/history?page_size=1&next_page_token="
          + page.text("next_page_token")).is(200);
      Object token = rest.at("next_page_token");
      var waiting = s.meanwhile(() -> s.operator().get(flow.runPath() + "/history?wait_new_event=true"
          + (token == null ? "" : "&next_page_token=" + token)));
      flow.signal("poke");
      waiting.result().is(200);
    });
    section.check("wait-closed", "nobody waits for an event of a closed run", s -> {
      Flow flow = s.start();
      flow.post("terminate").is(200);
      long began = System.nanoTime();
      s.operator().get(flow.runPath() + "/history?wait_new_event=true").is(200);
      Unmet.unless(System.nanoTime() - began < Duration.ofSeconds(10).toNanos(), "it took longer than 10 s");
    });
  }

  private static void results(Suite.Section section) {
    section.check("completed", "WorkflowCompleted carries the output and its codec", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.complete("done"));
      flow.event("WorkflowCompleted").where("payload/output", Wants.envelope("done"), "payload/payload_codec", "avro");
      flow.ends("WorkflowCompleted");
    });
    section.check("failed", "WorkflowFailed carries message and class", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.fail("out of stock", "exception_type", "OutOfStock", "exception_class",
          "shop.OutOfStock"));
      flow.event("WorkflowFailed").where("payload/message", "out of stock", "payload/exception_class",
          "shop.OutOfStock", "payload/exception_type", "OutOfStock");
      flow.ends("WorkflowFailed");
    });
    section.check("cancelled", "WorkflowCancelled carries the reason", s -> {
      Flow flow = s.start();
      flow.post("cancel", "reason", "changed my mind").is(200);
      flow.event("WorkflowCancelled").where("payload/reason", "changed my mind");
      flow.ends("CancelRequested", "WorkflowCancelled");
    });
    section.check("terminated", "WorkflowTerminated carries the reason", s -> {
      Flow flow = s.start();
      flow.post("terminate", "reason", "enough").is(200);
      flow.event("WorkflowTerminated").where("payload/reason", "enough");
      flow.ends("WorkflowTerminated");
    });
    section.check("timed-out", "a run that timed out ends with a failure, too", s -> {
      Flow flow = s.start("run_timeout_seconds", 1);
      flow.awaitsStatus("failed").where("closed_reason", "timed_out");
      flow.ends("WorkflowTimedOut", "WorkflowFailed");
      flow.event("WorkflowTimedOut").where("payload/timeout_kind", "run_timeout").text("payload/message");
      flow.event("WorkflowFailed").text("payload/message");
    });
  }

  private static void export(Suite.Section section) {
    section.check("export", "an export is a bundle of its own shape", s -> {
      Flow flow = s.start("input", List.of(1));
      s.worker().runs(Wants.sideEffect(7L), Wants.complete("done"));
      Answer got = s.operator().get(flow.runPath() + "/history/export").is(200);
      got.lacks("control_plane");
      got.where("schema", "durable-workflow.v2.history-export", "schema_version", 1, "history_complete", true);
      got.where("workflow/instance_id", flow.id(), "workflow/run_id", flow.run(), "workflow/run_number", 1,
          "workflow/workflow_type", s.type(), "workflow/status", "completed");
      got.where("payloads/codec", "avro", "payloads/arguments/available", true, "payloads/output/available", true);
      got.has("exported_at", "dedupe_key", "payloads/arguments/data", "payloads/output/data", "waits", "timeline",
          "commands", "signals", "updates", "tasks", "activities", "timers", "failures", "links", "payload_manifest",
          "codec_schemas");
      got.text("dedupe_key");
      got.where("payload_manifest/version", 1);
    }, Feature.HISTORY_EXPORT);
    section.check("export-events", "it has every event of the history, under type", s -> {
      Flow flow = talkative(s);
      Answer got = s.operator().get(flow.runPath() + "/history/export").is(200);
      Unmet.unless(got.each("history_events", "type").equals(flow.types()), "it has other events");
      Unmet.unless(got.each("history_events", "payload").equals(flow.history().each("events", "payload")),
          "their payloads differ");
      for (Doc event : got.list("history_events")) event.has("sequence", "payload", "recorded_at");
    }, Feature.HISTORY_EXPORT);
    section.check("export-sections", "what the events say is there by what it is about, too", s -> {
      WireWorker worker = CommandCases.declaring(s, "signals", List.of("poke"), "updates", List.of("pay"));
      Flow flow = s.start();
      worker.runs(Wants.activity("retry_policy", Json.of("max_attempts", 1)));
      worker.failActivity(worker.activity(), "message", "m", "type", "T");
      worker.runs(Wants.timer(0));
      worker.runs(Wants.child());
      Doc child = worker.task();
      worker.complete(child, Wants.complete("c"));
      worker.runs(Wants.condition("timeout_seconds", 3_600));
      Object update = flow.post("update/pay", "input", Wants.arguments(5L)).is(202).at("update_id");
      worker.runs(Wants.completeUpdate(update, "paid"));
      worker.runs(Wants.condition("timeout_seconds", 3_600));
      flow.signal("poke", "input", Wants.arguments(1L));
      worker.runs(Wants.activity("activity_type", "ship"));
      Answer got = s.operator().get(flow.runPath() + "/history/export").is(200);
      got.where("activities/0/activity_type", "charge", "activities/0/status", "failed", "activities/1/activity_type",
          "ship", "activities/1/status", "open", "timers/0/status", "fired", "waits/0/condition_key", "paid",
          "waits/0/status", "satisfied", "signals/0/signal_name", "poke", "updates/0/update_name", "pay",
          "updates/0/status", "completed", "failures/0/message", "m", "failures/0/exception_type", "T",
          "links/children/0/child_workflow_run_id", child.at("run_id"), "tasks/0/task_type", "activity");
      Unmet.unless(got.list("timeline").size() == got.list("history_events").size(), "the timeline leaves events out");
      Unmet.unless(got.each("commands", "command_type").equals(List.of("start", "update", "signal")), "commands: %s",
          got.at("commands"));
      for (Doc entry : got.list("payload_manifest/entries")) {
        entry.where("codec", "avro", "available", true, "redacted", false);
        Unmet.unless(got.at(entry.text("path").replace('.', '/')) instanceof Map, "nothing is at %s", entry.at("path"));
      }
      got.object("codec_schemas/avro");
    }, Feature.HISTORY_EXPORT);
    section.check("export-integrity", "its checksum fits what it says", s -> {
      Flow flow = s.start("input", List.of("h\u00e9", 1.5));
      flow.post("terminate").is(200);
      Answer got = s.operator().get(flow.runPath() + "/history/export").is(200);
      got.where("integrity/canonicalization", "json-recursive-ksort-v1", "integrity/checksum_algorithm", "sha256");
      Map<String, @Nullable Object> bundle = new TreeMap<>();
      if (got.value() instanceof Map<?, ?> all) all.forEach((name, value) -> bundle.put(String.valueOf(name), value));
      bundle.remove("integrity");
      got.where("integrity/checksum", sha256(Json.write(sorted(bundle))));
    }, Feature.HISTORY_EXPORT);
    section.check("export-open", "the export of an open run says that there may be more", s -> {
      Flow flow = s.start();
      s.operator().get(flow.runPath() + "/history/export").is(200).where("history_complete", false,
          "payloads/output/available", false);
    }, Feature.HISTORY_EXPORT);
    section.check("export-stable", "the same history has the same dedupe key", s -> {
      Flow flow = s.start();
      flow.post("terminate").is(200);
      String path = flow.runPath() + "/history/export";
      s.operator().get(path).is(200).where("dedupe_key", s.operator().get(path).is(200).at("dedupe_key"));
    }, Feature.HISTORY_EXPORT);
    section.check("export-not-found", "an unknown run has no export",
        s -> s.operator().get(s.start().path() + "/runs/none/history/export").refused(404, "run_not_found"),
        Feature.HISTORY_EXPORT);
  }

  private static @Nullable Object sorted(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = new TreeMap<>();
        map.forEach((name, one) -> copy.put(String.valueOf(name), sorted(one)));
        yield copy;
      }
      case List<?> list -> {
        List<@Nullable Object> copy = new ArrayList<>();
        for (Object one : list) copy.add(sorted(one));
        yield copy;
      }
      case null, default -> value;
    };
  }

  private static String sha256(byte[] text) throws java.security.NoSuchAlgorithmException {
    return HexFormat.of().formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(text));
  }
}
