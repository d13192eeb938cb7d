package dev.pawl.engine;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.control.ControlApi;
import java.time.Duration;

/** An engine with a worker and a starter in a process that halts at a failpoint. */
final class DoomedProcess {
  private DoomedProcess() {}

  static void settings(EngineConfig config) {
    config.leases = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(1),
        Duration.ofMillis(100), Duration.ofSeconds(10));
  }

  /** @param args the database's address */
  public static void main(String[] args) {
    PawlEngine pawl = PawlEngine.open(args[0], DoomedProcess::settings);
    LiveWorker worker = new LiveWorker(pawl, 2, 3);
    for (int i = 0; i < 500; i++) {
      pawl.control().start(ControlApi.Start.of("default", "w-" + i, "W", "q", Payload.json("1")));
      System.out.println("acknowledged w-" + i);
      if (i % 20 == 0) worker.beat();
    }
    System.out.println("survived");
  }
}
