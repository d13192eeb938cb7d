package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.server.json.Json;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Worker nodes in bare HTTP, under a clock that the test owns. Tests that show a property of the contract name its id. */
class JobNodesTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private Path folder;
  private Wire wire;
  private JobClient caller;

  @BeforeEach
  void open(@TempDir Path fresh) {
    folder = fresh;
    serve();
  }

  private void serve() {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> {
      settings.clock = now::get;
      settings.duties = false;
    }, "--operator-token", "operate", "--worker-token", "work");
    caller = new JobClient(wire, "operate");
  }

  @AfterEach
  void close() {
    caller.close();
    wire.close();
  }

  private void pass(Duration time) {
    now.updateAndGet(at -> at.plus(time));
    while (wire.server.engine().tick(now.get()) > 0) {
      // Until nothing is left to do at this instant.
    }
  }

  private JobState job(String id) {
    return wire.server.engine().jobs().get("default", JobId.parse(id)).orElseThrow();
  }


  // ---- one life

  @Test
  void aJobGoesThroughTheHandsOfANode() {
    String id = caller.submit("stock.sync", "node-key-0001", "{\"sku\":1.50}");
    JobNode node = new JobNode(wire, "n1").synced();
    JobNode.Held held = node.take();
    assertThat(held.task()).isEqualTo(id);
    assertThat(held.got().text()).contains("\"stage\":\"PROCESS\",\"attempt\":1,\"lease_timeout_ms\":15000,"
        + "\"execution_timeout_ms\":3600000").contains("\"data\":{\"sku\":1.50}");
    assertThat(caller.get("/jobs/" + id).at("running")).isEqualTo(true);
    JobClient.Got beat = node.beat("heartbeat", "BUSY", held.ref(",\"progress\":3")).is(200);
    assertThat(beat.at("body.renewed.0.task_id")).isEqualTo(id);
    assertThat(beat.at("body.store_time")).isEqualTo(NOON.toString());
    assertThat(job(id).lease().progress()).isEqualTo(3);
    JobClient.Got ack = held.ok(",\"result\":{\"content_type\":\"application/json\",\"data\":{\"left\":3}}").is(200);
    assertThat(ack.at("kind")).isEqualTo("lease.commit.ack");
    assertThat(ack.at("body.accepted")).isEqualTo(true);
    assertThat(ack.at("body.phase")).isEqualTo("SUCCEEDED");
    assertThat(caller.get("/jobs/" + id).at("result.data.left")).isEqualTo(3L);
    assertThat(caller.get("/nodes").text()).contains("\"node_id\":\"n1\"").contains("\"state\":\"IDLE\"");
  }

  /** N1: a node that has not synchronised is granted nothing. */
  @Test
  void n1_syncComesFirst() {
    caller.submit("stock.sync", "node-key-0001", "1");
    JobNode node = new JobNode(wire, "n1");
    node.grant(1).refused(4096);
    node.started();
    assertThat(node.grant(1).refused(4097).at("body.retryable")).isEqualTo(true);
    assertThat(node.beat("heartbeat", "SYNC").is(200).at("body.must_sync")).isEqualTo(true);
    node.grant(1).refused(4097);
    node.beat("start", "SYNC").is(200);
    node.beat("sync", "SYNC").is(200);
    node.take();
    assertThat(node.beat("start", "SYNC").refused(4095).at("body.retryable")).isEqualTo(false);
  }

  /** N2: when its replacement has registered, the old process is told so, and its work goes to others. */
  @Test
  void n2_theOldProcessIsSuperseded() {
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    JobNode old = new JobNode(wire, "n1").synced();
    JobNode.Held held = old.take();
    JobNode fresh = new JobNode(wire, "n1").synced();
    old.beat("heartbeat", "BUSY", held.ref()).refused(4096);
    old.beat("sync", "SYNC").refused(4096);
    old.grant(1).refused(4096);
    old.beat("start", "SYNC").refused(4096);
    pass(Duration.ofSeconds(1));
    held.refused(4095, held.ok());
    assertThat(job(id).losses()).isEqualTo(1);
    assertThat(fresh.take().task()).isEqualTo(id);
    held.refused(4094, held.ok());
  }

  /** F1, F2: a node that was frozen comes back, and changes nothing of what its heir does. */
  @Test
  void f1_f2_aZombieChangesNothing() {
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    JobNode frozen = new JobNode(wire, "n1").synced();
    JobNode.Held late = frozen.take();
    JobNode heir = new JobNode(wire, "n2").synced();
    for (int i = 0; i < 4; i++) {
      pass(Duration.ofSeconds(5));
      heir.beat("heartbeat", "IDLE").is(200);
    }
    JobNode.Held mine = heir.take();
    assertThat(mine.epoch()).isEqualTo(2);
    late.refused(4094, late.ok());
    late.refused(4094, late.says("ABANDON", "b"));
    late.refused(4094, late.says("ERR_RETRY", "c", JobNode.ERROR));
    frozen.beat("heartbeat", "BUSY", late.ref()).refused(4096);
    assertThat(job(id).lease().session()).hasToString(heir.session);
    assertThat(mine.ok().is(200).at("body.phase")).isEqualTo("SUCCEEDED");
    assertThat(job(id).losses()).isZero();
    assertThat(Json.list(caller.get("/jobs/" + id + "/ledger").at("lines")).stream()
        .map(line -> Json.object(line).get("refused")).filter(code -> "UWER-4094".equals(code))).hasSize(3);
  }

  /** L7: what comes after the expiry, but before anybody revoked it, counts. */
  @Test
  void l7_lateButNotRevokedCounts() {
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    JobNode.Held held = new JobNode(wire, "n1").synced().take();
    now.updateAndGet(at -> at.plusSeconds(600));
    assertThat(held.ok().is(200).at("body.accepted")).isEqualTo(true);
    assertThat(job(id).losses()).isZero();
  }

  /** F5: an answer that was lost is given again; another word under the same epoch is a conflict. */
  @Test
  void f5_theSameCommitGetsTheSameAnswer() {
    caller.submit("stock.sync", "node-key-0001", "1");
    JobNode.Held held = new JobNode(wire, "n1").synced().take();
    held.ok().is(200);
    JobClient.Got again = held.ok().is(200);
    assertThat(again.at("body.replayed")).isEqualTo(true);
    assertThat(again.at("body.phase")).isEqualTo("SUCCEEDED");
    held.refused(4098, held.says("ERR_FATAL", "f", JobNode.ERROR));
  }

  /** L3: a grant whose answer was lost is not listed, and goes to somebody else. */
  @Test
  void l3_aGrantThatNeverArrived() {
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    JobNode node = new JobNode(wire, "n1").synced();
    node.take();
    for (int i = 0; i < 4; i++) {
      pass(Duration.ofSeconds(5));
      node.beat("heartbeat", "IDLE").is(200);
    }
    assertThat(job(id).leased()).isFalse();
    assertThat(job(id).losses()).isEqualTo(1);
    assertThat(node.take().epoch()).isEqualTo(2);
  }

  /** L6: a renewal brings nothing back that was revoked. */
  @Test
  void l6_aRenewalCannotResurrect() {
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    JobNode node = new JobNode(wire, "n1").synced();
    JobNode.Held held = node.take();
    for (int i = 0; i < 4; i++) {
      pass(Duration.ofSeconds(5));
      node.beat("heartbeat", "IDLE").is(200);
    }
    JobClient.Got beat = node.beat("heartbeat", "BUSY", held.ref()).is(200);
    assertThat(beat.at("body.lost.0.task_id")).isEqualTo(id);
    assertThat(Json.list(beat.at("body.renewed"))).isEmpty();
    assertThat(beat.at("body.must_sync")).isEqualTo(true);
    node.grant(1).refused(4097);
    held.refused(4095, held.ok());
    assertThat(node.beat("sync", "SYNC", held.ref()).is(200).at("body.lost.0.task_id")).isEqualTo(id);
    node.take();
  }

  @Test
  void whatANodeHasToKnowIsSaid() {
    JobNode node = new JobNode(wire, "n1");
    JobClient.Got info = node.http.get("/cluster/info").is(200);
    assertThat(info.at("jobs.heartbeat_interval_ms")).isEqualTo(5_000L);
    assertThat(info.at("jobs.lease_timeout_ms")).isEqualTo(15_000L);
    assertThat(info.at("jobs.recovery_bound_seconds.node_crash")).isEqualTo(16L);
    assertThat(info.at("jobs.recovery_bound_seconds.registered_worker_crash")).isEqualTo(61L);
    try (Wire other = new Wire("jdbc:sqlite:" + folder.resolve("other.db"), "--auth-token", "sesame");
        JobClient admin = new JobClient(other, "sesame")) {
      assertThat(admin.get("/system/prometheus-metrics").is(200).text()).contains("pawl_job_orphans 0")
          .contains("pawl_recovery_bound_seconds{kind=\"node_crash\"} 16");
    }
  }

  // ---- every word of a node

  @Test
  void everyOutcomeGoesWhereTheMatrixSays() {
    JobNode node = new JobNode(wire, "n1").synced();
    String id = caller.submit(JobClient.task("stock.sync", "node-key-0001", "1",
        ",\"retry\":{\"profile\":\"fast\",\"max_attempts\":3},\"check\":{\"poll_ms\":1000,\"max_checks\":2}")).is(201)
        .string("task_id");
    assertThat(node.take().says("ABANDON", "1").is(200).at("body.phase")).isEqualTo("READY");
    assertThat(node.take().says("ERR_RETRY", "2", JobNode.ERROR).is(200).at("body.phase")).isEqualTo("SCHEDULED");
    pass(Duration.ofSeconds(2));
    JobNode.Held held = node.take();
    held.refused(4095, held.says("CHECK_OK", "3"));
    assertThat(held.says("OK_EXTERNAL", "4", ",\"external_ref\":\"charge-7\"").is(200).at("body.phase"))
        .isEqualTo("AWAITING");
    pass(Duration.ofSeconds(2));
    JobNode.Held check = node.take();
    assertThat(check.got().text()).contains("\"stage\":\"CHECK\"").contains("\"external_ref\":\"charge-7\"");
    check.refused(4095, check.ok());
    assertThat(check.says("CHECK_PENDING", "5", ",\"retry_after_ms\":5000").is(200).at("body.phase"))
        .isEqualTo("AWAITING");
    pass(Duration.ofSeconds(6));
    assertThat(node.take().says("CHECK_REJECTED", "6", JobNode.ERROR).is(200).at("body.phase")).isEqualTo("SCHEDULED");
    pass(Duration.ofSeconds(3));
    assertThat(node.take().says("ERR_FATAL", "7", JobNode.ERROR).is(200).at("body.phase")).isEqualTo("FAILED");
    assertThat(job(id).attempt()).isEqualTo(3);
    assertThat(job(id).phase()).isEqualTo(JobPhase.FAILED);
  }

  /** A1: what a commit brings about is there with it. */
  @Test
  void a1_spawnedJobsComeWithTheCommit() {
    caller.submit("stock.sync", "node-key-0001", "1");
    JobNode.Held held = new JobNode(wire, "n1").synced().take();
    held.node().http.json("/nodes/commit", JobClient.envelope("lease.commit",
        "{\"task_id\":\"%s\",\"epoch\":1,\"session_id\":\"%s\",\"outcome\":\"OK\",\"result_digest\":\"sha-256:%s\",\"spawn\":[%s]}"
            .formatted(held.task(), held.node().session, "a".repeat(64),
                JobClient.task("stock.report", "", "1")))).refused(4001);
    held.ok(",\"spawn\":[" + JobClient.task("stock.report", "spawned-key-1", "{\"of\":1}") + "]").is(200);
    assertThat(caller.get("/jobs?type=stock.report").text()).contains("spawned-key-1");
  }

  /** V2: a callback that meets a running check wins, once; its token is the permission. */
  @Test
  void v2_aCallbackRacesACheck() {
    JobNode node = new JobNode(wire, "n1").synced();
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    JobNode.Held held = node.take();
    held.says("OK_EXTERNAL", "4", ",\"external_ref\":\"charge-7\"").is(200);
    assertThat(caller.get("/jobs/" + id).at("callback_token")).isEqualTo(held.callback());
    pass(Duration.ofMinutes(15));
    node = new JobNode(wire, "n2").synced();
    JobNode.Held check = node.take();
    JobClient nobody = new JobClient(wire, "unknown");
    nobody.json("/jobs/callback/" + held.callback().replaceAll("..$", "zz"), "{}").refused(4010);
    nobody.json("/jobs/callback/" + held.callback(), "{\"error\":{}}").refused(4002);
    JobClient.Got done = nobody.json("/jobs/callback/" + held.callback(),
        "{\"result\":{\"content_type\":\"application/json\",\"data\":\"paid\"}}").is(200);
    assertThat(done.json()).containsEntry("phase", "SUCCEEDED");
    check.refused(4095, check.says("CHECK_PENDING", "5"));
    nobody.json("/jobs/callback/" + held.callback(),
        "{\"result\":{\"data\":\"paid\",\"content_type\":\"application/json\"}}").is(200);
    nobody.json("/jobs/callback/" + held.callback(), "{}").refused(4095);
    assertThat(caller.get("/jobs/" + id).at("result.data")).isEqualTo("paid");
    nobody.close();
  }

  /** V1: an effect that never comes about is given up. */
  @Test
  void v1_pendingForEver() {
    String id = checked(2);
    JobNode node = new JobNode(wire, "n1").synced();
    node.take().says("OK_EXTERNAL", "4", ",\"external_ref\":\"charge-7\"").is(200);
    pass(Duration.ofSeconds(2));
    assertThat(node.take().says("CHECK_PENDING", "5").is(200).at("body.phase")).isEqualTo("AWAITING");
    pass(Duration.ofSeconds(2));
    assertThat(node.take().says("CHECK_PENDING", "5").is(200).at("body.phase")).isEqualTo("DEAD_LETTERED");
    assertThat(caller.get("/jobs/dead-letters/" + id).at("cause")).isEqualTo("VERIFY_TIMEOUT");
  }

  /** V3: the answer to a check is lost and the check is reported again: it counts once. */
  @Test
  void v3_aCheckCountsOnce() {
    String id = checked(5);
    JobNode node = new JobNode(wire, "n1").synced();
    node.take().says("OK_EXTERNAL", "4", ",\"external_ref\":\"charge-7\"").is(200);
    pass(Duration.ofSeconds(2));
    JobNode.Held check = node.take();
    check.says("CHECK_PENDING", "5").is(200);
    assertThat(check.says("CHECK_PENDING", "5").is(200).at("body.replayed")).isEqualTo(true);
    assertThat(job(id).checks()).isEqualTo(1);
    pass(Duration.ofSeconds(2));
    check.says("CHECK_PENDING", "5").is(200);
    assertThat(job(id).checks()).isEqualTo(1);
  }

  private String checked(int checks) {
    return caller.submit(JobClient.task("stock.sync", "checked-key-1", "1",
        ",\"check\":{\"poll_ms\":1000,\"max_checks\":%d}".formatted(checks))).is(201).string("task_id");
  }

  /** C1: whatever a sender's clock says, the server's counts; nodes say no time at all. */
  @Test
  void c1_sendersClocksDoNotMatter() {
    for (String created : List.of("2026-11-21T12:00:00Z", "2026-11-23T12:00:00Z", "1999-01-01T00:00:00+14:00")) {
      String id = caller.submit(JobClient.task("stock.sync", "clock-key-" + created.substring(0, 4) + created.charAt(9),
          "1").replace("2026-11-22T02:30:00Z", created)).is(201).string("task_id");
      assertThat(job(id).phase()).isEqualTo(JobPhase.READY);
      assertThat(job(id).visibleAt()).isEqualTo(NOON);
    }
    assertThat(Json.list(new JobNode(wire, "n1").synced().grant(5).is(200).at("grants"))).hasSize(2);
  }

  /** D3: every word of a node that the matrix forbids answers 4095 over HTTP, and changes nothing. */
  @Test
  void d3_whatTheMatrixForbidsChangesNothing() {
    List<String> outcomes = List.of("OK", "OK_EXTERNAL", "CHECK_OK", "CHECK_PENDING", "CHECK_REJECTED", "ERR_RETRY",
        "ERR_FATAL", "ABANDON");
    int cells = 0;
    for (Column column : Column.values()) {
      JobNode node = new JobNode(wire, column.name()).synced();
      String id = caller.submit(JobClient.task("stock.sync", "cell-key-" + column, "1",
          ",\"lease\":{\"execution_timeout_ms\":1000},\"check\":{\"poll_ms\":1000}")).is(201).string("task_id");
      JobNode.Held held = in(column, node, id);
      JobState before = job(id);
      for (String outcome : outcomes) {
        if (column.stage == (outcome.startsWith("CHECK") ? 'C' : outcome.startsWith("OK") ? 'P' : column.stage)
            && column.stage != '-') continue;
        held.refused(4095, held.says(outcome, "9", JobNode.ERROR, ",\"external_ref\":\"x\""));
        assertThat(job(id)).as(column + " " + outcome).isEqualTo(before);
        cells++;
      }
      // Out of the way of the next one.
      caller.json("/jobs/" + id + "/cancel", "").is(200);
    }
    assertThat(cells).isEqualTo(8 * 8 + 3 + 2);
  }

  /** Columns of the matrix, each reached without a commit of the lease that the node still believes in. */
  private enum Column {
    SCHEDULED('-'), READY('-'), READY_LEASED('P'), AWAITING('-'), AWAITING_LEASED('C'), HELD('-'), SUCCEEDED('-'),
    FAILED('-'), DEAD_LETTERED('-'), CANCELLED('-');

    final char stage;

    Column(char stage) {
      this.stage = stage;
    }
  }

  private JobNode.Held in(Column column, JobNode node, String id) {
    JobNode.Held held = node.take();
    switch (column) {
      case READY_LEASED -> {}
      case SCHEDULED -> pass(Duration.ofSeconds(2)); // its execution took too long
      case AWAITING, AWAITING_LEASED -> {
        held.says("OK_EXTERNAL", "4", ",\"external_ref\":\"ref\"").is(200);
        pass(Duration.ofSeconds(1));
        held = node.take();
        if (column == Column.AWAITING) operate(id, "FORCE_REVOKE");
      }
      default -> {
        operate(id, "FORCE_REVOKE");
        switch (column) {
          case HELD -> operate(id, "HOLD");
          case SUCCEEDED -> operate(id, "FORCE_SUCCEED");
          case FAILED -> operate(id, "FORCE_FAIL");
          case DEAD_LETTERED -> operate(id, "FORCE_DEAD_LETTER");
          case CANCELLED -> caller.json("/jobs/" + id + "/cancel", "").is(200);
          default -> {}
        }
      }
    }
    String cell = job(id).phase() + (job(id).leased() ? "_LEASED" : "");
    assertThat(cell).isEqualTo(column.name());
    return held;
  }

  private void operate(String id, String event) {
    var papers = new OperatorPapers("ada", "admin", "test", "OPS-1",
        OperatorPapers.Standing.NOT_ASKED, "for the matrix", "r", "grace");
    OperatorAct act = switch (event) {
      case "HOLD" -> new OperatorAct.Hold(Duration.ofHours(1));
      case "FORCE_SUCCEED" -> new OperatorAct.ForceSucceed("seen", null);
      case "FORCE_FAIL" -> new OperatorAct.ForceFail();
      case "FORCE_DEAD_LETTER" -> new OperatorAct.ForceDeadLetter();
      default -> new OperatorAct.ForceRevoke();
    };
    wire.server.engine().jobs().operate("default", JobId.parse(id), act, papers, job(id).epoch(), false).get();
  }

  /** A server that closes sends its callers elsewhere. */
  @Test
  void aServerThatClosesSaysSo() {
    JobNode node = new JobNode(wire, "n1").synced();
    wire.server.engine().close();
    assertThat(caller.submit(JobClient.task("stock.sync", "closing-key-1", "1")).refused(5032).at("body.retryable"))
        .isEqualTo(true);
    caller.post("/jobs", "application/xml", JobClient.xml("stock.sync", "closing-key-1", "1")).refusedInXml(5032);
    node.grant(1).refused(5032);
    node.beat("heartbeat", "IDLE").refused(5032);
    assertThat(caller.post("/jobs/bulk", "application/x-ndjson", JobClient.envelope("task.submit",
        JobClient.task("stock.sync", "closing-key-2", "1")).replace("\n", "")).is(200).text())
        .contains("\"line\":1,\"status\":503");
  }

  /** The holder is told of a cancel, and has its grace. */
  @Test
  void aCancelReachesTheHolder() {
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    JobNode node = new JobNode(wire, "n1").synced();
    JobNode.Held held = node.take();
    assertThat(caller.json("/jobs/" + id + "/cancel", "").is(200).at("phase")).isEqualTo("READY");
    assertThat(node.beat("heartbeat", "BUSY", held.ref()).is(200).at("body.cancel.0.task_id")).isEqualTo(id);
    for (int i = 0; i < 7; i++) {
      pass(Duration.ofSeconds(5));
      node.beat("heartbeat", "BUSY", held.ref()).is(200);
    }
    assertThat(job(id).phase()).isEqualTo(JobPhase.CANCELLED);
    held.refused(4095, held.ok());
  }

  /** N4: a draining node gets nothing, goes on heartbeating, and is gone when it holds nothing. */
  @Test
  void n4_drainingEndsAGoodLife() {
    String first = caller.submit("stock.sync", "node-key-0001", "1");
    caller.submit("stock.sync", "node-key-0002", "1");
    JobNode node = new JobNode(wire, "n1").synced();
    JobNode.Held held = node.take();
    node.beat("heartbeat", "DRAINING", held.ref()).is(200);
    node.grant(1).refused(4097);
    node.beat("heartbeat", "BUSY", held.ref()).is(200);
    node.grant(1).refused(4097);
    held.says("ABANDON", "1").is(200);
    assertThat(job(first).losses()).isZero();
    node.beat("heartbeat", "DRAINING").is(200);
    node.beat("heartbeat", "IDLE").refused(4096);
    assertThat(caller.get("/nodes").text()).contains("GONE");
    JobNode next = new JobNode(wire, "n1").synced();
    assertThat(next.take().epoch()).isGreaterThanOrEqualTo(1);
  }

  @Test
  void aNodeGetsNoMoreThanItHasRoomForAndOnlyItsTypes() {
    for (int i = 0; i < 5; i++) caller.submit("stock.sync", "node-key-000" + i, "1");
    caller.submit("other.type", "node-key-0001", "1");
    JobNode node = new JobNode(wire, "n1").synced();
    assertThat(Json.list(node.grant(10).is(200).at("grants"))).hasSize(2);
    assertThat(node.nothing()).isTrue();
    node.http.json("/nodes/grant", "node_id", "n1", "session_id", node.session, "types", List.of("other.type"))
        .refused(4002);
    node.http.json("/nodes/grant", "node_id", "n1", "session_id", "x").refused(4002);
    caller.json("/nodes/grant", "node_id", "n1", "session_id", node.session).refused(4030);
    node.http.json("/jobs", "{}").refused(4030);
  }

  // ---- over processes

  /** S1: when the server has gone and come back, nothing is lost, and its nodes go on with what they hold. */
  @Test
  void s1_aServerThatComesBack() {
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    JobNode node = new JobNode(wire, "n1").synced();
    JobNode.Held held = node.take();
    String other = caller.submit("stock.sync", "node-key-0002", "1");
    close();
    serve();
    JobNode same = new JobNode(wire, "n1", node.session);
    assertThat(same.beat("heartbeat", "BUSY", held.ref()).is(200).at("body.renewed.0.task_id")).isEqualTo(id);
    assertThat(same.take().task()).isEqualTo(other);
    assertThat(new JobNode.Held(same, id, held.epoch(), held.callback(), held.got()).ok().is(200).at("body.phase"))
        .isEqualTo("SUCCEEDED");
  }

  /** CP3: a grant whose connection has gone is given back at once, without a penalty. */
  @Test
  void aGrantThatNobodyWaitsForIsNotMade() throws Exception {
    JobNode node = new JobNode(wire, "n1").synced();
    byte[] body = Json.write(Json.of("node_id", "n1", "session_id", node.session, "wait_seconds", 30));
    try (Socket socket = new Socket("127.0.0.1", wire.server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(("POST /api/nodes/grant HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer work\r\n"
          + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
          .getBytes(StandardCharsets.UTF_8));
      out.write(body);
      out.flush();
    }
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    List<Object> granted = new ArrayList<>();
    while (granted.isEmpty()) granted.addAll(Json.list(node.grant(1).is(200).at("grants")));
    assertThat(job(id).losses()).isZero();
    assertThat(job(id).attempt()).isEqualTo(1);
  }
}
