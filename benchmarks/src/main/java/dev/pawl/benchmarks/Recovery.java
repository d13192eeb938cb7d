package dev.pawl.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.payload.PayloadPath;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.process.JavaProcess;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * 1,000 runs in flight in one worker process, 10 s of work left in each; the process is killed while another one stands
 * by. How long until all are done?
 */
final class Recovery {
  private static final int RUNS = 1_000;
  private static final int SECONDS_OF_WORK = 10;

  private Recovery() {}

  /** A second of waiting and a recorded step, ten times. */
  static final class TenSeconds implements Workflow<Integer, String> {
    @Override
    public String run(Integer seconds) {
      for (int i = 0; i < seconds; i++) {
        Pawl.sleep(Duration.ofSeconds(1));
        int second = i;
        Pawl.step("second-" + i, () -> "done-" + second);
      }
      return "done";
    }
  }

  /** The process that is killed, and the one that stands by. */
  public static final class WorkerProcess {
    private WorkerProcess() {}

    public static void main(String[] args) throws InterruptedException {
      PawlEngine engine = PawlEngine.open(database(args[0], args[1], args[2]));
      Worker.on(engine.worker(), PayloadPath.json()).queue("bench").workflow("ten-seconds", TenSeconds::new)
          .settings(s -> {
            s.cachedRuns = 10_000;
            s.workflows = 2_000;
          }).start();
      System.out.println("ready");
      new CountDownLatch(1).await();
    }
  }

  private static DataSource database(String url, String user, String password) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    return new HikariDataSource(config);
  }

  static void run(Bench.Options options, Results results, PrintStream progress) throws Exception {
    for (String store : options.stores()) {
      Database database = Subjects.fresh(store);
      try (PawlEngine engine = PawlEngine.open(database.dataSource());
          JavaProcess victim = worker(database)) {
        PawlClient client = PawlClient.on(engine.control(), PayloadPath.json()).queue("bench");
        List<WorkflowHandle> handles = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) handles.add(client.start("ten-seconds", "r-" + i, SECONDS_OF_WORK));
        try (JavaProcess standby = worker(database)) {
          long killed = System.nanoTime();
          victim.kill9();
          CountDownLatch done = new CountDownLatch(RUNS);
          for (WorkflowHandle handle : handles) {
            Thread.ofVirtual().start(() -> {
              handle.result(String.class, Duration.ofMinutes(3));
              done.countDown();
            });
          }
          boolean all = done.await(3, TimeUnit.MINUTES);
          double seconds = (System.nanoTime() - killed) / 1e9;
          String line = String.format(Locale.ROOT,
              "recovery: %,d runs in flight on %s, %d s of work left each: %s %.1f s after kill -9 (lease time 15 s)",
              RUNS, store, SECONDS_OF_WORK, all ? "all done" : (RUNS - done.getCount()) + " done", seconds);
          results.note(line);
          progress.println(line);
        }
      }
    }
  }

  private static JavaProcess worker(Database database) {
    JavaProcess process = JavaProcess.of(WorkerProcess.class).jvm("-Xmx1g")
        .args(database.jdbcUrl(), database.user(), database.password()).start();
    process.awaitLine("ready", Duration.ofSeconds(60));
    return process;
  }
}
