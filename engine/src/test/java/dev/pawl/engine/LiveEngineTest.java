package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.testbed.Databases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Engines with real threads and real time, on SQLite. */
class LiveEngineTest {
  private final String url = Databases.sqlite().fresh().jdbcUrl();

  private static ControlApi.Start start(String id) {
    return ControlApi.Start.of("default", id, "W", "q", Payload.json("1"));
  }

  private static RunRef ref(String id) {
    return RunRef.current("default", id);
  }

  @Test
  void aWorkflowOfOneStepCostsTwoCommits() throws Exception {
    try (PawlEngine pawl = PawlEngine.open(url, config -> config.duties = false);
        LiveWorker worker = new LiveWorker(pawl, 1, 1)) {
      awaitPollers(pawl, 1);
      for (int i = 0; i < 5; i++) {
        long commits = pawl.store().counters().commits.sum();
        long loads = pawl.store().counters().loads.sum();
        pawl.control().start(start("w-" + i));
        var result = pawl.control().awaitResult(ref("w-" + i), Duration.ofSeconds(60));
        assertThat(result.status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(pawl.store().counters().commits.sum() - commits).isEqualTo(2);
        assertThat(pawl.store().counters().loads.sum() - loads).isZero();
        awaitPollers(pawl, 1);
      }
      assertThat(pawl.metrics().eager()).isEqualTo(5);
      assertThat(pawl.metrics().claimed()).isZero();
    }
  }

  @Test
  void anActivityCostsTwoCommitsMoreAndNobodyLooksForIt() throws Exception {
    try (PawlEngine pawl = PawlEngine.open(url, config -> config.duties = false)) {
      var api = pawl.worker();
      var session = dev.pawl.core.task.SessionId.random();
      api.open(new dev.pawl.protocol.worker.WorkerApi.OpenSession(session, "live", 10, null));
      var poll = new dev.pawl.protocol.worker.WorkerApi.Poll(
          session, "default", "q", java.util.Set.of(), 10, Duration.ofSeconds(20), null);
      Thread runs = Thread.startVirtualThread(() -> {
        var first = api.pollWorkflows(poll).getFirst();
        api.report(new dev.pawl.protocol.worker.WorkerApi.Report(first.token(), session, 1, 2, List.of(
            EngineFixture.activity(1, "charge", dev.pawl.core.value.RetryPolicy.NEVER)), true));
        var second = api.pollWorkflows(poll).getFirst();
        api.report(new dev.pawl.protocol.worker.WorkerApi.Report(second.token(), session, 1,
            second.events().getLast().seq(), List.of(EngineFixture.done("1")), true));
      });
      Thread activities = Thread.startVirtualThread(() -> {
        var task = api.pollActivities(poll).getFirst();
        awaitPollers(pawl, 1); // the run's worker waits again
        api.completeActivity(task.token(), session, dev.pawl.core.value.Outcome.success(Payload.json("2")));
      });
      awaitPollers(pawl, 2);
      long commits = pawl.store().counters().commits.sum();
      pawl.control().start(start("w"));
      var result = pawl.control().awaitResult(ref("w"), Duration.ofSeconds(60));
      assertThat(result.status()).isEqualTo(RunStatus.COMPLETED);
      assertThat(pawl.store().counters().commits.sum() - commits).isEqualTo(4);
      assertThat(pawl.metrics().eager()).isEqualTo(3);
      assertThat(pawl.metrics().claimed()).isZero();
      runs.join(Duration.ofSeconds(60));
      activities.join(Duration.ofSeconds(60));
    }
  }

  private static void awaitPollers(PawlEngine pawl, int count) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (pawl.health().polls() < count) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void manyStartersShareCommitsAndEachRunEndsOnce() throws Exception {
    try (PawlEngine pawl = PawlEngine.open(url);
        LiveWorker worker = new LiveWorker(pawl, 2, 3)) {
      AtomicInteger completed = new AtomicInteger();
      List<Thread> starters = new ArrayList<>();
      for (int s = 0; s < 32; s++) {
        int starter = s;
        starters.add(Thread.startVirtualThread(() -> {
          for (int i = 0; i < 10; i++) {
            String id = "w-" + starter + "-" + i;
            pawl.control().start(start(id));
            var result = pawl.control().awaitResult(ref(id), Duration.ofSeconds(60));
            if (result.status() == RunStatus.COMPLETED) completed.incrementAndGet();
          }
        }));
      }
      for (Thread starter : starters) starter.join(Duration.ofSeconds(100));
      assertThat(completed).hasValue(320);
      assertThat(pawl.control().count("default", "Status = 'COMPLETED'")).isEqualTo(320);
      // 320 starts and 960 reports, and the grants that were not eager.
      var m = pawl.metrics();
      assertThat(m.requests()).isGreaterThanOrEqualTo(1_280);
      assertThat(m.groups()).isLessThan(m.requests());
      for (var run : pawl.control().list("default", "", 1000, null).runs()) assertThat(run.lastSeq()).isEqualTo(6);
    }
  }

  @Test
  void turnsCallersAwayWhenTooMuchWaitsAndStoresNothing() throws Exception {
    try (PawlEngine pawl = PawlEngine.open(url, config -> config.lanes = config.lanes.withWaiting(5))) {
      List<ControlApi.Start> many = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) many.add(start("w-" + i));
      List<ControlApi.StartResult> results = pawl.control().startAll(many);
      long refused = results.stream().filter(r -> r.rejection() != null)
          .peek(r -> assertThat(r.rejection().code()).isEqualTo(Rejection.Code.OVERLOADED)).count();
      assertThat(refused).isPositive();
      assertThat(pawl.control().count("default", "")).isEqualTo(3_000 - refused);
      assertThat(pawl.health().ready()).isTrue();
    }
  }

  @Test
  void closingAnswersWhoeverWaits() throws Exception {
    PawlEngine pawl = PawlEngine.open(url);
    LiveWorker worker = new LiveWorker(pawl, 1, 1);
    pawl.control().start(ControlApi.Start.of("default", "w", "W", "nobody", null));
    List<Throwable> thrown = java.util.Collections.synchronizedList(new ArrayList<>());
    Thread waiter = Thread.startVirtualThread(() -> {
      try {
        pawl.control().awaitResult(ref("w"), Duration.ofMinutes(5));
      } catch (RejectedException e) {
        thrown.add(e);
      }
    });
    awaitPollers(pawl, 1);
    pawl.close();
    assertThat(waiter.join(Duration.ofSeconds(60))).isTrue();
    assertThat(thrown).singleElement().isInstanceOfSatisfying(RejectedException.class,
        e -> assertThat(e.code()).isEqualTo(Rejection.Code.SHUTTING_DOWN));
    assertThatThrownBy(() -> pawl.control().start(start("late"))).isInstanceOf(RejectedException.class);
    assertThat(pawl.health().ready()).isFalse();
  }
}
