package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Several engines at the same rows: caches go stale, guards fail, everything still happens once. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class ContentionTest extends EngineFixture {
  ContentionTest(DatabaseServer server) {
    super(server);
  }

  private interface Act {
    void on(PawlEngine engine, int number) throws Exception;
  }

  /** Each engine from several threads at once. */
  private static void atOnce(List<PawlEngine> engines, int threads, int times, Act act) {
    List<Thread> all = new ArrayList<>();
    List<Throwable> failed = java.util.Collections.synchronizedList(new ArrayList<>());
    AtomicInteger numbers = new AtomicInteger();
    for (PawlEngine engine : engines) {
      for (int t = 0; t < threads; t++) {
        all.add(Thread.startVirtualThread(() -> {
          try {
            for (int i = 0; i < times; i++) act.on(engine, numbers.getAndIncrement());
          } catch (Throwable e) {
            failed.add(e);
          }
        }));
      }
    }
    all.forEach(EngineFixture::join);
    assertThat(failed).isEmpty();
  }

  @Test
  void everySignalOfTwoNodesLandsOnceOnAHotRun() {
    PawlEngine other = engine(config -> {});
    control.start(start("hot"));
    atOnce(List.of(pawl, other), 8, 10, (engine, n) -> engine.control().signal(
        ref("hot"), new ControlApi.Message("s-" + n, "add", Payload.json(String.valueOf(n)), Map.of())));
    List<Event> events = control.history(ref("hot"), 2, 1_000, NOW);
    assertThat(events).hasSize(160);
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).seq()).isEqualTo(i + 3L);
      ids.add(((RunEvent.SignalReceived) events.get(i).fact()).signalId());
    }
    assertThat(ids).hasSize(160);
    assertThat(pawl.metrics().conflicts() + other.metrics().conflicts()).isPositive();
  }

  @Test
  void oneOfManyStartsOfAWorkflowIdWins() {
    PawlEngine other = engine(config -> {});
    AtomicInteger born = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    atOnce(List.of(pawl, other), 6, 5, (engine, n) -> {
      try {
        if (engine.control().start(start("w-" + n % 10)).isNew()) born.incrementAndGet();
      } catch (RejectedException e) {
        assertThat(e.code()).isEqualTo(Rejection.Code.WORKFLOW_ALREADY_STARTED);
        refused.incrementAndGet();
      }
    });
    assertThat(born).hasValue(10);
    assertThat(refused).hasValue(50);
    assertThat(control.count("default", "")).isEqualTo(10);
  }

  @Test
  void aRepeatedRequestIdOnTwoNodesStartsOneRun() {
    PawlEngine other = engine(config -> {});
    Set<String> runs = ConcurrentHashMap.newKeySet();
    ControlApi.Start once = new ControlApi.Start("default", "w", "Order", "q", Payload.json("1"), StartOptions.PLAIN,
        ReusePolicy.ALLOW, ConflictPolicy.FAIL, "the-request", null, null);
    atOnce(List.of(pawl, other), 8, 2, (engine, n) -> runs.add(engine.control().start(once).run().toString()));
    assertThat(runs).hasSize(1);
  }

  @Test
  void noRunIsGrantedTwice() {
    PawlEngine other = engine(config -> {});
    for (int i = 0; i < 60; i++) control.start(start("w-" + i));
    Set<String> granted = ConcurrentHashMap.newKeySet();
    AtomicInteger grants = new AtomicInteger();
    atOnce(List.of(pawl, other), 3, 30, (engine, n) -> {
      Hand hand = new Hand(engine);
      for (WorkerApi.WorkflowTaskGrant grant : hand.runs(2)) {
        granted.add(grant.workflowId());
        grants.incrementAndGet();
        hand.report(grant.token(), 2, true, done("1"));
      }
    });
    assertThat(granted).hasSize(60);
    assertThat(grants).hasValue(60);
    assertThat(control.count("default", "Status = 'COMPLETED'")).isEqualTo(60);
  }

  @Test
  void aStaleNodeNeverSwallowsATimerItHasNotHeardOf() {
    PawlEngine other = engine(config -> {});
    control.start(start("w"));
    // This node remembers the run as it is now: without a timer.
    control.signal(ref("w"), ControlApi.Message.of("a", null));
    Hand hand = new Hand(other);
    WorkerApi.WorkflowTaskGrant grant = hand.run();
    hand.report(grant.token(), 3, true, new Command.StartTimer(1, Duration.ofSeconds(5)));
    clock.pass(Duration.ofSeconds(5));
    tickUntilQuiet(); // on this node
    assertThat(history("w")).endsWith("TimerScheduled", "TimerFired");
  }

  @Test
  void terminatingTheOldRunAndStartingTheNewOneIsOneCommit() {
    PawlEngine other = engine(config -> {});
    AtomicInteger born = new AtomicInteger();
    atOnce(List.of(pawl, other), 4, 5, (engine, n) -> {
      ControlApi.Started started = engine.control().start(new ControlApi.Start("default", "w", "Order", "q",
          Payload.json("1"), StartOptions.PLAIN, ReusePolicy.ALLOW, ConflictPolicy.TERMINATE_EXISTING, null, null,
          null));
      assertThat(started.isNew()).isTrue();
      born.incrementAndGet();
    });
    List<ControlApi.RunView> runs = control.runs("default", "w");
    assertThat(runs).hasSize(born.get());
    assertThat(runs).extracting(ControlApi.RunView::runNumber).doesNotHaveDuplicates();
    assertThat(runs).filteredOn(run -> run.status() == dev.pawl.core.run.RunStatus.RUNNING).hasSize(1)
        .first().extracting(ControlApi.RunView::runNumber).isEqualTo(born.get());
  }
}
