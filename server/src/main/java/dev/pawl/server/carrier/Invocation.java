package dev.pawl.server.carrier;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.server.http.BodyCheck;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.Faults;
import dev.pawl.server.wire.Values;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One attempt of an activity: the calls, and what their answer means. */
final class Invocation {
  static final String INPUT = "application/vnd.durable-workflow.external-task-input+json";
  static final String RESULT = "durable-workflow.v2.external-task-result";

  private static final int MOST = Payload.MAX_BYTES / 3 * 4 + 65_536;

  private final HttpClient http;
  private final BodyCheck references;

  /** @param references what an answer may refer to */
  Invocation(HttpClient http, BodyCheck references) {
    this.http = http;
    this.references = references;
  }

  /** The handler did not answer in time, or nothing was there: worth another attempt. */
  private static final class Unreached extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    Unreached(Failure failure) {
      super(failure.message(), null, false, false);
      this.failure = failure;
    }
  }

  private record Answer(int status, byte[] body) {}

  /**
   * Calls until there is an answer or the carrier's patience ends.
   *
   * @param limit of the whole attempt
   * @throws InterruptedException the server stops: the attempt is nobody's
   */
  Outcome perform(CarrierPlan.Mapping mapping, Map<String, @Nullable Object> input, Duration limit)
      throws InterruptedException {
    CarrierPlan.Carrier carrier = mapping.carrier();
    long deadline = System.nanoTime() + limit.toNanos();
    byte[] body = Json.write(input);
    for (int call = 1; ; call++) {
      boolean last = call >= carrier.retry().attempts();
      try {
        if (call > 1) Thread.sleep(carrier.retry().before(call));
        Duration left = Duration.ofNanos(deadline - System.nanoTime());
        if (left.isNegative() || left.isZero()) {
          throw new Unreached(failure(Failure.TIMED_OUT, "the attempt's time was over before an answer came", false));
        }
        Answer answer = call(mapping, body, left.compareTo(carrier.timeout()) < 0 ? left : carrier.timeout());
        if (!last && carrier.retry().again(answer.status())) continue;
        return outcome(mapping.namespace(), Json.object(input.get("task")), answer);
      } catch (Unreached e) {
        if (last || deadline - System.nanoTime() <= 0) return Outcome.failed(e.failure);
      } catch (Forbidden e) {
        return Outcome.failed(failure("CarrierForbidden", String.valueOf(e.getMessage()), true));
      }
    }
  }

  // ---- calling

  private Answer call(CarrierPlan.Mapping mapping, byte[] body, Duration timeout)
      throws Unreached, Forbidden, InterruptedException {
    URI uri = URI.create(mapping.carrier().url());
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(timeout).header("Content-Type", INPUT)
        .header("Accept", "application/vnd.durable-workflow.external-task-result+json, application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (mapping.token() != null) request.header("Authorization", "Bearer " + mapping.token());
    try {
      reachable(uri, mapping.carrier().privateNetwork());
      HttpResponse<InputStream> response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        return new Answer(response.statusCode(), in.readNBytes(MOST + 1));
      }
    } catch (HttpTimeoutException e) {
      throw new Unreached(failure(Failure.TIMED_OUT, "carrier '%s' did not answer within %s".formatted(
          mapping.carrier().name(), timeout), false));
    } catch (IOException e) {
      throw new Unreached(failure("CarrierUnreachable", "carrier '%s' cannot be reached: %s".formatted(
          mapping.carrier().name(), e), false));
    }
  }

  /** The address is one that nobody may be led to. */
  private static final class Forbidden extends Exception {
    private static final long serialVersionUID = 1L;

    Forbidden(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * A name may have come to mean another machine since the file was read: this one, or one that gives its secrets to
   * whoever is near.
   */
  private static void reachable(URI uri, boolean privateNetwork) throws IOException, Forbidden {
    if (CarrierFile.loopback(uri)) return;
    for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
      if (isNear(address) || (!privateNetwork && isPrivate(address))) {
        throw new Forbidden("the carrier's host means %s, which is not for carriers".formatted(address.getHostAddress()));
      }
    }
  }

  static boolean isNear(InetAddress address) {
    return address.isLoopbackAddress() || address.isAnyLocalAddress() || address.isLinkLocalAddress()
        || address.isMulticastAddress();
  }

  static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
    boolean shared = bytes.length == 4 && (bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64;
    return address.isSiteLocalAddress() || uniqueLocal || shared;
  }

  // ---- understanding

  private Outcome outcome(String namespace, Map<String, @Nullable Object> task, Answer answer) {
    Map<String, @Nullable Object> said;
    try {
      said = answer.body().length > MOST ? Map.of() : Json.object(Json.read(answer.body()));
    } catch (Json.Malformed e) {
      said = Map.of();
    }
    String problem = problem(said, task);
    if (answer.status() / 100 != 2 && problem != null) {
      return Outcome.failed(failure("MalformedOutput", "the carrier answered %d".formatted(answer.status()),
          answer.status() / 100 == 4 && answer.status() != 408 && answer.status() != 429));
    }
    if (problem != null) return Outcome.failed(failure("MalformedOutput", problem, true));
    try {
      references.check(namespace, Json.of("result", Json.object(said.get("result")).get("payload"), "details",
          Json.object(said.get("failure")).get("details")));
      return Json.string(Json.object(said.get("outcome")), "status", "").equals("succeeded")
          ? Outcome.success(result(Json.object(said.get("result")).get("payload")))
          : Outcome.failed(failed(said));
    } catch (Refusal e) {
      return Outcome.failed(failure("UnsupportedPayload", "the carrier's answer has a value that cannot be kept: "
          + e.message(), true));
    }
  }

  private static Payload result(@Nullable Object payload) {
    Payload value = Values.value("result.payload", payload);
    return value == null ? Payload.NULL : value;
  }

  private static @Nullable String problem(Map<String, @Nullable Object> said, Map<String, @Nullable Object> task) {
    if (!RESULT.equals(said.get("schema")) || !Long.valueOf(1).equals(said.get("version"))) {
      return "the carrier's answer is no " + RESULT + " of version 1";
    }
    Map<String, @Nullable Object> mine = Json.object(said.get("task"));
    for (String name : new String[] {"id", "idempotency_key"}) {
      if (!String.valueOf(task.get(name)).equals(mine.get(name))) return "the carrier answered for another task." + name;
    }
    String status = Json.string(Json.object(said.get("outcome")), "status", "");
    if (status.equals("succeeded")) return null;
    if (!status.equals("failed")) return "outcome.status: expected succeeded or failed";
    return said.get("failure") instanceof Map ? null : "failure: it has to be there";
  }

  private static Failure failed(Map<String, @Nullable Object> said) {
    Map<String, @Nullable Object> failure = Json.object(said.get("failure"));
    boolean again = Json.flag(Json.object(said.get("outcome")), "retryable");
    return Faults.read("failure", Json.of("kind", failure.get("kind"), "type", failure.get("type"), "message",
        failure.get("message"), "stack_trace", failure.get("stack_trace"), "details", failure.get("details"),
        "retryable", again));
  }

  private static Failure failure(String type, String message, boolean last) {
    return new Failure(type, message, null, last, null, null, null);
  }
}
