package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prints how fast jobs come in and go out, so that a change for the worse is seen. Asserts only that all of them do. */
@Tag("long")
class JobSpeedTest {
  @Test
  void sqlite() throws Exception {
    measure(Databases.sqlite(), 20_000, 1);
  }

  @Test
  void postgres() throws Exception {
    measure(Databases.postgres(), 50_000, 3);
  }

  @Test
  void mariadb() throws Exception {
    measure(Databases.mariadb(), 10_000, 1);
  }

  public static void main(String[] args) throws Exception {
    DatabaseServer server = switch (args[0]) {
      case "sqlite" -> Databases.sqlite();
      case "postgres" -> Databases.postgres();
      default -> Databases.mariadb();
    };
    measure(server, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    System.exit(0);
  }

  private static void measure(DatabaseServer server, int count, int rounds) throws Exception {
    Database database = server.fresh();
    try (PawlEngine pawl = PawlEngine.open(database.dataSource())) {
      for (int round = 0; round < rounds; round++) {
        List<JobApi.Submission> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) all.add(JobApi.Submission.of(spec(round, i)));
        Cpu before = Cpu.now();
        long begun = System.nanoTime();
        int callers = 2;
        CountDownLatch in = new CountDownLatch(callers);
        for (int c = 0; c < callers; c++) {
          List<JobApi.Submission> mine = all.subList(c * count / callers, (c + 1) * count / callers);
          Thread.ofPlatform().start(() -> {
            for (int from = 0; from < mine.size(); from += 2_000) {
              List<JobApi.Submission> some = mine.subList(from, Math.min(mine.size(), from + 2_000));
              assertThat(pawl.jobs().submit(some)).allMatch(JobAnswer::ok);
            }
            in.countDown();
          });
        }
        in.await();
        double enqueue = count / ((System.nanoTime() - begun) / 1e9);
        Cpu between = Cpu.now();
        double drained = drain(pawl, count);
        Cpu after = Cpu.now();
        System.out.printf("%s round %d: enqueued %,.0f/s (%s), drained %,.0f/s (%s)%n", server.name(), round, enqueue,
            between.since(before, count), drained, after.since(between, count));
      }
    }
  }

  /** Time on processors, which other programs on the machine do not change much. */
  private record Cpu(Duration own, Duration children) {
    static Cpu now() {
      return new Cpu(ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO),
          ProcessHandle.current().descendants().map(child -> child.info().totalCpuDuration().orElse(Duration.ZERO))
              .reduce(Duration.ZERO, Duration::plus));
    }

    String since(Cpu before, int jobs) {
      return "per job %.1f us here, %.1f us in the database".formatted(own.minus(before.own).toNanos() / 1e3 / jobs,
          children.minus(before.children).toNanos() / 1e3 / jobs);
    }
  }

  private static double drain(PawlEngine pawl, int count) throws Exception {
    SessionId session = SessionId.random();
    pawl.worker().open(new WorkerApi.OpenSession(session, "speed", 10_000, null));
    AtomicInteger done = new AtomicInteger();
    long begun = System.nanoTime();
    AtomicInteger alive = new AtomicInteger(2);
    List<Thread> threads = IntStream.range(0, 2).mapToObj(t -> Thread.ofPlatform().start(() -> {
      while (done.get() < count) {
        List<JobGrant> grants = pawl.jobWork().poll(
            new JobWorkApi.Poll(session, "default", List.of("speed.test"), 1_000, Duration.ofMillis(50)));
        List<JobWorkApi.Report> reports = new ArrayList<>(grants.size());
        for (JobGrant grant : grants) {
          reports.add(JobWorkApi.Report.of(grant, session, new JobOutcome.Ok(null), List.of()));
        }
        for (var answer : pawl.jobWork().report(reports)) assertThat(answer.ok()).isTrue();
        done.addAndGet(grants.size());
      }
      alive.decrementAndGet();
    })).toList();
    for (Thread thread : threads) thread.join();
    assertThat(alive).hasValue(0);
    assertThat(done).hasValue(count);
    return count / ((System.nanoTime() - begun) / 1e9);
  }

  private static JobSpec spec(int round, int i) {
    Payload payload = Payload.json("{\"sku\":" + i + "}");
    String digest = "sha-256:" + HexFormat.of().toHexDigits(i).repeat(8);
    return new JobSpec("default", "speed.test", "key-" + round + "-" + i, digest, null, 5, Instant.EPOCH, null, null,
        LeaseTerms.STANDARD, RetryTerms.STANDARD, CheckTerms.STANDARD, payload, null);
  }
}
