package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobPhase;
import dev.pawl.server.json.Json;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The life of nodes over HTTP, their sessions and leases. Tests that show a property of the contract name its id. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobNodesTest extends NodeScene {
  JobNodesTest(DatabaseServer databases) {
    super(databases);
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
    try (Wire other = new Wire(Databases.sqlite().fresh().jdbcUrl(), "--auth-token", "sesame");
        JobClient admin = new JobClient(other, "sesame")) {
      assertThat(admin.get("/system/prometheus-metrics").is(200).text()).contains("pawl_job_orphans 0")
          .contains("pawl_recovery_bound_seconds{kind=\"node_crash\"} 16");
    }
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

  /** The trace that a submission is part of goes on in its grants, and is no part of what is asked for. */
  @Test
  void aTraceGoesOnWhereTheJobIsDone() {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    String document = JobClient.envelope("task.submit", JobClient.task("stock.sync", "traced-key-1", "1",
        ",\"ext\":{\"com.shop.till\":7}"));
    String traced = document.replace("\"body\"", "\"traceparent\":\"" + trace + "\",\"body\"");
    String id = caller.json("/jobs", traced).is(201).string("task_id");
    assertThat(caller.json("/jobs", document).is(200).at("task_id")).as("the same job").isEqualTo(id);
    JobNode.Held held = new JobNode(wire, "n1").synced().take();
    assertThat(held.got().at("grants.0.traceparent")).isEqualTo(trace);
    assertThat(held.got().at("grants.0.body.task.ext")).isEqualTo(java.util.Map.of("com.shop.till", 7L));
    assertThat(Json.object(caller.get("/jobs/" + id).at("task.ext"))).containsEntry("org.w3c.traceparent", trace);
  }

  /** What a commit brings about belongs to the trace of its envelope, or else to that of the job. */
  @Test
  void aTraceGoesOnInWhatACommitBringsAbout() {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    String span = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";
    JobNode node = new JobNode(wire, "n1").synced();
    for (String own : new String[] {"", "\"traceparent\":\"" + span + "\","}) {
      String key = "spawning-key-" + own.length();
      caller.json("/jobs", JobClient.envelope("task.submit", JobClient.task("stock.sync", key, "1"))
          .replace("\"body\"", "\"traceparent\":\"" + trace + "\",\"body\"")).is(201);
      JobNode.Held held = node.take();
      node.http.json("/nodes/commit", JobClient.envelope("lease.commit", """
          {"task_id":"%s","epoch":1,"session_id":"%s","outcome":"OK","result_digest":"sha-256:%s","spawn":[%s]}"""
          .formatted(held.task(), node.session, "a".repeat(64), JobClient.task("stock.report", key + "-child", "{}")))
          .replace("\"body\"", own + "\"body\"")).is(200);
      String child = caller.get("/jobs?type=stock.report&idempotency_key=" + key + "-child").string("tasks.0.task_id");
      assertThat(Json.object(caller.get("/jobs/" + child).at("task.ext")))
          .containsEntry("org.w3c.traceparent", own.isEmpty() ? trace : span);
    }
  }

  /** What a step came to is recorded once, under its lease, and whoever comes later finds it. */
  @Test
  void effectsAreRecordedOnceUnderALease() {
    String id = caller.submit("stock.sync", "node-key-0001", "1");
    String digest = "sha-256:" + "a".repeat(64);
    JobNode node = new JobNode(wire, "n1").synced();
    JobNode.Held held = node.take();
    assertThat(Json.list(node.http.get("/jobs/" + id + "/effects").is(200).at("effects"))).isEmpty();
    JobClient.Got first = effect(held, "charge", digest, "1.10").is(200);
    assertThat(first.text()).contains("\"epoch\":1").contains("\"data\":1.10").contains(digest);
    assertThat(effect(held, "charge", digest, "2").is(200).text()).as("what was recorded stays").isEqualTo(first.text());
    effect(held, "charge", "sha-256:" + "b".repeat(64), "3").refused(4098);
    effect(held, "mail", "nonsense", "4").refused(4002);
    effect(held, " ", digest, "5").refused(4002);
    effect(new JobNode.Held(node, "0199a0c0-0000-7000-8000-000000000001", 1, "", held.got()), "mail", digest, "6")
        .refused(4040);
    caller.json("/nodes/effects", "task_id", id).refused(4030);
    held.says("ERR_RETRY", "c", JobNode.ERROR).is(200);
    effect(held, "mail", digest, "7").refused(4094);
    pass(Duration.ofSeconds(6));
    JobNode.Held again = node.take();
    effect(held, "mail", digest, "8").refused(4094);
    assertThat(effect(again, "mail", digest, "\"sent\"").is(200).at("epoch")).isEqualTo(2L);
    JobClient.Got all = caller.get("/jobs/" + id + "/effects").is(200);
    assertThat(all.at("effects.0.step")).isEqualTo("charge");
    assertThat(all.at("effects.1.response.data")).isEqualTo("sent");
    assertThat(Json.list(node.http.get("/jobs/" + id + "/effects?step=mail").is(200).at("effects"))).hasSize(1);
    caller.get("/jobs/0199a0c0-0000-7000-8000-000000000001/effects").refused(4040);
  }

  private static JobClient.Got effect(JobNode.Held held, String step, String request, String data) {
    return held.node().http.json("/nodes/effects", """
        {"task_id":"%s","session_id":"%s","epoch":%d,"step":"%s","request":"%s",
         "response":{"content_type":"application/json","data":%s}}""".formatted(
        held.task(), held.node().session, held.epoch(), step, request, data));
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
