package dev.pawl.engine.chaos;

import dev.pawl.engine.PawlEngine;
import dev.pawl.testbed.ledger.LedgerClient;

/** A {@link ChoreWorker} with an engine of its own, in a process of its own. */
final class ChoreProcess {
  private ChoreProcess() {}

  /** @param args database's address, user, ledger's port, worker's name */
  public static void main(String[] args) throws InterruptedException {
    String url = args[1].isEmpty() ? args[0] : args[0] + (args[0].contains("?") ? "&" : "?") + "user=" + args[1];
    PawlEngine pawl = PawlEngine.open(url, Round::settings);
    new ChoreWorker(pawl.worker(), new LedgerClient(Integer.parseInt(args[2])), args[3]);
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
