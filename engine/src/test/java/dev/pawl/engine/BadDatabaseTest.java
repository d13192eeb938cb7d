package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Databases that are away, full, read-only, of another build, or none: a code, nothing lost, nothing half-written. */
class BadDatabaseTest {
  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb());
  }

  static Stream<DatabaseServer> network() {
    return Stream.of(Databases.postgres(), Databases.mariadb());
  }

  private static void refused(Code code, String url) {
    EngineFixture.assertRejected(code, () -> PawlEngine.open(url).close());
  }

  @Test
  void awayAtTheStart() {
    refused(Code.STORE_UNAVAILABLE, "jdbc:postgresql://127.0.0.1:1/x?user=u&password=p");
    refused(Code.STORE_UNAVAILABLE, "jdbc:mariadb://127.0.0.1:1/x?user=u&password=p");
    refused(Code.STORE_UNAVAILABLE, "jdbc:mysql://127.0.0.1:1/x?user=u&password=p");
    refused(Code.STORE_UNAVAILABLE, "jdbc:sqlite:/no/such/folder/x.db");
  }

  @Test
  void noDatabaseOfOurs() {
    refused(Code.BAD_CONFIGURATION, "jdbc:oracle:thin:@x");
    refused(Code.BAD_CONFIGURATION, "jdbc:sqlite::memory:");
    for (StoreConfigMaker wrong : List.<StoreConfigMaker>of(
        () -> StoreConfig.STANDARD.withWriters(0),
        () -> StoreConfig.STANDARD.withReaders(101),
        () -> StoreConfig.STANDARD.withLockPatience(Duration.ZERO),
        () -> StoreConfig.STANDARD.withPatience(Duration.ofDays(1), Duration.ofSeconds(1)))) {
      EngineFixture.assertRejected(Code.BAD_CONFIGURATION, wrong::make);
    }
  }

  @FunctionalInterface
  private interface StoreConfigMaker {
    StoreConfig make();
  }

  @ParameterizedTest
  @MethodSource("network")
  void awayInTheMiddle(DatabaseServer server) {
    Duration soon = Duration.ofSeconds(1);
    try (FaultProxy proxy = FaultProxy.before(server.fresh());
        PawlEngine pawl = PawlEngine.open(proxy.database().dataSource(), config -> {
          config.duties = false;
          config.store = config.store.withPatience(soon, soon);
        })) {
      pawl.control().start(EngineFixture.start("before"));
      proxy.arm(Fault.refuse());
      proxy.arm(Fault.reset());
      EngineFixture.assertRejected(Code.STORE_UNAVAILABLE, () -> pawl.control().start(EngineFixture.start("meanwhile")));
      EngineFixture.assertRejected(Code.STORE_UNAVAILABLE, () -> pawl.control().describe(EngineFixture.ref("before")));
      proxy.heal();
      awaitBack(pawl);
      pawl.control().start(EngineFixture.start("after"));
      assertThat(pawl.control().describe(EngineFixture.ref("before")).lastSeq()).isEqualTo(2);
      assertThat(pawl.control().count("default", "WorkflowId = 'meanwhile'")).isZero();
      assertThat(pawl.verify()).isEmpty();
    }
  }

  private static void awaitBack(PawlEngine pawl) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        pawl.control().describe(EngineFixture.ref("before"));
        return;
      } catch (RejectedException e) {
        if (e.code() != Code.STORE_UNAVAILABLE || System.nanoTime() - deadline > 0) throw e;
      }
    }
  }

  @Test
  void full() {
    String url = Databases.sqlite().fresh().jdbcUrl();
    PawlEngine.open(url).close();
    List<String> acknowledged = new ArrayList<>();
    ControlApi.Start refused = null;
    try (PawlEngine pawl = PawlEngine.open(url + "?max_page_count=150", config -> config.duties = false)) {
      for (int i = 0; refused == null && i < 5_000; i++) {
        ControlApi.Start start = EngineFixture.start("w-" + i);
        try {
          pawl.control().start(start);
          acknowledged.add(start.workflowId());
        } catch (RejectedException e) {
          assertThat(e.code()).isEqualTo(Code.STORE_UNAVAILABLE);
          assertThat(e).hasMessageContaining("full");
          refused = start;
        }
      }
      assertThat(refused).isNotNull();
      assertThat(pawl.control().count("default", "")).as("reading goes on").isEqualTo(acknowledged.size());
    }
    try (PawlEngine pawl = PawlEngine.open(url, config -> config.duties = false)) {
      for (String id : acknowledged) assertThat(pawl.control().describe(EngineFixture.ref(id)).lastSeq()).isEqualTo(2);
      pawl.control().start(refused);
      assertThat(pawl.control().count("default", "")).isEqualTo(acknowledged.size() + 1);
      assertThat(pawl.verify()).isEmpty();
    }
  }

  @Test
  void readOnly() {
    String url = Databases.sqlite().fresh().jdbcUrl();
    try (PawlEngine pawl = PawlEngine.open(url)) {
      pawl.control().start(EngineFixture.start("w"));
    }
    refused(Code.STORE_UNAVAILABLE, url.replace("jdbc:sqlite:", "jdbc:sqlite:file:") + "?mode=ro");
    try (PawlEngine pawl = PawlEngine.open(url)) {
      assertThat(pawl.control().describe(EngineFixture.ref("w")).lastSeq()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void ofAnotherBuild(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    EngineFixture.assertRejected(Code.SCHEMA_MISMATCH, () -> PawlEngine.open(
        database.dataSource(), config -> config.store = config.store.withMigrate(false)).close());
    PawlEngine.open(database.dataSource()).close();
    try (Connection connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      statement.executeUpdate("insert into pawl_schema values (999, '999_future.sql', 'x', 0)");
    }
    EngineFixture.assertRejected(Code.SCHEMA_MISMATCH, () -> PawlEngine.open(database.dataSource()).close());
  }
}
