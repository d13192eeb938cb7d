package dev.pawl.chaos;

import dev.pawl.chaos.node.Node;
import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.worker.Worker;
import java.util.concurrent.CountDownLatch;

/** Serves a workflow that ends its process whenever it runs, and one that does not. */
final class KillerProcess {
  private KillerProcess() {}

  /** @param args database */
  public static void main(String[] args) throws InterruptedException {
    PawlEngine engine = PawlEngine.open(args[0], Node::settings);
    Worker.on(engine.worker())
        .workflow("good", String.class, in -> Pawl.step("greet", () -> "hello " + in))
        .workflow("killer", String.class, in -> Pawl.step("kill", () -> {
          Runtime.getRuntime().halt(86);
          return in;
        }))
        .start();
    System.out.println(NodeProcess.READY);
    new CountDownLatch(1).await();
  }
}
