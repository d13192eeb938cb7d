package dev.pawl.chaos.node;

import dev.pawl.chaos.client.ErrandClients;
import dev.pawl.chaos.client.ProgramClients;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.engine.PawlEngine;
import dev.pawl.testbed.check.Operations;
import dev.pawl.testbed.ledger.EffectLedger;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.process.OffsetClock;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;

/** Loads what the processes of a round load, by playing some programs on SQLite, and ends. */
public final class Trial {
  private static final List<String> ELSEWHERE =
      List.of("org.postgresql.jdbc.PgConnection", "org.postgresql.jdbc.PgPreparedStatement", "org.postgresql.core.v3.QueryExecutorImpl",
          "org.postgresql.jdbc.PgResultSet", "org.postgresql.core.v3.ConnectionFactoryImpl", "org.mariadb.jdbc.Connection",
          "org.mariadb.jdbc.ClientPreparedStatement", "org.mariadb.jdbc.client.impl.StandardClient",
          "org.mariadb.jdbc.client.result.CompleteResult", "org.mariadb.jdbc.message.client.HandshakeResponse");

  private Trial() {}

  /** @param args an empty folder */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    String database = "jdbc:sqlite:" + folder.resolve("trial.db");
    try (var connection = DriverManager.getConnection(database); var statement = connection.createStatement()) {
      statement.execute(Interpreter.TABLE);
    }
    for (String name : ELSEWHERE) Class.forName(name);
    try (EffectLedger ledger = EffectLedger.open(folder.resolve("effects"));
        Operations log = Operations.open(folder.resolve("operations"));
        PawlEngine engine = PawlEngine.open(database, config -> {
          Node.settings(config);
          config.processClock = OffsetClock.ofThisProcess();
        });
        var node = new Node(engine, new LedgerClient(ledger.port()), new LedgerClient(ledger.port()), "trial", new Meddler(0, 0, trick -> {}))) {
      var clients = new ProgramClients(engine.control(), log, "", false, Duration.ofSeconds(30));
      clients.play(4, 4, () -> false, 42);
      new ErrandClients(engine.jobs(), "", false, Duration.ofSeconds(30), line -> {}).play(2, 2, () -> false, 42);
    }
    System.exit(0);
  }
}
