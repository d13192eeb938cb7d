package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.StoreException;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever callers do wrong: a code, and nothing has changed. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class BadInputTest extends EngineFixture {
  private static final Payload LARGE = Payload.json("1".repeat(Payload.MAX_BYTES + 1));

  BadInputTest(DatabaseServer server) {
    super(server);
  }

  private static List<Consumer<ControlApi>> everythingAbout(RunRef ref) {
    ControlApi.Message message = ControlApi.Message.of("x", null);
    return List.of(
        api -> api.signal(ref, message),
        api -> api.update(ref, message),
        api -> api.awaitUpdate(ref, "u", NOW),
        api -> api.query(ref, message, NOW),
        api -> api.cancel(ref, "r", null),
        api -> api.terminate(ref, "r", null),
        api -> api.pause(ref, "r", null),
        api -> api.resume(ref, "r", null),
        api -> api.block(ref, "r"),
        api -> api.unblock(ref, "r"),
        api -> api.reset(ref, 2, "r", null),
        api -> api.delete(ref),
        api -> api.describe(ref),
        api -> api.awaitResult(ref, NOW),
        api -> api.history(ref, 0, 10, NOW),
        api -> api.explain(ref),
        api -> api.lateReports(ref, 10),
        api -> api.ledger(ref, 10));
  }

  @Test
  void unknownIds() {
    control.start(start("w"));
    RunId nobody = RunId.next("default", "w", clock.instant(), ThreadLocalRandom.current());
    for (Consumer<ControlApi> verb : everythingAbout(ref("nobody"))) {
      assertRejected(Code.RUN_NOT_FOUND, () -> verb.accept(control));
    }
    for (Consumer<ControlApi> verb : everythingAbout(new RunRef("default", "w", nobody))) {
      assertRejected(Code.RUN_NOT_FOUND, () -> verb.accept(control));
    }
    for (Consumer<ControlApi> verb : everythingAbout(RunRef.current("nowhere", "w"))) {
      assertRejected(Code.NAMESPACE_NOT_FOUND, () -> verb.accept(control));
    }
    assertRejected(Code.NAMESPACE_NOT_FOUND, () -> control.list("nowhere", "", 10, null));
    assertRejected(Code.NAMESPACE_NOT_FOUND, () -> control.start(ControlApi.Start.of("nowhere", "w", "T", "q", null)));
    assertThat(history("w")).hasSize(2);
  }

  @Test
  void tokensAndSessionsThatNobodyGave() {
    control.start(start("w"));
    Hand hand = new Hand(pawl);
    TaskToken none = new TaskToken(hand.run().token().run(), 7, 1, 1);
    assertRejected(Code.TASK_NOT_FOUND,
        () -> control.completeActivity(none.toString(), Outcome.success(Payload.json("1"))));
    assertRejected(Code.INVALID_ARGUMENT,
        () -> control.completeActivity("no token", Outcome.success(Payload.json("1"))));
    assertRejected(Code.TASK_NOT_FOUND,
        () -> hand.api.completeActivity(none, hand.session, Outcome.success(Payload.json("1"))));
    SessionId stranger = SessionId.random();
    assertRejected(Code.SESSION_LOST, () -> hand.api.pollWorkflows(
        new WorkerApi.Poll(stranger, "default", "q", Set.of(), 1, NOW, null)));
  }

  private static ControlApi.Start with(
      String id, StartOptions options, @Nullable String requestId, ControlApi.@Nullable Message signal) {
    return new ControlApi.Start("default", id, "T", "q", Payload.json("1"), options, ReusePolicy.ALLOW,
        ConflictPolicy.FAIL, requestId, signal, null);
  }

  @Test
  void duplicateStarts() {
    control.start(with("w", StartOptions.PLAIN, "r-1", null));
    assertRejected(Code.WORKFLOW_ALREADY_STARTED, () -> control.start(start("w")));
    assertThat(control.start(with("w", StartOptions.PLAIN, "r-1", null)).isNew()).isFalse();
    assertRejected(Code.REQUEST_CONFLICT,
        () -> control.start(with("w", StartOptions.PLAIN, "r-1", ControlApi.Message.of("more", null))));
    assertThat(control.runs("default", "w")).hasSize(1);
    assertThat(history("w")).hasSize(2);
  }

  @Test
  void oversizePayloads() {
    control.start(start("w"));
    assertRejected(Code.PAYLOAD_TOO_LARGE,
        () -> control.start(ControlApi.Start.of("default", "large", "T", "q", LARGE)));
    ControlApi.Message large = ControlApi.Message.of("x", LARGE);
    assertRejected(Code.PAYLOAD_TOO_LARGE, () -> control.signal(ref("w"), large));
    assertRejected(Code.PAYLOAD_TOO_LARGE, () -> control.update(ref("w"), large));
    assertRejected(Code.PAYLOAD_TOO_LARGE, () -> control.query(ref("w"), large, NOW));
    assertRejected(Code.PAYLOAD_TOO_LARGE, () -> control.start(with("large", StartOptions.PLAIN, null, large)));
    assertThat(control.count("default", "")).isEqualTo(1);
    assertThat(history("w")).hasSize(2);
  }

  private static StartOptions options(
      @Nullable Duration executionTimeout, Duration delay, int priority, Map<String, SearchValue> attributes) {
    return new StartOptions(executionTimeout, null, StartOptions.PLAIN.taskTimeout(), null, delay, priority, null,
        Map.of(), Map.of(), attributes);
  }

  private void refused(Code code, String field, Runnable call) {
    assertThatThrownBy(call::run).isInstanceOfSatisfying(RejectedException.class, e -> {
      assertThat(e.code()).isEqualTo(code);
      assertThat(e.rejection().field()).isEqualTo(field);
    });
  }

  @Test
  void invalidOptions() {
    Duration none = Duration.ZERO;
    refused(Code.INVALID_ARGUMENT, "options.priority",
        () -> control.start(with("w", options(null, none, 10, Map.of()), null, null)));
    refused(Code.INVALID_ARGUMENT, "options.delay",
        () -> control.start(with("w", options(null, Duration.ofSeconds(-1), 5, Map.of()), null, null)));
    refused(Code.INVALID_ARGUMENT, "options.executionTimeout",
        () -> control.start(with("w", options(none, none, 5, Map.of()), null, null)));
    Map<String, SearchValue> many = new HashMap<>();
    IntStream.range(0, 200).forEach(i -> many.put("a" + i, new SearchValue.Keyword("x")));
    refused(Code.LIMIT_EXCEEDED, "options.searchAttributes",
        () -> control.start(with("w", options(null, none, 5, many), null, null)));
    refused(Code.INVALID_ARGUMENT, "workflowId", () -> control.start(start("")));
    refused(Code.LIMIT_EXCEEDED, "workflowId", () -> control.start(start("x".repeat(256))));
    assertRejected(Code.INVALID_ARGUMENT, () -> control.list("default", "Type = ", 10, null));
    assertRejected(Code.INVALID_ARGUMENT, () -> control.list("default", "", 10, "no cursor"));
    assertThat(control.count("default", "")).isZero();
  }

  /** PostgreSQL cannot even be asked for such a name: the question must not go out, with the neighbours of its group. */
  @Test
  void namesThatNoRowCanHave() {
    for (String odd : List.of("a\u0000b", "half \uD83D")) {
      refused(Code.INVALID_ARGUMENT, "workflowId", () -> control.start(start(odd)));
      refused(Code.INVALID_ARGUMENT, "requestId", () -> control.start(with("w", StartOptions.PLAIN, odd, null)));
      assertRejected(Code.INVALID_ARGUMENT, () -> control.signal(ref(odd), ControlApi.Message.of("x", null)));
      assertRejected(Code.RUN_NOT_FOUND, () -> control.describe(ref(odd)));
      assertRejected(Code.RUN_NOT_FOUND, () -> control.cancel(ref(odd), "r", null));
      assertThat(control.runs("default", odd)).isEmpty();
      Hand hand = new Hand(pawl);
      refused(Code.INVALID_ARGUMENT, "queue", () -> hand.api.pollWorkflows(poll(hand, odd, Set.of())));
      refused(Code.INVALID_ARGUMENT, "queue", () -> hand.api.pollActivities(poll(hand, odd, Set.of())));
      refused(Code.INVALID_ARGUMENT, "queue", () -> hand.api.pollQueries(poll(hand, odd, Set.of())));
      refused(Code.INVALID_ARGUMENT, "types", () -> hand.api.pollActivities(poll(hand, "q", Set.of(odd))));
      List<ControlApi.StartResult> both = control.startAll(List.of(start(odd), start("beside " + odd.length())));
      assertThat(both.getFirst().rejection().code()).isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(both.getLast().started()).as("its neighbour").isNotNull();
    }
    assertThat(control.count("default", "WorkflowId = 'a\u0000b'")).isZero();
  }

  private static WorkerApi.Poll poll(Hand hand, String queue, Set<String> types) {
    return new WorkerApi.Poll(hand.session, "default", queue, types, 1, NOW, null);
  }

  /** Where no rule of ours stands in front, the database's own "no" is the caller's fault, not an outage. */
  @Test
  void aValueThatTheDatabaseDoesNotTakeIsNoOutage() {
    try {
      pawl.store().declarations().put("default", "test", "a\u0000b", "{}");
      assertThat(pawl.store().declarations().find("default", "test", "a\u0000b")).isPresent();
    } catch (StoreException e) {
      assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void aTypeThatNobodyServesWaitsAndSaysSo() {
    control.start(ControlApi.Start.of("default", "w", "Unheard", "q", null));
    assertThat(control.explain(ref("w")).advice().toString()).contains("No worker is connected");
    Hand hand = new Hand(pawl);
    assertThat(hand.api.pollWorkflows(
        new WorkerApi.Poll(hand.session, "default", "q", Set.of("Other"), 10, NOW, null))).isEmpty();
    ControlApi.Explanation why = control.explain(ref("w"));
    assertThat(why.waitingFor().toString()).contains("queue 'q'", "workflow type 'Unheard'");
    assertThat(why.advice().toString()).contains("1 worker sessions are alive");
    assertRejected(Code.WAIT_TIMED_OUT, () -> control.awaitResult(ref("w"), NOW));
    assertRejected(Code.QUERY_UNANSWERED, () -> control.query(ref("w"), ControlApi.Message.of("x", null), NOW));
    assertThat(hand.run().workflowType()).isEqualTo("Unheard");
  }

  @Test
  void rowsThatCannotBeReadConcernTheirRunOnly() throws Exception {
    RunId bad = control.start(start("bad")).run();
    control.start(start("good"));
    String[] healthy = new String[1];
    String where = " where workflow_id = 'bad'";
    try (Connection connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      try (var row = statement.executeQuery("select state from pawl_runs" + where)) {
        row.next();
        healthy[0] = row.getString(1);
      }
      statement.executeUpdate("update pawl_runs set state = '{\"what\":1}'" + where);
    }
    PawlEngine other = engine(config -> {});
    try {
      assertRejected(Code.RUN_CORRUPT, () -> other.control().signal(ref("bad"), ControlApi.Message.of("x", null)));
      assertThat(other.control().describe(ref("bad")).blockedReason()).startsWith("CORRUPT: ");
      assertThat(other.control().describe(ref("good")).workflowId()).isEqualTo("good");
    } finally {
      try (Connection connection = database.dataSource().getConnection();
          var update = connection.prepareStatement("update pawl_runs set state = ?" + where)) {
        update.setString(1, healthy[0]);
        update.executeUpdate();
      }
    }
    assertThat(other.control().describe(ref("bad")).run()).isEqualTo(bad);
  }
}
