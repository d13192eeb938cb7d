package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** One worker gets what waits by priority, and by age among equals, whatever came between and whoever left it ready. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class QueueOrderTest extends EngineFixture {
  private static final int MANY = 30;

  /** @param number in the order in which they became ready */
  private record Waiting(String name, int priority, int number) {
    static final Comparator<Waiting> ORDER = Comparator.comparingInt(Waiting::priority).thenComparingInt(Waiting::number);
  }

  private final SplittableRandom random = new SplittableRandom(26);

  QueueOrderTest(DatabaseServer server) {
    super(server);
  }

  private static List<String> inOrder(List<Waiting> all) {
    return all.stream().sorted(Waiting.ORDER).map(Waiting::name).toList();
  }

  private Waiting start(PawlEngine node, int number) {
    int priority = random.nextInt(10);
    StartOptions p = StartOptions.PLAIN;
    var options = new StartOptions(p.executionTimeout(), p.runTimeout(), p.taskTimeout(), p.retry(), p.delay(), priority,
        p.buildId(), p.header(), p.memo(), p.searchAttributes());
    String id = "w-" + number;
    node.control().start(new ControlApi.Start("default", id, "Order", "q", Payload.json("1"), options, ReusePolicy.REJECT,
        ConflictPolicy.FAIL, null, null, null));
    clock.pass(Duration.ofMillis(1));
    return new Waiting(id, priority, number);
  }

  private List<String> granted(PawlEngine node) {
    var hand = new Hand(node);
    List<String> granted = new ArrayList<>();
    for (List<WorkerApi.WorkflowTaskGrant> one = hand.runs(1); !one.isEmpty(); one = hand.runs(1)) {
      granted.add(one.getFirst().workflowId());
      hand.report(one.getFirst().token(), 2, true, done("1"));
    }
    return granted;
  }

  @Test
  void runsOfOneNode() {
    List<Waiting> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) all.add(start(pawl, i));
    assertThat(granted(pawl)).isEqualTo(inOrder(all));
  }

  @Test
  void runsThatOthersLeftReady() {
    PawlEngine gone = engine(config -> {});
    List<Waiting> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) all.add(start(gone, i));
    gone.close();
    assertThat(granted(pawl)).isEqualTo(inOrder(all));
  }

  @Test
  void activities() {
    control.start(start("w"));
    var hand = new Hand(pawl);
    List<Waiting> all = new ArrayList<>();
    List<Command> commands = new ArrayList<>();
    for (int step = 1; step <= MANY; step++) {
      int priority = random.nextInt(10);
      commands.add(new Command.ScheduleActivity(step, "a-" + step, Payload.json("1"),
          new ActivityOptions("q", null, Duration.ofMinutes(1), null, null, RetryPolicy.NEVER, priority), Map.of()));
      all.add(new Waiting("a-" + step, priority, step));
    }
    WorkerApi.WorkflowTaskGrant run = hand.run();
    hand.report(run.token(), 2, true, commands.toArray(Command[]::new));
    List<String> granted = new ArrayList<>();
    for (List<ActivityTask> one = hand.activities(1); !one.isEmpty(); one = hand.activities(1)) {
      granted.add(one.getFirst().activityType());
      hand.api.completeActivity(one.getFirst().token(), hand.session, Outcome.success(Payload.json("1")));
    }
    // Of those that became ready at one instant it is not said which comes first.
    assertThat(Set.copyOf(granted)).hasSize(MANY);
    Map<String, Integer> priorities = new HashMap<>();
    all.forEach(one -> priorities.put(one.name(), one.priority()));
    assertThat(granted.stream().map(priorities::get)).isSorted();
  }
}
