package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pawl.core.value.RejectedException;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.server.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Activities that the server carries out itself, by a call to an address that the test answers. */
class CarrierTest {
  static final BlockingQueue<Seen> CALLS = new LinkedBlockingQueue<>();
  static final BlockingQueue<Answering> ANSWERS = new LinkedBlockingQueue<>();
  static HttpServer handler;
  static Wire wire;

  record Seen(String type, @Nullable String authorization, Map<String, @Nullable Object> body) {
    Map<String, @Nullable Object> task() {
      return Json.object(body.get("task"));
    }
  }

  /** What the handler says to a call. */
  interface Answering {
    void answer(HttpExchange exchange, Seen seen) throws IOException;
  }

  @BeforeAll
  static void open(@TempDir Path folder) throws IOException {
    handler = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    handler.createContext("/", CarrierTest::handle);
    handler.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    handler.start();
    Path file = folder.resolve("carriers.json");
    Files.writeString(file, Json.text(config("http://127.0.0.1:%d/run".formatted(handler.getAddress().getPort()))));
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame",
        "--external-executor-config", file.toString(), "--server-id", "node-1");
    wire.register("ann", "shop");
  }

  @AfterAll
  static void close() {
    wire.close();
    handler.stop(0);
  }

  private static Map<String, @Nullable Object> config(String url) {
    return Json.of("schema", "durable-workflow.external-executor.config", "version", 1, "auth_refs",
        Json.of("shared", Json.of("token", "open-up")), "carriers", Json.of("ledger", Json.of("type", "invocable_http",
            "url", url, "timeout_seconds", 20, "max_concurrent", 4, "retry_policy", Json.of("max_attempts", 3,
                "backoff_seconds", List.of(0), "retryable_status_codes", List.of(429, "5xx")))), "mappings",
        List.of(Json.of("name", "charge", "task_queue", "shop", "activity_type", "charge", "handler",
            "billing.charge", "carrier", "ledger", "auth_ref", "shared")));
  }

  private static void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Seen seen;
      try {
        seen = new Seen(exchange.getRequestHeaders().getFirst("Content-Type"),
            exchange.getRequestHeaders().getFirst("Authorization"),
            Json.object(Json.read(exchange.getRequestBody().readAllBytes())));
      } catch (Json.Malformed e) {
        throw new IOException(e);
      }
      CALLS.add(seen);
      Answering answering = ANSWERS.poll(60, TimeUnit.SECONDS);
      if (answering != null) answering.answer(exchange, seen);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static Answering result(Map<String, @Nullable Object> more) {
    return (exchange, seen) -> {
      Map<String, @Nullable Object> body = Json.of("schema", "durable-workflow.v2.external-task-result", "version", 1,
          "task", Json.of("id", seen.task().get("id"), "kind", "activity_task", "attempt", seen.task().get("attempt"),
              "idempotency_key", seen.task().get("idempotency_key")), "metadata", Json.of());
      body.putAll(more);
      send(exchange, 200, Json.write(body));
    };
  }

  private static Answering success(Object value) {
    return result(Json.of("outcome", Json.of("status", "succeeded", "recorded", true), "result",
        Json.of("payload", value)));
  }

  private static Answering failure(boolean again, String type) {
    return result(Json.of("outcome", Json.of("status", "failed", "retryable", again, "recorded", true), "failure",
        Json.of("kind", "application", "classification", "application_error", "message", "no", "type", type,
            "cancelled", false)));
  }

  /** A run that wants the activity once; what became of it is in its next task. */
  private static Map<String, @Nullable Object> charged(String id, Answering... answers) throws InterruptedException {
    for (Answering one : answers) ANSWERS.add(one);
    wire.start("order", id, "shop");
    Map<String, @Nullable Object> task = wire.task("workflow-tasks", "ann", "shop", 20);
    wire.complete(task, Json.of("type", "schedule_activity", "activity_type", "charge", "arguments", List.of(42),
        "retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(0)), "start_to_close_timeout", 60))
        .is(200);
    Map<String, @Nullable Object> second = wire.task("workflow-tasks", "ann", "shop", 30);
    assertThat(second).as("the activity came to an end").isNotNull();
    wire.complete(second, Json.of("type", "complete_workflow")).is(200);
    assertThat(ANSWERS).as("answers that nobody wanted").isEmpty();
    return Wire.history(second).getLast();
  }

  private static Seen call() throws InterruptedException {
    Seen seen = CALLS.poll(60, TimeUnit.SECONDS);
    assertThat(seen).as("a call").isNotNull();
    return seen;
  }

  private static Object payload(Map<String, @Nullable Object> event, String name) {
    return Json.object(event.get("payload")).get(name);
  }

  @Test
  void whatTheHandlerAnswersIsTheActivitysResult() throws Exception {
    Map<String, @Nullable Object> end = charged("good", success(Map.of("paid", true)));
    assertThat(end).containsEntry("event_type", "ActivityCompleted");
    Seen seen = call();
    assertThat(seen.type()).isEqualTo("application/vnd.durable-workflow.external-task-input+json");
    assertThat(seen.authorization()).isEqualTo("Bearer open-up");
    assertThat(seen.body()).containsEntry("schema", "durable-workflow.v2.external-task-input")
        .containsEntry("version", 1L).containsEntry("headers", Map.of());
    assertThat(seen.task()).containsEntry("kind", "activity_task").containsEntry("attempt", 1L)
        .containsEntry("handler", "billing.charge").containsEntry("task_queue", "shop");
    assertThat(Json.object(seen.body().get("workflow"))).containsEntry("id", "good");
    assertThat(Json.object(seen.body().get("deadlines"))).containsKeys("schedule_to_start", "start_to_close",
        "schedule_to_close", "heartbeat");
    assertThat(Json.object(Json.object(seen.body().get("payloads")).get("arguments"))).containsEntry("codec", "avro");
    // The handler may give signs of life like any worker.
    String heartbeat = (String) Json.object(seen.body().get("lease")).get("heartbeat_endpoint");
    assertThat(wire.post(heartbeat.substring("/api".length()), "lease_owner",
        Json.object(seen.body().get("lease")).get("owner"), "activity_attempt_id",
        seen.task().get("activity_attempt_id")).is(200).at("can_continue")).isEqualTo(false);
    assertThat(wire.get("/workers").is(200).body().toString()).contains("pawl-carrier");
  }

  @Test
  void aFailureThatMayBeTriedAgainIs() throws Exception {
    assertThat(charged("second", failure(true, "Busy"), success(1))).containsEntry("event_type", "ActivityCompleted");
    Seen first = call();
    Seen second = call();
    assertThat(second.task()).containsEntry("attempt", 2L)
        .containsEntry("idempotency_key", first.task().get("idempotency_key"));
  }

  @Test
  void aFailureThatIsFinalIs() throws Exception {
    Map<String, @Nullable Object> end = charged("final", failure(false, "CardDeclined"));
    assertThat(end).containsEntry("event_type", "ActivityFailed");
    assertThat(payload(end, "exception_type")).isEqualTo("CardDeclined");
    call();
  }

  @Test
  void whatGoesWrongOnTheWayIsTriedAgainWithinTheAttempt() throws Exception {
    Answering busy = (exchange, seen) -> send(exchange, 503, new byte[0]);
    Answering broken = (exchange, seen) -> exchange.close();
    assertThat(charged("way", busy, broken, success(1))).containsEntry("event_type", "ActivityCompleted");
    for (int i = 0; i < 3; i++) assertThat(call().task()).containsEntry("attempt", 1L);
  }

  @Test
  void anAnswerThatIsNoneIsAFailure() throws Exception {
    Answering odd = (exchange, seen) -> send(exchange, 200, "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Map<String, @Nullable Object> end = charged("odd", odd);
    assertThat(payload(end, "exception_type")).isEqualTo("MalformedOutput");
    call();
    Answering another = (exchange, seen) -> {
      Map<String, @Nullable Object> task = Json.of("id", "x", "idempotency_key", "y");
      result(Json.of("task", task, "outcome", Json.of("status", "succeeded"))).answer(exchange, seen);
    };
    assertThat(payload(charged("another", another), "exception_type")).isEqualTo("MalformedOutput");
    call();
    Answering moved = (exchange, seen) -> {
      exchange.getResponseHeaders().add("Location", "http://169.254.169.254/latest/meta-data");
      send(exchange, 307, new byte[0]);
    };
    assertThat(payload(charged("moved", moved, moved), "message").toString()).contains("307");
    call();
    call();
    Object reference = Json.of("codec", "avro", "external_storage", Json.of("schema",
        "durable-workflow.v2.external-payload-reference.v1", "uri", "s3://any/thing", "sha256", "0".repeat(64),
        "size_bytes", 1, "codec", "avro"));
    assertThat(payload(charged("reference", success(reference)), "exception_type")).isEqualTo("UnsupportedPayload");
    call();
  }

  /** What a server that stops was about to have done is done by the next one, under the same key. */
  @Test
  void anotherServerCallsAgainWhenOneStops(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("carriers.json");
    Files.writeString(file, Json.text(config("http://127.0.0.1:%d/run".formatted(handler.getAddress().getPort()))));
    String[] options = {"--auth-token", "sesame", "--external-executor-config", file.toString()};
    CountDownLatch over = new CountDownLatch(1);
    Answering hanging = (exchange, seen) -> {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
    Seen first;
    try (Wire one = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), options)) {
      one.register("ann", "shop");
      ANSWERS.add(hanging);
      one.start("order", "moved", "shop");
      one.complete(one.task("workflow-tasks", "ann", "shop", 20),
          Json.of("type", "schedule_activity", "activity_type", "charge", "arguments", List.of(42))).is(200);
      first = call();
    }
    over.countDown();
    ANSWERS.add(success("done"));
    try (Wire two = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), options)) {
      Seen second = call();
      assertThat(second.task()).containsEntry("idempotency_key", first.task().get("idempotency_key"))
          .containsEntry("attempt", 1L);
      Map<String, @Nullable Object> task = two.task("workflow-tasks", "ann", "shop", 30);
      assertThat(Wire.history(task).getLast()).containsEntry("event_type", "ActivityCompleted");
      assertThat(two.server.engine().verify()).isEmpty();
    }
  }

  @Test
  void aFileWithMistakesIsRefusedWithAllOfThem(@TempDir Path folder) throws IOException {
    Map<String, @Nullable Object> config = config("http://metadata.internal/");
    config.put("carriers", Json.of("plain", Json.of("type", "invocable_http", "url", "http://example.com/x"), "named",
        Json.of("type", "invocable_http", "url", "https://user:pass@example.com/x"), "queue",
        Json.of("type", "process"), "good", Json.of("type", "invocable_http", "url", "https://example.com/x",
            "capabilities", List.of("workflow_task"))));
    config.put("auth_refs", Json.of("missing", Json.of("env", "NOWHERE")));
    config.put("mappings", List.of(
        mapping("a", "carrier", "nobody"), mapping("a", "carrier", "good"),
        mapping("b", "carrier", "good", "auth_ref", "none"), mapping("c", "carrier", "good", "kind", "workflow"),
        mapping("d", "carrier", "good", "activity_type", ""), mapping("e", "carrier", "good", "task_queue", "")));
    Path file = folder.resolve("wrong.json");
    Files.writeString(file, Json.text(config));
    assertThatThrownBy(() -> ServerConfig.of(List.of("--external-executor-config", file.toString()), Map.of()))
        .isInstanceOfSatisfying(RejectedException.class, e -> assertThat(e.rejection().message()).contains(
            "invalid_carrier_target: carriers.plain", "invalid_carrier_target: carriers.named",
            "unsupported_carrier_capability: carriers.queue", "invalid_invocable_carrier_scope: carriers.good",
            "unknown_auth_ref: auth_refs.missing", "unknown_carrier: mappings.0", "duplicate_mapping_name: mappings.1",
            "missing_invocable_auth_ref: mappings.1", "unknown_auth_ref: mappings.2",
            "invalid_invocable_carrier_scope: mappings.3", "unknown_handler: mappings.4",
            "invalid_queue_binding: mappings.5"));
  }

  private static Map<String, @Nullable Object> mapping(String name, @Nullable Object... more) {
    Map<String, @Nullable Object> all = Json.of("name", name, "task_queue", "q", "activity_type", "t-" + name);
    all.putAll(Json.of(more));
    return all;
  }
}
