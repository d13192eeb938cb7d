package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before any operation begins, and which refusal wins. */
class GateTest {
  static Wire wire;

  @BeforeAll
  static void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--worker-token", "work", "--operator-token", "operate",
        "--admin-token", "administer", "--auth-token", "sesame", "--max-body-bytes", "20000");
  }

  @AfterAll
  static void close() {
    wire.close();
  }

  private static HttpRequest.Builder as(String token, String path) {
    return HttpRequest.newBuilder(URI.create(wire.url() + "/api" + path)).header("Authorization", "Bearer " + token)
        .header("X-Durable-Workflow-Control-Plane-Version", "2").header("X-Durable-Workflow-Protocol-Version", "1.1")
        .header("Content-Type", "application/json");
  }

  private static HttpRequest.BodyPublisher json(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  @Test
  void healthNeedsNoTokenAndNoVersion() {
    HttpRequest.Builder bare = HttpRequest.newBuilder(URI.create(wire.url() + "/api/health")).GET();
    assertThat(wire.send(bare).is(200).at("status")).isEqualTo("serving");
    assertThat(wire.send(HttpRequest.newBuilder(URI.create(wire.url() + "/api/ready"))).is(200).at("status"))
        .isEqualTo("ready");
  }

  @Test
  void aPathInFrontOfTheApiDoesNotMatter() {
    assertThat(wire.send(HttpRequest.newBuilder(URI.create(wire.url() + "/some/prefix/api/health")).GET()).status())
        .isEqualTo(200);
  }

  @Test
  void whoIsNotKnownIsNobody() {
    wire.send(HttpRequest.newBuilder(URI.create(wire.url() + "/api/workflows"))
        .header("X-Durable-Workflow-Control-Plane-Version", "2").GET()).refused(401, "unauthorized");
    wire.send(as("nonsense", "/workflows").GET()).refused(401, "unauthorized");
    wire.send(as("nonsense", "/worker/register").POST(json("{}"))).refused(401, "unauthorized");
  }

  @Test
  void everyRoleMayCallItsOwnRoutesOnly() {
    wire.send(as("work", "/workflows").GET()).refused(403, "forbidden");
    wire.send(as("operate", "/worker/register").POST(json("{}"))).refused(403, "forbidden");
    wire.send(as("administer", "/worker/register").POST(json("{}"))).refused(403, "forbidden");
    wire.send(as("operate", "/namespaces").POST(json("{\"name\":\"x\"}"))).refused(403, "forbidden");
    wire.send(as("operate", "/workflows").GET()).is(200);
    wire.send(as("administer", "/workflows").GET()).is(200);
    wire.send(as("administer", "/system/metrics").GET()).is(200);
    for (String token : List.of("work", "operate", "administer", "sesame")) {
      wire.send(as(token, "/cluster/info").GET()).is(200);
    }
  }

  @Test
  void theTokenWithoutARoleIsAnAdministratorsAsSoonAsThereAreRoles() {
    wire.send(as("sesame", "/worker/register").POST(json("{}"))).refused(403, "forbidden");
    wire.send(as("sesame", "/workflows").GET()).is(200);
  }

  @Test
  void theFirstThingThatIsWrongIsSaid() {
    // Size before syntax before token before role before version before namespace before fields.
    wire.send(as("nonsense", "/workflows").POST(json("{" + " ".repeat(30_000)))).refused(413, "payload_too_large");
    wire.send(as("nonsense", "/workflows").POST(json("{"))).refused(400, "malformed_json");
    wire.send(as("nonsense", "/workflows").POST(json("{}"))).refused(401, "unauthorized");
    HttpRequest.Builder noVersion = HttpRequest.newBuilder(URI.create(wire.url() + "/api/workflows"))
        .header("Content-Type", "application/json").header("X-Namespace", "nowhere");
    wire.send(noVersion.copy().header("Authorization", "Bearer work").POST(json("{}"))).refused(403, "forbidden");
    wire.send(noVersion.copy().header("Authorization", "Bearer operate").POST(json("{}")))
        .refused(400, "missing_control_plane_version");
    wire.send(as("operate", "/workflows").header("X-Namespace", "nowhere").POST(json("{}"))).refused(404,
        "namespace_not_found");
    wire.send(as("operate", "/workflows").POST(json("{}"))).refused(422, "validation_failed");
  }

  @Test
  void bodiesThatAreNoJsonAreRefused() {
    HttpRequest.Builder xml = HttpRequest.newBuilder(URI.create(wire.url() + "/api/workflows"))
        .header("Authorization", "Bearer operate").header("Content-Type", "text/xml");
    wire.send(xml.POST(json("<a/>"))).refused(415, "unsupported_media_type");
    wire.send(as("operate", "/workflows").POST(json("[1]"))).refused(400, "malformed_json");
    wire.send(as("operate", "/workflows").POST(json("{\"a\":1,\"a\":2}"))).refused(400, "malformed_json");
    wire.send(as("operate", "/workflows").POST(json("[".repeat(5_000)))).refused(400, "malformed_json");
    // PHP writes an empty object so.
    wire.send(as("operate", "/workflows").POST(json("[]"))).refused(422, "validation_failed");
  }

  @Test
  void headersAndAddressesHaveALimit() throws Exception {
    String large = "x".repeat(20_000);
    assertThat(statusOf("GET /api/health HTTP/1.1\r\nHost: x\r\nX-Large: " + large + "\r\n\r\n")).isEqualTo(431);
    assertThat(statusOf("GET /api/health?" + large + " HTTP/1.1\r\nHost: x\r\n\r\n")).isEqualTo(414);
    assertThat(statusOf("nonsense\r\n\r\n")).isEqualTo(400);
    assertThat(statusOf("GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n")).isEqualTo(200);
  }

  private static int statusOf(String request) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", wire.server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
      return Integer.parseInt(line.split(" ")[1]);
    }
  }

  @Test
  void namesThatNoDatabaseCanHold() {
    wire.send(as("work", "/worker/workflow-tasks/poll").POST(json(
        "{\"worker_id\":\"w\",\"task_queue\":\"a\\u0000b\"}"))).refused(422, "validation_failed");
    Wire.Got query = wire.send(as("operate", "/workflows?query=a%00b").GET()).refused(422, "validation_failed");
    assertThat(Json.object(query.body().get("errors"))).containsKey("query");
    Wire.Got path = wire.send(as("operate", "/task-queues/a%00b").GET()).refused(422, "validation_failed");
    assertThat(Json.object(path.body().get("errors"))).containsKey("task_queue");
  }

  @Test
  void versionsAreChecked() {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(wire.url() + "/api/workflows"))
        .header("Authorization", "Bearer operate").header("X-Durable-Workflow-Control-Plane-Version", "3");
    Wire.Got got = wire.send(request.GET()).refused(400, "unsupported_control_plane_version");
    assertThat(got.body()).containsEntry("supported_version", "2").containsEntry("requested_version", "3");
    HttpRequest.Builder worker = HttpRequest.newBuilder(URI.create(wire.url() + "/api/worker/heartbeat"))
        .header("Authorization", "Bearer work").header("Content-Type", "application/json");
    wire.send(worker.copy().POST(json("{}"))).refused(400, "missing_protocol_version");
    wire.send(worker.copy().header("X-Durable-Workflow-Protocol-Version", "2.0").POST(json("{}")))
        .refused(400, "unsupported_protocol_version");
    wire.send(worker.copy().header("X-Durable-Workflow-Protocol-Version", "1.999").POST(json("{}")))
        .refused(400, "unsupported_protocol_version");
    Wire.Got spoken = wire.send(worker.copy().header("X-Durable-Workflow-Protocol-Version", "1.0")
        .POST(json("{\"worker_id\":\"nobody\"}"))).refused(404, "worker_not_registered");
    assertThat(spoken.body()).containsKeys("protocol_version", "server_capabilities", "error");
    assertThat(spoken.raw().headers().firstValue("X-Durable-Workflow-Protocol-Version"))
        .contains(spoken.text("protocol_version"));
  }

  @Test
  void unknownRoutesAndMethods() {
    wire.send(as("operate", "/nothing").GET()).refused(404, "not_found");
    wire.send(as("operate", "/workflows").PUT(json("{}"))).refused(405, "method_not_allowed");
  }

  @Test
  void everyAnswerOfTheControlPlaneSaysItsVersion() {
    for (Wire.Got got : List.of(wire.send(as("operate", "/workflows").GET()), wire.send(as("operate",
        "/workflows/none").GET()),
        wire.send(as("nonsense", "/workflows").GET()))) {
      assertThat(got.raw().headers().firstValue("X-Durable-Workflow-Control-Plane-Version")).contains("2");
    }
  }

  @Test
  void longAnswersArePackedWhenAsked() throws Exception {
    HttpRequest packed = HttpRequest.newBuilder(URI.create(wire.url() + "/api/openapi.json"))
        .header("Accept-Encoding", "gzip").GET().build();
    try (var http = java.net.http.HttpClient.newHttpClient()) {
      var got = http.send(packed, HttpResponse.BodyHandlers.ofByteArray());
      assertThat(got.headers().firstValue("Content-Encoding")).contains("gzip");
      byte[] plain = new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(got.body())).readAllBytes();
      assertThat(Json.object(Json.read(plain))).containsEntry("openapi", "3.1.0");
    }
  }

  @Test
  void theDescriptionHasEveryOperationOnceAndNamesItsParameters() {
    Map<String, Object> paths = cast(wire.send(HttpRequest.newBuilder(URI.create(wire.url() + "/api/openapi.json")))
        .at("paths"));
    Set<String> ids = new HashSet<>();
    paths.forEach((path, operations) -> Json.object(operations).forEach((method, operation) -> {
      assertThat(ids.add(Json.string(Json.object(operation), "operationId"))).as(path).isTrue();
      long named = Json.list(Json.object(operation).get("parameters")).stream()
          .filter(one -> "path".equals(Json.object(one).get("in"))).count();
      assertThat(named).isEqualTo(path.chars().filter(c -> c == '{').count());
    }));
    assertThat(ids).contains("workflow.start", "workflow_task.poll", "health");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> cast(Object value) {
    return (Map<String, Object>) value;
  }

  @Test
  void aPollWhoseConnectionGoesAwayTakesNothing() throws Exception {
    wire.send(as("work", "/worker/register").POST(json(
        "{\"worker_id\":\"gone\",\"task_queue\":\"quiet\"}"))).is(201);
    byte[] body = "{\"worker_id\":\"gone\",\"task_queue\":\"quiet\",\"timeout_seconds\":30}".getBytes(StandardCharsets.UTF_8);
    try (Socket socket = new Socket("127.0.0.1", wire.server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(("POST /api/worker/workflow-tasks/poll HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer work\r\n"
          + "X-Durable-Workflow-Protocol-Version: 1.1\r\nContent-Type: application/json\r\nContent-Length: "
          + body.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      out.write(body);
      out.flush();
      while (wire.server.engine().health().polls() == 0) Thread.onSpinWait();
    }
    while (wire.server.engine().health().polls() > 0) Thread.onSpinWait();
    wire.send(as("operate", "/workflows").POST(json(
        "{\"workflow_type\":\"t\",\"workflow_id\":\"after-" + System.nanoTime() + "\",\"task_queue\":\"quiet\"}")))
            .is(201);
    assertThat(wire.send(as("work", "/worker/workflow-tasks/poll").POST(json(
        "{\"worker_id\":\"gone\",\"task_queue\":\"quiet\",\"timeout_seconds\":0}"))).is(200).at("task")).isNotNull();
  }
}
