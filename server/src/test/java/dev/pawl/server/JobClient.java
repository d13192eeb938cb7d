package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A caller of jobs that knows HTTP and the contract's documents, and sends no header that they do not ask for. */
final class JobClient implements AutoCloseable {
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;
  private final String token;

  JobClient(Wire wire, String token) {
    this(wire.url(), token);
  }

  /** @param server its address, or that of whatever stands before it */
  JobClient(String server, String token) {
    this.url = server + "/api";
    this.token = token;
  }

  /** What came back. */
  record Got(int status, String text, HttpResponse<String> raw) {
    Map<String, @Nullable Object> json() {
      try {
        return Json.object(Json.read(text));
      } catch (Json.Malformed e) {
        throw new AssertionError("no JSON: " + text, e);
      }
    }

    @Nullable Object at(String path) {
      Object value = json();
      for (String name : path.split("\\.")) {
        value = value instanceof java.util.List<?> list ? list.get(Integer.parseInt(name)) : Json.object(value).get(name);
      }
      return value;
    }

    String string(String path) {
      return (String) at(path);
    }

    Got is(int expected) {
      assertThat(status).as(text).isEqualTo(expected);
      return this;
    }

    /** Refused in the JSON form, as an envelope of kind error. */
    Got refused(int code) {
      assertThat(json()).as(text).containsEntry("kind", "error").containsEntry("uwer", "5.0");
      assertThat(at("body.code")).as(text).isEqualTo("UWER-" + code);
      int expected = dev.pawl.core.job.UwerCode.parse("UWER-" + code).orElseThrow().httpStatus();
      return is(expected);
    }

    /** Refused in the XML form. */
    Got refusedInXml(int code) {
      assertThat(raw.headers().firstValue("content-type")).contains("application/xml");
      assertThat(text).contains("<error xmlns=\"urn:uwer:reply:4.2\"><code>UWER-" + code + "</code>");
      return is(dev.pawl.core.job.UwerCode.parse("UWER-" + code).orElseThrow().httpStatus());
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + token);
  }

  Got send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> raw = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Got(raw.statusCode(), raw.body(), raw);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  Got get(String path) {
    return send(request(path).GET());
  }

  Got post(String path, String type, String body) {
    return send(request(path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  Got json(String path, String body) {
    return post(path, "application/json", body);
  }

  Got json(String path, @Nullable Object... namesAndValues) {
    return json(path, Json.text(Json.of(namesAndValues)));
  }

  Got submit(String task) {
    return json("/jobs", envelope("task.submit", task));
  }

  /** A job of this type and key with a JSON payload. @return its id */
  String submit(String type, String key, String data) {
    return submit(task(type, key, data)).is(201).string("task_id");
  }

  static String envelope(String kind, String body) {
    return "{\"uwer\":\"5.0\",\"kind\":\"%s\",\"message_id\":\"%s\",\"body\":%s}".formatted(kind, UUID.randomUUID(), body);
  }

  /** @param more members of the task, each with a comma before it */
  static String task(String type, String key, String data, String... more) {
    return """
        {"type":"%s","namespace":"default","idempotency_key":"%s","created_at":"2026-11-22T02:30:00Z",
        "payload":{"content_type":"application/json","data":%s}%s}""".formatted(type, key, data, String.join("", more));
  }

  static String xml(String type, String key, String data) {
    return """
        <task xmlns="urn:uwer:task:4.2" schemaVersion="4.2"><header><type>%s</type><namespace>default</namespace>
        <idempotencyKey>%s</idempotencyKey><createdAt>2026-11-22T02:30:00Z</createdAt></header>
        <payload contentType="application/json"><text>%s</text></payload></task>""".formatted(type, key, data);
  }

  @Override
  public void close() {
    http.close();
  }
}
