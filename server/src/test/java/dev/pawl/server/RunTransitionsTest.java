package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.server.auth.Secrets;
import dev.pawl.server.json.Json;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manual transitions of runs over HTTP: papers, codes, a tracker, and the audit. */
class RunTransitionsTest {
  private static HttpServer tracker;
  private static Wire wire;
  private static JobClient ada;
  private static JobClient olga;

  @BeforeAll
  static void open(@TempDir Path folder) throws Exception {
    tracker = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    tracker.createContext("/tickets/", exchange -> {
      String path = exchange.getRequestURI().getPath();
      exchange.sendResponseHeaders(path.endsWith("OPS-1") ? 200 : path.endsWith("OPS-2") ? 404 : 503, -1);
      exchange.close();
    });
    tracker.start();
    Path file = folder.resolve("pawl.yaml");
    Files.writeString(file, "tokens:\n" + token("ada-secret", "admin", "ada") + token("grace-secret", "admin", "grace")
        + token("olga-secret", "operator", "olga"));
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> settings.duties = false, "--config",
        file.toString(), "--ticket-tracker",
        "http://127.0.0.1:%d/tickets/{ticket}".formatted(tracker.getAddress().getPort()));
    ada = new JobClient(wire, "ada-secret");
    olga = new JobClient(wire, "olga-secret");
  }

  private static String token(String secret, String role, String name) {
    return "  - {role: %s, name: %s, sha256: %s}\n".formatted(role, name, Secrets.hash(secret));
  }

  @AfterAll
  static void close() {
    ada.close();
    olga.close();
    wire.close();
    tracker.stop(0);
  }

  private static PawlEngine engine() {
    return wire.server.engine();
  }

  private static void start(String id) {
    engine().control().start(ControlApi.Start.of("default", id, "Order", "orders", Payload.json("1")));
  }

  private static JobClient.Got act(String id, String event, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("event", event, "ticket", "OPS-1", "reason", "the provider is gone",
        "expected_epoch", olga.get("/workflows/" + id + "/standing").is(200).at("epoch"));
    body.putAll(Json.of(more));
    return ada.json("/workflows/" + id + "/transitions", Json.text(body));
  }

  private static ControlApi.RunView run(String id) {
    return engine().control().describe(RunRef.current("default", id));
  }

  @Test
  void everyActDoesWhatItSays() {
    start("acts");
    assertThat(act("acts", "TERMINATE", "dry_run", true).is(200).json()).containsEntry("to", "TERMINATED")
        .containsEntry("dry_run", true);
    assertThat(act("acts", "RESET", "to_sequence", 2, "dry_run", true).is(200).json()).doesNotContainKey("new_run_id");
    assertThat(run("acts").displayed()).isEqualTo("READY");
    assertThat(act("acts", "PAUSE").is(200).json()).containsEntry("from", "RUNNING").containsEntry("to", "PAUSED");
    assertThat(olga.get("/workflows/acts/standing").at("standing")).isEqualTo("PAUSED");
    act("acts", "RESUME").is(200);
    act("acts", "RESET").refused(4002);
    JobClient.Got reset = act("acts", "RESET", "to_sequence", 2).is(200);
    assertThat(reset.string("new_run_id")).isEqualTo(run("acts").run().toString()).isNotEqualTo(reset.string("run_id"));
    act("acts", "PAUSE", "run_id", reset.string("run_id"), "expected_epoch",
        olga.get("/workflows/acts/standing?run_id=" + reset.string("run_id")).at("epoch")).refused(4095);
    act("acts", "TERMINATE").is(200);
    assertThat(run("acts").status().name()).isEqualTo("TERMINATED");
    act("acts", "RESUME").refused(4095);
  }

  @Test
  void manyArePausedByAnOrderThatWasRehearsed() {
    for (int i = 0; i < 5; i++) start("many-" + i);
    Map<String, @Nullable Object> order = Json.of("event", "PAUSE", "filter", "WorkflowId starts with 'many-'", "ticket",
        "OPS-1", "reason", "the shop is closed", "dry_run", false);
    many(order).refused(4002);
    order.put("ticket", null);
    many(order).refused(4031);
    order.put("ticket", "OPS-1");
    order.put("dry_run", true);
    JobClient.Got rehearsed = many(order).is(200);
    assertThat(rehearsed.json()).containsEntry("matched", 5L).containsEntry("done", 5L).containsEntry("dry_run", true);
    assertThat(run("many-0").displayed()).isEqualTo("READY");
    order.put("dry_run", false);
    order.put("rehearsal", rehearsed.at("rehearsal"));
    order.put("event", "TERMINATE");
    many(order).refused(4002); // another order
    order.put("event", "PAUSE");
    assertThat(many(order).is(200).json()).containsEntry("done", 5L).containsEntry("refused", 0L)
        .doesNotContainKey("rehearsal");
    for (int i = 0; i < 5; i++) {
      String line = "\"workflow_id\":\"many-%d\"".formatted(i);
      assertThat(run("many-" + i).displayed()).isEqualTo("PAUSED");
      assertThat(ada.get("/jobs/audit/runs").text().lines().filter(it -> it.contains(line))).hasSize(1);
    }
    order.put("filter", " ");
    many(order).refused(4002);
    ada.json("/workflows/transitions", "event", "RESUME", "workflow_ids", List.of("many-1"), "ticket", "OPS-1", "reason",
        "the shop is open").is(200); // one is no bulk
    assertThat(run("many-1").displayed()).isEqualTo("READY");
    JobClient.Got some = many(Json.of("event", "RESET", "to_sequence", 2, "workflow_ids", List.of("many-2", "nobody"),
        "ticket", "OPS-1", "reason", "start them over", "dry_run", true)).is(200);
    assertThat(some.json()).containsEntry("matched", 2L).containsEntry("done", 1L).containsEntry("refused", 1L);
    assertThat(some.string("first_refusal")).contains("nobody");
    olga.json("/workflows/transitions", Json.text(order)).refused(4030);
  }

  private static JobClient.Got many(Map<String, @Nullable Object> order) {
    return ada.json("/workflows/transitions", Json.text(order));
  }

  @Test
  void nothingWithoutPapersAndNothingIsChanged() {
    start("papers");
    long before = run("papers").lastSeq();
    assertThat(act("papers", "TERMINATE", "ticket", null).refused(4031).at("body.pointer")).isEqualTo("/ticket");
    act("papers", "TERMINATE", "ticket", "ops-1").refused(4032);
    act("papers", "TERMINATE", "ticket", "OPS-2").refused(4032);
    assertThat(act("papers", "TERMINATE", "reason", "because").refused(4002).at("body.pointer")).isEqualTo("/reason");
    act("papers", "TERMINATE", "expected_epoch", 7).refused(4094);
    act("papers", "TERMINATE", "second_approver", "grace").refused(4033); // she has shown no token
    act("papers", "SUSPEND").refused(4002);
    act("papers", "TERMINATE", "run_id", "x").refused(4002);
    olga.json("/workflows/papers/transitions", "{}").refused(4030);
    ada.json("/workflows/nobody/transitions", "event", "PAUSE", "expected_epoch", 0, "ticket", "OPS-1", "reason",
        "a good reason").refused(4040);
    olga.get("/workflows/nobody/standing").refused(4040);
    assertThat(run("papers").lastSeq()).isEqualTo(before);
    String tried = ada.get("/jobs/audit/runs").is(200).text();
    assertThat(tried.lines().filter(line -> line.contains("\"workflow_id\":\"papers\"") && line.contains("\"refused\"")))
        .hasSize(5).allMatch(line -> line.contains("operator:ada"));
  }

  @Test
  void aSecondPersonIsInTheAuditAndASilentTrackerIsAWarning() {
    start("second");
    String body = Json.text(Json.of("event", "PAUSE", "ticket", "OPS-3", "reason", "the provider is gone",
        "expected_epoch", 0));
    JobClient.Got done = ada.send(ada.request("/workflows/second/transitions").header("Content-Type", "application/json")
        .header("X-Approver-Authorization", "Bearer grace-secret").POST(HttpRequest.BodyPublishers.ofString(body)));
    assertThat(done.is(200).string("warning")).contains("did not answer");
    assertThat(ada.get("/jobs/audit/runs").text().lines()).anySatisfy(line -> assertThat(line)
        .contains("\"workflow_id\":\"second\"", "\"approver\":\"grace\"", "\"ticket\":\"OPS-3\""));
    JobClient.Got verified = ada.get("/jobs/audit/verification").is(200);
    assertThat(verified.at("sound")).isEqualTo(true);
    assertThat((Long) verified.at("runs.lines")).isPositive();
  }
}
