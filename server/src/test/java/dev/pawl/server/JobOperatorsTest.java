package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.SessionId;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.json.Json;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do over HTTP. Tests that show a property of the contract name its id. */
class JobOperatorsTest {
  private static final AtomicReference<Instant> NOW = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
  private static final JobError FAULT = new JobError("UWER-5000", "shelf fell", "stack", true, null);

  private static Wire wire;
  private static JobClient ada;
  private static JobClient caller;

  @BeforeAll
  static void open(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("pawl.yaml");
    Files.writeString(file, "tokens:\n" + token("ada-secret", "admin", "ada") + token("grace-secret", "admin", "grace")
        + token("olga-secret", "operator", "olga"));
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> {
      settings.clock = NOW::get;
      settings.duties = false;
    }, "--config", file.toString());
    ada = new JobClient(wire, "ada-secret");
    caller = new JobClient(wire, "olga-secret");
  }

  private static String token(String secret, String role, String name) {
    return "  - {role: %s, name: %s, sha256: %s}\n".formatted(role, name,
        dev.pawl.server.auth.Secrets.hash(secret));
  }

  @AfterAll
  static void close() {
    ada.close();
    caller.close();
    wire.close();
  }

  private static JobState job(String id) {
    return wire.server.engine().jobs().get("default", JobId.parse(id)).orElseThrow();
  }

  private static JobClient.Got act(String id, String event, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.of("event", event, "ticket", "OPS-123", "reason",
        "the provider is back", "expected_epoch", job(id).epoch());
    body.putAll(Json.of(more));
    return ada.json("/jobs/" + id + "/transitions", Json.text(body));
  }

  private static JobClient.Got approved(String path, String body, String second) {
    return ada.send(ada.request(path).header("Content-Type", "application/json")
        .header("X-Approver-Authorization", "Bearer " + second).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** A worker in this process that reports this of every job of a type that is due. */
  private static List<JobGrant> report(String type, @Nullable JobOutcome outcome) {
    var engine = wire.server.engine();
    SessionId session = SessionId.random();
    engine.worker().open(new WorkerApi.OpenSession(session, "w", 1_000, null));
    List<JobGrant> grants = engine.jobWork().poll(
        new JobWorkApi.Poll(session, "default", List.of(type), 1_000, Duration.ZERO));
    if (outcome == null) return grants;
    engine.jobWork().report(grants.stream().map(it -> JobWorkApi.Report.of(it, session, outcome, List.of())).toList())
        .forEach(it -> it.get());
    engine.worker().close(session);
    return grants;
  }

  private static List<String> dead(String type, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(caller.submit(JobClient.task(type, "dead-key-%04d".formatted(i), "1",
          ",\"retry\":{\"profile\":\"none\"}")).is(201).string("task_id"));
    }
    report(type, new JobOutcome.ErrRetry(FAULT, null));
    return ids;
  }

  // ---- papers

  /** U1: without a ticket nothing is done, and the attempt is in the audit. */
  @Test
  void u1_nothingWithoutATicket() {
    String id = caller.submit("op.papers", "papers-key-1", "1");
    assertThat(act(id, "HOLD", "ticket", null).refused(4031).at("body.pointer")).isEqualTo("/ticket");
    act(id, "HOLD", "ticket", " ").refused(4031);
    assertThat(job(id).phase().name()).isEqualTo("READY");
    assertThat(caller.get("/jobs/" + id + "/ledger").text()).contains("\"refused\":\"UWER-4031\"")
        .contains("operator:ada");
  }

  /** U2: a ticket that is none, a reason that is none, a second person who is none. */
  @Test
  void u2_badPapers() {
    String id = caller.submit("op.papers", "papers-key-2", "1");
    act(id, "HOLD", "ticket", "ops-1").refused(4032);
    assertThat(act(id, "HOLD", "reason", "because").refused(4002).at("body.pointer")).isEqualTo("/reason");
    act(id, "FORCE_SUCCEED", "evidence", "the receipt").refused(4033);
    act(id, "FORCE_SUCCEED", "evidence", "the receipt", "second_approver", "grace").refused(4033);
    String body = Json.text(Json.of("event", "FORCE_SUCCEED", "ticket", "OPS-123", "reason", "it was paid by hand",
        "expected_epoch", 0, "evidence", "receipt 7"));
    approved("/jobs/" + id + "/transitions", body, "ada-secret").refused(4033);
    approved("/jobs/" + id + "/transitions", body, "olga-secret").refused(4033);
    approved("/jobs/" + id + "/transitions", body, "nonsense").refused(4033);
    assertThat(job(id).phase().name()).isEqualTo("READY");
    approved("/jobs/" + id + "/transitions", body.replace("receipt 7", " "), "grace-secret").refused(4002);
    JobClient.Got done = approved("/jobs/" + id + "/transitions", body.replace("}",
        ",\"result\":{\"content_type\":\"application/json\",\"data\":1.10}}"), "grace-secret").is(200);
    assertThat(done.json()).containsEntry("to", "SUCCEEDED");
    assertThat(caller.get("/jobs/" + id).text()).contains("\"data\":1.10");
    assertThat(caller.get("/jobs/" + id + "/ledger").text()).contains("\"approver\":\"grace\"");
  }

  @Test
  void whoIsNoAdministratorMayNot() {
    String id = caller.submit("op.papers", "papers-key-3", "1");
    caller.json("/jobs/" + id + "/transitions", "{}").refused(4030);
    caller.json("/jobs/dead-letters/redrive", "{}").refused(4030);
    ada.json("/jobs/" + id + "/transitions", "event", "PAUSE", "expected_epoch", 0).refused(4002);
    ada.json("/jobs/" + id + "/transitions", "event", "HOLD").refused(4002);
    ada.json("/jobs/0199a0c0-0000-7000-8000-000000000001/transitions", "event", "HOLD", "expected_epoch", 0,
        "ticket", "OPS-1", "reason", "a good reason").refused(4040);
  }

  // ---- every act

  @Test
  void everyActDoesWhatItSays() {
    String id = caller.submit("op.acts", "acts-key-1", "1");
    assertThat(act(id, "HOLD", "dry_run", true).is(200).json()).containsEntry("to", "HELD")
        .containsEntry("dry_run", true);
    assertThat(job(id).phase().name()).isEqualTo("READY");
    act(id, "HOLD", "hold_ms", Duration.ofDays(31).toMillis()).refused(4008);
    act(id, "HOLD", "hold_ms", 60_000).is(200);
    assertThat(caller.get("/jobs/" + id).at("held_from")).isEqualTo("READY");
    act(id, "RELEASE").is(200);
    act(id, "FORCE_REVOKE").refused(4095);
    report("op.acts", null);
    act(id, "FORCE_FAIL", "expected_epoch", 0).refused(4094);
    assertThat(act(id, "FORCE_FAIL").refused(4099).at("body.retryable")).isEqualTo(true);
    act(id, "FORCE_REVOKE").is(200);
    assertThat(job(id).losses()).isZero();
    act(id, "FORCE_DEAD_LETTER").is(200);
    assertThat(caller.get("/jobs/dead-letters/" + id).at("cause")).isEqualTo("OPS");
    assertThat(act(id, "REDRIVE").is(200).json()).containsEntry("to", "READY");
    assertThat(job(id).epoch()).isEqualTo(1);
    act(id, "FORCE_FAIL").is(200);
    act(id, "HOLD").refused(4095);
  }

  /** U3, D3: every act that the matrix forbids answers 4095 or 4099 over HTTP, and changes nothing. */
  @Test
  void u3_whatTheMatrixForbidsChangesNothing() {
    Map<String, List<String>> allowed = Map.of(
        "SCHEDULED", List.of("HOLD", "FORCE_FAIL", "FORCE_DEAD_LETTER", "FORCE_SUCCEED"),
        "READY", List.of("HOLD", "FORCE_FAIL", "FORCE_DEAD_LETTER", "FORCE_SUCCEED"),
        "READY, leased", List.of("FORCE_REVOKE"),
        "AWAITING", List.of("HOLD", "FORCE_FAIL", "FORCE_DEAD_LETTER", "FORCE_SUCCEED"),
        "AWAITING, leased", List.of("FORCE_REVOKE"),
        "HELD", List.of("HOLD", "RELEASE", "FORCE_FAIL", "FORCE_DEAD_LETTER", "FORCE_SUCCEED"),
        "SUCCEEDED", List.of(), "FAILED", List.of("REDRIVE"), "DEAD_LETTERED", List.of("REDRIVE"),
        "CANCELLED", List.of());
    int cells = 0;
    for (String cell : allowed.keySet()) {
      String id = in(cell);
      JobState before = job(id);
      assertThat(before.phase().name() + (before.leased() ? ", leased" : "")).isEqualTo(cell);
      for (String event : List.of("HOLD", "RELEASE", "FORCE_REVOKE", "FORCE_FAIL", "FORCE_DEAD_LETTER",
          "FORCE_SUCCEED", "REDRIVE")) {
        if (allowed.get(cell).contains(event)) continue;
        String body = Json.text(Json.of("event", event, "ticket", "OPS-123", "reason", "trying what is forbidden",
            "expected_epoch", before.epoch(), "evidence", "none"));
        JobClient.Got no = approved("/jobs/" + id + "/transitions", body, "grace-secret");
        boolean running = before.leased() && (event.equals("HOLD") || event.startsWith("FORCE"));
        no.refused(running ? 4099 : 4095);
        assertThat(job(id)).as(cell + " " + event).isEqualTo(before);
        cells++;
      }
    }
    assertThat(cells).isEqualTo(49);
  }

  /** A job in this column of the matrix. */
  private static String in(String cell) {
    String type = "op.cell." + cell.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z]+", "-");
    String id = caller.submit(JobClient.task(type, "cell-key-1", "1", cell.equals("SCHEDULED")
        ? ",\"not_before\":\"2199-01-01T00:00:00Z\""
        : ",\"retry\":{\"profile\":\"none\"},\"check\":{\"poll_ms\":1000}")).is(201).string("task_id");
    switch (cell) {
      case "READY, leased" -> report(type, null);
      case "AWAITING" -> report(type, new JobOutcome.OkExternal("ref"));
      case "AWAITING, leased" -> {
        report(type, new JobOutcome.OkExternal("ref"));
        NOW.updateAndGet(at -> at.plusSeconds(2));
        report(type, null);
      }
      case "HELD" -> act(id, "HOLD").is(200);
      case "SUCCEEDED" -> report(type, new JobOutcome.Ok(null));
      case "FAILED" -> report(type, new JobOutcome.ErrFatal(FAULT));
      case "DEAD_LETTERED" -> report(type, new JobOutcome.ErrRetry(FAULT, null));
      case "CANCELLED" -> caller.json("/jobs/" + id + "/cancel", "").is(200);
      default -> {}
    }
    return id;
  }

  // ---- dead letters

  @Test
  void deadLettersAreListedInspectedAndDiscarded() {
    List<String> ids = dead("op.letters", 3);
    JobClient.Got page = caller.get("/jobs/dead-letters?type=op.letters&limit=2").is(200);
    assertThat(Json.list(page.at("dead_letters"))).hasSize(2);
    assertThat(page.at("dead_letters.0.cause")).isEqualTo("ATTEMPTS_EXHAUSTED");
    assertThat(Json.list(caller.get("/jobs/dead-letters?type=op.letters&after=" + page.at("next")).is(200)
        .at("dead_letters"))).hasSize(1);
    assertThat(Json.list(caller.get("/jobs/dead-letters?type=op.letters&cause=DEADLINE").at("dead_letters"))).isEmpty();
    caller.get("/jobs/dead-letters?cause=BOREDOM").refused(4002);
    JobClient.Got one = caller.get("/jobs/dead-letters/" + ids.getFirst()).is(200);
    assertThat(one.at("last_error.detail")).isEqualTo("stack");
    assertThat(one.at("task.idempotency_key")).isEqualTo("dead-key-0000");
    assertThat(Json.list(one.at("ledger"))).hasSize(2);
    ada.json("/jobs/dead-letters/" + ids.getFirst() + "/discard", "reason", "it is of no use").refused(4031);
    ada.json("/jobs/dead-letters/" + ids.getFirst() + "/discard", "ticket", "OPS-9", "reason", "it is of no use")
        .is(200);
    caller.get("/jobs/dead-letters/" + ids.getFirst()).refused(4040);
    caller.get("/jobs/dead-letters/" + caller.submit("op.letters", "alive-key-1", "1")).refused(4040);
  }

  @Test
  void theOriginalBytesOfALegacyTaskAreThere() {
    String document = JobClient.xml("op.legacy", "legacy-key-1", "1");
    String id = caller.post("/jobs", "application/xml", document).is(201).text()
        .replaceAll("(?s).*<taskId>(.*)</taskId>.*", "$1");
    report("op.legacy", new JobOutcome.ErrFatal(JobError.of(UwerCode.SCHEMA_VIOLATION, "not what I expected")));
    JobClient.Got letter = caller.get("/jobs/dead-letters/" + id).is(200);
    assertThat(letter.at("cause")).isEqualTo("POISON_PAYLOAD");
    assertThat(letter.at("original")).isEqualTo(Map.of("content_type", "application/xml", "data", document));
  }

  @Test
  void manyAreDrivenAgainByAnOrderThatWasRehearsed() {
    List<String> ids = dead("op.many", 120);
    Map<String, @Nullable Object> order = Json.of("type", "op.many", "ticket", "OPS-77", "reason",
        "the provider is back");
    ada.json("/jobs/dead-letters/redrive", Json.text(order)).refused(4033); // more than 100 take two
    approved("/jobs/dead-letters/redrive", Json.text(order), "grace-secret").refused(4002);
    order.put("dry_run", true);
    JobClient.Got rehearsed = ada.json("/jobs/dead-letters/redrive", Json.text(order)).is(200);
    assertThat(rehearsed.json()).containsEntry("matched", 120L).containsEntry("redriven", 120L);
    assertThat(job(ids.getFirst()).phase().name()).isEqualTo("DEAD_LETTERED");
    order.put("dry_run", false);
    order.put("rehearsal", rehearsed.at("rehearsal"));
    order.put("type", "op.other");
    approved("/jobs/dead-letters/redrive", Json.text(order), "grace-secret").refused(4002); // another order
    order.put("type", "op.many");
    NOW.updateAndGet(at -> at.plusSeconds(3_601));
    approved("/jobs/dead-letters/redrive", Json.text(order), "grace-secret").refused(4002); // long ago
    order.put("dry_run", true);
    order.put("rehearsal", ada.json("/jobs/dead-letters/redrive", Json.text(order)).is(200).at("rehearsal"));
    order.put("dry_run", false);
    order.put("canary", 2);
    approved("/jobs/dead-letters/redrive", Json.text(order), "grace-secret").refused(4002);
    order.remove("canary");
    JobClient.Got done = approved("/jobs/dead-letters/redrive", Json.text(order), "grace-secret").is(200);
    assertThat(done.json()).containsEntry("redriven", 120L).containsEntry("refused", 0L);
    assertThat(job(ids.getFirst()).phase().name()).isEqualTo("READY");
    String operation = done.string("operation");
    assertThat(done.at("state")).isEqualTo("DONE");
    assertThat(caller.get("/jobs/redrives/" + operation).is(200).json()).containsEntry("operator", "ada")
        .containsEntry("redriven", 120L);
    assertThat(caller.get("/jobs/redrives").text()).contains(operation);
    assertThat(ada.json("/jobs/redrives/" + operation + "/halt", "").is(200).at("halting")).isEqualTo(false); // over
    caller.json("/jobs/redrives/" + operation + "/halt", "").refused(4030);
    caller.get("/jobs/redrives/no-such").refused(4040);
    ada.json("/jobs/dead-letters/redrive", "task_ids", List.of("x"), "ticket", "OPS-1", "reason", "a good reason")
        .refused(4002);
  }

  @Test
  void manyAreHeldByAnOrderThatWasRehearsed() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) ids.add(caller.submit("op.bulk", "bulk-act-key-" + i, "1"));
    Map<String, @Nullable Object> order = Json.of("event", "HOLD", "type", "op.bulk", "phase", "READY", "ticket",
        "OPS-79", "reason", "the shop is closed", "dry_run", false);
    ada.json("/jobs/transitions", Json.text(order)).refused(4002);
    order.put("ticket", null);
    ada.json("/jobs/transitions", Json.text(order)).refused(4031);
    order.put("ticket", "OPS-79");
    order.put("dry_run", true);
    JobClient.Got rehearsed = ada.json("/jobs/transitions", Json.text(order)).is(200);
    assertThat(rehearsed.json()).containsEntry("matched", 5L).containsEntry("done", 5L);
    assertThat(job(ids.getFirst()).phase().name()).isEqualTo("READY");
    order.put("dry_run", false);
    order.put("rehearsal", rehearsed.at("rehearsal"));
    order.put("event", "FORCE_FAIL");
    ada.json("/jobs/transitions", Json.text(order)).refused(4002); // another order
    order.put("event", "HOLD");
    assertThat(ada.json("/jobs/transitions", Json.text(order)).is(200).json()).containsEntry("done", 5L);
    for (String id : ids) {
      assertThat(job(id).phase().name()).isEqualTo("HELD");
      assertThat(caller.get("/jobs/" + id + "/ledger").text()).contains("\"ticket\":\"OPS-79\"");
    }
    order.remove("phase");
    ada.json("/jobs/transitions", Json.text(order)).refused(4002);
    caller.json("/jobs/transitions", Json.text(order)).refused(4030);
  }

  /** The request of a redrive with a canary ends long before the canary does; the operation can be asked for and halted. */
  @Test
  void aCanaryKeepsNobodyWaiting() {
    List<String> ids = dead("op.canary", 4);
    Map<String, @Nullable Object> order = Json.of("type", "op.canary", "ticket", "OPS-78", "reason",
        "the provider is back", "dry_run", true);
    order.put("rehearsal", ada.json("/jobs/dead-letters/redrive", Json.text(order)).is(200).at("rehearsal"));
    order.put("dry_run", false);
    order.put("canary", 0.5);
    JobClient.Got begun = ada.json("/jobs/dead-letters/redrive", Json.text(order)).is(202);
    String operation = "/jobs/redrives/" + begun.string("operation");
    assertThat(begun.at("state")).isEqualTo("RUNNING");
    // Nobody works on the canary, and the clock stands still: it would wait for ever.
    assertThat(ada.json(operation + "/halt", "").is(200).at("halting")).isEqualTo(true);
    JobClient.Got over = begun;
    while ("RUNNING".equals(over.at("state"))) over = caller.get(operation).is(200);
    assertThat(over.json()).containsEntry("state", "HALTED").containsEntry("redriven", 2L)
        .containsEntry("halted", "halted by ada");
    assertThat(ids.stream().filter(id -> job(id).phase().name().equals("DEAD_LETTERED"))).hasSize(2);
  }
}
