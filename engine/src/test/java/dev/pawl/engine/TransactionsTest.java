package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** User work and Pawl's records in one transaction. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class TransactionsTest extends EngineFixture {
  TransactionsTest(DatabaseServer server) {
    super(server);
  }

  @BeforeEach
  void table() throws SQLException {
    execute("create table accounts (name varchar(20) primary key, balance int not null)");
    execute("insert into accounts values ('alice', 100)");
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int balance() throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery("select balance from accounts where name = 'alice'")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static Payload withdraw(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("update accounts set balance = balance - 10 where name = 'alice'");
    }
    return Payload.json("90");
  }

  @Test
  void aTransactionalStepHasItsEffectOnceHoweverOftenItRuns() throws Exception {
    RunId run = control.start(start("w")).run();
    WorkerApi.LocalTransactions transactions = pawl.worker().transactions().orElseThrow();
    AtomicInteger executions = new AtomicInteger();
    int[] levels = {Connection.TRANSACTION_READ_UNCOMMITTED, Connection.TRANSACTION_READ_COMMITTED,
        Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE};
    for (int step = 1; step <= levels.length; step++) {
      int isolation = levels[step - 1];
      if (server.name().equals("sqlite") && isolation != Connection.TRANSACTION_SERIALIZABLE
          && isolation != Connection.TRANSACTION_READ_UNCOMMITTED) {
        continue; // SQLite's driver knows these two; everything is serializable there
      }
      int before = balance();
      for (int i = 0; i < 3; i++) {
        Payload result = transactions.run(run, step, isolation, connection -> {
          executions.incrementAndGet();
          return withdraw(connection);
        });
        assertThat(result).isEqualTo(Payload.json("90"));
      }
      assertThat(balance()).isEqualTo(before - 10);
    }
  }

  @Test
  void workThatThrowsLeavesNothingBehind() throws Exception {
    RunId run = control.start(start("w")).run();
    WorkerApi.LocalTransactions transactions = pawl.worker().transactions().orElseThrow();
    assertThatThrownBy(() -> transactions.run(run, 1, Connection.TRANSACTION_SERIALIZABLE, connection -> {
      withdraw(connection);
      throw new IllegalStateException("card declined");
    })).isInstanceOf(IllegalStateException.class).hasMessage("card declined");
    assertThat(balance()).isEqualTo(100);
    assertThat(pawl.store().effectOf(run, 1)).isEmpty();
  }

  private ControlApi.Joined joined(Connection connection) {
    return control.inTransaction(connection).orElseThrow();
  }

  @Test
  void whatIsWrongWithARequestIsSaidBeforeTheTransactionCommits() throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> joined(connection).start(start("commits every statement")));
      connection.setAutoCommit(false);
      assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> joined(connection).start(start("")));
      assertRejected(Rejection.Code.LIMIT_EXCEEDED, () -> joined(connection).start(start("x".repeat(256))));
      Payload large = Payload.json("1".repeat(Payload.MAX_BYTES + 1));
      assertRejected(Rejection.Code.PAYLOAD_TOO_LARGE, () -> joined(connection).start(
          ControlApi.Start.of("default", "w", "Order", "q", large)));
      assertRejected(Rejection.Code.PAYLOAD_TOO_LARGE, () -> joined(connection).signal(
          ref("w"), ControlApi.Message.of("go", large)));
      assertRejected(Rejection.Code.NAMESPACE_NOT_FOUND, () -> joined(connection).start(
          ControlApi.Start.of("nowhere", "w", "Order", "q", null)));
      assertRejected(Rejection.Code.INVALID_ARGUMENT, () -> joined(connection).signal(
          ref("w"), new ControlApi.Message("own-id", "go", null, Map.of())));
      connection.commit();
    }
    tickUntilQuiet();
    assertThat(control.count("default", "")).isZero();
  }

  @Test
  void whatItMeetsIsNotedInTheLedger() throws Exception {
    control.start(start("taken"));
    RunId refused;
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      refused = joined(connection).start(start("taken"));
      joined(connection).signal(ref("nobody"), ControlApi.Message.of("go", null));
      connection.commit();
    }
    tickUntilQuiet();
    assertThat(control.runs("default", "taken")).hasSize(1).noneMatch(run -> run.run().equals(refused));
    try (Connection connection = database.dataSource().getConnection();
        var rows = connection.createStatement().executeQuery("select what, cause from pawl_transitions")) {
      List<String> noted = new ArrayList<>();
      while (rows.next()) noted.add(rows.getString(1) + " " + rows.getString(2));
      assertThat(noted).containsExactlyInAnyOrder(
          "MAIL_UNDELIVERABLE RunNotFound", "MAIL_UNDELIVERABLE WORKFLOW_ALREADY_STARTED");
    }
  }

  @Test
  void aStartInTheCallersTransactionExistsIfItCommits() throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      joined(connection).start(start("rolled-back"));
      withdraw(connection);
      connection.rollback();
    }
    tickUntilQuiet();
    assertThat(control.count("default", "")).isZero();
    assertThat(balance()).isEqualTo(100);

    RunId id;
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      id = joined(connection).start(start("committed"));
      withdraw(connection);
      connection.commit();
    }
    tickUntilQuiet();
    assertThat(balance()).isEqualTo(90);
    assertThat(new Hand(pawl).run().token().run()).isEqualTo(id);

    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      joined(connection).signal(ref("committed"), ControlApi.Message.of("go", Payload.json("1")));
      connection.commit();
    }
    tickUntilQuiet();
    assertThat(history("committed")).containsExactly("StartAccepted", "WorkflowStarted", "SignalReceived");
  }
}
