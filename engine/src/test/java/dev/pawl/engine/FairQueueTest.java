package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.Fairness;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Within one priority of a queue, keys have their turns by weight, however much waits behind one of them. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class FairQueueTest extends EngineFixture {
  private int commands;

  FairQueueTest(DatabaseServer server) {
    super(server);
  }

  private static @Nullable Fairness key(String key, int weight) {
    return key.isEmpty() ? null : new Fairness(key, weight);
  }

  private void start(String id, int priority, @Nullable Fairness fairness) {
    StartOptions p = StartOptions.PLAIN;
    var options = new StartOptions(p.executionTimeout(), p.runTimeout(), p.taskTimeout(), p.retry(), p.delay(), priority,
        fairness, null, p.header(), p.memo(), p.searchAttributes());
    control.start(new ControlApi.Start("default", id, "Order", "q", Payload.json("1"), options, ReusePolicy.REJECT,
        ConflictPolicy.FAIL, null, null, null));
    clock.pass(Duration.ofMillis(1));
  }

  private void starts(String key, int weight, int many) {
    for (int i = 0; i < many; i++) start("%s-%d".formatted(key.isEmpty() ? "none" : key, i), 5, key(key, weight));
  }

  /** Who has each run, one after another, without the number behind the key. */
  private String runs(Hand hand, int many, int atOnce) {
    List<String> got = new ArrayList<>();
    while (got.size() < many) {
      List<WorkerApi.WorkflowTaskGrant> grants = hand.runs(Math.min(atOnce, many - got.size()));
      if (grants.isEmpty()) break;
      for (WorkerApi.WorkflowTaskGrant grant : grants) {
        got.add(grant.workflowId().replaceAll("-\\d+$", ""));
        hand.report(grant.token(), 2, true, done("1"));
      }
    }
    return String.join(" ", got);
  }

  private void schedule(int priority, String key, int weight, int many) {
    String id = "w-" + commands++;
    control.start(start(id));
    var hand = new Hand(pawl);
    List<Command> all = new ArrayList<>();
    for (int step = 1; step <= many; step++) {
      all.add(new Command.ScheduleActivity(step, key.isEmpty() ? "none" : key, Payload.json("1"), new ActivityOptions(
          "q", null, Duration.ofMinutes(1), null, null, RetryPolicy.NEVER, priority, key(key, weight)), Map.of()));
    }
    hand.report(hand.run().token(), 2, true, all.toArray(Command[]::new));
    clock.pass(Duration.ofMillis(1));
  }

  private String activities(Hand hand, int many, int atOnce) {
    List<String> got = new ArrayList<>();
    while (got.size() < many) {
      List<ActivityTask> tasks = hand.activities(Math.min(atOnce, many - got.size()));
      if (tasks.isEmpty()) break;
      for (ActivityTask task : tasks) {
        got.add(task.activityType());
        hand.api.completeActivity(task.token(), hand.session, Outcome.success(Payload.json("1")));
      }
    }
    return String.join(" ", got);
  }

  @Test
  void eachKeyHasItsTurnHoweverMuchWaitsBehindAnother() {
    starts("loud", 1, 12);
    starts("quiet", 1, 3);
    starts("", 1, 3);
    assertThat(runs(new Hand(pawl), 100, 1)).isEqualTo(
        "loud quiet none loud quiet none loud quiet none loud loud loud loud loud loud loud loud loud");
    schedule(5, "loud", 1, 12);
    schedule(5, "quiet", 1, 3);
    schedule(5, "", 1, 3);
    assertThat(activities(new Hand(pawl), 100, 1)).isEqualTo(
        "loud quiet none loud quiet none loud quiet none loud loud loud loud loud loud loud loud loud");
  }

  @Test
  void aWeightOfThreeGetsThreeForOne() {
    schedule(5, "light", 1, 6);
    schedule(5, "heavy", 3, 9);
    assertThat(activities(new Hand(pawl), 8, 1)).isEqualTo("light heavy heavy heavy light heavy heavy heavy");
    starts("light", 1, 6);
    starts("heavy", 3, 9);
    assertThat(runs(new Hand(pawl), 8, 1)).isEqualTo("light heavy heavy heavy light heavy heavy heavy");
  }

  @Test
  void severalAtOnceAreAsFairAsOneByOne() {
    schedule(5, "light", 1, 12);
    schedule(5, "heavy", 3, 12);
    starts("light", 1, 12);
    starts("heavy", 3, 12);
    var hand = new Hand(pawl);
    for (String got : List.of(runs(hand, 16, 8), activities(hand, 16, 8))) {
      assertThat(got.split(" ")).filteredOn("heavy"::equals).hasSize(12);
    }
    assertThat(runs(hand, 100, 50)).isEqualTo("light light light light light light light light");
  }

  @Test
  void priorityComesFirstAndKeysShareWithinIt() {
    schedule(5, "loud", 1, 3);
    schedule(1, "quiet", 1, 2);
    schedule(0, "", 1, 1);
    schedule(1, "loud", 1, 2);
    schedule(9, "quiet", 1, 1);
    assertThat(activities(new Hand(pawl), 100, 1)).isEqualTo(
        "none quiet loud quiet loud loud loud loud quiet");
  }

  @Test
  void whoWasAwaySavesNothingUpAndOwesNothing() {
    schedule(5, "a", 1, 20);
    var hand = new Hand(pawl);
    assertThat(activities(hand, 5, 1)).isEqualTo("a a a a a");
    schedule(5, "b", 1, 20);
    assertThat(activities(hand, 6, 1)).isIn("a b a b a b", "b a b a b a");
  }

  @Test
  void aRunsKeyIsThatOfItsActivitiesChildrenAndOfTheRunsThatFollow() {
    start("parent", 5, new Fairness("c-1", 4));
    var hand = new Hand(pawl);
    WorkerApi.WorkflowTaskGrant run = hand.run();
    ActivityOptions own = new ActivityOptions(
        "q", null, Duration.ofMinutes(1), null, null, RetryPolicy.NEVER, 5, new Fairness("c-2", 1));
    hand.report(run.token(), 2, false, activity(1, "inherits", RetryPolicy.NEVER),
        new Command.ScheduleActivity(2, "has its own", null, own, Map.of()),
        new Command.StartChild(3, "Child", "child", "q", null, StartOptions.PLAIN, ParentClosePolicy.ABANDON));
    Map<String, Fairness> keys = hand.activities(10).stream()
        .collect(Collectors.toMap(ActivityTask::activityType, task -> task.options().fairness()));
    assertThat(keys).isEqualTo(Map.of("inherits", new Fairness("c-1", 4), "has its own", new Fairness("c-2", 1)));
    tickUntilQuiet();
    assertThat(fairness("child")).isEqualTo(new Fairness("c-1", 4));
    WorkerApi.WorkflowTaskGrant child = hand.run();
    hand.report(child.token(), 2, true, new Command.ContinueAsNew(
        null, null, null, Map.of(), Map.of(), List.of()));
    assertThat(fairness("child")).isEqualTo(new Fairness("c-1", 4));
  }

  private @Nullable Fairness fairness(String id) {
    return control.history(ref(id), 0, 10, NOW).stream().map(event -> event.fact())
        .filter(dev.pawl.core.run.RunEvent.WorkflowStarted.class::isInstance)
        .map(dev.pawl.core.run.RunEvent.WorkflowStarted.class::cast).findFirst().orElseThrow().options().fairness();
  }

  @Test
  void moreKeysThanOneLookFindsAreAllServedOnceBeforeAnyIsServedTwice() {
    schedule(5, "flood", 1, 300);
    String id = "many";
    control.start(start(id));
    var hand = new Hand(pawl);
    hand.report(hand.run().token(), 2, true, IntStream.rangeClosed(1, 250).mapToObj(step ->
        (Command) new Command.ScheduleActivity(step, "key-" + step, null, new ActivityOptions("q", null,
            Duration.ofMinutes(1), null, null, RetryPolicy.NEVER, 5, new Fairness("key-" + step, 1)), Map.of()))
        .toArray(Command[]::new));
    String got = activities(hand, 300, 25);
    assertThat(got.split(" ")).filteredOn(type -> !type.equals("flood")).hasSize(250).doesNotHaveDuplicates();
    assertThat(hand.activities(1_000)).as("all that is left, in one claim").hasSize(250);
  }

  @Test
  void anotherNodeGivesWhatWaitsAndWhatIsNotDueStaysBehind() {
    starts("loud", 1, 4);
    start("late-0", 5, null);
    PawlEngine other = engine(config -> {});
    var hand = new Hand(other);
    assertThat(runs(hand, 100, 3)).isEqualTo("loud late loud loud loud");
    schedule(5, "again", 1, 2);
    ActivityTask failing = new Hand(pawl).activities(1).getFirst();
    assertThat(failing.activityType()).isEqualTo("again");
    assertThat(activities(hand, 100, 10)).isEqualTo("again");
  }
}
