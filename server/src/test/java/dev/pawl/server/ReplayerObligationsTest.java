package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.RunId;
import dev.pawl.server.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program that is replayed from its first line relies on, one test per promise, seen from a worker's side. */
class ReplayerObligationsTest {
  static Wire wire;

  private String queue;
  private String id;
  private String run;

  @BeforeAll
  static void open(@TempDir Path folder) {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame");
  }

  @AfterAll
  static void close() {
    wire.close();
  }

  @BeforeEach
  void aWorkerOnAQueueOfItsOwn() {
    queue = "q-" + UUID.randomUUID();
    id = "w-" + UUID.randomUUID();
    wire.register("ann-" + queue, queue);
    run = wire.start("order", id, queue);
  }

  private Map<String, @Nullable Object> task() {
    Map<String, @Nullable Object> task = wire.task("workflow-tasks", "ann-" + queue, queue, 5);
    assertThat(task).as("a task was expected").isNotNull();
    return task;
  }

  private void noTask() {
    assertThat(wire.task("ann-" + queue, queue)).as("nothing to look at").isNull();
  }

  private Map<String, @Nullable Object> activityTask() {
    Map<String, @Nullable Object> task = wire.task("activity-tasks", "ann-" + queue, queue, 5);
    assertThat(task).isNotNull();
    return task;
  }

  private static Map<String, @Nullable Object> activity(Object... more) {
    Map<String, @Nullable Object> command = Json.of("type", "schedule_activity", "activity_type", "charge");
    command.putAll(Json.of(more));
    return command;
  }

  private static Map<String, @Nullable Object> member(int base, int index) {
    return activity("parallel_group_id", "parallel-activities:%d:2".formatted(base), "parallel_group_kind", "activity",
        "parallel_group_base_sequence", base, "parallel_group_size", 2, "parallel_group_index", index);
  }

  private static Map<String, @Nullable Object> condition(@Nullable Object timeout) {
    return Json.of("type", "open_condition_wait", "condition_key", "paid", "condition_definition_fingerprint",
        "sha256:1",
        "timeout_seconds", timeout);
  }

  private static Map<String, @Nullable Object> done() {
    return Json.of("type", "complete_workflow", "result", "done");
  }

  private List<Map<String, @Nullable Object>> events() {
    return wire.events(id, run);
  }

  private List<String> types() {
    return wire.eventTypes(id, run);
  }

  @Test
  void stepSequencesAreDenseAndSharedByAllEventsOfAStep() {
    wire.complete(task(), Json.of("type", "record_side_effect", "result", "wwHioz3/VYAiNwQO"),
        Json.of("type", "record_version_marker", "change_id", "c", "version", 1, "min_supported", -1, "max_supported",
            1),
        activity()).is(200);
    wire.completeActivity(activityTask(), "paid").is(200);
    wire.complete(task(), Json.of("type", "start_timer", "delay_seconds", 0)).is(200);
    wire.complete(task(), done()).is(200);
    assertThat(Wire.payload(events(), "SideEffectRecorded", "sequence")).containsExactly(1L);
    assertThat(Wire.payload(events(), "VersionMarkerRecorded", "sequence")).containsExactly(2L);
    assertThat(Wire.payload(events(), "ActivityScheduled", "sequence")).containsExactly(3L);
    assertThat(Wire.payload(events(), "ActivityCompleted", "sequence")).containsExactly(3L);
    assertThat(Wire.payload(events(), "TimerScheduled", "sequence")).containsExactly(4L);
    assertThat(Wire.payload(events(), "TimerFired", "sequence")).containsExactly(4L);
    assertThat(events()).extracting(event -> event.get("sequence"))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
  }

  @Test
  void groupMetadataIsMovedToTheNumbersThatWereGivenAndCopiedToResults() {
    wire.complete(task(), Json.of("type", "record_side_effect", "result", "wwHioz3/VYAiNwQO"), member(90, 0),
        member(90, 1))
        .is(200);
    wire.completeActivity(activityTask(), 1).is(200);
    for (String type : List.of("ActivityScheduled", "ActivityCompleted")) {
      for (var event : events()) {
        if (!type.equals(event.get("event_type"))) continue;
        Map<String, @Nullable Object> payload = Json.object(event.get("payload"));
        assertThat(payload.get("parallel_group_id")).isEqualTo("parallel-activities:2:2");
        assertThat((Long) payload.get("parallel_group_base_sequence") + (Long) payload.get("parallel_group_index"))
            .isEqualTo(payload.get("sequence"));
        assertThat(Json.list(payload.get("parallel_group_path"))).hasSize(1);
      }
    }
  }

  @Test
  void aGroupWakesTheWorkflowWhenAllItsMembersAreResolved() {
    wire.complete(task(), member(1, 0), member(1, 1)).is(200);
    Map<String, @Nullable Object> first = activityTask();
    Map<String, @Nullable Object> second = activityTask();
    wire.completeActivity(second, 2).is(200);
    noTask();
    wire.completeActivity(first, 1).is(200);
    assertThat(Wire.types(task())).filteredOn("ActivityCompleted"::equals).hasSize(2);
  }

  @Test
  void commandsThatAreSentAgainCreateNothing() {
    wire.complete(task(), activity()).is(200);
    // Something that makes a worker look although the activity is open.
    wire.server.engine().control().update(dev.pawl.protocol.control.RunRef.current("default", id),
        dev.pawl.protocol.control.ControlApi.Message.of("poke", null));
    Map<String, @Nullable Object> task = task();
    wire.complete(task, activity()).is(200);
    assertThat(types()).containsOnlyOnce("ActivityScheduled");
  }

  @Test
  void atMostOneWorkflowTaskOfARunIsOpen() {
    Map<String, @Nullable Object> task = task();
    wire.post("/workflows/" + id + "/signal/poke").is(202);
    noTask();
    wire.complete(task, condition(null)).is(200);
    assertThat(task()).isNotNull();
    noTask();
  }

  @Test
  void aSignalCreatesATaskOnlyWhereAConditionWaits() {
    wire.complete(task(), activity()).is(200);
    wire.post("/workflows/" + id + "/signal/poke").is(202);
    noTask();
    wire.completeActivity(activityTask(), 1).is(200);
    wire.complete(task(), condition(null)).is(200);
    wire.post("/workflows/" + id + "/signal/poke").is(202);
    assertThat(Wire.types(task())).endsWith("SignalReceived");
  }

  @Test
  void aConditionThatIsWaitedForAgainKeepsItsDeadline() {
    wire.complete(task(), condition(3600)).is(200);
    Object due = Wire.payload(events(), "TimerScheduled", "fire_at").getFirst();
    wire.post("/workflows/" + id + "/signal/poke").is(202);
    wire.complete(task(), condition(3600)).is(200);
    assertThat(types()).containsOnlyOnce("ConditionWaitOpened").containsOnlyOnce("TimerScheduled");
    assertThat(Wire.payload(events(), "TimerScheduled", "fire_at")).containsExactly(due);
    noTask();
    wire.post("/workflows/" + id + "/signal/poke").is(202);
    wire.complete(task(), done()).is(200);
    assertThat(types()).endsWith("ConditionWaitSatisfied", "TimerCancelled", "WorkflowCompleted");
    assertThat(Wire.payload(events(), "TimerCancelled", "condition_wait_id"))
        .isEqualTo(Wire.payload(events(), "ConditionWaitOpened", "condition_wait_id"));
  }

  @Test
  void aConditionTimeoutIsNotRecordedUnderALease() {
    wire.complete(task(), condition(1)).is(200);
    wire.post("/workflows/" + id + "/signal/poke").is(202);
    Map<String, @Nullable Object> task = task();
    Instant later = Instant.parse((String) Wire.payload(events(), "TimerScheduled", "fire_at").getFirst())
        .plusMillis(1_500);
    while (wire.server.engine().now().isBefore(later)) Thread.onSpinWait();
    assertThat(types()).doesNotContain("TimerFired");
    wire.complete(task, condition(1)).is(200);
    assertThat(types()).endsWith("TimerFired");
    assertThat(Wire.payload(events(), "TimerFired", "timer_kind")).containsExactly("condition_timeout");
    assertThat(Wire.types(task())).endsWith("TimerFired");
  }

  @Test
  void aTimeoutOfZeroFires() {
    wire.complete(task(), condition(0)).is(200);
    assertThat(types()).endsWith("ConditionWaitOpened", "TimerScheduled", "TimerFired");
    assertThat(task()).isNotNull();
  }

  @Test
  void anUpdateIsHandedOutAloneAndReEvaluatesTheCondition() {
    wire.register("ann-" + queue, queue, "workflow_command_contracts",
        Json.of("order", Json.of("updates", List.of("pay"), "signals", List.of("poke"), "queries", List.of())));
    wire.complete(task(), condition(null)).is(200);
    Wire.Got accepted = wire.post("/workflows/" + id + "/update/pay", "input", List.of(5), "request_id", "r-" + id);
    accepted.is(202);
    assertThat(types()).endsWith("UpdateAccepted");
    Map<String, @Nullable Object> task = task();
    assertThat(task.get("workflow_update_id")).isEqualTo(accepted.at("update_id"));
    assertThat(Wire.types(task)).contains("UpdateAccepted");
    wire.complete(task, Json.of("type", "complete_update", "update_id", task.get("workflow_update_id"), "result", 6))
        .is(200);
    assertThat(types()).endsWith("UpdateApplied", "UpdateCompleted");
    assertThat(Wire.payload(events(), "UpdateApplied", "update_name")).containsExactly("pay");
    assertThat(Wire.payload(events(), "UpdateApplied", "arguments").getFirst()).isNotNull();
    Map<String, @Nullable Object> next = task();
    assertThat(next.get("workflow_update_id")).isNull();
    Wire.Got same = wire.post("/workflows/" + id + "/update/pay", "input", List.of(5), "request_id", "r-" + id,
        "wait_for", "completed");
    same.is(200);
    assertThat(same.at("update_id")).isEqualTo(accepted.at("update_id"));
    assertThat(same.at("result")).isEqualTo(6L);
    wire.complete(next, done()).is(200);
  }

  @Test
  void signalsAreRecordedAtArrivalAndHiddenFromTheFirstTaskOnly() {
    wire.post("/workflows/" + id + "/signal/poke", "input", List.of("early")).is(202);
    assertThat(types()).containsExactly("StartAccepted", "WorkflowStarted", "SignalReceived");
    Map<String, @Nullable Object> first = task();
    assertThat(Wire.types(first)).containsExactly("StartAccepted", "WorkflowStarted");
    wire.complete(first, condition(null)).is(200);
    Map<String, @Nullable Object> second = task();
    assertThat(Wire.types(second))
        .containsExactly("StartAccepted", "WorkflowStarted", "ConditionWaitOpened", "SignalReceived");
  }

  @Test
  void signalsAreShownWithTheFirstTaskWhereTheServerIsSetSo(@TempDir Path folder) {
    try (Wire other = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), "--auth-token", "sesame",
        "--messages-after-first-task", "false")) {
      other.register("ann", "q");
      other.start("order", "w", "q");
      other.post("/workflows/w/signal/poke").is(202);
      assertThat(Wire.types(other.task("workflow-tasks", "ann", "q", 5)))
          .containsExactly("StartAccepted", "WorkflowStarted", "SignalReceived");
    }
  }

  @Test
  void aSignalInsideALeasedTaskIsReplayedWhereTheProgramFirstLookedAtIt() {
    wire.complete(task(), activity()).is(200);
    wire.completeActivity(activityTask(), 1).is(200);
    Map<String, @Nullable Object> leased = task();
    wire.post("/workflows/" + id + "/signal/poke").is(202);
    wire.complete(leased, activity()).is(200);
    wire.completeActivity(activityTask(), 2).is(200);
    // As it was written down, for people; and as the program saw it, for the program.
    assertThat(types()).containsSubsequence("SignalReceived", "ActivityScheduled", "ActivityCompleted");
    assertThat(Wire.types(task())).containsExactly("StartAccepted", "WorkflowStarted", "ActivityScheduled",
        "ActivityCompleted", "ActivityScheduled", "SignalReceived", "ActivityCompleted");
  }

  @Test
  void workflowStartedCarriesTheTimeThatNowIs() {
    Map<String, @Nullable Object> started = Wire.history(task()).get(1);
    assertThat(Json.object(started.get("payload")).get("timestamp")).isEqualTo(started.get("timestamp"));
    assertThat(Instant.parse((String) started.get("timestamp"))).isBeforeOrEqualTo(wire.server.engine().now());
  }

  @Test
  void aFailedStepIsAnEventAndNoFailedTask() {
    wire.complete(task(), activity()).is(200);
    Map<String, @Nullable Object> attempt = activityTask();
    wire.post("/worker/activity-tasks/" + attempt.get("task_id") + "/fail", "lease_owner", attempt.get("lease_owner"),
        "activity_attempt_id", attempt.get("activity_attempt_id"), "failure",
        Json.of("message", "declined", "type", "CardDeclined", "class", "shop.CardDeclined", "code", 7)).is(200);
    Map<String, @Nullable Object> task = task();
    Map<String, @Nullable Object> failed = Json.object(Wire.history(task).getLast().get("payload"));
    assertThat(failed).containsEntry("message", "declined").containsEntry("exception_type", "CardDeclined")
        .containsEntry("exception_class", "shop.CardDeclined").containsEntry("activity_type", "charge");
    assertThat(Json.object(failed.get("exception"))).containsEntry("code", 7L);
    assertThat(task.get("workflow_task_attempt")).isEqualTo(1L);
  }

  @Test
  void continueAsNewBeginsAHistoryOfItsOwn() {
    wire.complete(task(), Json.of("type", "continue_as_new", "arguments", List.of(2))).is(200);
    assertThat(types()).endsWith("WorkflowContinuedAsNew");
    Map<String, @Nullable Object> next = task();
    assertThat(next.get("run_id")).isNotEqualTo(run);
    assertThat(Json.object(Wire.history(next).get(1).get("payload"))).containsEntry("continued_from_run_id", run)
        .containsEntry("run_number", 2L);
    assertThat(wire.get("/workflows/" + id + "/runs/" + run).at("status")).isEqualTo("completed");
    assertThat(wire.get("/workflows/" + id).at("run_number")).isEqualTo(2L);
  }

  @Test
  void recordedPayloadsAreNeverRewritten() {
    String blob = "wwHioz3/VYAiNw4CAmsEAgA=";
    Map<String, @Nullable Object> task = task();
    wire.complete(task, activity("arguments", Json.of("codec", "avro", "blob", blob))).is(200);
    Map<String, @Nullable Object> attempt = activityTask();
    assertThat(Json.object(attempt.get("arguments"))).containsEntry("blob", blob);
    assertThat(Json.object(Wire.payload(events(), "ActivityScheduled", "arguments").getFirst())).containsEntry("blob",
        blob);
    List<Event> stored = wire.server.engine().store().events(RunId.parse(run), 2, 1);
    assertThat(((RunEvent.ActivityScheduled) stored.getFirst().fact()).input().codec()).isEqualTo("avro");
    assertThat(Duration.between(stored.getFirst().at(), wire.server.engine().now())).isPositive();
  }

  @Test
  void aCompletionThatIsRepeatedGetsTheSameAnswer() {
    Map<String, @Nullable Object> task = task();
    wire.complete(task, done()).is(200);
    assertThat(wire.complete(task, done()).is(200).at("outcome")).isEqualTo("completed");
    assertThat(types()).containsOnlyOnce("WorkflowCompleted");
  }

  @Test
  void aPollThatIsRepeatedGetsTheSameTask() {
    Object first = wire.post("/worker/workflow-tasks/poll", "worker_id", "ann-" + queue, "task_queue", queue,
        "poll_request_id", "p-1", "timeout_seconds", 0).at("task.task_id");
    Object again = wire.post("/worker/workflow-tasks/poll", "worker_id", "ann-" + queue, "task_queue", queue,
        "poll_request_id", "p-1", "timeout_seconds", 0).at("task.task_id");
    assertThat(again).isNotNull().isEqualTo(first);
  }

  @Test
  void aTaskOfADeregisteredWorkerIsFreeAtOnce() {
    Map<String, @Nullable Object> task = task();
    assertThat(wire.delete("/worker/registrations/ann-" + queue).is(200).at("recovered_workflow_task_count"))
        .isEqualTo(1L);
    wire.register("bob-" + queue, queue);
    Map<String, @Nullable Object> again = wire.task("workflow-tasks", "bob-" + queue, queue, 5);
    assertThat(again).isNotNull();
    assertThat(again.get("run_id")).isEqualTo(run);
    wire.complete(task, done()).refused(409, "lease_owner_mismatch");
    wire.complete(again, done()).is(200);
  }
}
