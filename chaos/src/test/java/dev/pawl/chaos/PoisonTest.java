package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.chaos.node.Trial;
import dev.pawl.chaos.round.Round;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import dev.pawl.testbed.process.JavaProcess;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be worked on is set apart, with its reason; everything beside it goes on. */
@Tag("long")
@Timeout(180)
class PoisonTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb()).map(DatabaseServer::fresh);
  }

  /** It takes five lost leases to stop a killer. */
  static Stream<Database> twoDatabases() {
    return Stream.of(Databases.sqlite(), Databases.postgres()).map(DatabaseServer::fresh);
  }

  /** Ways in which user code breaks its process, or looks as if it did. */
  private enum Poison {
    ERROR,
    STACK_OVERFLOW,
    OUT_OF_MEMORY;

    String strike() {
      return switch (this) {
        case ERROR -> throw new NoClassDefFoundError("com/example/Forgotten");
        case STACK_OVERFLOW -> deeper(1);
        case OUT_OF_MEMORY -> "got " + new long[Integer.MAX_VALUE].length;
      };
    }

    private static String deeper(int depth) {
      return deeper(depth + 1) + depth;
    }
  }

  private static WorkerBuilder serving(PawlEngine pawl) {
    Retry twice = Retry.every(Duration.ofMillis(10)).attempts(2);
    return Worker.on(pawl.worker())
        .workflow("good", String.class, in -> Pawl.step("greet", () -> "hello " + in))
        .workflow("program", String.class, poison -> Poison.valueOf(poison).strike())
        .workflow("handler", String.class, poison -> {
          Pawl.onSignal("strike", String.class, nothing -> Poison.valueOf(poison).strike());
          Pawl.await(() -> false);
          return "";
        })
        .workflow("step", String.class,
            poison -> Pawl.step("strike", set -> set.retry(twice), () -> Poison.valueOf(poison).strike()))
        .workflow("activity", String.class,
            poison -> Activities.call("strike", set -> set.retry(twice), String.class, poison))
        .activity("strike", String.class, poison -> Poison.valueOf(poison).strike());
  }

  @ParameterizedTest
  @MethodSource("databases")
  void errorsInUserCodeHurtNobodyElse(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      PawlEngine pawl = round.engine(database);
      PawlClient client = PawlClient.on(pawl.control());
      try (Worker worker = serving(pawl).start()) {
        for (Poison poison : Poison.values()) {
          for (String where : new String[] {"program", "handler", "step", "activity"}) {
            client.start(where, where + poison, poison.name());
          }
          client.handle("handler" + poison).signal("strike", "");
        }
        assertThat(client.start("good", "good", "you").result(String.class, SOON)).isEqualTo("hello you");
        for (Poison poison : Poison.values()) {
          String type = switch (poison) {
            case ERROR -> "NoClassDefFoundError";
            case STACK_OVERFLOW -> "StackOverflowError";
            case OUT_OF_MEMORY -> "OutOfMemoryError";
          };
          // An attempt ends with the error, and what may be tried again is.
          assertThatThrownBy(() -> client.handle("step" + poison).result(String.class, SOON))
              .hasMessageContaining("after 2 attempts").hasMessageContaining(type);
          assertThatThrownBy(() -> client.handle("activity" + poison).result(String.class, SOON))
              .hasMessageContaining("after 2 attempts").hasMessageContaining(type);
          // A program says nothing with it: the run is open, and waits for code or a process that can go on.
          for (String where : new String[] {"program", "handler"}) {
            WorkflowHandle run = client.handle(where + poison);
            await(() -> run.explain().toString().contains(type));
            if (poison != Poison.ERROR) {
              await(() -> run.describe().displayed().equals("BLOCKED"));
              assertThat(run.describe().blockedReason()).contains("PoisonedProgram", type);
            }
            assertThat(run.status().closed()).isFalse();
          }
        }
        assertThat(client.start("good", "good2", "too").result(String.class, SOON)).isEqualTo("hello too");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("twoDatabases")
  void whatKillsItsProcessIsStoppedAndTheRestGoesOn(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      PawlEngine pawl = round.engine(database);
      PawlClient client = PawlClient.on(pawl.control());
      WorkflowHandle killer = client.start("killer", "killer", "me");
      for (int victim = 1; killer.describe().blockedReason() == null; victim++) {
        try (var process = JavaProcess.of(KillerProcess.class).likeIn(Trial.class).args(NodeProcess.address(database)).start()) {
          assertThat(process.awaitExit(SOON)).isEqualTo(86);
        }
        String name = "good" + victim;
        client.start("good", name, name);
        // Its lease runs out; the rests between losses, up to a minute, need nobody's patience.
        await(() -> killer.describe().displayed().equals("READY") || killer.describe().blockedReason() != null);
        hurry(database);
        assertThat(victim).isLessThanOrEqualTo(5);
      }
      assertThat(killer.describe().blockedReason()).contains("LEASE_LOSSES");
      try (var process = round.start(JavaProcess.of(KillerProcess.class).likeIn(Trial.class).args(NodeProcess.address(database)))) {
        for (int i = 1; i <= 5; i++) {
          assertThat(client.handle("good" + i).result(String.class, SOON)).isEqualTo("hello good" + i);
        }
        assertThat(process.isAlive()).isTrue();
      }
      try (Worker repaired = Worker.on(pawl.worker())
          .workflow("killer", String.class, in -> Pawl.step("kill", () -> "spared " + in)).start()) {
        killer.unblock("the code is repaired");
        assertThat(killer.result(String.class, SOON)).isEqualTo("spared me");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void askingForTooMuchAtOnceIsRefusedWholeAndHoldsUpNobodyElse(Database database) throws Exception {
    int most = 10_000;
    try (var round = new Round(database, folder)) {
      PawlEngine pawl = round.engine(database);
      PawlClient client = PawlClient.on(pawl.control());
      WorkflowHandle greedy = client.start("greedy", "greedy", "me");
      try (Worker worker = asking(pawl, most + 1)) {
        await(() -> greedy.explain().toString().contains("limit_exceeded"));
        // The rests between its tries, up to a minute, need nobody's patience.
        await(() -> {
          round.change("update pawl_runs set visible_at = 0 where phase = 'READY'");
          return greedy.describe().displayed().equals("BLOCKED");
        });
        assertThat(greedy.describe().blockedReason()).contains("limit_exceeded", "10000 commands in a report");
        assertThat(greedy.status().closed()).isFalse();
        assertThat(greedy.describe().lastSeq()).as("nothing of it is written").isEqualTo(2);
        greedy.signal("word", "taken all the same");
        assertThat(client.start("good", "good", "you").result(String.class, SOON)).isEqualTo("hello you");
      }
      try (Worker repaired = asking(pawl, 3)) {
        greedy.unblock("the code asks for less");
        assertThat(greedy.result(String.class, SOON)).isEqualTo("3");
      }
    }
  }

  /** Begins so many timers before it waits for the first one. */
  private static Worker asking(PawlEngine pawl, int timers) {
    return Worker.on(pawl.worker())
        .workflow("good", String.class, in -> Pawl.step("greet", () -> "hello " + in))
        .workflow("greedy", String.class, in -> {
          var all = new ArrayList<Promise<Void>>();
          for (int i = 0; i < timers; i++) all.add(Pawl.timer(Duration.ofMillis(1)));
          return String.valueOf(Promise.all(all).get().size());
        }).start();
  }

  private static void hurry(Database database) throws SQLException {
    try (var connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      statement.executeUpdate("update pawl_runs set visible_at = 0 where phase = 'READY'");
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aRunWithADamagedRowIsSetApart(Database database) throws Exception {
    try (var round = new Round(database, folder)) {
      PawlEngine pawl = round.engine(database);
      PawlClient client = PawlClient.on(pawl.control());
      WorkflowHandle damaged = client.start("waits", "damaged", "x");
      WorkflowHandle sound = client.start("waits", "sound", "y");
      try (Worker first = waiting(pawl)) {
        await(() -> damaged.describe().lastSeq() == 3 && sound.describe().lastSeq() == 3);
      }
      try (var connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
        statement.executeUpdate("update pawl_events set data = '{}' where seq = 3 and run_id in"
            + " (select run_id from pawl_runs where workflow_id = 'damaged')");
      }
      try (PawlEngine other = PawlEngine.open(database.dataSource(), dev.pawl.chaos.node.Node::settings);
          Worker second = waiting(other)) {
        PawlClient there = PawlClient.on(other.control());
        there.handle("damaged").signal("go", "now");
        there.handle("sound").signal("go", "now");
        assertThat(there.handle("sound").result(String.class, SOON)).isEqualTo("y now");
        await(() -> there.handle("damaged").describe().displayed().equals("BLOCKED"));
        ControlApi.Explanation why = there.handle("damaged").explain();
        assertThat(why.toString()).contains("CORRUPT");
        assertThat(there.list("").map(ControlApi.RunView::workflowId)).contains("damaged", "sound");
      }
    }
  }

  private static Worker waiting(PawlEngine pawl) {
    return Worker.on(pawl.worker()).workflow("waits", String.class, in -> {
      String first = Pawl.step("first", () -> in);
      return first + " " + Pawl.receive("go", String.class);
    }).start();
  }

  private static void await(Supplier<Boolean> condition) {
    Until.holds(SOON, condition::get);
  }
}
