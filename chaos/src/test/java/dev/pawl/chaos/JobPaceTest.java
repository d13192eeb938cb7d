package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobState;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.job.JobBody;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker of jobs does by its own clock: it tells that it is there, and stops when nobody hears it. */
@Tag("long")
@Timeout(180)
@Isolated("it takes the whole machine")
class JobPaceTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String TYPE = "pace.job";

  private static DatabaseServer server(String name) {
    return name.equals("sqlite") ? Databases.sqlite() : name.equals("postgres") ? Databases.postgres() : Databases.mariadb();
  }

  private static PawlEngine engine(String server, Duration leaseTime, Duration margin) {
    return PawlEngine.open(server(server).fresh().dataSource(), config -> config.leases = new LeaseTimings(
        Duration.ofSeconds(1), leaseTime, margin, Duration.ofMillis(100), Duration.ofSeconds(5)));
  }

  private static void submit(PawlEngine engine, int count) {
    List<JobApi.Submission> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(JobApi.Submission.of(Jobs.spec("default", JsonConverter.standard(), Instant.parse("2027-01-01T00:00:00Z"),
          Jobs.job(TYPE, "pace-%05d".formatted(i), null))));
    }
    engine.jobs().submit(all).forEach(answer -> answer.get());
  }

  /** Heartbeats are looked at on their way. */
  private static WorkerApi before(WorkerApi api, Consumer<WorkerApi.Heartbeat> beats) {
    return (WorkerApi) Proxy.newProxyInstance(WorkerApi.class.getClassLoader(), new Class<?>[] {WorkerApi.class},
        (proxy, method, args) -> {
          if (method.getName().equals("heartbeat")) beats.accept((WorkerApi.Heartbeat) args[0]);
          try {
            return method.invoke(api, args);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
        });
  }

  private static JobWorker worker(PawlEngine engine, WorkerApi sessions, int concurrency, JobBody<Object> body) {
    return JobWorker.on(sessions, engine.jobWork()).handler(Jobs.handler(TYPE, Object.class, body))
        .settings(set -> {
          set.concurrency = concurrency;
          set.ahead = 0;
          set.patience = Duration.ofSeconds(1);
          set.drain = Duration.ofSeconds(20);
        }).start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres", "mariadb"})
  @DisplayName("C3: without heartbeats a handler is stopped while its lease still stands, and is not heard any more")
  void handlersStopBeforeTheirLeasesPass(String server) {
    var cut = new AtomicBoolean();
    var atItsEnd = new AtomicReference<JobState>();
    var begun = new CountDownLatch(1);
    var told = new CountDownLatch(1);
    // Twelve seconds of margin, so that a busy machine does not make it a matter of luck.
    try (PawlEngine engine = engine(server, Duration.ofSeconds(15), Duration.ofSeconds(12))) {
      submit(engine, 1);
      WorkerApi sessions = before(engine.worker(), beat -> {
        if (cut.get()) throw new RejectedException(Rejection.because(Rejection.Code.STORE_UNAVAILABLE, "cut off"));
      });
      JobWorker worker = worker(engine, sessions, 1, (job, nothing) -> {
        begun.countDown();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException stopped) {
          assertThat(job.isCancelled()).isTrue();
          atItsEnd.set(engine.jobs().get("default", job.id()).orElseThrow());
          told.countDown();
          job.result("the word of one who lost it");
        }
      });
      assertThat(awaited(begun)).isTrue();
      cut.set(true);
      assertThat(awaited(told)).isTrue();
      assertThat(atItsEnd.get().leased()).as("it still was its own when it stopped").isTrue();
      assertThat(atItsEnd.get().epoch()).isEqualTo(1);
      worker.abandon();
      Until.holds(SOON, () -> !engine.jobs().get("default", atItsEnd.get().id()).orElseThrow().leased());
      JobState after = engine.jobs().get("default", atItsEnd.get().id()).orElseThrow();
      assertThat(after.phase().terminal()).as("its word was not sent").isFalse();
      assertThat(after.losses()).isEqualTo(1);
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(SOON.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres", "mariadb"})
  @DisplayName("N3: with 10,000 leases in hand, no processor left and the collector at work, heartbeats come in time and no lease is lost")
  void heartbeatsComeWhateverTheMachineDoes(String server) {
    int leases = 10_000;
    var beats = new ConcurrentLinkedQueue<Long>();
    var full = new CountDownLatch(4);
    var release = new CountDownLatch(1);
    var burning = new AtomicBoolean(true);
    List<Thread> fires = new ArrayList<>();
    try (PawlEngine engine = engine(server, Duration.ofSeconds(45), Duration.ofSeconds(9))) {
      submit(engine, leases);
      WorkerApi sessions = before(engine.worker(), beat -> {
        beats.add(System.nanoTime());
        if (beat.holding().size() == leases) full.countDown();
      });
      try (JobWorker worker = worker(engine, sessions, leases, (job, nothing) -> release.await())) {
        Until.holds(SOON, () -> worker.busy() == leases);
        int processors = Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < 2 * processors; i++) {
          fires.add(Thread.ofPlatform().daemon().start(() -> burn(burning)));
          fires.add(Thread.ofVirtual().start(() -> burn(burning)));
        }
        fires.add(Thread.ofPlatform().daemon().start(() -> {
          while (burning.get()) System.gc();
        }));
        assertThat(awaited(full)).isTrue();
        burning.set(false);
        for (Thread fire : fires) fire.join();
        // After so long a worker stops by itself.
        assertThat(longestGap(List.copyOf(beats))).isLessThan(Duration.ofSeconds(36));
        assertThat(engine.jobs().counts("default")).as("nobody lost a lease").singleElement()
            .matches(count -> count.leased() && count.jobs() == leases);
        release.countDown();
        Until.holds(SOON, () -> engine.jobs().counts("default").isEmpty());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        burning.set(false);
        release.countDown();
      }
    }
  }

  private static void burn(AtomicBoolean burning) {
    long sum = 0;
    while (burning.get()) {
      for (byte one : new byte[10_000]) sum += one + 1;
    }
    assertThat(sum).isPositive();
  }

  private static Duration longestGap(List<Long> beats) {
    long longest = 0;
    for (int i = 1; i < beats.size(); i++) longest = Math.max(longest, beats.get(i) - beats.get(i - 1));
    return Duration.ofNanos(longest);
  }
}
