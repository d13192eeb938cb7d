package dev.pawl.conformance.wire;

import dev.pawl.conformance.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests in somebody's name. Every answer is held against what all answers of its plane have to carry
 * ({@link PlaneRules}).
 */
public final class Client {
  public static final String CONTROL_VERSION = "X-Durable-Workflow-Control-Plane-Version";
  public static final String WORKER_VERSION = "X-Durable-Workflow-Protocol-Version";
  private static final Duration PATIENCE = Duration.ofSeconds(70);

  private final HttpClient http;
  private final String url;
  private final Credential credential;
  private final Transcript transcript;
  private final Map<String, String> headers;

  public Client(HttpClient http, String url, Credential credential, Transcript transcript, String namespace) {
    this(http, url, credential, transcript, new LinkedHashMap<>(Map.of("Accept", "application/json", CONTROL_VERSION,
        "2", WORKER_VERSION, "1.1", "X-Namespace", namespace)));
  }

  private Client(HttpClient http, String url, Credential credential, Transcript transcript,
      Map<String, String> headers) {
    this.http = http;
    this.url = url;
    this.credential = credential;
    this.transcript = transcript;
    this.headers = headers;
  }

  /** The same client with another header; null leaves it out. */
  public Client with(String header, @Nullable String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    if (value == null) all.remove(header);
    else all.put(header, value);
    return new Client(http, url, credential, transcript, all);
  }

  public Client in(String namespace) {
    return with("X-Namespace", namespace);
  }

  public Client as(Credential other) {
    return new Client(http, url, other, transcript, headers);
  }

  /** The same server behind a path. */
  public Client below(String path) {
    return new Client(http, url + path, credential, transcript, headers);
  }

  public Answer get(String path) {
    return send("GET", path, null, null);
  }

  public Answer post(String path, @Nullable Object... namesAndValues) {
    return body("POST", path, Json.of(namesAndValues));
  }

  public Answer put(String path, @Nullable Object... namesAndValues) {
    return body("PUT", path, Json.of(namesAndValues));
  }

  /** As the published clients do it: a content type, and no body. */
  public Answer delete(String path) {
    return send("DELETE", path, new byte[0], "application/json");
  }

  public Answer body(String method, String path, @Nullable Object body) {
    return send(method, path, Json.write(body), "application/json");
  }

  /** Posts, and hangs up after a while without having seen an answer. */
  public void hangUp(String path, Duration after, @Nullable Object... namesAndValues) {
    var waiting = http.sendAsync(request("POST", path, Json.write(Json.of(namesAndValues)), "application/json"),
        HttpResponse.BodyHandlers.discarding());
    try {
      waiting.get(after.toMillis(), TimeUnit.MILLISECONDS);
      throw new Unmet("expected no answer to %s within %s".formatted(path, after));
    } catch (TimeoutException e) {
      waiting.cancel(true);
    } catch (ExecutionException e) {
      throw new IllegalStateException("no answer to " + path, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public Answer send(String method, String path, byte @Nullable [] body, @Nullable String contentType) {
    byte[] bytes = body == null ? new byte[0] : body;
    Answer answer = answered(request(method, path, bytes, contentType));
    transcript.add(method, path, bytes, answer);
    PlaneRules.check(path, answer);
    return answer;
  }

  private HttpRequest request(String method, String path, byte[] bytes, @Nullable String contentType) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + "/api" + path)).timeout(PATIENCE)
        .method(method, bytes.length == 0 ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(bytes));
    headers.forEach(request::setHeader);
    if (contentType != null) request.setHeader("Content-Type", contentType);
    credential.on(request, bytes);
    return request.build();
  }

  private Answer answered(HttpRequest request) {
    try {
      HttpResponse<byte[]> raw = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return new Answer(raw.statusCode(), raw.headers(), raw.body(), json(raw));
    } catch (IOException e) {
      throw new UncheckedIOException("no answer to %s %s: %s".formatted(request.method(), request.uri(), e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unmet("no answer in time to %s %s".formatted(request.method(), request.uri()));
    }
  }

  /** The body as JSON; a text that is none stays a text, for what is not under this contract. */
  private static @Nullable Object json(HttpResponse<byte[]> raw) throws IOException {
    byte[] body = raw.body();
    if (raw.headers().firstValue("Content-Encoding").orElse("").equals("gzip")) {
      body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }
    if (body.length == 0) return null;
    try {
      return Json.read(body);
    } catch (IllegalArgumentException e) {
      return new String(body, java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
