package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobRate;
import dev.pawl.server.json.Json;
import dev.pawl.testbed.Databases;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Limits, batches, breakers and late reports, by callers and nodes that know only HTTP. */
class JobFlowTest extends NodeScene {
  JobFlowTest() {
    super(Databases.sqlite());
  }

  private String tied(String key, String ties) {
    return JobClient.task("stock.sync", key, "1", ",\"ext\":{\"dev.pawl.ties\":" + ties + "}");
  }

  // ---- limits

  @Test
  void aTypeIsLimitedByItselfAndByKey() {
    JobClient.Got set = caller.json("/jobs/types/stock.sync/limits", "running_per_key", 1, "rate",
        Map.of("permits", 50, "period_ms", 1_000, "burst", 5)).is(200);
    assertThat(set.at("rate.burst")).isEqualTo(5L);
    assertThat(wire.server.engine().jobs().limits("default")).containsEntry("stock.sync",
        JobLimits.NONE.runningPerKey(1).rate(JobRate.of(50, Duration.ofSeconds(1)).burst(5)));
    assertThat(caller.get("/jobs/types/stock.sync/limits").is(200).at("running_per_key")).isEqualTo(1L);
    assertThat(caller.get("/jobs/types").is(200).at("limited.0.type")).isEqualTo("stock.sync");

    caller.submit(tied("limit-key-01", "{\"limit_key\":\"acme\"}")).is(201);
    caller.submit(tied("limit-key-02", "{\"limit_key\":\"acme\"}")).is(201);
    caller.submit(tied("limit-key-03", "{\"limit_key\":\"bolt\"}")).is(201);
    JobNode node = new JobNode(wire, "n1").synced();
    assertThat(Json.list(node.grant(2).is(200).at("grants"))).hasSize(2);
    assertThat(new JobNode(wire, "n2").synced().nothing()).isTrue(); // acme has its share

    caller.json("/jobs/types/stock.sync/limits", "{}").is(200);
    assertThat(wire.server.engine().jobs().limits("default")).isEmpty();
  }

  @Test
  void limitsThatAreNoneSayWhere() {
    assertThat(caller.json("/jobs/types/stock.sync/limits", "running", 0).refused(4002).at("body.pointer"))
        .isEqualTo("/running");
    assertThat(caller.json("/jobs/types/stock.sync/limits", "rate", Map.of("permits", 1)).refused(4002)
        .at("body.pointer")).isEqualTo("/rate/period_ms");
    assertThat(caller.json("/jobs/types/stock.sync/limits", "rate", Map.of("permits", 5, "period_ms", 1, "burst", 6))
        .refused(4002).at("body.pointer")).isEqualTo("/rate");
    assertThat(caller.json("/jobs/types/stock.sync/limits", "rate_per_key", Map.of("permit", 5)).refused(4002)
        .at("body.pointer")).isEqualTo("/rate_per_key/permit");
    new JobNode(wire, "n1").http.json("/jobs/types/stock.sync/limits", "running", 1).refused(4030);
  }

  // ---- ties

  @Test
  void aSingletonIsOneForAllOfThem() {
    String first = caller.submit(tied("single-key-1", "{\"singleton\":{\"key\":\"sku-9\"}}")).is(201).string("task_id");
    JobClient.Got again = caller.submit(tied("single-key-2", "{\"singleton\":{\"key\":\"sku-9\"}}")).is(200);
    assertThat(again.json()).containsEntry("task_id", first).containsEntry("replayed", true);
    assertThat(caller.get("/jobs/" + first).text()).contains("\"dev.pawl.ties\":{\"singleton\":{\"key\":\"sku-9\"}}");
  }

  @Test
  void tiesThatAreNoneSayWhere() {
    for (var one : Map.of("{\"batch\":7}", "/batch", "{\"batch\":\" \"}", "/batch", "{\"limit\":\"a\"}", "/limit",
        "{\"singleton\":{}}", "/singleton/key", "{\"singleton\":{\"key\":\"a\",\"most_ms\":5}}",
        "/singleton/most_ms").entrySet()) {
      assertThat(caller.submit(tied("tie-key-0001", one.getKey())).refused(4002).at("body.pointer"))
          .isEqualTo("/body/ext/dev.pawl.ties" + one.getValue());
    }
    caller.submit(tied("tie-key-0001", "{\"batch\":\"nobody-opened-it\"}")).refused(4040);
  }

  // ---- batches

  @Test
  void aBatchCallsBackWhenAllAreOver() {
    assertThat(caller.json("/jobs/batches", "batch", "file-7", "callback", "import.done").is(200).json())
        .containsEntry("tasks", 0L).doesNotContainKey("closed_at");
    caller.json("/jobs/batches", "batch", "file-7", "callback", "import.done").is(200);
    caller.json("/jobs/batches", "batch", "file-7", "callback", "other.done").refused(4091);
    String done = caller.submit(tied("batch-key-01", "{\"batch\":\"file-7\"}")).is(201).string("task_id");
    pass(Duration.ofMillis(1)); // of two that came at one instant any may be the first
    String dropped = caller.submit(tied("batch-key-02", "{\"batch\":\"file-7\"}")).is(201).string("task_id");
    JobNode.Held held = new JobNode(wire, "n1").synced().take();
    assertThat(held.task()).isEqualTo(done);
    held.ok().is(200);
    caller.json("/jobs/" + dropped + "/cancel", "").is(200);
    pass(Duration.ofSeconds(2));
    assertThat(caller.get("/jobs/batches/file-7").is(200).json()).containsEntry("succeeded", 1L)
        .containsEntry("cancelled", 1L).doesNotContainKey("callback_task_id"); // it is open
    caller.json("/jobs/batches/file-7/close", "").is(200);
    caller.submit(tied("batch-key-03", "{\"batch\":\"file-7\"}")).refused(4095);
    pass(Duration.ofSeconds(2));
    String callback = caller.get("/jobs/batches/file-7").is(200).string("callback_task_id");
    assertThat(caller.get("/jobs/" + callback).is(200).json()).containsEntry("type", "import.done")
        .containsEntry("idempotency_key", "batch:file-7");
    caller.get("/jobs/batches/no-such").refused(4040);
    caller.json("/jobs/batches/no-such/close", "").refused(4040);
  }

  // ---- dependencies

  @Test
  void jobsWaitForWhatIsDownAndComeBackByDegrees() {
    JobNode node = new JobNode(wire, "n1").synced();
    node.http.json("/jobs/types/stock.sync/need", "dependency", "billing-api").is(200);
    String id = caller.submit("stock.sync", "breaker-key-1", "1");
    assertThat(caller.json("/jobs/breakers/billing-api/trip", "reason", "they said so").is(200).json())
        .containsEntry("state", "OPEN").containsEntry("allowed_per_type", 0L);
    assertThat(node.nothing()).isTrue();
    assertThat(caller.get("/jobs/breakers").is(200).string("breakers.0.why")).startsWith("they said so (");
    assertThat(caller.json("/jobs/breakers/billing-api/probe", "").is(200).json()).containsEntry("state", "PROBING")
        .containsEntry("allowed_per_type", 1L);
    JobNode.Held held = node.take();
    assertThat(held.task()).isEqualTo(id);

    // It is down again: the job is given back, and spends no attempt.
    node.http.json("/jobs/breakers/billing-api/failures", "reason", "503").is(200);
    held.says("ABANDON", "7").is(200);
    assertThat(job(id).phase()).isEqualTo(JobPhase.READY);
    assertThat(job(id).attempt()).isEqualTo(1);
    assertThat(node.nothing()).isTrue();
    pass(Duration.ofSeconds(21)); // twice as long as the first pause
    node.beat("heartbeat", "IDLE");
    assertThat(caller.get("/jobs/breakers").at("breakers.0.state")).isEqualTo("PROBING");
    node.http.json("/jobs/breakers/billing-api/trip", "reason", "a node may not").refused(4030);
    caller.json("/jobs/breakers/billing-api/trip", "{}").refused(4002);
  }

  // ---- late reports

  @Test
  void whatCameTooLateIsKeptAndShown() {
    String id = caller.submit("stock.sync", "late-key-0001", "1");
    JobNode.Held late = new JobNode(wire, "n1").synced().take();
    pass(Duration.ofSeconds(16));
    new JobNode(wire, "n2").synced().take();
    late.refused(4094, late.ok(",\"result\":{\"content_type\":\"application/json\",\"data\":{\"left\":3}}"));
    JobClient.Got kept = caller.get("/jobs/" + id + "/late-reports").is(200);
    assertThat(Json.list(kept.at("late_reports"))).hasSize(1);
    assertThat(kept.at("late_reports.0.line.refused")).isEqualTo("UWER-4094");
    assertThat(kept.at("late_reports.0.body.data.left")).isEqualTo(3L);
    caller.get("/jobs/0199a0c0-0000-7000-8000-000000000001/late-reports").refused(4040);
    assertThat(List.of(job(id).phase())).containsExactly(JobPhase.READY);
  }
}
