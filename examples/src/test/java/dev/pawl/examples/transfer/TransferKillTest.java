package dev.pawl.examples.transfer;

import static java.sql.Connection.TRANSACTION_READ_COMMITTED;
import static java.sql.Connection.TRANSACTION_READ_UNCOMMITTED;
import static java.sql.Connection.TRANSACTION_REPEATABLE_READ;
import static java.sql.Connection.TRANSACTION_SERIALIZABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.payload.PayloadPath;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.process.JavaProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bookings in the engine's own database, while the processes that book are killed: each happens exactly once. */
@Tag("long")
class TransferKillTest {
  private static final int BOOKINGS = 80;

  /** Short, so that the test need not wait for the leases of the killed. */
  private static final LeaseTimings QUICK = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(3),
      Duration.ofSeconds(1), Duration.ofMillis(250), Duration.ofSeconds(60));

  private static final int[] LEVELS = {
    TRANSACTION_READ_UNCOMMITTED, TRANSACTION_READ_COMMITTED, TRANSACTION_REPEATABLE_READ, TRANSACTION_SERIALIZABLE
  };

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb());
  }

  /** Books twice, each time at an isolation level of its own. Nothing in the tables would stop a third booking. */
  static final class Book implements Workflow<Integer, Integer> {
    @Override
    public Integer run(Integer number) {
      book("first", LEVELS[number % LEVELS.length], number);
      book("second", LEVELS[(number + 1) % LEVELS.length], number);
      return number;
    }

    private static void book(String step, int level, int number) {
      Pawl.transaction(step, level, connection -> {
        try (Statement statement = connection.createStatement()) {
          statement.executeUpdate("update accounts set cents = cents + 1 where name = 'bank'");
          statement.executeUpdate("insert into bookings values (%d, '%s')".formatted(number, step));
        }
        System.out.println("booking " + number + " " + step);
        return number;
      });
    }
  }

  /** The process that is killed. */
  static final class WorkerProcess {
    private WorkerProcess() {}

    public static void main(String[] args) throws InterruptedException {
      PawlEngine engine = open(args[0], args[1], args[2]);
      Worker.on(engine.worker(), PayloadPath.json()).queue("bank").workflow("book", Book::new)
          .settings(set -> set.workflows = 8).start();
      System.out.println("ready");
      new CountDownLatch(1).await();
    }
  }

  private static PawlEngine open(String url, String user, String password) {
    var database = new Database(Databases.sqlite(), url, user, password).dataSource();
    return PawlEngine.open(database, config -> config.leases = QUICK);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void eachBookingHappensOnceWhoeverIsKilled(DatabaseServer server) throws SQLException {
    Database database = server.fresh();
    try (Connection connection = database.dataSource().getConnection(); Statement s = connection.createStatement()) {
      s.execute("create table accounts (name varchar(20) primary key, cents bigint not null)");
      s.execute("create table bookings (number int not null, step varchar(20) not null)");
      s.execute("insert into accounts values ('bank', 0)");
    }
    try (PawlEngine engine = open(database.jdbcUrl(), database.user(), database.password())) {
      PawlClient client = PawlClient.on(engine.control(), PayloadPath.json()).queue("bank");
      List<WorkflowHandle> handles = new ArrayList<>();
      for (int kill = 1; kill <= 3; kill++) {
        // Each has something to do, however much the one before has done.
        while (handles.size() < BOOKINGS * kill / 4) handles.add(client.start("book", "b-" + handles.size(), handles.size()));
        try (JavaProcess victim = worker(database)) {
          victim.awaitLine(line -> line.startsWith("booking"), 7 * kill, "bookings", Duration.ofSeconds(60));
          victim.kill9();
        }
      }
      while (handles.size() < BOOKINGS) handles.add(client.start("book", "b-" + handles.size(), handles.size()));
      try (JavaProcess last = worker(database)) {
        for (int i = 0; i < BOOKINGS; i++) {
          assertThat(handles.get(i).result(Integer.class, Duration.ofMinutes(2))).isEqualTo(i);
        }
        assertThat(last.isAlive()).isTrue();
      }
    }
    assertThat(number(database, "select cents from accounts")).isEqualTo(2 * BOOKINGS);
    assertThat(number(database, "select count(*) from bookings")).isEqualTo(2 * BOOKINGS);
    assertThat(number(database, "select count(*) from (select distinct number, step from bookings) d"))
        .isEqualTo(2 * BOOKINGS);
  }

  private static JavaProcess worker(Database database) {
    JavaProcess process = JavaProcess.of(WorkerProcess.class)
        .args(database.jdbcUrl(), database.user(), database.password()).start();
    process.awaitLine("ready", Duration.ofSeconds(60));
    return process;
  }

  private static long number(Database database, String query) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        var row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
