package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.CarrierDesk;
import dev.pawl.conformance.scene.CarrierDesk.Called;
import dev.pawl.conformance.scene.Feature;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.suite.Case;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** Activities that the server has done by calling an address: sections 6.14 and 13. */
final class CarrierCases {
  /** The file that the page of the suite shows lets the carrier have 32. */
  private static final int MORE_THAN_AT_ONCE = 40;

  /** Cases run beside each other and share the carrier's queue: a worker that polls it could take what another case waits for. */
  private static final ReadWriteLock QUEUE = new ReentrantReadWriteLock(true);

  private CarrierCases() {}

  private static Case.Body beside(Case.Body body) {
    return s -> holding(QUEUE.readLock(), body, s);
  }

  /** A worker of this case polls the carrier's queue for the carrier's activities. */
  private static Case.Body alone(Case.Body body) {
    return s -> holding(QUEUE.writeLock(), body, s);
  }

  private static void holding(Lock lock, Case.Body body, Scene s) throws Exception {
    lock.lock();
    try {
      body.play(s);
    } finally {
      lock.unlock();
    }
  }

  static void add(Suite suite) {
    services(suite.section("6.14", "Service catalog"));
    calls(suite.section("13", "External executor, invocable HTTP carrier", Feature.CARRIERS));
    outcomes(suite.section("13", "External executor, invocable HTTP carrier", Feature.CARRIERS));
  }

  private static void services(Suite.Section section) {
    section.check("absent", "an operation that is not there is 404, which callers take for an answer", s -> {
      var got = s.operator().post("/service-endpoints/" + s.name("none") + "/services/s/operations/o/execute");
      got.is(404).text("message");
      got.text("reason");
    });
  }

  private static Map<String, @Nullable Object> carried(@Nullable Object... more) {
    return Json.with(Json.of("type", "schedule_activity", "activity_type", CarrierDesk.ACTIVITY, "queue",
        CarrierDesk.QUEUE, "arguments", Wants.arguments("order", 42L)), more);
  }

  /** A run whose activity the carrier has, with these answers. */
  private static Flow flow(Scene s, WireWorker worker, Map<String, @Nullable Object> command,
      CarrierDesk.Reply... answers) {
    Flow flow = s.start();
    s.carrier().answers(flow.id(), answers);
    worker.runs(command);
    return flow;
  }

  private static void calls(Suite.Section section) {
    section.check("manifests", "the contracts of the external executor are named", s -> {
      for (String name : List.of("external_executor_config_contract", "external_task_input_contract",
          "external_task_result_contract")) {
        s.info().doc("worker_protocol/" + name).has("schema", "version");
      }
    });
    section.check("input", "the call carries the external task input, whole", beside(s -> {
      Flow flow = flow(s, s.worker(), carried("start_to_close_timeout", 60), CarrierDesk.succeeded(1L));
      Called called = s.carrier().call(flow.id());
      Unmet.unless(String.valueOf(called.contentType()).startsWith(
          "application/vnd.durable-workflow.external-task-input+json"), "its type is %s", called.contentType());
      Doc body = called.body();
      body.where("schema", "durable-workflow.v2.external-task-input", "version", 1, "task/kind", "activity_task",
          "task/attempt", 1, "task/task_queue", CarrierDesk.QUEUE, "workflow/id", flow.id(), "workflow/run_id",
          flow.run(), "payloads/arguments", Wants.arguments("order", 42L));
      for (String text : List.of("task/id", "task/activity_attempt_id", "task/handler", "task/idempotency_key",
          "lease/owner")) {
        body.text(text);
      }
      OffsetDateTime.parse(body.text("lease/expires_at"));
      body.object("deadlines").object("headers");
      body.has("lease/heartbeat_endpoint", "task/connection");
    }));
    section.check("auth", "the handler knows who calls, and nobody else learns how", beside(s -> {
      Flow flow = flow(s, s.worker(), carried(), CarrierDesk.succeeded(1L));
      String header = String.valueOf(s.carrier().call(flow.id()).authorization());
      Unmet.unless(header.startsWith("Bearer ") && header.length() > 12, "it came with '%s'", header);
      String secret = header.substring("Bearer ".length());
      Unmet.unless(!s.operator().get("/workers").is(200).toString().contains(secret), "the list of workers has it");
      Unmet.unless(!flow.history().toString().contains(secret), "the history has it");
    }));
    section.check("block", "a worker that gets one all the same is told who would have done it, without secrets", alone(s -> {
      CountDownLatch enough = new CountDownLatch(1);
      CarrierDesk.Reply slow = call -> {
        try {
          enough.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return CarrierDesk.succeeded(1L).to(call);
      };
      Flow flow = s.start();
      s.carrier().answers(flow.id(), Collections.nCopies(MORE_THAN_AT_ONCE, slow).toArray(CarrierDesk.Reply[]::new));
      try {
        s.worker().runs(Collections.nCopies(MORE_THAN_AT_ONCE, carried()).toArray());
        String secret = String.valueOf(s.carrier().call(flow.id()).authorization()).substring("Bearer ".length());
        WireWorker other = s.idle("hand", CarrierDesk.QUEUE);
        other.register("supported_activity_types", List.of(CarrierDesk.ACTIVITY)).is(201);
        Doc task = other.activity();
        task.where("workflow_id", flow.id());
        Doc block = task.doc("external_executor");
        for (String text : List.of("name", "handler", "carrier/target/url", "config/schema")) block.text(text);
        block.where("carrier/type", "invocable_http", "carrier/target/method", "POST");
        block.has("auth_ref", "rollout", "dispatch", "carrier/target/timeout_seconds", "carrier/target/retry_policy");
        Unmet.unless(!task.toString().contains(secret), "it has the secret");
        other.completeActivity(task, Wants.envelope(1L));
      } finally {
        enough.countDown();
      }
    }));
    section.check("others", "other activities of the queue are for workers", beside(s -> {
      WireWorker worker = s.worker();
      Flow flow = s.start();
      worker.runs(carried("activity_type", s.name("plain"), "arguments", Wants.arguments(1L)));
      WireWorker other = s.idle("hand", CarrierDesk.QUEUE);
      other.register("supported_activity_types", List.of(flow.event("ActivityScheduled").text("payload/activity_type")))
          .is(201);
      other.activity().where("workflow_id", flow.id());
    }));
  }

  private static void outcomes(Suite.Section section) {
    section.check("succeeded", "what the handler answers is the activity's result", beside(s -> {
      WireWorker worker = s.worker();
      Flow flow = flow(s, worker, carried(), CarrierDesk.succeeded(Map.of("paid", true)));
      worker.task();
      flow.event("ActivityCompleted").where("payload/result", Wants.envelope(Map.of("paid", true)), "payload/sequence",
          1, "payload/attempt_number", 1);
    }));
    section.check("failed", "a failure that is final ends the activity", beside(s -> {
      WireWorker worker = s.worker();
      Flow flow = flow(s, worker, carried("retry_policy", Json.of("max_attempts", 3, "backoff_seconds", List.of(0))),
          CarrierDesk.failed("CardDeclined", false));
      worker.task();
      flow.event("ActivityFailed").where("payload/exception_type", "CardDeclined", "payload/message", "no",
          "payload/attempt_number", 1);
    }));
    section.check("retryable", "a failure that is not is for the activity's own policy, under the same key", beside(s -> {
      WireWorker worker = s.worker();
      Flow flow = flow(s, worker, carried("retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(0))),
          CarrierDesk.failed("Busy", true), CarrierDesk.succeeded(1L));
      worker.task();
      Doc first = s.carrier().call(flow.id()).body();
      Doc second = s.carrier().call(flow.id()).body();
      second.where("task/attempt", 2, "task/idempotency_key", first.at("task/idempotency_key"));
      Unmet.unless(!Objects.equals(first.at("task/activity_attempt_id"), second.at("task/activity_attempt_id")),
          "both attempts have one id");
      flow.event("ActivityCompleted");
    }));
    section.check("spent", "when no attempt is left the failure is the activity's", beside(s -> {
      WireWorker worker = s.worker();
      Flow flow = flow(s, worker, carried(), CarrierDesk.failed("Busy", true));
      worker.task();
      flow.event("ActivityFailed").where("payload/exception_type", "Busy");
    }));
    section.check("malformed", "an answer that is none fails the activity, and is not taken for a result", beside(s -> {
      WireWorker worker = s.worker();
      Flow flow = flow(s, worker, carried(), call -> Json.of("hello", "world"));
      worker.task();
      flow.event("ActivityFailed").text("payload/message");
    }));
    section.check("another-task", "an answer for another task is none", beside(s -> {
      WireWorker worker = s.worker();
      Flow flow = flow(s, worker, carried(), call -> Json.of("schema", "durable-workflow.v2.external-task-result", "version", 1,
          "outcome", Json.of("status", "succeeded", "recorded", true), "task", Json.of("id", "another", "kind",
              "activity_task", "idempotency_key", "another"), "result", Json.of("payload", Wants.envelope(1L))));
      worker.task();
      flow.event("ActivityFailed");
    }));
    section.check("transport", "a call that did not get through is made again within the attempt", beside(s -> {
      WireWorker worker = s.worker();
      Flow flow = flow(s, worker, carried(), call -> null, CarrierDesk.succeeded(1L));
      worker.task();
      s.carrier().call(flow.id()).body().where("task/attempt", 1);
      s.carrier().call(flow.id()).body().where("task/attempt", 1);
      flow.event("ActivityCompleted").where("payload/attempt_number", 1);
    }));
  }
}
