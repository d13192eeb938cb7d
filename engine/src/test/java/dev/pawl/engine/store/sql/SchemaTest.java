package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SchemaTest {

  private static Store open(Database database, StoreConfig config) {
    return Stores.open(database.jdbcUrl(), database.user(), database.password(), config,
        StoreClock.of(new TestClock(NOON)));
  }

  private static void execute(Database database, String sql) throws Exception {
    try (Connection c = database.dataSource().getConnection(); Statement s = c.createStatement()) {
      s.execute(sql);
    }
  }

  private static void refused(Rejection.Code code, String words, ThrowingCallable opening) {
    assertThatThrownBy(opening).isInstanceOf(StoreException.class).hasMessageContaining(words)
        .satisfies(e -> assertThat(((StoreException) e).code()).isEqualTo(code));
  }

  @Everywhere
  void emptyDatabaseIsBroughtUpOnceAndThenLeftAlone(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    refused(Rejection.Code.SCHEMA_MISMATCH, "behind this build",
        () -> open(database, StoreConfig.STANDARD.withMigrate(false)));
    open(database, StoreConfig.STANDARD).close();
    open(database, StoreConfig.STANDARD.withMigrate(false)).close();
    open(database, StoreConfig.STANDARD).close();
  }

  @Everywhere
  void manyNodesMayStartAtOnce(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    Callable<Store> opening = () -> open(database, StoreConfig.STANDARD);
    List<Store> stores = Race.of(opening, opening, opening, opening);
    for (Store store : stores) {
      assertThat(store.commit(List.of(Samples.start("x" + stores.indexOf(store)).write())))
          .containsExactly(new Store.Outcome.Landed());
      store.close();
    }
  }

  @Everywhere
  void schemaOfANewerOrAnotherBuildIsRefused(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    open(database, StoreConfig.STANDARD).close();
    execute(database, "insert into pawl_schema values (999, '999_future.sql', 'x', 0)");
    refused(Rejection.Code.SCHEMA_MISMATCH, "newer than this build, and of the same release",
        () -> open(database, StoreConfig.STANDARD));
    execute(database, "update pawl_schema set name = 'r3/999_future.sql' where version = 999");
    refused(Rejection.Code.SCHEMA_MISMATCH, "more than one release newer than this build",
        () -> open(database, StoreConfig.STANDARD));
    execute(database, "delete from pawl_schema where version = 999");
    execute(database, "update pawl_schema set checksum = 'other' where version = 1");
    refused(Rejection.Code.SCHEMA_MISMATCH, "another content", () -> open(database, StoreConfig.STANDARD));
  }

  /** The next release has migrated, and a node of this one is started again. */
  @Everywhere
  void aNodeBeginsOnASchemaThatIsOneReleaseAhead(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    try (Access access = access(database)) {
      List<Schema.Migration> next = new ArrayList<>(Schema.migrations(server.name()));
      int newest = next.getLast().version();
      next.add(new Schema.Migration(newest + 1, "r2/%03d_future.sql".formatted(newest + 1), """
          alter table pawl_runs add column of_the_future varchar(20);
          create table pawl_future (id int primary key);
          """));
      new Schema(access.dialect(), next).bring(access, true);
      for (boolean migrate : new boolean[] {true, false}) {
        try (Store store = open(database, StoreConfig.STANDARD.withMigrate(migrate))) {
          assertThat(store.commit(List.of(Samples.start("x" + migrate).write())))
              .containsExactly(new Store.Outcome.Landed());
        }
      }
      next.add(new Schema.Migration(newest + 2, "r3/%03d_later.sql".formatted(newest + 2), """
          create table pawl_later (id int primary key);
          """));
      new Schema(access.dialect(), next).bring(access, true);
    }
    refused(Rejection.Code.SCHEMA_MISMATCH, "is of release 3, this build is of release 1",
        () -> open(database, StoreConfig.STANDARD));
  }

  @Test
  void everyMigrationIsOfAReleaseThatThereIs() {
    for (String system : List.of("sqlite", "postgres", "mariadb")) {
      assertThat(Schema.migrations(system)).extracting(Schema.Migration::release)
          .allMatch(release -> release <= Schema.RELEASE).isSorted();
    }
  }

  @Everywhere
  void everySchemaThereWasIsBroughtUpThoughManyStartAtOnce(DatabaseServer server) throws Exception {
    List<Schema.Migration> all = Schema.migrations(server.name());
    for (int old = 1; old < all.size(); old++) {
      Database database = server.fresh();
      try (Access access = access(database)) {
        new Schema(access.dialect(), all.subList(0, old)).bring(access, true);
      }
      Callable<Store> opening = () -> open(database, StoreConfig.STANDARD);
      for (Store store : Race.of(opening, opening, opening)) {
        assertThat(store.commit(List.of(Samples.start("x" + System.identityHashCode(store)).write())))
            .containsExactly(new Store.Outcome.Landed());
        store.close();
      }
    }
  }

  private static Access access(Database database) {
    Dialect dialect = switch (database.server().name()) {
      case "sqlite" -> new SqliteDialect();
      case "postgres" -> new PostgresDialect();
      default -> new MariadbDialect();
    };
    var time = new Timekeeper(StoreClock.of(new TestClock(NOON)), dialect);
    return dialect instanceof SqliteDialect sqlite
        ? new SqliteAccess(database.jdbcUrl(), StoreConfig.STANDARD, sqlite, time)
        : new PooledAccess(database.dataSource(), StoreConfig.STANDARD, dialect, time);
  }

  @Everywhere
  void migrationThatBrokeOffHalfwayIsDoneAgain(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    if (server.name().equals("mariadb")) {
      // DDL is not transactional: some tables are there, the version is not recorded.
      String first = Schema.migrations("mariadb").get(0).statements().get(0);
      execute(database, first.replace("{collation}", "utf8mb4_bin"));
    }
    open(database, StoreConfig.STANDARD).close();
    open(database, StoreConfig.STANDARD.withMigrate(false)).close();
  }

  /** CP20: DDL is not transactional here. Every statement ran, and the node died before it could say so. */
  @Test
  void eachMigrationCanBeDoneAgain() throws Exception {
    Database database = Databases.mariadb().fresh();
    open(database, StoreConfig.STANDARD).close();
    for (Schema.Migration migration : Schema.migrations("mariadb")) {
      execute(database, "delete from pawl_schema where version = " + migration.version());
      open(database, StoreConfig.STANDARD).close();
    }
    open(database, StoreConfig.STANDARD.withMigrate(false)).close();
  }

  @Test
  void strangeAddressesAreRefused() {
    refused(Rejection.Code.BAD_CONFIGURATION, "expected the address of",
        () -> Stores.open("jdbc:oracle:thin:@x", StoreConfig.STANDARD, StoreClock.ofDatabase()));
    refused(Rejection.Code.BAD_CONFIGURATION, "in memory",
        () -> Stores.open("jdbc:sqlite::memory:", StoreConfig.STANDARD, StoreClock.ofDatabase()));
    refused(Rejection.Code.STORE_UNAVAILABLE, "cannot be reached",
        () -> Stores.open("jdbc:postgresql://127.0.0.1:1/x", "u", "p", StoreConfig.STANDARD, StoreClock.ofDatabase()));
    refused(Rejection.Code.STORE_UNAVAILABLE, "cannot be reached",
        () -> Stores.open("jdbc:mysql://127.0.0.1:1/x", "u", "p", StoreConfig.STANDARD, StoreClock.ofDatabase()));
    refused(Rejection.Code.STORE_UNAVAILABLE, "cannot open",
        () -> Stores.open("jdbc:sqlite:/no/such/folder/x.db", StoreConfig.STANDARD, StoreClock.ofDatabase()));
  }

  @Test
  void noMigrationAltersARowTypeThatOlderNodesSend() throws Exception {
    java.nio.file.Path folder = java.nio.file.Path.of(
        java.util.Objects.requireNonNull(Schema.class.getResource("postgres/001_start.sql")).toURI()).getParent();
    try (var files = java.nio.file.Files.walk(folder)) {
      for (java.nio.file.Path file : files.filter(one -> one.toString().endsWith(".sql")).toList()) {
        assertThat(java.nio.file.Files.readString(file)).as(file.getFileName().toString())
            .doesNotContainIgnoringCase("alter type");
      }
    }
  }
}
