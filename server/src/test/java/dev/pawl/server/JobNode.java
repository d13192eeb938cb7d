package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import java.util.List;
import java.util.UUID;

/** A worker node that knows only HTTP and what the envelopes say. */
final class JobNode implements AutoCloseable {
  static final String ERROR = ",\"error\":{\"code\":\"UWER-5000\",\"title\":\"shelf fell\",\"retryable\":true}";

  final JobClient http;
  final String name;
  final String session;
  long seq;

  JobNode(Wire wire, String name) {
    this(wire, name, UUID.randomUUID().toString());
  }

  JobNode(Wire wire, String name, String session) {
    this(new JobClient(wire, "work"), name, session);
  }

  JobNode(JobClient http, String name, String session) {
    this.http = http;
    this.name = name;
    this.session = session;
  }

  JobNode started() {
    assertThat(beat("start", "SYNC").is(200).at("body.must_sync")).isEqualTo(true);
    return this;
  }

  JobNode synced() {
    started();
    beat("sync", "SYNC").is(200);
    return this;
  }

  JobClient.Got beat(String route, String state, String... leases) {
    return http.json("/nodes/" + route, JobClient.envelope("node.heartbeat", """
        {"node_id":"%s","session_id":"%s","seq":%d,"state":"%s","capacity":2,"types":["stock.sync"],"leases":[%s]}"""
        .formatted(name, session, ++seq, state, String.join(",", leases))));
  }

  JobClient.Got grant(int max) {
    return http.json("/nodes/grant", "node_id", name, "session_id", session, "max", max);
  }

  /** The job that is granted. */
  Held take() {
    JobClient.Got got = grant(1).is(200);
    assertThat(Json.list(got.at("grants"))).as(got.text()).hasSize(1);
    assertThat(got.at("grants.0.kind")).isEqualTo("lease.grant");
    return new Held(this, got.string("grants.0.body.task_id"), (Long) got.at("grants.0.body.epoch"),
        got.string("callback_tokens." + got.string("grants.0.body.task_id")), got);
  }

  boolean nothing() {
    return Json.list(grant(1).is(200).at("grants")).isEmpty();
  }

  @Override
  public void close() {
    http.close();
  }

  record Held(JobNode node, String task, long epoch, String callback, JobClient.Got got) {
    String ref(String... more) {
      return "{\"task_id\":\"%s\",\"epoch\":%d%s}".formatted(task, epoch, String.join("", more));
    }

    JobClient.Got says(String outcome, String digest, String... more) {
      return node.http.json("/nodes/" + (outcome.equals("ABANDON") ? "abandon" : "commit"), JobClient.envelope(
          "lease.commit", """
              {"task_id":"%s","epoch":%d,"session_id":"%s","outcome":"%s","result_digest":"sha-256:%s"%s}"""
              .formatted(task, epoch, node.session, outcome, digest.repeat(64), String.join("", more))));
    }

    JobClient.Got ok(String... more) {
      return says("OK", "a", more);
    }

    /** Refused in an acknowledgement. */
    void refused(int code, JobClient.Got got) {
      assertThat(got.at("kind")).as(got.text()).isEqualTo("lease.commit.ack");
      assertThat(got.at("body.accepted")).isEqualTo(false);
      assertThat(got.at("body.error.code")).as(got.text()).isEqualTo("UWER-" + code);
      got.is(dev.pawl.core.job.UwerCode.parse("UWER-" + code).orElseThrow().httpStatus());
    }
  }
}
