package dev.pawl.chaos.node;

import dev.pawl.engine.PawlEngine;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.process.JavaProcess;
import dev.pawl.testbed.process.OffsetClock;
import java.util.concurrent.CountDownLatch;

/** A {@link Node} in a process of its own, with whatever clock and failpoints the process was given. */
public final class NodeProcess {
  /** Said when it works. */
  public static final String READY = "ready";
  /** Said of every trick of its meddler, with the trick's name behind it. */
  public static final String MEDDLED = "meddled ";

  private NodeProcess() {}

  /** @param meddling the chance that a call of its worker is meddled with */
  public static JavaProcess.Recipe recipe(Database database, int ledgerPort, int jobLedgerPort, String name,
      double meddling, long seed) {
    return JavaProcess.of(NodeProcess.class).likeIn(Trial.class)
        .args(address(database), ledgerPort, name, meddling, seed, jobLedgerPort)
        .property("org.slf4j.simpleLogger.defaultLogLevel", "error");
  }

  /** The address with the user in it. */
  public static String address(Database database) {
    String url = database.jdbcUrl();
    return database.user().isEmpty() ? url : url + (url.contains("?") ? "&" : "?") + "user=" + database.user();
  }

  /** @param args database, ledger's port, name, chance of meddling, its seed, port of the jobs' ledger */
  public static void main(String[] args) throws InterruptedException {
    PawlEngine engine = PawlEngine.open(args[0], config -> {
      Node.settings(config);
      config.processClock = OffsetClock.ofThisProcess();
    });
    var meddler = new Meddler(Long.parseLong(args[4]), Double.parseDouble(args[3]),
        trick -> System.out.println(MEDDLED + trick));
    new Node(engine, new LedgerClient(Integer.parseInt(args[1])), new LedgerClient(Integer.parseInt(args[5])), args[2], meddler);
    System.out.println(READY);
    new CountDownLatch(1).await();
  }
}
