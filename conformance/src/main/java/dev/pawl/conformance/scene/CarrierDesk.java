package dev.pawl.conformance.scene;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where the server's carrier calls. Each workflow of a case has its own answers, given in their order; a call that nobody
 * wrote an answer for fails for good.
 */
public final class CarrierDesk implements AutoCloseable {
  /** What the server's file has to map to this desk. */
  public static final String QUEUE = "conformance-carrier";
  public static final String ACTIVITY = "conformance.carried";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpServer server;
  private final Map<String, Queue<Reply>> replies = new ConcurrentHashMap<>();
  private final Map<String, BlockingQueue<Called>> calls = new ConcurrentHashMap<>();

  /** @param port of loopback where the server calls; 0: any free one */
  public CarrierDesk(int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new UncheckedIOException("port %d for the carrier's calls".formatted(port), e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** One call of the carrier, as it came. */
  public record Called(@Nullable String contentType, @Nullable String authorization, Doc body) {}

  /** What the desk says to a call. */
  @FunctionalInterface
  public interface Reply {
    /** @return the body; null: 503 */
    @Nullable Map<String, @Nullable Object> to(Called call);
  }

  /** The next calls for this workflow get these answers. */
  public void answers(String workflowId, Reply... in) {
    replies.computeIfAbsent(workflowId, any -> new ConcurrentLinkedQueue<>()).addAll(List.of(in));
  }

  /** The next call for this workflow, which has to come. */
  public Called call(String workflowId) {
    try {
      Called called = calls(workflowId).poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      Unmet.unless(called != null, "expected the carrier to be called within %d s", PATIENCE.toSeconds());
      return called;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private BlockingQueue<Called> calls(String workflowId) {
    return calls.computeIfAbsent(workflowId, any -> new LinkedBlockingQueue<>());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Called called = new Called(exchange.getRequestHeaders().getFirst("Content-Type"),
          exchange.getRequestHeaders().getFirst("Authorization"),
          new Doc(Json.read(exchange.getRequestBody().readAllBytes())));
      String workflow = String.valueOf(called.body().at("workflow/id"));
      calls(workflow).add(called);
      Reply next = replies.getOrDefault(workflow, new ConcurrentLinkedQueue<>()).poll();
      Map<String, @Nullable Object> body = (next == null ? failed("NobodyAsked", false) : next).to(called);
      byte[] bytes = body == null ? new byte[0] : Json.write(body);
      exchange.getResponseHeaders().add("Content-Type", "application/vnd.durable-workflow.external-task-result+json");
      exchange.sendResponseHeaders(body == null ? 503 : 200, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** The activity's result. */
  public static Reply succeeded(@Nullable Object value) {
    return call -> result(call, Json.of("status", "succeeded", "recorded", true), "result",
        Json.of("payload", Wants.envelope(value), "metadata", Json.of()));
  }

  /** @param again whether the activity's own policy may try once more */
  public static Reply failed(String type, boolean again) {
    return call -> result(call, Json.of("status", "failed", "retryable", again, "recorded", true), "failure",
        Json.of("kind", "application", "classification", "application_error", "message", "no", "type", type,
            "cancelled", false));
  }

  private static Map<String, @Nullable Object> result(Called call, Map<String, @Nullable Object> outcome, String name,
      Map<String, @Nullable Object> value) {
    return Json.of("schema", "durable-workflow.v2.external-task-result", "version", 1, "outcome", outcome, "task",
        Json.of("id", call.body().at("task/id"), "kind", "activity_task", "attempt", call.body().at("task/attempt"),
            "idempotency_key", call.body().at("task/idempotency_key")), name, value, "metadata", Json.of());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
