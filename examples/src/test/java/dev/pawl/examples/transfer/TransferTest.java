package dev.pawl.examples.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.value.Payload;
import dev.pawl.examples.LocalPawl;
import dev.pawl.protocol.control.ControlApi;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class TransferTest {
  @Test
  void booksBothSidesOrNone() throws SQLException {
    try (var pawl = LocalPawl.serving(worker -> worker.workflow("transfer", TransferWorkflow::new));
        Connection database = accounts(pawl)) {
      var transfer = pawl.client().start("transfer", "t-1", new Transfer("ann", "bob", 30));
      assertThat(transfer.result(Long.class)).isEqualTo(30);
      assertThat(cents(database, "ann")).isEqualTo(70);
      assertThat(cents(database, "bob")).isEqualTo(30);
    }
  }

  @Test
  void startsIfAndOnlyIfTheCallerCommits() throws SQLException {
    try (var pawl = LocalPawl.serving(worker -> worker.workflow("transfer", TransferWorkflow::new));
        Connection connection = accounts(pawl)) {
      var engine = pawl.engine();
      Payload input = Payload.json("{\"from\":\"ann\",\"to\":\"bob\",\"cents\":30}");
      // tag::join[]
      connection.setAutoCommit(false);
      connection.createStatement().executeUpdate("update accounts set cents = cents + 5 where name = 'ann'");
      engine.inTransaction(connection)
          .start(ControlApi.Start.of("default", "t-2", "transfer", "default", input));
      connection.commit(); // or rollback: then nothing was started
      // end::join[]
      connection.setAutoCommit(true);
      LocalPawl.await(() -> pawl.client().count("WorkflowId = 't-2'") == 1);
      assertThat(pawl.client().handle("t-2").result(Long.class)).isEqualTo(30);
      assertThat(cents(connection, "ann")).isEqualTo(75);
    }
  }

  private static Connection accounts(LocalPawl pawl) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + pawl.database());
    try (var statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout = 10000");
      statement.execute("create table accounts (name text primary key, cents bigint not null check (cents >= 0))");
      statement.execute("insert into accounts values ('ann', 100), ('bob', 0)");
    }
    return connection;
  }

  private static long cents(Connection connection, String account) throws SQLException {
    try (var statement = connection.prepareStatement("select cents from accounts where name = ?")) {
      statement.setString(1, account);
      var row = statement.executeQuery();
      row.next();
      return row.getLong(1);
    }
  }
}
