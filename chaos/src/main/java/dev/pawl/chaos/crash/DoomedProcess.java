package dev.pawl.chaos.crash;

import dev.pawl.chaos.client.ErrandClients;
import dev.pawl.chaos.client.ProgramClients;
import dev.pawl.chaos.node.Meddler;
import dev.pawl.chaos.node.Node;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.chaos.round.Round;
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

  /** Said of every errand that was acknowledged. */
  static final String ACCEPTED = "accepted ";

  /** Moves the ends of the leftovers of a tribe by a month and a day, there and back. */
  static final String AGE = "update pawl_runs set closed_at = closed_at %s" + Duration.ofDays(31).toNanos() / 1_000
      + " where workflow_id like '%sleftover-%%'";

  private DoomedProcess() {}

  static void settings(EngineConfig config) {
    Node.settings(config);
    config.retention = new EngineConfig.Retention(Duration.ofDays(30), 2, Duration.ofSeconds(1));
  }

  /** @param args database, ledger's port, tribe, seed, file of the log, whether it leaves something to prune, port of the
   *     jobs' ledger, whether its programs concern two runs each */
  public static void main(String[] args) throws Exception {
    String tribe = args[2];
    Operations log = Operations.open(Path.of(args[4]));
    PawlEngine engine = PawlEngine.open(args[0], DoomedProcess::settings);
    new Node(engine, new LedgerClient(Integer.parseInt(args[1])), new LedgerClient(Integer.parseInt(args[6])), tribe + "node", new Meddler(0, 0, trick -> {}));
    if (Boolean.parseBoolean(args[5])) leave(engine.control(), args[0], tribe);
    var errands = new ErrandClients(engine.jobs(), tribe, false, Duration.ofMinutes(1),
        line -> System.out.println(ACCEPTED + line));
    Round.aside(() -> errands.play(CLIENTS, EACH, () -> false, Long.parseLong(args[3])));
    var clients = new ProgramClients(engine.control(), log, tribe, false, Duration.ofMinutes(1));
    play(clients, Boolean.parseBoolean(args[7]), Long.parseLong(args[3]));
    System.out.println("survived its clients");
    new CountDownLatch(1).await();
  }

  /** @param kin workflows that go on as new, have children, and end before them; otherwise any */
  static void play(ProgramClients clients, boolean kin, long seed) throws InterruptedException {
    if (kin) clients.playKin(CLIENTS, EACH, seed);
    else clients.play(CLIENTS, EACH, () -> false, seed);
  }

  /** Nobody asks for these runs any more: they are not in the log. */
  private static void leave(ControlApi control, String database, String tribe) throws SQLException {
    for (int i = 0; i < LEFTOVERS; i++) {
      String id = tribe + "leftover-" + i;
      control.start(ControlApi.Start.of("default", id, Interpreter.TYPE, Interpreter.QUEUE, Payload.json("\"note 1\"")));
      control.awaitResult(RunRef.current("default", id), Duration.ofSeconds(30));
    }
    try (var connection = DriverManager.getConnection(database); var statement = connection.createStatement()) {
      statement.executeUpdate(AGE.formatted("- ", tribe));
    }
  }
}
