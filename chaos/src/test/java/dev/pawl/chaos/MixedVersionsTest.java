package dev.pawl.chaos;

import static dev.pawl.chaos.Scenario.atOnce;
import static dev.pawl.chaos.Scenario.total;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.node.Node;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The next release has migrated the database: nodes of this one go on, and begin; one release later they do not. */
@Timeout(120)
class MixedVersionsTest {
  private static final String PROGRAM = "pay 1 0 0 charge 1 0 sleep 300 child { pay 1 0 0 } book 1 await s 1";

  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb()).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aNewerReleaseMayMigrateUnderNodesThatWork(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      play(scene, "before", 5, () -> {});
      play(scene, "meanwhile", 5, () -> {
        // What a release may do: it adds, and takes nothing away that its predecessor uses.
        execute(database, "alter table pawl_runs add column of_the_future varchar(20)",
            "alter table pawl_events add column of_the_future varchar(20) default 'x'",
            "create table pawl_future (id int primary key)",
            "insert into pawl_schema (version, name, checksum, applied_at) values (999, 'r2/999_future.sql', 'x', 0)");
      });
      scene.work(scene.round.engine(database), "started again");
      play(scene, "ahead", 5, () -> {});
      execute(database,
          "insert into pawl_schema (version, name, checksum, applied_at) values (1000, 'r3/1000_later.sql', 'x', 0)");
      assertThatThrownBy(() -> PawlEngine.open(database.dataSource(), Node::settings))
          .hasMessageContaining("the schema is more than one release newer than this build");
      play(scene, "after", 5, () -> {});
      scene.allIsWell();
      // The releases are taken back: what they added is in nobody's way.
      execute(database, "drop table pawl_future", "delete from pawl_schema where version >= 999");
      scene.work(scene.round.engine(database), "again");
      play(scene, "again", 5, () -> {});
      scene.allIsWell();
    }
  }

  private interface Change {
    void make() throws Exception;
  }

  /** Programs that are at work while something changes. */
  private static void play(Scenario scene, String name, int count, Change change) throws Exception {
    PatientClient client = scene.client(name);
    for (int i = 0; i < count; i++) scene.start(client, name + i, PROGRAM);
    change.make();
    atOnce(count, i -> {
      PatientClient one = scene.client(name + "-" + i);
      one.signal(name + i, "s", "s", Payload.json("1"));
      assertThat(total(one.result(name + i))).isEqualTo("5");
    });
  }

  private static void execute(Database database, String... sql) throws Exception {
    try (var connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      for (String one : sql) statement.execute(one);
    }
  }
}
