package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.EngineConfig;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.server.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A server of one's own on a free port of loopback, and a client that knows nothing but HTTP. */
final class Wire implements AutoCloseable {
  final PawlServer server;
  final List<String> said = new ArrayList<>();
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Wire(String database, String... more) {
    this(database, settings -> {}, more);
  }

  Wire(String database, Consumer<EngineConfig> settings, String... more) {
    List<String> options = new ArrayList<>(List.of("--database", database, "--port", "0", "--host", "127.0.0.1"));
    options.addAll(List.of(more));
    server = PawlServer.open(ServerConfig.of(options, Map.of()), said::add, settings);
  }

  /** To a server that somebody else opened; closing this closes it. Its token is {@code sesame}. */
  Wire(PawlServer server) {
    this.server = server;
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** What came back. */
  record Got(int status, Map<String, @Nullable Object> body, HttpResponse<byte[]> raw) {
    Object at(String path) {
      Object value = body;
      for (String name : path.split("\\.")) {
        value = value instanceof List<?> list ? list.get(Integer.parseInt(name)) : Json.object(value).get(name);
      }
      return value;
    }

    String text(String path) {
      return (String) at(path);
    }

    Got is(int expected) {
      assertThat(status).as("%s", body).isEqualTo(expected);
      return this;
    }

    Got refused(int expected, String reason) {
      is(expected);
      assertThat(body).as("%s", body).containsEntry("reason", reason);
      return this;
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + "/api" + path)).header("Authorization", "Bearer sesame")
        .header("X-Durable-Workflow-Control-Plane-Version", "2").header("X-Durable-Workflow-Protocol-Version", "1.1");
  }

  Got send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> raw = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      Map<String, @Nullable Object> body = raw.body().length == 0 ? Map.of() : Json.object(Json.read(raw.body()));
      return new Got(raw.statusCode(), body, raw);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException | Json.Malformed e) {
      throw new AssertionError(e);
    }
  }

  Got get(String path) {
    return send(request(path).GET());
  }

  Got post(String path, @Nullable Object... namesAndValues) {
    return send(request(path).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(Json.of(namesAndValues)))));
  }

  Got put(String path, @Nullable Object... namesAndValues) {
    return send(request(path).header("Content-Type", "application/json")
        .PUT(HttpRequest.BodyPublishers.ofByteArray(Json.write(Json.of(namesAndValues)))));
  }

  Got delete(String path) {
    return send(request(path).header("Content-Type", "application/json").DELETE());
  }

  // ---- a worker in a few lines

  void register(String worker, String queue, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("worker_id", worker, "task_queue", queue, "runtime", "python",
        "supported_workflow_types", List.of(), "supported_activity_types", List.of(), "capabilities",
        List.of("query_tasks"));
    body.putAll(Json.of(more));
    send(request("/worker/register").header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))).is(201);
  }

  String start(String type, String id, String queue) {
    return post("/workflows", "workflow_type", type, "workflow_id", id, "task_queue", queue).is(201).text("run_id");
  }

  /** A workflow task that is there at once; null: there is none. */
  @Nullable Map<String, @Nullable Object> task(String worker, String queue) {
    return task("workflow-tasks", worker, queue, 0);
  }

  @Nullable Map<String, @Nullable Object> activity(String worker, String queue) {
    return task("activity-tasks", worker, queue, 0);
  }

  @Nullable Map<String, @Nullable Object> task(String kind, String worker, String queue, int seconds) {
    Object task = post("/worker/" + kind + "/poll", "worker_id", worker, "task_queue", queue, "timeout_seconds",
        seconds)
        .is(200).at("task");
    return task == null ? null : Json.object(task);
  }

  Got complete(Map<String, @Nullable Object> task, @Nullable Object... commands) {
    return post("/worker/workflow-tasks/" + task.get("task_id") + "/complete", "lease_owner", task.get("lease_owner"),
        "workflow_task_attempt", task.get("workflow_task_attempt"), "commands", List.of(commands));
  }

  Got completeActivity(Map<String, @Nullable Object> task, @Nullable Object result) {
    return post("/worker/activity-tasks/" + task.get("task_id") + "/complete", "lease_owner", task.get("lease_owner"),
        "activity_attempt_id", task.get("activity_attempt_id"), "result", result);
  }

  List<String> eventTypes(String id, String run) {
    return events(id, run).stream().map(event -> (String) event.get("event_type")).toList();
  }

  List<Map<String, @Nullable Object>> events(String id, String run) {
    return Json.list(get("/workflows/" + id + "/runs/" + run + "/history").is(200).at("events")).stream()
        .map(Json::object).toList();
  }

  static List<Map<String, @Nullable Object>> history(Map<String, @Nullable Object> task) {
    return Json.list(task.get("history_events")).stream().map(Json::object).toList();
  }

  static List<String> types(Map<String, @Nullable Object> task) {
    return history(task).stream().map(event -> (String) event.get("event_type")).toList();
  }

  /** {@code payload.name} of all events of a type. */
  static List<@Nullable Object> payload(List<Map<String, @Nullable Object>> events, String type, String name) {
    List<@Nullable Object> values = new ArrayList<>();
    for (var event : events) {
      if (type.equals(event.get("event_type"))) values.add(Json.object(event.get("payload")).get(name));
    }
    return values;
  }

  @Override
  public void close() {
    server.close();
    http.close();
  }
}
