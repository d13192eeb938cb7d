package dev.pawl.sdk.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.process.JavaProcess;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two servers on one PostgreSQL, a worker in a process of its own; one of each is killed in the middle. */
@Tag("long")
@Timeout(180)
class RemoteKillTest {
  private static final int RUNS = 60;
  private static final LeaseTimings SHORT = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(3),
      Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofSeconds(60));

  /** A server. */
  static final class NodeProcess {
    private NodeProcess() {}

    public static void main(String[] args) throws InterruptedException {
      var database = new Database(Databases.postgres(), args[0], args[1], args[2]).dataSource();
      PawlEngine engine = PawlEngine.open(database, config -> config.leases = SHORT);
      PawlServer server = PawlServer.of(engine, ServerConfig.of(
          List.of("--port", "0", "--host", "127.0.0.1", "--auth-token", "sesame"), Map.of()), said -> {});
      System.out.println("listens " + server.port());
      new CountDownLatch(1).await();
    }
  }

  /** A worker that knows the servers by their addresses only. */
  static final class WorkerProcess {
    private WorkerProcess() {}

    public static void main(String[] args) throws InterruptedException {
      RemotePawl far = connect(Stream.of(args).map(URI::create).toList());
      Worker.on(far.worker()).settings(set -> set.workflows = 8)
          .activity("double", Integer.class, n -> {
            pause();
            return 2 * n;
          })
          .workflow("it", Integer.class, n -> {
            int a = Pawl.step("a", () -> {
              pause();
              System.out.println("did a");
              return n + 1;
            });
            int b = Activities.call("double", opts -> opts.startToClose(Duration.ofSeconds(20)), Integer.class, a);
            return Pawl.step("c", () -> b + 1);
          }).start();
      System.out.println("ready");
      new CountDownLatch(1).await();
    }

    private static void pause() {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static RemotePawl connect(List<URI> servers) {
    return RemotePawl.connect(servers, set -> set.token = "sesame");
  }

  @Test
  void everyRunEndsRightThoughAWorkerAndAServerAreKilled() {
    Database database = Databases.postgres().fresh();
    try (JavaProcess one = node(database); JavaProcess two = node(database)) {
      URI first = address(one);
      URI second = address(two);
      try (RemotePawl far = connect(List.of(first, second))) {
        PawlClient client = PawlClient.on(far.control());
        List<WorkflowHandle> runs = new ArrayList<>();
        // The second worker has something to do, however much the first one has done.
        for (int i = 0; i < RUNS / 2; i++) runs.add(client.start("it", "r-" + i, i));
        try (JavaProcess victim = worker(first, second)) {
          victim.awaitLine("did a"::equals, 12, "steps", Duration.ofSeconds(60));
          victim.kill9();
        }
        for (int i = RUNS / 2; i < RUNS; i++) runs.add(client.start("it", "r-" + i, i));
        try (JavaProcess worker = worker(first, second)) {
          worker.awaitLine("did a"::equals, 12, "steps", Duration.ofSeconds(60));
          one.kill9();
          for (int i = 0; i < RUNS; i++) {
            assertThat(runs.get(i).result(Integer.class, Duration.ofSeconds(60))).isEqualTo(2 * (i + 1) + 1);
          }
          assertThat(worker.isAlive()).isTrue();
        }
        for (WorkflowHandle run : runs) {
          assertThat(run.history().stream().map(Event::fact).map(RunEvent::type)).containsOnlyOnce("ActivityCompleted",
              "WorkflowCompleted").filteredOn("StepCompleted"::equals).hasSize(2);
        }
      }
    }
  }

  private static JavaProcess node(Database database) {
    return JavaProcess.of(NodeProcess.class).args(database.jdbcUrl(), database.user(), database.password()).start();
  }

  private static URI address(JavaProcess node) {
    String line = node.awaitLine(said -> said.startsWith("listens "), 1, "its port", Duration.ofSeconds(60));
    return URI.create("http://127.0.0.1:" + line.substring("listens ".length()));
  }

  private static JavaProcess worker(URI... servers) {
    JavaProcess worker = JavaProcess.of(WorkerProcess.class).args((Object[]) servers).start();
    worker.awaitLine("ready", Duration.ofSeconds(60));
    return worker;
  }
}
