package dev.pawl.chaos.crash;

import dev.pawl.chaos.client.ProgramClients;
import dev.pawl.chaos.node.Meddler;
import dev.pawl.chaos.node.Node;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.testbed.check.Operations;
import dev.pawl.testbed.ledger.LedgerClient;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Clients and workers in one process, which ends at the failpoint it was given. */
final class DoomedProcess {
  static final int CLIENTS = 3;
  static final int EACH = 2;
  /** Runs that are closed and long out of date, so that there is something to prune. */
  private static final int LEFTOVERS = 6;

  private DoomedProcess() {}

  static void settings(EngineConfig config) {
    Node.settings(config);
    config.retention = new EngineConfig.Retention(Duration.ofDays(30), 2, Duration.ofSeconds(1));
  }

  /** @param args database, ledger's port, tribe, seed, file of the log, whether it leaves something to prune */
  public static void main(String[] args) throws Exception {
    String tribe = args[2];
    Operations log = Operations.open(Path.of(args[4]));
    PawlEngine engine = PawlEngine.open(args[0], DoomedProcess::settings);
    new Node(engine, new LedgerClient(Integer.parseInt(args[1])), tribe + "node", new Meddler(0, 0, trick -> {}));
    if (Boolean.parseBoolean(args[5])) leave(engine.control(), args[0], tribe);
    var clients = new ProgramClients(engine.control(), log, tribe, false, Duration.ofMinutes(1));
    clients.play(CLIENTS, EACH, () -> false, Long.parseLong(args[3]));
    System.out.println("survived its clients");
    new CountDownLatch(1).await();
  }

  /** Nobody asks for these runs any more: they are not in the log. */
  private static void leave(ControlApi control, String database, String tribe) throws SQLException {
    for (int i = 0; i < LEFTOVERS; i++) {
      String id = tribe + "leftover-" + i;
      control.start(ControlApi.Start.of("default", id, Interpreter.TYPE, Interpreter.QUEUE, Payload.json("\"note 1\"")));
      control.awaitResult(RunRef.current("default", id), Duration.ofSeconds(30));
    }
    try (var connection = DriverManager.getConnection(database); var statement = connection.createStatement()) {
      statement.executeUpdate("update pawl_runs set closed_at = closed_at - %d where workflow_id like '%sleftover-%%'"
          .formatted(Duration.ofDays(31).toNanos() / 1_000, tribe));
    }
  }
}
