package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.server.json.Json;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What nodes say over HTTP, and what comes of it. Tests that show a property of the contract name its id. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobWordsTest extends NodeScene {
  JobWordsTest(DatabaseServer databases) {
    super(databases);
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
}
