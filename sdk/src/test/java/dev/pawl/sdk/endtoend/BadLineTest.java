package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunEvent;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.Until;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The line between worker and engine loses calls and answers; nothing is lost or done twice by it. */
@Timeout(120)
class BadLineTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  /** A worker stops after two seconds of silence, long before its leases pass. */
  private static final LeaseTimings LEASES = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(60),
      Duration.ofSeconds(58), Duration.ofMillis(200), Duration.ofSeconds(60));
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final Place place = new Place(config -> {
    config.leases = LEASES;
    config.clock = () -> Instant.now().plus(ahead.get());
  });

  @AfterEach
  void close() {
    place.close();
  }

  @Tag("long")
  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void everyRunEndsRightAndEveryResultIsRecordedOnce(int cached) {
    FaultyWork line = new FaultyWork(place.engine.worker(), 42 + cached);
    Map<String, AtomicInteger> bodies = new ConcurrentHashMap<>();
    Worker worker = Worker.on(line.api).settings(set -> {
          set.cachedRuns = cached;
          set.patience = Duration.ofMillis(500);
        })
        .activity("double", Integer.class, n -> {
          count(bodies, Activity.context().idempotencyKey());
          return 2 * n;
        })
        .workflow("it", Integer.class, n -> {
          int a = Pawl.step("a", () -> {
            count(bodies, Step.context().idempotencyKey());
            return n;
          });
          Promise<Integer> b = Activities.callAsync("double", opts -> {}, Integer.class, a);
          int c = Pawl.receive("c", Integer.class);
          Pawl.sleep(Duration.ofMillis(5));
          return Pawl.step("sum", () -> b.isDone() ? 0 : 0) + b.get() + c;
        })
        .start();
    line.badness = 0.1;
    int many = 40;
    List<WorkflowHandle> runs = new ArrayList<>();
    for (int i = 0; i < many; i++) runs.add(place.client.start("it", "bad-" + i, i));
    for (int i = 0; i < many; i++) runs.get(i).signal("c", 1000);
    for (int i = 0; i < many; i++) assertThat(runs.get(i).result(Integer.class, SOON)).isEqualTo(2 * i + 1000);
    line.badness = 0;
    worker.close(Duration.ofSeconds(5));
    assertThat(line.lost.get()).as("there was something to survive").isGreaterThan(5);
    for (WorkflowHandle run : runs) {
      assertThat(run.history().stream().filter(e -> e.fact() instanceof RunEvent.StepCompleted)).hasSize(2);
      assertThat(run.history().stream().filter(e -> e.fact() instanceof RunEvent.ActivityCompleted)).hasSize(1);
    }
  }

  private static void count(Map<String, AtomicInteger> bodies, String key) {
    bodies.computeIfAbsent(key, k -> new AtomicInteger()).incrementAndGet();
  }

  @Test
  void aWorkerThatGetsNoAnswerStopsByItselfAndComesBack() throws Exception {
    FaultyWork line = new FaultyWork(place.engine.worker(), 1);
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicInteger attempts = new AtomicInteger();
    Worker worker = Worker.on(line.api).settings(set -> set.patience = Duration.ofMillis(500))
        .activity("a", String.class, input -> {
          if (attempts.incrementAndGet() > 1) return "attempt after " + Activity.context().task().losses() + " loss";
          began.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return "late";
        })
        .workflow("it", String.class, input -> Activities.call("a", opts -> {}, String.class, input))
        .start();
    var session = worker.session();
    WorkflowHandle run = place.client.start("it", "fence", "x");
    assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
    for (String call : List.of("heartbeat", "pollWorkflows", "pollActivities", "pollQueries", "report")) {
      line.cut.put(call, true);
    }
    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(place.engine.store().leasesOf(session)).as("before the lease can pass to somebody else").isNotEmpty();
    ahead.set(LEASES.leaseTime());
    // The engine must have given the session up before the line is good again.
    Until.holds(SOON, () -> place.engine.store().leasesOf(session).isEmpty());
    line.cut.clear();
    assertThat(run.result(String.class, SOON)).isEqualTo("attempt after 1 loss");
    assertThat(worker.session()).isNotEqualTo(session);
    worker.close(Duration.ofSeconds(1));
  }

  @Test
  void aLongHistoryIsReadInPages() {
    place.worker(with -> with.settings(set -> set.cachedRuns = 0)
        .workflow("it", Integer.class, n -> {
          int sum = 0;
          for (int i = 0; i < n; i++) {
            int k = i;
            sum += Pawl.step("s", () -> k);
          }
          Pawl.sleep(Duration.ofMillis(1));
          return sum;
        }));
    WorkflowHandle run = place.client.start("it", "long", 2500);
    assertThat(run.result(Integer.class, SOON)).isEqualTo(2500 * 2499 / 2);
    assertThat(run.history()).hasSize(2 + 2500 + 2 + 1);
  }

  @Test
  void oneCoroutineNeverChangesThreads() {
    place.worker(with -> with.workflow("it", String.class, input -> {
      Thread mine = Thread.currentThread();
      Thread first = (Thread) holder(Pawl.step("a", () -> remember(Thread.currentThread())));
      Thread second = (Thread) holder(Pawl.step("b", () -> remember(Thread.currentThread())));
      return (mine == first) + " " + (mine == second);
    }));
    assertThat(place.client.start("it", "threads", "x").result(String.class, SOON)).isEqualTo("true true");
  }

  private static final Map<Integer, Object> HELD = new ConcurrentHashMap<>();

  private static Integer remember(Object what) {
    int key = HELD.size();
    HELD.put(key, what);
    return key;
  }

  private static Object holder(Integer key) {
    return HELD.get(key);
  }
}
