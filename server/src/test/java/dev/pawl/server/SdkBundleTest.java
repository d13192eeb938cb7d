package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.value.Payload;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.server.auth.Secrets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several calls in one request of the plane of Java programs: each passes every check by itself. */
@Timeout(180)
class SdkBundleTest {
  private static final long WAIT_MICROS = 30_000_000;
  static Wire wire;

  @BeforeAll
  static void open(@TempDir Path folder) throws IOException {
    Path config = folder.resolve("pawl.yaml");
    Files.writeString(config, """
        {"tokens": [{"role": "operator", "name": "ann", "sha256": "%s", "namespaces": ["hers"]}]}
        """.formatted(Secrets.hash("ann")));
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--worker-token", "work", "--operator-token", "operate",
        "--admin-token", "administer", "--max-body-bytes", "20000", "--config", config.toString());
    wire.send(HttpRequest.newBuilder(URI.create(wire.url() + "/api/namespaces")).header("Authorization", "Bearer administer")
        .header("X-Durable-Workflow-Control-Plane-Version", "2").header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"hers\"}"))).is(201);
  }

  @AfterAll
  static void close() {
    wire.close();
  }

  private static HttpRequest request(String token, String... calls) {
    return HttpRequest.newBuilder(URI.create(wire.url() + "/api/sdk/bundle")).header("Authorization", "Bearer " + token)
        .header("X-Pawl-Sdk-Protocol", "1").header("Content-Type", "application/x-ndjson")
        .POST(HttpRequest.BodyPublishers.ofString(
            Arrays.stream(calls).map(call -> call + "\n").collect(Collectors.joining()))).build();
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  /** Lines of the answer in the order of the calls. */
  private static List<String> lines(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/x-ndjson");
    return response.body().lines().filter(line -> !line.isBlank()).sorted().toList();
  }

  private static String open(String session) {
    return "work/open {\"session\":\"%s\",\"worker\":\"hand\",\"capacity\":1}".formatted(session);
  }

  private static String poll(String session) {
    return ("work/workflows/poll {\"session\":\"%s\",\"namespace\":\"default\",\"queue\":\"bundled\",\"types\":[\"it\"],"
        + "\"max\":1,\"patience\":%d,\"pollId\":\"%s\"}").formatted(session, WAIT_MICROS, UUID.randomUUID());
  }

  @Test
  void itIsNamedAmongTheFeatures() throws Exception {
    assertThat(send(request("work")).headers().firstValue("X-Pawl-Sdk-Features")).contains("bundle");
    assertThat(wire.send(HttpRequest.newBuilder(URI.create(wire.url() + "/api/cluster/info"))
        .header("Authorization", "Bearer work").GET()).is(200).at("sdk_protocol.features")).isEqualTo(List.of("bundle"));
  }

  @Test
  void everyCallHasItsOwnAnswer() throws Exception {
    String session = UUID.randomUUID().toString();
    List<String> lines = lines(send(request("work", open(session), "work/nonsense {}", "work/release {\"token\":7}",
        "control/list {}", "work/release nothing")));
    assertThat(lines).hasSize(5);
    assertThat(lines.get(0)).startsWith("0 200 0 {\"heartbeat\"");
    assertThat(lines.get(1)).startsWith("1 404 0 ").contains("\"reason\":\"not_found\"");
    assertThat(lines.get(2)).startsWith("2 422 0 ").contains("\"reason\":\"invalid_argument\"");
    assertThat(lines.get(3)).as("a worker is no operator").startsWith("3 403 0 ").contains("\"reason\":\"forbidden\"");
    assertThat(lines.get(4)).startsWith("4 422 0 ").contains("\"reason\":\"invalid_argument\"");
  }

  @Test
  void aTokenForOneNamespaceReachesNoOtherInABundle() throws Exception {
    String runs = "control/runs {\"namespace\":\"%s\",\"workflowId\":\"w\"}";
    assertThat(lines(send(request("ann", runs.formatted("hers"), runs.formatted("default"))))).satisfiesExactly(
        hers -> assertThat(hers).startsWith("0 200 0 "),
        other -> assertThat(other).startsWith("1 403 0 ").contains("not for namespace 'default'"));
  }

  @Test
  void whoIsNobodyHearsNothing() throws Exception {
    assertThat(send(request("nonsense", "work/close {}")).statusCode()).isEqualTo(401);
  }

  @Test
  void oneSignatureIsForAllLinesAndForNothingElse(@TempDir Path folder) throws Exception {
    String[] calls = {open(UUID.randomUUID().toString()), "control/list {}", "work/release {\"token\":7}"};
    try (Wire signed = new Wire("jdbc:sqlite:" + folder.resolve("signed.db"), "--auth", "signature",
        "--worker-signature-key", "work", "--admin-signature-key", "administer")) {
      URI there = URI.create(signed.url() + "/api/sdk/bundle");
      assertThat(lines(send(signed(there, "work", calls)))).satisfiesExactly(
          opened -> assertThat(opened).startsWith("0 200 0 "),
          listed -> assertThat(listed).as("a worker is no operator").startsWith("1 403 0 "),
          released -> assertThat(released).startsWith("2 422 0 "));
      HttpRequest other = signed(there, "work", "work/close {}");
      HttpRequest changed = HttpRequest.newBuilder(other, (name, value) -> true)
          .POST(HttpRequest.BodyPublishers.ofString("work/close { }\n")).build();
      assertThat(send(changed).statusCode()).isEqualTo(401);
    }
  }

  private static HttpRequest signed(URI there, String key, String... calls) {
    byte[] body = Arrays.stream(calls).map(call -> call + "\n").collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
    return HttpRequest.newBuilder(there).header("X-Pawl-Sdk-Protocol", "1").header("Content-Type", "application/x-ndjson")
        .header("X-Signature", HexFormat.of().formatHex(Secrets.mac(key.getBytes(StandardCharsets.UTF_8), body)))
        .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
  }

  @Test
  void whatIsNoBundleIsRefusedAsAWhole() throws Exception {
    for (String bad : List.of("bundle work/close {}", "work/../control/list {}", "work/close", "/work/close {}", "{}")) {
      assertThat(send(request("work", bad)).statusCode()).as(bad).isEqualTo(422);
    }
    String[] many = new String[1_001];
    Arrays.fill(many, "work/close {}");
    assertThat(send(request("work", many)).body()).contains("At most 1000 calls go together");
    assertThat(send(request("work", "work/close {\"x\":\"" + "x".repeat(200_000) + "\"}")).statusCode()).isEqualTo(413);
    HttpRequest json = HttpRequest.newBuilder(request("work"), (name, value) -> !name.equals("Content-Type"))
        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("{}")).build();
    assertThat(send(json).statusCode()).isEqualTo(415);
  }

  @Test
  void aCallThatWaitsKeepsNobodyWaiting() throws Exception {
    String session = UUID.randomUUID().toString();
    lines(send(request("work", open(session))));
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response = http.send(
          request("work", poll(session), "work/close {\"session\":\"%s\"}".formatted(UUID.randomUUID())),
          HttpResponse.BodyHandlers.ofInputStream());
      var reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
      assertThat(next(reader)).startsWith("1 ");
      wire.server.engine().control().start(
          ControlApi.Start.of("default", "bundled-1", "it", "bundled", Payload.NULL));
      assertThat(next(reader)).startsWith("0 200 0 {\"grants\":[{");
      assertThat(next(reader)).isNull();
    }
  }

  /** The next line that says something. */
  private static @Nullable String next(BufferedReader reader) throws IOException {
    String line = reader.readLine();
    while (line != null && line.isEmpty()) line = reader.readLine();
    return line;
  }

  @Test
  void whatAPollGrantedToNobodyIsFreeAgain() throws Exception {
    String session = UUID.randomUUID().toString();
    String next = UUID.randomUUID().toString();
    lines(send(request("work", open(session), open(next))));
    HttpClient http = HttpClient.newHttpClient();
    HttpResponse<InputStream> response = http.send(
        request("work", poll(session)), HttpResponse.BodyHandlers.ofInputStream());
    while (wire.server.engine().health().polls() == 0) Thread.onSpinWait();
    response.body().close(); // the line is cut, and with it the poll
    http.shutdownNow();
    while (wire.server.engine().health().polls() > 0) Thread.onSpinWait();
    wire.server.engine().control().start(ControlApi.Start.of("default", "bundled-2", "it", "bundled", Payload.NULL));
    assertThat(lines(send(request("work", poll(next)))).getFirst()).startsWith("0 200 0 {\"grants\":[{");
  }
}
