package dev.pawl.chaos;

import static dev.pawl.chaos.Scenario.SOON;
import static dev.pawl.chaos.Scenario.atOnce;
import static dev.pawl.chaos.Scenario.total;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Workers that are not what one expects of a worker. */
@Timeout(120)
@Isolated("nobody may lose a lease because others are busy")
class WorkersTest {
  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres()).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void twoOfOneNameAreTwo(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("twin");
      scene.work(scene.round.engine(database), "twin");
      atOnce(20, i -> {
        var client = scene.client("client-" + i);
        scene.start(client, "w-" + i, "pay 1 0 0 charge 1 0 sleep 5 pay 1 0 0");
        assertThat(total(client.result("w-" + i))).isEqualTo("3");
      });
      assertThat(scene.revoked()).isEmpty();
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aHungActivityIsEndedByItsTimeoutThoughItsWorkerLives(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      var never = new CountDownLatch(1);
      Worker worker = Worker.on(scene.pawl.worker())
          .workflow("waits", String.class, in -> Activities.call("hangs",
              set -> set.startToClose(Duration.ofSeconds(1)).retry(Retry.never()), String.class, in))
          .workflow("good", String.class, in -> Pawl.step("greet", () -> "hello " + in))
          .activity("hangs", String.class, in -> {
            never.await();
            return in;
          })
          .settings(set -> set.drain = Duration.ZERO)
          .start();
      try (worker) {
        PawlClient client = PawlClient.on(scene.pawl.control());
        WorkflowHandle hung = client.start("waits", "hung", "x");
        assertThat(client.start("good", "good", "you").result(String.class, SOON)).isEqualTo("hello you");
        assertThatThrownBy(() -> hung.result(String.class, SOON)).hasMessageContaining("start_to_close");
      } finally {
        never.countDown();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aRunThatWaitsForItsOwnHandlerIsTakenOverWhenThatHangs(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      var hangs = new CountDownLatch(1);
      var never = new CountDownLatch(1);
      PawlClient client = PawlClient.on(scene.pawl.control());
      WorkflowHandle run = client.start("waits", "for-itself", "x");
      run.signal("go", "now");
      Worker first = waitingForItself(scene, () -> {
        hangs.countDown();
        never.await();
        return "never";
      });
      try {
        assertThat(hangs.await(60, TimeUnit.SECONDS)).isTrue();
        // Its worker has it, and lives: it is no orphan, and nobody else may have it.
        assertThat(scene.round.look(List.of()).violations()).isEmpty();
        assertThat(run.describe().displayed()).isEqualTo("RUNNING");
        first.close();
        try (Worker second = waitingForItself(scene, () -> "done")) {
          assertThat(run.result(String.class, SOON)).isEqualTo("done");
        }
        assertThat(scene.round.judge(0, List.of()).findings().violations()).isEmpty();
      } finally {
        never.countDown();
      }
    }
  }

  private static Worker waitingForItself(Scenario scene, Callable<String> work) {
    return Worker.on(scene.pawl.worker())
        .workflow("waits", String.class, in -> {
          var result = new AtomicReference<String>();
          Pawl.onSignal("go", String.class, nothing -> result.set(Pawl.step("work", work::call)));
          Pawl.await(() -> result.get() != null);
          return result.get();
        })
        .settings(set -> set.drain = Duration.ZERO)
        .start();
  }
}
