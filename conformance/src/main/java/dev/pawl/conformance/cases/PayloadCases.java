package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values and their codec: section 4. */
final class PayloadCases {
  private PayloadCases() {}

  static void add(Suite suite) {
    envelopes(suite.section("4.1", "Envelope"));
    vectors(suite.section("4.2", "Blob bytes"));
    broken(suite.section("4.2", "Blob bytes"));
    raw(suite.section("4.2", "Blob bytes"));
    places(suite.section("4.3", "What is sent where"));
    references(suite.section("4.4", "External payload references"));
  }

  private static Map<String, @Nullable Object> reference(String uri, Object... more) {
    return Json.of("codec", "avro", "external_storage", Json.with(Json.of("schema",
        "durable-workflow.v2.external-payload-reference.v1", "uri", uri, "sha256", "0".repeat(64), "size_bytes", 1,
        "codec", "avro"), more));
  }

  private static void references(Suite.Section section) {
    section.check("no-policy", "without a storage policy a reference is refused", s -> s.operator().post("/workflows",
        "workflow_type", "t", "input", reference("file:///nowhere")).invalid("input.external_storage"));
    section.check("round-trip", "a reference is handed back as it is", s -> {
      String space = s.namespace();
      Answer stored = UpkeepCases.tested(s, space);
      Map<String, @Nullable Object> sent = reference(stored.text("small_payload/reference_uri"));
      s.operator().in(space).post("/workflows", "workflow_type", "t", "task_queue", s.queue(), "input", sent).is(201);
      WireWorker worker = new WireWorker(s.workers().in(space), s.name("w"), s.queue());
      worker.register().is(201);
      worker.task().where("arguments", sent);
    }, Feature.EXTERNAL_STORAGE);
    section.check("broken", "a reference that is broken is refused", s -> {
      String space = s.namespace();
      String uri = UpkeepCases.tested(s, space).text("small_payload/reference_uri");
      for (var bad : List.of(reference(uri, "sha256", "short"), reference(uri, "size_bytes", -1),
          reference(uri, "schema", "another"), reference(uri, "codec", "json"), reference(uri, "uri", 7))) {
        s.operator().in(space).post("/workflows", "workflow_type", "t", "input", bad).refused(422,
            "validation_failed");
      }
    }, Feature.EXTERNAL_STORAGE);
  }

  private static void envelopes(Suite.Section section) {
    section.check("codec", "another codec is refused", s -> {
      Answer got = s.operator().post("/workflows", "workflow_type", "t", "input",
          Json.of("codec", "json", "blob", "e30=")).invalid("input.codec");
      Unmet.unless(got.text("message").startsWith("unsupported_payload_codec"), "got %s", got.text("message"));
    });
    section.check("key-set", "an object with other keys is plain JSON", s -> {
      Flow flow = s.start("input", List.of(Json.of("codec", "avro", "blob", "x", "more", 1)));
      flow.describe().where("input", List.of(Json.of("codec", "avro", "blob", "x", "more", 1)));
    });
    section.check("task-codec", "tasks name their codec", s -> {
      s.start();
      s.worker().task().where("payload_codec", "avro").where("arguments/codec", "avro");
    });
    section.check("answers", "describe has values decoded and enveloped", s -> {
      Flow flow = s.start("input", Wants.arguments(7L, "a"));
      flow.describe().where("input", List.of(7, "a"), "input_envelope", Wants.arguments(7L, "a"), "output", null,
          "output_envelope", null, "payload_codec", "avro");
    });
    section.check("absent-input", "an absent input is the encoded empty list", s -> {
      s.start();
      s.worker().task().where("arguments/blob", "wwHioz3/VYAiNwwA");
    });
  }

  private static void vectors(Suite.Section section) {
    Map<String, @Nullable Object> vectors = new LinkedHashMap<>();
    vectors.put("wwHioz3/VYAiNwA=", null);
    vectors.put("wwHioz3/VYAiNwIB", true);
    vectors.put("wwHioz3/VYAiNwQO", 7L);
    vectors.put("wwHioz3/VYAiNwYAAAAAAAD4Pw==", 1.5);
    vectors.put("wwHioz3/VYAiNwoEaGk=", "hi");
    vectors.put("wwHioz3/VYAiNwwA", List.of());
    vectors.put("wwHioz3/VYAiNwwCCgJhAA==", List.of("a"));
    vectors.put("wwHioz3/VYAiNw4CAmsEAgA=", Map.of("k", 1L));
    vectors.forEach((blob, value) -> {
      String text = Json.text(value);
      section.check("vector " + text, "%s is %s, both ways".formatted(text, blob), s -> {
        Flow flow = s.start();
        WireWorker worker = s.worker();
        worker.runs(Json.of("type", "complete_workflow", "result", Json.of("codec", "avro", "blob", blob)));
        Answer seen = flow.awaitsStatus("completed");
        seen.where("output_envelope", Json.of("codec", "avro", "blob", blob));
        Unmet.unless(Objects.equals(seen.at("output"), value), "decoded to %s", seen.at("output"));
      });
      section.check("encodes " + text, "plain %s is stored as %s".formatted(text, blob), s -> {
        Flow flow = s.start();
        s.worker().runs(Json.of("type", "complete_workflow", "result", value));
        flow.awaitsStatus("completed").where("output_envelope/blob", blob);
      });
    });
    section.check("several-blocks", "a list of several blocks, one of them with its size, is read", s -> {
      // [1, 2] as a block of one, then a block of minus one with its size in bytes.
      String blob = Base64.getEncoder().encodeToString(HexFormat.of().parseHex("c301e2a33dff558022370c"
          + "020402" + "01040404" + "00"));
      s.start("input", Json.of("codec", "avro", "blob", blob)).describe().where("input", List.of(1, 2));
    });
  }

  private static void broken(Suite.Section section) {
    Map<String, String> blobs = new LinkedHashMap<>();
    blobs.put("base64", "!!!");
    blobs.put("unpadded", "wwHioz3/VYAiNwA");
    blobs.put("short", blob("c301e2a33dff5580"));
    blobs.put("magic", blob("c302e2a33dff5580223700"));
    blobs.put("fingerprint", blob("c301e2a33dff5580223800"));
    blobs.put("truncated", blob("c301e2a33dff5580223706000000"));
    blobs.put("trailing", blob("c301e2a33dff558022370000"));
    blobs.put("union", blob("c301e2a33dff5580223710"));
    blobs.put("infinite", blob("c301e2a33dff55802237060000000000" + "00f07f"));
    blobs.put("nan", blob("c301e2a33dff55802237060000000000" + "00f87f"));
    blobs.put("utf-8", blob("c301e2a33dff558022370a02ff"));
    blobs.forEach((row, blob) -> section.check("rejects-" + row, "a blob that is broken so is refused: " + row,
        s -> s.operator().post("/workflows", "workflow_type", "t", "input", Json.of("codec", "avro", "blob", blob))
            .refused(422, "validation_failed")));
  }

  private static String blob(String hex) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
  }

  private static void raw(Suite.Section section) {
    section.check("raw-array", "a raw array is the list of arguments", s -> {
      Flow flow = s.start("input", Arrays.asList(1, "two", null, 3.5, Map.of("a", 2)));
      flow.describe().where("input", Arrays.asList(1, "two", null, 3.5, Map.of("a", 2)));
    });
    section.check("raw-object", "a raw object is taken whole or by its values, and always so", s -> {
      Object input = s.start("input", Json.of("a", 1, "b", 2)).describe().at("input");
      boolean whole = List.of(Json.plain(Json.of("a", 1, "b", 2))).equals(input);
      Unmet.unless(whole || List.of(1L, 2L).equals(input), "neither whole nor by values: %s", input);
      Flow flow = s.start();
      flow.signal("x", "input", Json.of("a", 1, "b", 2));
      Object told = Wants.unblob(flow.event("SignalReceived").text("payload/value/blob"));
      Unmet.unless(Objects.equals(told, input), "a signal takes it as %s, a start as %s", told, input);
    });
    section.check("raw-integer", "an integer stays one, a fraction stays a double", s -> {
      Flow flow = s.start("input", List.of(7, 7.0));
      flow.describe().where("input", List.of(7L, 7.0)).where("input_envelope", Wants.arguments(7L, 7.0));
    });
    section.check("raw-too-large", "an integer beyond 64 bits is refused",
        s -> s.operator().post("/workflows", "workflow_type", "t", "input", List.of(BigInteger.TWO.pow(70)))
            .refused(422, "validation_failed"));
    section.check("bytes", "bytes come back in their envelope as they were", s -> {
      Map<String, @Nullable Object> sent = Wants.envelope(List.of(new byte[] {0, 1, -1}));
      s.start("input", sent).describe().where("input_envelope", sent);
    });
  }

  private static void places(Suite.Section section) {
    section.check("activity", "arguments and result of an activity are envelopes", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity("arguments", Wants.arguments(42L)));
      Doc activity = worker.activity();
      activity.where("arguments", Wants.arguments(42L), "payload_codec", "avro");
      worker.completeActivity(activity, Wants.envelope("paid"));
      flow.event("ActivityCompleted").where("payload/result", Wants.envelope("paid"), "payload/payload_codec", "avro");
    });
    section.check("side-effect", "the result of a side effect is a bare blob or an envelope", s -> {
      Flow flow = s.start();
      s.worker().runs(Wants.sideEffect(7L), Json.of("type", "record_side_effect", "result", Wants.envelope(8L)),
          Wants.complete(null));
      List<@Nullable Object> results = flow.payloads("SideEffectRecorded", "result");
      Unmet.unless(results.size() == 2, "got %s", results);
      Unmet.unless(carries(results.getFirst(), 7L) && carries(results.getLast(), 8L), "got %s", results);
    });
    section.check("signal", "the input of a signal is the envelope of a list", s -> {
      Flow flow = s.start();
      flow.signal("x", "input", Wants.arguments("a", 1L));
      Unmet.unless(carries(flow.event("SignalReceived").at("payload/value"), List.of("a", 1L)), "it came as %s",
          flow.event("SignalReceived"));
    });
    section.check("query", "a query's answer comes plain and enveloped", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.condition());
      var asked = s.meanwhile(() -> flow.post("query/state", "input", Wants.arguments(1L)));
      Doc task = worker.query();
      Unmet.unless(carries(task.at("query_arguments"), List.of(1L)), "asked %s", task);
      worker.queryCall(task, "complete", "result", Map.of("n", 5), "result_envelope", Wants.envelope(Map.of("n", 5L)))
          .is(200);
      asked.result().is(200).where("result", Map.of("n", 5), "result_envelope", Wants.envelope(Map.of("n", 5L)));
    }, Feature.QUERIES);
    section.check("memo", "memo and search attributes are plain JSON", s -> {
      String name = s.attribute("Region");
      Flow flow = s.start("memo", Json.of("note", List.of(1, "x")), "search_attributes", Json.of(name, "eu"));
      flow.describe().where("memo", Json.of("note", List.of(1, "x")), "search_attributes", Json.of(name, "eu"));
    });
    section.check("event-codec", "a codec that an event names is avro, never null", s -> {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      worker.completeActivity(worker.activity(), Wants.envelope(1L));
      worker.runs(Wants.complete(2L));
      for (Doc event : flow.history().list("events")) {
        Object payload = event.at("payload");
        if (payload instanceof Map<?, ?> map && map.containsKey("payload_codec")) {
          event.where("payload/payload_codec", "avro");
        }
      }
    });
  }

  /** Whether a bare blob or an envelope carries a value. */
  private static boolean carries(@Nullable Object sent, Object value) {
    Object blob = sent instanceof Map<?, ?> envelope ? envelope.get("blob") : sent;
    return blob instanceof String text && Objects.equals(Wants.unblob(text), value);
  }
}
