package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.SearchValue;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists, counts, bulk acts, explanations and queries. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class LookingTest extends EngineFixture {
  LookingTest(DatabaseServer server) {
    super(server);
  }

  @Test
  void listsByFilterAndPagesWithoutGapsOrRepeats() {
    for (int i = 0; i < 25; i++) {
      clock.pass(Duration.ofMillis(i % 3)); // some start in the same instant
      StartOptions options = new StartOptions(null, null, Duration.ofSeconds(10), null, Duration.ZERO, 5, null,
          Map.of(), Map.of("note", Payload.json("\"n" + i + "\"")),
          Map.of("Tier", new SearchValue.Keyword(i % 2 == 0 ? "gold" : "silver")));
      control.start(new ControlApi.Start("default", "w-" + i, "Order", "q", null, options,
          dev.pawl.core.run.ReusePolicy.ALLOW, dev.pawl.core.run.ConflictPolicy.FAIL, null, null, null));
    }
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      ControlApi.RunPage page = control.list("default", "", 7, cursor);
      page.runs().forEach(run -> seen.add(run.workflowId()));
      cursor = page.nextCursor();
    } while (cursor != null);
    assertThat(seen).hasSize(25).doesNotHaveDuplicates();

    assertThat(control.count("default", "Tier = 'gold'")).isEqualTo(13);
    ControlApi.RunPage gold = control.list("default", "Tier = 'gold' and Status = 'RUNNING'", 100, null);
    assertThat(gold.runs()).hasSize(13).allSatisfy(run -> assertThat(run.memo()).containsKey("note"));
    assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> control.list("default", "Tier = ", 10, null));
    assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> control.list("default", "", 10, "nonsense"));
    assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> control.list("default", "", 0, null));
  }

  @Test
  void bulkSaysFirstAndDoesThen() {
    for (int i = 0; i < 12; i++) control.start(start("w-" + i));
    control.start(ControlApi.Start.of("default", "other", "Other", "q", null));
    ControlApi.BulkReport dry = control.bulk(new ControlApi.Bulk("default", "WorkflowType = 'Order'",
        ControlApi.Bulk.Action.TERMINATE, "clean up", null, 100, true));
    assertThat(dry.matched()).isEqualTo(12);
    assertThat(dry.done()).isZero();
    assertThat(dry.sample()).hasSize(12);
    ControlApi.BulkReport done = control.bulk(new ControlApi.Bulk("default", "WorkflowType = 'Order'",
        ControlApi.Bulk.Action.TERMINATE, "clean up", null, 10, false));
    assertThat(done.done()).isEqualTo(10);
    assertThat(control.count("default", "Status = 'TERMINATED'")).isEqualTo(10);
    ControlApi.BulkReport signals = control.bulk(new ControlApi.Bulk("default", "WorkflowType = 'Order'",
        ControlApi.Bulk.Action.SIGNAL, "tell them", ControlApi.Message.of("hey", null), 100, false));
    assertThat(signals.done()).isEqualTo(2);
    assertThat(signals.failed()).hasSize(10).containsValue("run_closed");
    ControlApi.BulkReport deleted = control.bulk(new ControlApi.Bulk("default", "Status = 'TERMINATED'",
        ControlApi.Bulk.Action.DELETE, "erase", null, 100, false));
    assertThat(deleted.done()).isEqualTo(10);
    assertThat(control.count("default", "")).isEqualTo(3);
  }

  @Test
  void explainsWhyARunDoesNotMove() {
    control.start(start("w"));
    assertThat(control.explain(ref("w")).advice()).anySatisfy(a -> assertThat(a).contains("No worker is connected"));
    Hand hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    assertThat(control.explain(ref("w")).displayed()).isEqualTo("RUNNING");
    assertThat(control.explain(ref("w")).summary()).contains("'hand'");
    hand.report(grant.token(), 2, true, activity(1, "charge", RetryPolicy.EXPONENTIAL),
        new Command.StartTimer(2, Duration.ofDays(2)));
    ControlApi.Explanation waiting = control.explain(ref("w"));
    assertThat(waiting.displayed()).isEqualTo("WAITING");
    assertThat(waiting.waitingFor()).anySatisfy(w -> assertThat(w).contains("charge"))
        .anySatisfy(w -> assertThat(w).contains("timer (step 2)").contains("in 2 d"));
    var task = hand.activity();
    hand.api.completeActivity(task.token(), hand.session, Outcome.failed(Failure.of("Declined", "no money")));
    assertThat(control.explain(ref("w")).waitingFor()).anySatisfy(w -> assertThat(w).contains("no money"));
    control.terminate(ref("w"), "enough", null);
    assertThat(control.explain(ref("w")).summary()).contains("TERMINATED");
  }

  @Test
  void eventsArriveWhileSomebodyWaitsForThem() throws Exception {
    control.start(start("w"));
    List<String> arrived = new ArrayList<>();
    Thread reader = Thread.startVirtualThread(() ->
        arrived.addAll(Hand.types(control.history(ref("w"), 2, 10, Duration.ofSeconds(30)))));
    control.signal(ref("w"), ControlApi.Message.of("go", null));
    join(reader);
    assertThat(arrived).containsExactly("SignalReceived");
  }

  @Test
  void queriesAreAnsweredByAWorkerAndChangeNothing() throws Exception {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    Thread answering = Thread.startVirtualThread(() -> {
      for (int i = 0; i < 2; i++) {
        for (WorkerApi.QueryTask task : hand.api.pollQueries(hand.poll("q", 1, Duration.ofSeconds(30)))) {
          int events = hand.api.historyForQuery(task.queryId(), 0, 100).size();
          hand.api.answerQuery(task.queryId(), task.name().equals("count")
              ? Outcome.success(Payload.json(String.valueOf(events)))
              : Outcome.failed(Failure.of("Unknown", "no handler '" + task.name() + "'")));
        }
      }
    });
    assertThat(control.query(ref("w"), ControlApi.Message.of("count", null), Duration.ofSeconds(30)))
        .isEqualTo(Payload.json("2"));
    assertThatThrownBy(() -> control.query(ref("w"), ControlApi.Message.of("what", null), Duration.ofSeconds(30)))
        .hasMessageContaining("query_rejected").hasMessageContaining("no handler 'what'");
    join(answering);
    assertRejected(Rejection.Code.QUERY_UNANSWERED,
        () -> control.query(ref("w"), ControlApi.Message.of("count", null), Duration.ofMillis(50)));
    assertThat(control.describe(ref("w")).lastSeq()).isEqualTo(2);
    assertThat(control.describe(ref("w")).status()).isEqualTo(RunStatus.RUNNING);
  }

  @Test
  void aWorkerOfAnotherNodeAnswersToo() {
    PawlEngine other = engine(config -> {});
    control.start(start("w"));
    Hand hand = new Hand(other);
    Thread answering = Thread.startVirtualThread(() -> {
      List<WorkerApi.QueryTask> tasks = hand.api.pollQueries(hand.poll("q", 1, Duration.ofSeconds(30)));
      int events = hand.api.historyForQuery(tasks.getFirst().queryId(), 0, 100).size();
      hand.api.answerQuery(tasks.getFirst().queryId(), Outcome.success(Payload.json(String.valueOf(events))));
    });
    ControlApi.Message query =
        new ControlApi.Message(null, "count", Payload.json("{}"), Map.of("h", Payload.json("1")));
    assertThat(control.query(ref("w"), query, Duration.ofSeconds(30))).isEqualTo(Payload.json("2"));
    join(answering);
    assertRejected(Rejection.Code.TASK_NOT_FOUND,
        () -> hand.api.answerQuery("made-up", Outcome.success(Payload.json("1"))));
  }
}
