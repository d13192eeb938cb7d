package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.job.JobBody;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a handler does, something is said about its job. */
@Timeout(180)
class JobOutcomesTest {
  /** An exception that is broken itself. */
  private static final class Unspeakable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("nobody shall know");
    }
  }

  /** A value that no converter can write. */
  static final class Bottomless {
    public Bottomless getSelf() {
      return this;
    }
  }

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb());
  }

  private static int fall(int depth) {
    return fall(depth + 1) + 1;
  }

  @ParameterizedTest
  @MethodSource("servers")
  @DisplayName("L4: an error, a full stack, no memory, a broken exception, a result that cannot be written: each is an outcome")
  void anyThrowableIsAnOutcome(DatabaseServer server) {
    Map<String, JobBody<Object>> bad = new LinkedHashMap<>();
    bad.put("test.error", (job, nothing) -> {
      throw new AssertionError("not in my house");
    });
    bad.put("test.stack", (job, nothing) -> job.result(fall(0)));
    bad.put("test.memory", (job, nothing) -> {
      throw new OutOfMemoryError("the shelf is full");
    });
    bad.put("test.broken", (job, nothing) -> {
      throw new Unspeakable();
    });
    bad.put("test.result", (job, nothing) -> job.result(new Bottomless()));
    try (PawlEngine engine = PawlEngine.open(server.fresh().dataSource())) {
      Jobs jobs = Jobs.on(engine.jobs());
      var worker = JobWorker.on(engine.worker(), engine.jobWork());
      bad.forEach((type, body) -> worker.handler(Jobs.handler(type, Object.class, body)));
      worker.handler(Jobs.handler("test.good", Object.class, (job, nothing) -> job.result("good")));
      // One at a time, so that a thread that died would be missed.
      try (JobWorker started = worker.settings(set -> {
        set.concurrency = 1;
        set.drain = Duration.ofSeconds(5);
      }).start()) {
        bad.keySet().forEach(type -> jobs.enqueue(Jobs.job(type, "says-something", null).retry(
            new RetryTerms(BackoffProfile.NONE, 1))));
        for (String type : bad.keySet()) {
          Until.holds(Duration.ofSeconds(60), () -> find(engine, type).phase().terminal());
          JobState job = find(engine, type);
          assertThat(job.phase()).as(type).isEqualTo(JobPhase.DEAD_LETTERED);
          assertThat(job.lastError()).as(type).isNotNull();
          assertThat(job.losses()).as(type).isZero();
        }
        jobs.enqueue(Jobs.job("test.good", "after-all-that", null));
        Until.holds(Duration.ofSeconds(60), () -> engine.jobs().find("default", "test.good", "after-all-that")
            .orElseThrow().phase() == JobPhase.SUCCEEDED);
        Until.holds(Duration.ofSeconds(60), () -> started.busy() == 0);
      }
    }
  }

  private static JobState find(PawlEngine engine, String type) {
    return engine.jobs().find("default", type, "says-something").orElseThrow();
  }
}
