package dev.pawl.chaos;

import static dev.pawl.chaos.Scenario.atOnce;
import static dev.pawl.chaos.Scenario.total;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.node.Node;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.chaos.round.Round;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.process.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Databases that are set up strangely, or gone together with everybody else. */
@Tag("long")
@Timeout(180)
class DatabaseTroubleTest {
  private static final String PROGRAM = "pay 1 0 0 charge 1 0 sleep 20 child { pay 1 0 0 }";

  @TempDir Path folder;

  static Stream<Database> servers() {
    return Stream.of(Databases.postgres(), Databases.mariadb()).map(Databases::another).map(DatabaseServer::fresh);
  }

  private static void playSome(Scenario scene, int count) throws Exception {
    atOnce(count, i -> {
      PatientClient client = scene.client("client-" + i);
      scene.start(client, "w-" + i, PROGRAM);
      assertThat(total(client.result("w-" + i))).isEqualTo("3");
    });
  }

  @ParameterizedTest
  @MethodSource("servers")
  void nodesWorkersAndDatabaseDieAtOnceAndNobodyHasToDoAnything(Database database) throws Exception {
    try (var round = new Round(database, folder); var scene = new Scenario(round, database)) {
      List<JavaProcess> nodes = List.of(round.node(database, "one"), round.node(database, "two"));
      for (int i = 0; i < 10; i++) scene.start(scene.client("client-" + i), "w-" + i, PROGRAM + " sleep 300 " + PROGRAM);
      assertThat(round.ledger().awaitCalls(5, "", Scenario.SOON)).isTrue();
      nodes.forEach(JavaProcess::kill9);
      database.kill();
      database.restart();
      round.node(database, "three");
      for (int i = 0; i < 10; i++) assertThat(total(scene.client("client-" + i).result("w-" + i))).isEqualTo("6");
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whateverIsolationTheDatabaseGivesUnasked(Database database) throws Exception {
    for (String level : List.of("SERIALIZABLE", "READ UNCOMMITTED")) {
      Database fresh = database.server().fresh();
      boolean postgres = database.server().name().equals("postgres");
      String name = fresh.jdbcUrl().replaceAll("\\?.*", "").replaceAll(".*/", "");
      execute(fresh, postgres
          ? "alter database " + name + " set default_transaction_isolation to '" + level.toLowerCase(java.util.Locale.ROOT) + "'"
          : "set global transaction isolation level " + level);
      try (var scene = new Scenario(fresh, Files.createDirectory(folder.resolve(level)))) {
        scene.work("worker");
        playSome(scene, 10);
        scene.allIsWell();
      } finally {
        if (!postgres) execute(fresh, "set global transaction isolation level REPEATABLE READ");
      }
    }
  }

  @Test
  void aDatabaseThatIsReadOnlyForAWhileHealsAlone() throws Exception {
    Database database = Databases.postgres().fresh();
    String name = database.jdbcUrl().replaceAll(".*/", "");
    try (var round = new Round(database, folder); PawlEngine impatient = PawlEngine.open(database.dataSource(), config -> {
      config.leases = Node.QUICK;
      config.store = config.store.withPatience(Duration.ofSeconds(1), Duration.ofSeconds(1));
    }); var scene = new Scenario(round, impatient)) {
      scene.work("worker");
      playSome(scene, 5);
      // As after a failover to a standby, and before it has taken over: new connections, and none of them writes.
      everybodyComesAnew(database, "alter database %s set default_transaction_read_only to on".formatted(name));
      var refused = assertThrows(RejectedException.class, () -> scene.pawl.control().start(ControlApi.Start.of("default",
          "meanwhile", Interpreter.TYPE, Interpreter.QUEUE, Scenario.text("note 1"))));
      assertThat(refused.code()).isEqualTo(Rejection.Code.STORE_UNAVAILABLE);
      execute(database, "set default_transaction_read_only to off",
          "alter database %s reset default_transaction_read_only".formatted(name));
      PatientClient client = scene.client("later");
      scene.start(client, "later", PROGRAM);
      assertThat(total(client.result("later"))).isEqualTo("3");
      scene.allIsWell();
    }
  }

  /** Changes the database and ends all connections to it but this one. */
  private static void everybodyComesAnew(Database database, String change) throws Exception {
    execute(database, change,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
  }

  private static void execute(Database database, String... sql) throws Exception {
    try (Connection connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      for (String one : sql) statement.execute(one);
    }
  }
}
