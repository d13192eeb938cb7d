package dev.pawl.server.control;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.server.auth.Secrets;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Histories;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.Reference;
import dev.pawl.server.wire.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A run's history as one document that says whether it is whole. */
final class HistoryExport {
  private HistoryExport() {}

  static Map<String, @Nullable Object> of(ControlApi.RunView view, List<Event> events, Instant at) {
    Payload input = null;
    Payload output = null;
    for (Event event : events) {
      if (event.fact() instanceof RunEvent.WorkflowStarted e) input = e.input();
      if (event.fact() instanceof RunEvent.WorkflowCompleted e) output = e.output();
    }
    List<Map<String, @Nullable Object>> shown = new ArrayList<>();
    for (Map<String, @Nullable Object> event : new Histories(view.namespace(), view.workflowId(), view.run())
        .all(events)) {
      shown.add(Json.of("id", event.get("id"), "sequence", event.get("sequence"), "type", event.get("event_type"),
          "event_type", event.get("event_type"), "payload", event.get("payload"), "recorded_at",
          event.get("recorded_at")));
    }
    Map<String, @Nullable Object> bundle = Json.of("schema", "durable-workflow.v2.history-export", "schema_version", 1,
        "exported_at", Instants.text(at), "dedupe_key", view.run() + ":" + view.lastSeq(), "history_complete",
        view.status().closed(), "workflow", Json.of("instance_id", view.workflowId(), "run_id", view.run().toString(),
            "run_number", view.runNumber(), "workflow_type", view.workflowType(), "status", RunShapes.status(view),
            "started_at", Instants.text(view.startedAt()), "closed_at", Instants.textOrNull(view.closedAt()),
            "task_queue", view.queue(), "namespace", view.namespace()),
        "payloads", Json.of("codec", "avro", "arguments", available(input), "output", available(output)),
        "history_events", shown, "redaction", Json.of("applied", false, "paths", List.of()), "codec_schemas",
        Json.of("avro", Json.of("framing", "avro-single-object", "fingerprint", "crc-64-avro:e2a33dff55802237", "name",
            "durable_workflow.protocol.Value")));
    new ExportSections(shown).putInto(bundle);
    bundle.put("integrity", Json.of("canonicalization", "json-recursive-ksort-v1", "checksum_algorithm", "sha256",
        "checksum", Secrets.hash(Json.text(sorted(bundle)))));
    return bundle;
  }

  private static Map<String, @Nullable Object> available(@Nullable Payload payload) {
    Map<String, @Nullable Object> envelope = Values.envelope(payload);
    Object blob = envelope == null ? null : envelope.get("blob");
    return Json.of("available", blob != null, "data", blob, Reference.MEMBER,
        envelope == null ? null : envelope.get(Reference.MEMBER));
  }

  private static @Nullable Object sorted(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = new TreeMap<>();
        map.forEach((key, one) -> copy.put(String.valueOf(key), sorted(one)));
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
}
