package dev.pawl.conformance.cases;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.scene.Flow;
import dev.pawl.conformance.scene.Scene;
import dev.pawl.conformance.scene.Wants;
import dev.pawl.conformance.scene.WireWorker;
import dev.pawl.conformance.suite.Suite;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Unmet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Activity tasks: section 8.6. */
final class ActivityTaskCases {
  private ActivityTaskCases() {}

  static void add(Suite suite) {
    task(suite.section("8.6", "Activity tasks"));
    complete(suite.section("8.6", "Activity tasks"));
    fail(suite.section("8.6", "Activity tasks"));
    heartbeat(suite.section("8.6", "Activity tasks"));
    fences(suite.section("8.6", "Activity tasks"));
  }

  /** A run that waits for an activity, and who holds its first attempt. */
  private record Held(Flow flow, WireWorker worker, Doc task) {
    static Held of(Scene s, @Nullable Object... more) {
      Flow flow = s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity(more));
      return new Held(flow, worker, worker.activity());
    }
  }

  private static void task(Suite.Section section) {
    section.check("task-fields", "a task has every field", s -> {
      Held held = Held.of(s, "arguments", Wants.arguments(42L));
      Doc task = held.task();
      task.where("workflow_id", held.flow().id(), "run_id", held.flow().run(), "attempt_number", 1, "activity_type",
          "charge", "payload_codec", "avro", "arguments", Wants.arguments(42L), "task_queue", s.queue(), "lease_owner",
          held.worker().id());
      for (String name : List.of("task_id", "activity_execution_id", "activity_attempt_id", "lease_expires_at")) {
        task.text(name);
      }
    });
    section.check("task-deadlines", "deadlines are told", s -> {
      Doc task = Held.of(s, "start_to_close_timeout", 60, "schedule_to_close_timeout", 120, "heartbeat_timeout", 30)
          .task();
      task.text("deadlines/start_to_close");
      task.text("deadlines/schedule_to_close");
      task.text("deadlines/heartbeat");
      task.where("deadlines/schedule_to_start", null);
    });
    section.check("task-queue", "an activity goes to the queue that its command names", s -> {
      s.start();
      WireWorker worker = s.worker();
      String queue = s.name("other");
      WireWorker other = s.idle("other", queue);
      other.register().is(201);
      worker.runs(Wants.activity("queue", queue));
      worker.idlesOnActivities();
      other.activity().where("task_queue", queue);
    });
    section.check("task-repeated", "the same poll again gets the same task", s -> {
      s.start();
      WireWorker worker = s.worker();
      worker.runs(Wants.activity());
      Answer first = worker.poll("activity-tasks", 10, "poll_request_id", "p").is(200);
      worker.poll("activity-tasks", 0, "poll_request_id", "p").is(200).where("task/activity_attempt_id",
          first.text("task/activity_attempt_id"));
    });
  }

  private static void complete(Suite.Section section) {
    section.check("complete", "a completion is recorded", s -> {
      Held held = Held.of(s);
      Answer got = held.worker().completeActivity(held.task(), Wants.envelope("paid"));
      got.where("task_id", held.task().at("task_id"), "activity_attempt_id", held.task().at("activity_attempt_id"),
          "outcome", "completed", "recorded", true, "reason", null).has("next_task_id");
      held.flow().ends("ActivityCompleted");
    });
    section.check("complete-none", "a completion needs no result", s -> {
      Held held = Held.of(s);
      held.worker().activityCall(held.task(), "complete").is(200);
      held.flow().ends("ActivityCompleted");
    });
    section.check("complete-plain", "a plain result is encoded", s -> {
      Held held = Held.of(s);
      held.worker().completeActivity(held.task(), Map.of("paid", true));
      held.flow().event("ActivityCompleted").where("payload/result", Wants.envelope(Map.of("paid", true)));
    });
    section.check("complete-repeated", "a repeated completion is harmless", s -> {
      Held held = Held.of(s);
      held.worker().completeActivity(held.task(), Wants.envelope(1L));
      held.worker().activityCall(held.task(), "complete", "result", Wants.envelope(1L)).is(200, 404, 409);
      held.flow().event("ActivityCompleted");
    });
    section.check("complete-broken", "a result that is broken is refused, and the attempt goes on", s -> {
      Held held = Held.of(s);
      held.worker().activityCall(held.task(), "complete", "result", Json.of("codec", "avro", "blob", "!"))
          .refused(422, "validation_failed");
      held.worker().completeActivity(held.task(), Wants.envelope(1L));
    });
  }

  private static void fail(Suite.Section section) {
    section.check("fail", "a failure is recorded with everything that was said", s -> {
      Held held = Held.of(s);
      held.worker().failActivity(held.task(), "message", "declined", "type", "CardDeclined", "class",
          "shop.CardDeclined", "code", 7, "stack_trace", "at shop", "details", Wants.envelope("card 1"))
          .where("outcome", "failed", "recorded", true);
      Doc event = held.flow().event("ActivityFailed");
      event.where("payload/message", "declined", "payload/exception_type", "CardDeclined", "payload/exception_class",
          "shop.CardDeclined", "payload/exception/type", "CardDeclined", "payload/exception/class",
          "shop.CardDeclined", "payload/exception/message", "declined", "payload/exception/code", 7);
    });
    section.check("fail-details", "details of a failure reach the program", s -> {
      Held held = Held.of(s);
      held.worker().failActivity(held.task(), "message", "x", "type", "T", "details", Wants.envelope(List.of(1L)));
      Doc event = held.flow().event("ActivityFailed");
      event.where("payload/exception/details", Wants.envelope(List.of(1L)));
    });
    section.check("fail-non-retryable", "what is not retryable is final at once", s -> {
      Held held = Held.of(s, "retry_policy", Json.of("max_attempts", 5, "backoff_seconds", List.of(0)));
      held.worker().failActivity(held.task(), "message", "no", "type", "T", "non_retryable", true);
      held.flow().event("ActivityFailed").where("payload/non_retryable", true, "payload/exception/non_retryable", true);
    });
    section.check("fail-type", "a type that the policy names is final at once", s -> {
      Held held = Held.of(s, "retry_policy", Json.of("max_attempts", 5, "backoff_seconds", List.of(0),
          "non_retryable_error_types", List.of("CardDeclined")));
      held.worker().failActivity(held.task(), "message", "no", "type", "CardDeclined");
      held.flow().event("ActivityFailed");
    });
    section.check("fail-class", "so is a class that it names", s -> {
      Held held = Held.of(s, "retry_policy", Json.of("max_attempts", 5, "backoff_seconds", List.of(0),
          "non_retryable_error_types", List.of("shop.CardDeclined")));
      held.worker().failActivity(held.task(), "message", "no", "type", "CardDeclined", "class", "shop.CardDeclined");
      held.flow().event("ActivityFailed");
    });
    section.check("fail-failure", "a failure is an object", s -> {
      Held held = Held.of(s);
      held.worker().activityCall(held.task(), "fail").invalid("failure");
      held.worker().activityCall(held.task(), "fail", "failure", "text").invalid("failure");
    });
  }

  private static void heartbeat(Suite.Section section) {
    section.check("heartbeat", "a heartbeat is recorded and renews", s -> {
      Held held = Held.of(s);
      Answer got = held.worker().beat(held.task(), "details", Json.of("at", 5), "message", "half", "current", 1,
          "total", 2, "unit", "files");
      got.where("task_id", held.task().at("task_id"), "activity_attempt_id", held.task().at("activity_attempt_id"),
          "lease_owner", held.worker().id(), "cancel_requested", false, "can_continue", true, "reason", null,
          "heartbeat_recorded", true);
      got.text("lease_expires_at");
      got.text("last_heartbeat_at");
    });
    section.check("heartbeat-cancelled", "the activity of a cancelled run is told to stop, with a 200", s -> {
      Held held = Held.of(s);
      held.flow().post("cancel").is(200);
      Answer got = held.worker().beat(held.task());
      got.where("cancel_requested", true, "can_continue", false, "reason", "run_cancelled");
      got.text("run_closed_reason");
      got.text("run_closed_at");
    });
    section.check("heartbeat-terminated", "so is one of a terminated run", s -> {
      Held held = Held.of(s);
      held.flow().post("terminate").is(200);
      held.worker().beat(held.task()).where("cancel_requested", true, "reason", "run_terminated");
    });
    section.check("heartbeat-details", "details are an object", s -> {
      Held held = Held.of(s);
      held.worker().activityCall(held.task(), "heartbeat", "details", "text").invalid("details");
    });
  }

  private static void fences(Suite.Section section) {
    for (String verb : List.of("complete", "fail", "heartbeat")) {
      Object[] more = verb.equals("fail") ? new Object[] {"failure", Json.of("message", "x")} : new Object[0];
      section.check(verb + "-unknown-task", "%s of an unknown task is refused".formatted(verb), s -> {
        Map<String, @Nullable Object> body = Json.with(Json.of("lease_owner", s.worker().id(), "activity_attempt_id",
            "none"), more);
        s.workers().body("POST", "/worker/activity-tasks/none/" + verb, body).refused(404, "task_not_found");
      });
      section.check(verb + "-unknown-attempt", "%s of an unknown attempt is refused".formatted(verb), s -> {
        Held held = Held.of(s);
        Map<String, @Nullable Object> body = Json.with(Json.of("lease_owner", held.worker().id(),
            "activity_attempt_id", "none"), more);
        Answer got = s.workers().body("POST", "/worker/activity-tasks/" + held.task().text("task_id") + "/" + verb,
            body).is(404, 409);
        got.oneOf("reason", "attempt_not_found", "task_mismatch");
      });
      section.check(verb + "-owner", "%s by another worker is refused".formatted(verb), s -> {
        Held held = Held.of(s);
        WireWorker other = s.worker();
        Map<String, @Nullable Object> body = Json.with(Json.of("lease_owner", other.id(), "activity_attempt_id",
            held.task().at("activity_attempt_id")), more);
        s.workers().body("POST", "/worker/activity-tasks/" + held.task().text("task_id") + "/" + verb, body)
            .refused(409, "lease_owner_mismatch");
        Unmet.unless(held.flow().types().size() == 3, "something was recorded: %s", held.flow().types());
      });
      section.check(verb + "-fields", "%s names owner and attempt".formatted(verb), s -> {
        Answer got = s.workers().body("POST", "/worker/activity-tasks/none/" + verb, Json.of(more));
        got.invalid("lease_owner");
        got.invalid("activity_attempt_id");
      });
    }
    for (var end : Map.of("cancel", "run_cancelled", "terminate", "run_terminated").entrySet()) {
      section.check("late-" + end.getKey(), "a late result after %s is ignored".formatted(end.getKey()), s -> {
        Held held = Held.of(s);
        held.flow().post(end.getKey()).is(200);
        for (String verb : List.of("complete", "fail")) {
          held.worker().activityCall(held.task(), verb, "failure", Json.of("message", "x")).refused(409, end.getValue())
              .where("outcome", "ignored", "cancel_requested", true);
        }
        Unmet.unless(!held.flow().types().contains("ActivityCompleted"), "it was recorded");
      });
    }
    section.check("late-attempt", "a result of an attempt that was over changes nothing", s -> {
      Held held = Held.of(s, "retry_policy", Json.of("max_attempts", 2, "backoff_seconds", List.of(0)));
      held.worker().failActivity(held.task(), "message", "one", "type", "T");
      Doc second = held.worker().activity();
      int status = held.worker().activityCall(held.task(), "complete", "result", Wants.envelope(1L)).status();
      Unmet.unless(status == 404 || status == 409, "it was answered with %d", status);
      held.worker().completeActivity(second, Wants.envelope(2L));
      held.flow().event("ActivityCompleted").where("payload/result", Wants.envelope(2L));
    });
  }
}
