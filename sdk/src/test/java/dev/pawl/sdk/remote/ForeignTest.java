package dev.pawl.sdk.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.avro.AvroValue;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.ActivityName;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.server.json.Json;
import dev.pawl.testbed.Databases;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Java programs and programs of other languages call each other: arguments are lists there, values are values. */
@Timeout(180)
class ForeignTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private final PawlEngine engine = PawlEngine.open(Databases.sqlite().fresh().dataSource());
  private final PawlServer server = PawlServer.of(engine, ServerConfig.of(
      List.of("--port", "0", "--host", "127.0.0.1", "--auth", "none"), Map.of()), said -> {});
  private final RemotePawl far = RemotePawl.connect("http://127.0.0.1:" + server.port(), "");
  private final PawlClient client = PawlClient.on(far.control());
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Worker> workers = new ArrayList<>();

  @AfterEach
  void close() {
    workers.forEach(worker -> worker.close(Duration.ofSeconds(1)));
    far.close();
    server.close();
    http.close();
  }

  record Order(String id, long cents, byte[] seal) {}

  record Receipt(String id, double total, List<String> words) {}

  // ---- the other language

  private static Map<String, Object> envelope(Object value) {
    return Json.of("codec", "avro", "blob", Base64.getEncoder().encodeToString(AvroValue.write(value)));
  }

  private static Object value(Object envelope) {
    return AvroValue.read(Base64.getDecoder().decode(String.valueOf(Json.object(envelope).get("blob"))));
  }

  private Map<String, Object> post(String path, Object... namesAndValues) throws Exception {
    HttpResponse<byte[]> answer = http.send(HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.port() + "/api" + path))
        .header("X-Durable-Workflow-Control-Plane-Version", "2").header("X-Durable-Workflow-Protocol-Version", "1.1")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(Json.of(namesAndValues)))).build(),
        HttpResponse.BodyHandlers.ofByteArray());
    Map<String, Object> body = Json.object(Json.read(answer.body()));
    assertThat(answer.statusCode()).as("%s", body).isBetween(200, 299);
    return body;
  }

  private Map<String, Object> task(String kind, String queue) throws Exception {
    return Json.object(post("/worker/" + kind + "-tasks/poll", "worker_id", "w-" + queue, "task_queue", queue,
        "timeout_seconds", 20).get("task"));
  }

  private void register(String queue) throws Exception {
    post("/worker/register", "worker_id", "w-" + queue, "task_queue", queue, "runtime", "other",
        "supported_workflow_types", List.of(), "supported_activity_types", List.of());
  }

  private Map<String, Object> complete(Map<String, Object> task, Object command) throws Exception {
    return post("/worker/workflow-tasks/" + task.get("task_id") + "/complete", "lease_owner", task.get("lease_owner"),
        "workflow_task_attempt", task.get("workflow_task_attempt"), "commands", List.of(command));
  }

  // ---- they start, we run

  static final class Sale implements Workflow<Order, Receipt> {
    private final List<String> words = new ArrayList<>();

    @Override
    public Receipt run(Order order) {
      Pawl.onSignal("say", String.class, words::add);
      Pawl.onSignal("done", Void.class, nothing -> words.add("done"));
      Pawl.onQuery("times", Integer.class, n -> n * words.size());
      Pawl.onUpdate("add", Order.class, more -> more.cents() + order.cents());
      Pawl.await(() -> words.contains("done"));
      return new Receipt(order.id(), order.cents() / 100.0, List.copyOf(words));
    }
  }

  @Test
  void aJavaProgramIsCalledFromAnotherLanguage() throws Exception {
    workers.add(Worker.on(far.worker()).workflow("sale", Sale::new).start());
    post("/workflows", "workflow_type", "sale", "workflow_id", "s-1", "input",
        envelope(List.of(Map.of("id", "o-1", "cents", 250L, "seal", new byte[] {1, 2}))));
    post("/workflows/s-1/signal/say", "input", envelope(List.of("hello")));
    post("/workflows/s-1/signal/say", "input", List.of("raw"));
    assertThat(post("/workflows/s-1/query/times", "input", envelope(List.of(10L))).get("result")).isEqualTo(20L);
    Map<String, Object> update = post("/workflows/s-1/update/add", "input", List.of(Map.of("id", "x", "cents", 50)),
        "wait_for", "completed");
    assertThat(value(update.get("result_envelope"))).isEqualTo(300L);
    post("/workflows/s-1/signal/done");
    assertThat(client.handle("s-1").result(Receipt.class, SOON))
        .isEqualTo(new Receipt("o-1", 2.5, List.of("hello", "raw", "done")));
  }

  @ActivityName("math")
  interface Maths {
    String join(String word, int times, Order order);

    List<String> list(List<String> all);
  }

  static final class Counting implements Maths {
    @Override
    public String join(String word, int times, Order order) {
      return word.repeat(times) + order.cents() + order.seal().length;
    }

    @Override
    public List<String> list(List<String> all) {
      return all.reversed();
    }
  }

  @Test
  void javaActivitiesDoTheWorkOfAnotherLanguagesWorkflow() throws Exception {
    workers.add(Worker.on(far.worker()).queue("java").activities("math", Maths.class, new Counting()).start());
    register("other");
    client.queue("other").start("theirs", "t-1", new Order("o-1", 7, new byte[] {3}));
    Map<String, Object> first = task("workflow", "other");
    assertThat(value(first.get("arguments"))).isEqualTo(List.of(Map.of("id", "o-1", "cents", 7L, "seal", "Aw==")));
    complete(first, Json.of("type", "schedule_activity", "activity_type", "math.join", "queue", "java", "arguments",
        envelope(List.of("ab", 2L, Map.of("id", "o-2", "cents", 9L, "seal", new byte[] {1, 2, 3})))));
    Map<String, Object> second = task("workflow", "other");
    assertThat(result(second, "ActivityCompleted")).isEqualTo("abab93");
    complete(second, Json.of("type", "schedule_activity", "activity_type", "math.list", "queue", "java", "arguments",
        envelope(List.of(List.of("a", "b")))));
    Map<String, Object> third = task("workflow", "other");
    assertThat(result(third, "ActivityCompleted")).isEqualTo(List.of("b", "a"));
    complete(third, Json.of("type", "complete_workflow", "result", envelope(Map.of("id", "r", "total", 1.5, "words",
        List.of("x")))));
    assertThat(client.handle("t-1").result(Receipt.class, SOON)).isEqualTo(new Receipt("r", 1.5, List.of("x")));
  }

  private static Object result(Map<String, Object> task, String type) {
    Object last = null;
    for (Object one : Json.list(task.get("history_events"))) {
      if (type.equals(Json.object(one).get("event_type"))) last = Json.object(Json.object(one).get("payload")).get("result");
    }
    return value(last);
  }

  // ---- we run, they do the work

  @Test
  void aJavaProgramHasWorkDoneInAnotherLanguage() throws Exception {
    register("python");
    workers.add(Worker.on(far.worker()).workflow("mine", String.class, input -> {
      Receipt receipt = Activities.call("make", opts -> opts.queue("python"), Receipt.class, input, 3);
      try {
        Activities.call("refuse", opts -> opts.queue("python"), String.class, "one");
        return "not refused";
      } catch (RuntimeException e) {
        Throwable refused = e.getCause() == null ? e : e.getCause();
        return receipt.words() + " " + ((ApplicationException) refused).details(Receipt.class).orElseThrow().id();
      }
    }).start());
    WorkflowHandle run = client.start("mine", "m-1", "in");
    Map<String, Object> make = task("activity", "python");
    assertThat(value(make.get("arguments"))).isEqualTo(List.of("in", 3L));
    post("/worker/activity-tasks/" + make.get("task_id") + "/complete", "lease_owner", make.get("lease_owner"),
        "activity_attempt_id", make.get("activity_attempt_id"), "result",
        envelope(Map.of("id", "r-1", "total", 2.5, "words", List.of("from", "afar"), "unknown", true)));
    Map<String, Object> refuse = task("activity", "python");
    assertThat(value(refuse.get("arguments"))).isEqualTo(List.of("one"));
    post("/worker/activity-tasks/" + refuse.get("task_id") + "/fail", "lease_owner", refuse.get("lease_owner"),
        "activity_attempt_id", refuse.get("activity_attempt_id"), "failure", Json.of("message", "no", "type", "Refused",
            "class", "shop.Refused", "non_retryable", true, "details", envelope(Map.of("id", "why", "total", 0.0))));
    assertThat(run.result(String.class, SOON)).isEqualTo("[from, afar] why");
  }
}
