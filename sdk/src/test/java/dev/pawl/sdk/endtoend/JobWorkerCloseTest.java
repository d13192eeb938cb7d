package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.UwerCode;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a job worker gives back when it is closed. */
@Timeout(120)
class JobWorkerCloseTest {
  private static final Duration SOON = Duration.ofMinutes(1);

  private final AtomicInteger polls = new AtomicInteger();
  private final List<Integer> pollsWhenGivenBack = new CopyOnWriteArrayList<>();

  @Test
  void nothingOfItsOwnAsksForWhatItGivesBack() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Database database = Databases.sqlite().fresh();
    try (PawlEngine engine = PawlEngine.open(database.dataSource())) {
      Jobs jobs = Jobs.on(engine.jobs());
      JobWorker worker = JobWorker.on(engine.worker(), counted(engine.jobWork()))
          .handler(Jobs.handler("order.pack", Integer.class, (job, item) -> {
            begun.countDown();
            never.await();
          })).settings(set -> set.patience = Duration.ofMinutes(5)).start();
      JobId job = jobs.enqueue("order.pack", "order-12345", 1);
      begun.await();
      Until.holds(SOON, () -> polls.get() == 1);
      worker.close(Duration.ZERO);
      assertThat(pollsWhenGivenBack).containsExactly(0);
      JobState given = jobs.state(job).orElseThrow();
      assertThat(given.leased()).isFalse();
      assertThat(given.losses()).isZero();
      assertThat(given.phase()).isEqualTo(JobPhase.READY);
    }
  }

  /** The engine has too much waiting just then: it is asked again, and no loss is counted. */
  @Test
  void whatIsTurnedAwayIsGivenBackAgain() throws Exception {
    JobState given = closedOn(times -> times <= 2 ? UwerCode.ADMISSION_REFUSED : null);
    assertThat(givenBack.get()).isEqualTo(3);
    assertThat(given.leased()).isFalse();
    assertThat(given.losses()).isZero();
  }

  @Test
  void whatIsRefusedForGoodIsNotAskedAgain() throws Exception {
    assertThat(closedOn(times -> UwerCode.STALE_EPOCH).leased()).isTrue();
    assertThat(givenBack.get()).isEqualTo(1);
  }

  @Test
  void anEngineThatIsAlwaysFullDoesNotKeepAWorker() throws Exception {
    assertThat(closedOn(times -> UwerCode.ADMISSION_REFUSED).leased()).isTrue();
    assertThat(givenBack.get()).isEqualTo(5);
  }

  private final AtomicInteger givenBack = new AtomicInteger();

  /** The job as a worker leaves it that is closed on an engine which refuses what is given back. */
  private JobState closedOn(IntFunction<@Nullable UwerCode> refusal) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (PawlEngine engine = PawlEngine.open(Databases.sqlite().fresh().dataSource(), config -> config.duties = false)) {
      Jobs jobs = Jobs.on(engine.jobs());
      JobWorkApi real = engine.jobWork();
      JobWorkApi full = (JobWorkApi) Proxy.newProxyInstance(JobWorkApi.class.getClassLoader(),
          new Class<?>[] {JobWorkApi.class}, (proxy, method, args) -> {
            if (method.getName().equals("report")) {
              UwerCode no = refusal.apply(givenBack.incrementAndGet());
              if (no != null) return ((List<?>) args[0]).stream().map(one -> new JobAnswer.Refused<>(no, "no", null)).toList();
            }
            try {
              return method.invoke(real, args);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          });
      JobWorker worker = JobWorker.on(engine.worker(), full).handler(Jobs.handler("order.pack", Integer.class, (job, item) -> {
        begun.countDown();
        never.await();
      })).settings(set -> set.patience = Duration.ofMillis(100)).start();
      JobId job = jobs.enqueue("order.pack", "order-12345", 1);
      begun.await();
      worker.close(Duration.ZERO);
      return jobs.state(job).orElseThrow();
    }
  }

  /** Counts the polls that are under way, and looks at the count when a job is given back. */
  private JobWorkApi counted(JobWorkApi real) {
    return (JobWorkApi) Proxy.newProxyInstance(JobWorkApi.class.getClassLoader(), new Class<?>[] {JobWorkApi.class},
        (proxy, method, args) -> {
          boolean poll = method.getName().equals("poll");
          if (poll) polls.incrementAndGet();
          if (method.getName().equals("report") && ((List<?>) args[0]).stream()
              .anyMatch(one -> ((JobWorkApi.Report) one).outcome() instanceof JobOutcome.Abandon)) {
            pollsWhenGivenBack.add(polls.get());
          }
          try {
            return method.invoke(real, args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          } finally {
            if (poll) polls.decrementAndGet();
          }
        });
  }
}
