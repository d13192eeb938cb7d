package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Client;
import dev.pawl.conformance.wire.Credential;
import dev.pawl.conformance.wire.Unmet;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How requests and answers travel: section 1. */
final class TransportCases {
  private TransportCases() {}

  static void add(Suite suite) {
    conventions(suite.section("1", "Transport conventions"));
    requestHeaders(suite.section("1.1", "Request headers"));
    responseHeaders(suite.section("1.2", "Response headers"));
    order(suite.section("1.3", "Order of checks"));
    compression(suite.section("1.4", "Response compression", Feature.COMPRESSION));
    limits(suite.section("1.5", "Limits"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Answer json(Client client, String method, String path, String text) {
    return client.send(method, path, bytes(text), "application/json");
  }

  private static void conventions(Suite.Section section) {
    section.check("path-prefix", "the base address may have a path of its own",
        s -> s.operator().below("/some/prefix").get("/workflows").is(200));
    section.check("json-suffix", "a media type that ends in +json is JSON",
        s -> s.operator().send("POST", "/workflows", bytes("{}"), "application/vnd.x+json").invalid("workflow_type"));
    section.check("charset", "a media type may have parameters",
        s -> s.operator().send("POST", "/workflows", bytes("{}"), "application/json; charset=utf-8")
            .invalid("workflow_type"));
    section.check("empty-body", "no body is an empty object",
        s -> s.operator().send("POST", "/workflows", new byte[0], "application/json").invalid("workflow_type"));
    section.check("empty-body-delete", "a DELETE may have a content type and no body",
        s -> s.admin().delete("/workers/" + s.name("none")).refused(404, "worker_not_found"));
    section.check("empty-array-body", "the body [] is an empty object",
        s -> json(s.operator(), "POST", "/workflows", "[]").invalid("workflow_type"));
    section.check("empty-array-nested", "a nested [] is an empty object where an object is wanted", s -> {
      Flow flow = s.start("memo", List.of(), "search_attributes", List.of());
      flow.describe().where("memo", Map.of(), "search_attributes", Map.of());
    });
    section.check("unknown-fields", "fields that nobody knows are ignored", s -> {
      s.start("no_such_field", Map.of("a", 1));
      s.worker("no_such_field", 1);
    });
    section.check("timestamps", "times are ISO-8601 in UTC", s -> {
      String at = s.start().describe().text("started_at");
      Unmet.unless(at.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|\\+00:00)"), "not such a time: %s", at);
    });
    section.check("id-characters", "a workflow id has letters, digits, dot, underscore, colon and dash",
        s -> s.startAs(s.name("A.b_c:d-9")).describe());
    section.check("id-length", "a workflow id of 128 characters works everywhere", s -> {
      String id = s.name("long");
      Flow flow = s.startAs(id + "x".repeat(128 - id.length()));
      flow.describe();
      flow.signal("poke");
    });
    section.check("encoded-name", "a name in a path is decoded", s -> {
      Flow flow = s.start();
      flow.signal("h%C3%A9llo%20you").where("signal_name", "h\u00e9llo you");
      Unmet.unless(flow.payloads("SignalReceived", "signal_name").equals(List.of("h\u00e9llo you")), "another name is kept");
    });
    section.check("unknown-route", "an unknown path is 404 not_found",
        s -> s.operator().get("/no-such-thing").refused(404, "not_found"));
    section.check("wrong-method", "a wrong method is 405",
        s -> s.operator().put("/workflows").refused(405, "method_not_allowed"));
  }

  private static void requestHeaders(Suite.Section section) {
    section.check("namespace-header", "X-Namespace names the namespace",
        s -> s.operator().in(s.name("nowhere")).get("/workflows").refused(404, "namespace_not_found"));
    section.check("namespace-lowercase", "the namespace is taken in lower case", s -> {
      String space = s.namespace();
      s.operator().in(space.toUpperCase(Locale.ROOT)).get("/workflows").is(200);
    });
    section.check("namespace-query", "without the header the query parameter counts",
        s -> s.operator().with("X-Namespace", null).get("/workflows?namespace=" + s.name("nowhere"))
            .refused(404, "namespace_not_found"));
    section.check("namespace-header-wins", "the header wins over the query parameter",
        s -> s.operator().get("/workflows?namespace=" + s.name("nowhere")).is(200));
    section.check("namespace-default", "without either it is the server's own", s -> {
      String own = s.info().text("default_namespace");
      Flow flow = s.start();
      Answer seen = s.operator().with("X-Namespace", null).get(flow.path());
      if (own.equals(s.target().namespace())) seen.is(200);
      else seen.refused(404, "instance_not_found");
    });
    section.check("control-version-missing", "a control-plane call without a version is refused",
        s -> s.operator().with(Client.CONTROL_VERSION, null).get("/workflows")
            .refused(400, "missing_control_plane_version").where("supported_version", "2")
            .has("requested_version", "remediation"));
    section.check("control-version-other", "a control-plane call of another version is refused",
        s -> s.operator().with(Client.CONTROL_VERSION, "3").get("/workflows")
            .refused(400, "unsupported_control_plane_version").where("supported_version", "2", "requested_version", "3")
            .has("remediation"));
    section.check("worker-version-missing", "a worker call without a version is refused",
        s -> s.workers().with(Client.WORKER_VERSION, null).post("/worker/heartbeat", "worker_id", "x")
            .refused(400, "missing_protocol_version").has("supported_version", "requested_version", "remediation"));
    section.check("worker-version-major", "another major version is refused",
        s -> s.workers().with(Client.WORKER_VERSION, "2.0").post("/worker/heartbeat", "worker_id", "x")
            .refused(400, "unsupported_protocol_version").where("requested_version", "2.0").has("supported_version",
                "remediation"));
    section.check("worker-version-newer", "a newer minor version than the server's is refused", s -> {
      int minor = Integer.parseInt(s.info().text("worker_protocol/version").split("\\.")[1]) + 1;
      s.workers().with(Client.WORKER_VERSION, "1." + minor).post("/worker/heartbeat", "worker_id", "x")
          .refused(400, "unsupported_protocol_version");
    });
    section.check("worker-version-nonsense", "a version that is none is refused",
        s -> s.workers().with(Client.WORKER_VERSION, "one").post("/worker/heartbeat", "worker_id", "x")
            .refused(400, "unsupported_protocol_version"));
    section.check("worker-version-lower", "every lower minor version is taken", s -> {
      int minor = Integer.parseInt(s.info().text("worker_protocol/version").split("\\.")[1]);
      for (int i = 0; i <= minor; i++) {
        s.workers().with(Client.WORKER_VERSION, "1." + i).post("/worker/heartbeat", "worker_id", s.name("none"))
            .refused(404, "worker_not_registered");
      }
    });
    section.check("other-plane-ignored", "the version of the other plane does not matter", s -> {
      s.operator().with(Client.WORKER_VERSION, "9.9").get("/workflows").is(200);
      s.workers().with(Client.CONTROL_VERSION, "9").post("/worker/heartbeat", "worker_id", s.name("none"))
          .refused(404, "worker_not_registered");
    });
  }

  private static void responseHeaders(Suite.Section section) {
    section.check("control", "every answer of the control plane says its version, refusals too", s -> {
      s.operator().get("/workflows").is(200);
      s.operator().get("/workflows/" + s.name("none")).is(404);
      s.operator().put("/workflows").is(405);
      s.nobody().with(Client.CONTROL_VERSION, null).get("/namespaces").is(200, 400, 401);
    });
    section.check("worker", "every answer of the worker plane says its version in header and body", s -> {
      s.worker();
      s.workers().post("/worker/heartbeat").is(422);
      s.workers().with(Client.WORKER_VERSION, null).post("/worker/heartbeat").is(400);
      Answer got = s.workers().post("/worker/heartbeat", "worker_id", s.name("none")).is(404);
      got.where("protocol_version", s.info().at("worker_protocol/version"));
    });
    section.check("exempt", "health, readiness and discovery need no version", s -> {
      Client bare = s.operator().with(Client.CONTROL_VERSION, null).with(Client.WORKER_VERSION, null);
      bare.get("/health").is(200);
      bare.get("/ready").is(200);
      bare.get("/cluster/info").is(200);
    });
  }

  private static void order(Suite.Section section) {
    String path = "/workflows";
    section.check("size-before-syntax", "413 wins over 400", s -> {
      long limit = s.info().number("limits/max_payload_bytes");
      int size = (int) Math.max(limit, s.info().at("limits/max_body_bytes") instanceof Long body ? body : 0) * 2 + 10;
      byte[] text = new byte[size];
      Arrays.fill(text, (byte) ' ');
      text[0] = '{';
      Answer got = s.operator().send("POST", path, text, "application/json").refused(413, "payload_too_large");
      Unmet.unless(got.number("limit") > 0, "expected the limit in %s", got);
    });
    section.check("media-type", "another media type is 415",
        s -> s.operator().send("POST", path, bytes("<a/>"), "text/xml").refused(415, "unsupported_media_type"));
    section.check("media-type-before-syntax", "415 wins over 400",
        s -> s.operator().send("POST", path, bytes("{"), "text/plain").refused(415, "unsupported_media_type"));
    section.check("syntax", "no JSON is 400", s -> json(s.operator(), "POST", path, "{\"a\":").refused(400,
        "malformed_json"));
    section.check("syntax-array", "an array that is not empty is no object",
        s -> json(s.operator(), "POST", path, "[1]").is(400, 422));
    section.check("syntax-before-token", "400 for the syntax wins over 401",
        s -> json(s.nobody(), "POST", path, "{").refused(400, "malformed_json"));
    section.check("token-before-version", "401 wins over 400 for the version",
        s -> s.nobody().with(Client.CONTROL_VERSION, null).get(path).refused(401, "unauthorized"), Feature.ROLES);
    section.check("role-before-version", "403 wins over 400 for the version",
        s -> s.workers().with(Client.CONTROL_VERSION, null).get(path).refused(403, "forbidden"), Feature.ROLES);
    section.check("role-before-namespace", "a wrong role does not learn whether a namespace exists",
        s -> s.workers().in(s.name("nowhere")).get(path).refused(403, "forbidden"), Feature.ROLES);
    section.check("version-before-namespace", "400 for the version wins over 404 for the namespace",
        s -> s.operator().in(s.name("nowhere")).with(Client.CONTROL_VERSION, null).get(path)
            .refused(400, "missing_control_plane_version"));
    section.check("namespace-before-fields", "404 for the namespace wins over 422",
        s -> s.operator().in(s.name("nowhere")).post(path).refused(404, "namespace_not_found"));
    section.check("fields-before-operation", "422 wins over what the operation would say",
        s -> s.operator().post("/workflows/" + s.name("none") + "/cancel", "reason", 7).invalid("reason"));
    section.check("namespace-exempt", "namespaces and discovery need no namespace", s -> {
      s.operator().in(s.name("nowhere")).get("/namespaces").is(200);
      s.operator().in(s.name("nowhere")).get("/cluster/info").is(200);
    });
    section.check("worker-plane", "the worker plane keeps the order, too", s -> {
      s.workers().as(new Credential.Token("nonsense")).with(Client.WORKER_VERSION, null).post("/worker/heartbeat")
          .refused(401, "unauthorized");
      s.workers().in(s.name("nowhere")).post("/worker/heartbeat").refused(404, "namespace_not_found");
    }, Feature.ROLES);
  }

  private static void compression(Suite.Section section) {
    section.check("gzip", "a long answer is packed when asked", s -> {
      Answer got = s.operator().with("Accept-Encoding", "gzip").get("/cluster/info").is(200);
      Unmet.unless("gzip".equals(got.header("Content-Encoding")), "expected gzip, got %s", got.header("Content-Encoding"));
      String vary = got.header("Vary");
      Unmet.unless(vary != null && vary.toLowerCase(Locale.ROOT).contains("accept-encoding"), "expected Vary, got %s", vary);
      got.text("control_plane/version");
    });
    section.check("plain", "nothing is packed unasked", s -> {
      Answer got = s.operator().get("/cluster/info").is(200);
      Unmet.unless(got.header("Content-Encoding") == null, "got %s", got.header("Content-Encoding"));
    });
    section.check("refused", "an encoding of quality 0 is not used", s -> {
      Answer got = s.operator().with("Accept-Encoding", "gzip;q=0").get("/cluster/info").is(200);
      Unmet.unless(!"gzip".equals(got.header("Content-Encoding")), "it was packed all the same");
    });
    section.check("short", "a short answer is not packed", s -> {
      Answer got = s.operator().with("Accept-Encoding", "gzip").get("/health").is(200);
      Unmet.unless(got.raw().length >= 1_024 || got.header("Content-Encoding") == null, "it was packed");
    });
  }

  private static void limits(Suite.Section section) {
    section.check("memo", "a memo has at most the bytes that are advertised", s -> {
      int most = (int) s.info().number("limits/max_memo_bytes");
      s.start("memo", Map.of("a", "x".repeat(most - 100)));
      s.operator().post("/workflows", "workflow_type", "t", "memo", Map.of("a", "x".repeat(most))).invalid("memo");
    });
    section.check("attribute-key", "a search attribute's name is a letter, then letters, digits or _", s -> {
      for (String bad : List.of("1st", "a-b", "_a", "a b", "x".repeat(129))) {
        s.operator().post("/workflows", "workflow_type", "t", "search_attributes", Map.of(bad, "v"))
            .invalid("search_attributes");
      }
    });
    section.check("attribute-value", "a search attribute's text has at most 2048 bytes", s -> {
      String name = s.attribute("Note");
      s.start("search_attributes", Map.of(name, "x".repeat(2_048)));
      s.operator().post("/workflows", "workflow_type", "t", "search_attributes", Map.of(name, "x".repeat(2_049)))
          .refused(422, "validation_failed");
    });
    for (String kind : List.of("signal", "query", "update")) {
      section.check(kind + "-name", "the name of a %s has at most 256 bytes and no control characters".formatted(kind), s -> {
        Flow flow = s.start();
        flow.post(kind + "/" + "x".repeat(257)).invalid(kind + "_name");
        flow.post(kind + "/a%01b").invalid(kind + "_name");
      });
    }
    section.check("signal-name-256", "a name of 256 bytes is taken", s -> s.start().signal("x".repeat(256)));
    section.check("commands", "a completion has at most 1000 commands", s -> {
      Flow flow = s.start();
      var worker = s.worker();
      var task = worker.task();
      Object[] many = new Object[1_001];
      Arrays.fill(many, Json.of("type", "start_timer", "delay_seconds", 3_600));
      Answer got = worker.report(task, many).refused(422, "structural_limit_exceeded");
      got.where("current_value", 1_001, "configured_limit", 1_000);
      got.text("limit_kind");
      Unmet.unless(flow.types().size() == 2, "something was recorded: %s", flow.types());
    });
    section.check("pending", "an advertised limit of what is pending holds", TransportCases::pending,
        Feature.PENDING_LIMITS);
    section.check("advertised", "limits are advertised",
        s -> s.info().has("limits/max_payload_bytes", "limits/max_memo_bytes", "limits/max_operation_name_length"));
  }

  private static void pending(Scene s) {
    long most = s.info().number("limits/max_pending_activities");
    s.start();
    var worker = s.worker();
    Object[] many = new Object[(int) Math.min(1_000, most)];
    Arrays.fill(many, Json.of("type", "schedule_activity", "activity_type", "a"));
    worker.complete(worker.task(), many);
  }
}
