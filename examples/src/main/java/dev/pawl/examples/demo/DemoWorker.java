package dev.pawl.examples.demo;

import dev.pawl.engine.PawlEngine;
import dev.pawl.examples.order.PaymentActivities;
import dev.pawl.examples.order.ShippingActivities;
import dev.pawl.sdk.WorkflowInfo;
import dev.pawl.sdk.WorkflowInterceptor;
import dev.pawl.sdk.worker.Worker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The process that works, and is killed. It opens the same file and needs nothing else of its supervisor. */
final class DemoWorker {
  static final String READY = "ready";

  private DemoWorker() {}

  /** @param args number of this worker, database, journal */
  public static void main(String[] args) throws IOException {
    World world = new World(new Journal(Path.of(args[2])), Integer.parseInt(args[0]));
    try (PawlEngine engine = Demo.open(Path.of(args[1]));
        Worker worker = Worker.on(engine.worker())
            .queue("orders")
            .workflow("approved-order", () -> new ApprovedOrder(world))
            .activities("payments", PaymentActivities.class, world)
            .activities("shipping", ShippingActivities.class, world)
            .intercept(tellOfPrograms(world))
            .settings(set -> set.name = "worker " + args[0])
            .start()) {
      System.out.println(READY);
      while (System.in.read() >= 0) {} // until the supervisor closes it, or is gone
    }
  }

  private static WorkflowInterceptor tellOfPrograms(World world) {
    return new WorkflowInterceptor() {
      @Override
      public @Nullable Object aroundRun(WorkflowInfo info, @Nullable Object input, Callable<@Nullable Object> next)
          throws Exception {
        world.program(info.workflowId());
        return next.call();
      }
    };
  }
}
