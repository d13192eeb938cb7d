package dev.pawl.examples.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.sdk.client.PawlClient;
import dev.pawl.testkit.Crossing;
import dev.pawl.testkit.TestPawl;
import dev.pawl.testkit.WorkerCrash;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A transaction with the engine's database needs the engine in one's own process. */
@DisabledIfSystemProperty(named = "pawl.test.remote", matches = "true")
class TransferTest {
  @TempDir
  Path folder;

  private String url;

  @BeforeEach
  void openAccounts() throws SQLException {
    url = "jdbc:sqlite:" + folder.resolve("bank.db");
    try (Connection connection = connect(); var statement = connection.createStatement()) {
      statement.execute("create table accounts (name text primary key, cents bigint not null check (cents >= 0))");
      statement.execute("insert into accounts values ('ann', 100), ('bob', 0)");
    }
  }

  @Test
  void booksBothSides() throws SQLException {
    try (TestPawl pawl = pawl()) {
      assertThat(pawl.start("transfer", "t-1", new Transfer("ann", "bob", 30)).result(Long.class)).isEqualTo(30);
      assertThat(cents("ann")).isEqualTo(70);
      assertThat(cents("bob")).isEqualTo(30);
    }
  }

  @Test
  void booksOnceThoughTheWorkerDiesBetweenCommitAndReport() throws SQLException {
    AtomicReference<TestPawl> self = new AtomicReference<>();
    AtomicInteger reports = new AtomicInteger();
    Crossing dies = new Crossing() {
      @Override
      public <T> T cross(Report report, Supplier<T> send) {
        if (reports.incrementAndGet() > 1) return send.get();
        self.get().crashWorker(); // the booking is committed, and nobody was told
        throw new WorkerCrash();
      }
    };
    try (TestPawl pawl = TestPawl.on(url).workflow("transfer", TransferWorkflow::new).crossing(dies).autoSkip().start()) {
      self.set(pawl);
      assertThat(pawl.start("transfer", "t-4", new Transfer("ann", "bob", 30)).result(Long.class)).isEqualTo(30);
      assertThat(reports).hasValueGreaterThan(1);
      assertThat(cents("ann")).isEqualTo(70);
    }
  }

  @Test
  void startsIfTheCallerCommits() throws SQLException {
    try (TestPawl pawl = pawl(); Connection connection = connect()) {
      PawlClient client = pawl.client();
      // tag::join[]
      connection.setAutoCommit(false);
      connection.createStatement().executeUpdate("update accounts set cents = cents + 5 where name = 'ann'");
      var transfer = client.inTransaction(connection).start("transfer", "t-2", new Transfer("ann", "bob", 30));
      connection.commit(); // or rollback: then nothing was started
      // end::join[]
      pawl.awaitQuiet();
      assertThat(transfer.result(Long.class)).isEqualTo(30);
      assertThat(cents("ann")).isEqualTo(75);
    }
  }

  @Test
  void startsNothingIfTheCallerRollsBack() throws SQLException {
    try (TestPawl pawl = pawl(); Connection connection = connect()) {
      connection.setAutoCommit(false);
      pawl.client().inTransaction(connection).start("transfer", "t-3", new Transfer("ann", "bob", 30));
      connection.rollback();
      pawl.awaitQuiet();
      assertThat(pawl.client().count("")).isZero();
      assertThat(cents("ann")).isEqualTo(100);
    }
  }

  private TestPawl pawl() {
    return TestPawl.on(url).workflow("transfer", TransferWorkflow::new).start();
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    try (var statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout = 10000");
    }
    return connection;
  }

  private long cents(String account) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.prepareStatement("select cents from accounts where name = ?")) {
      statement.setString(1, account);
      var row = statement.executeQuery();
      row.next();
      return row.getLong(1);
    }
  }
}
