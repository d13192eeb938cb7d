package dev.pawl.sdk.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.fault.Armed;
import dev.pawl.testbed.fault.Direction;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.fault.Wire;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls and answers get lost at any byte: everything happens, and happens once. */
@Timeout(120)
class RemoteFaultsTest {
  private static final int RUNS = 60;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final LeaseTimings SHORT = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(3),
      Duration.ofSeconds(1), Duration.ofMillis(200), Duration.ofSeconds(60));

  /** Cuts the line every few milliseconds, here and there in the middle of a message. */
  private static final class Cutting implements Runnable {
    private final FaultProxy line;
    private final Random chance = new Random(7);
    private final AtomicBoolean over = new AtomicBoolean();

    Cutting(FaultProxy line) {
      this.line = line;
    }

    @Override
    public void run() {
      while (!over.get()) {
        Direction direction = chance.nextBoolean() ? Direction.TO_CLIENT : Direction.TO_SERVER;
        Armed cut = line.arm(Fault.truncate(direction, chance.nextInt(1500)));
        pause();
        cut.disarm();
        line.arm(Fault.reset());
        pause();
      }
      line.heal();
    }

    private void pause() {
      LockSupport.parkNanos(Duration.ofMillis(10 + chance.nextInt(60)).toNanos());
    }
  }

  @Test
  void everythingHappensOnceOverALineThatIsCut() throws Exception {
    try (PawlEngine engine = PawlEngine.open(Databases.sqlite().fresh().dataSource(), config -> config.leases = SHORT);
        PawlServer server = PawlServer.of(engine, ServerConfig.of(
            List.of("--port", "0", "--host", "127.0.0.1", "--auth", "none"), Map.of()), said -> {});
        FaultProxy line = FaultProxy.before(0, new InetSocketAddress("127.0.0.1", server.port()), Wire.RAW);
        RemotePawl far = RemotePawl.connect("http://127.0.0.1:" + line.port(), "")) {
      PawlClient client = PawlClient.on(far.control());
      Cutting cutting = new Cutting(line);
      List<WorkflowHandle> runs = new ArrayList<>();
      Worker worker = Worker.on(far.worker())
          .activity("b", String.class, input -> input + "b")
          .workflow("it", String.class, input -> {
            String a = Pawl.step("a", () -> input + "a");
            String b = Activities.call("b", opts -> opts.retry(Retry.every(Duration.ofMillis(50))), String.class, a);
            return b + Pawl.receive("go", String.class);
          })
          .start();
      Thread faults = Thread.ofVirtual().start(cutting);
      try {
        for (int i = 0; i < RUNS; i++) runs.add(client.start("it", "r-" + i, i + ":"));
        for (WorkflowHandle run : runs) run.signal("go", "c");
        for (int i = 0; i < RUNS; i++) assertThat(runs.get(i).result(String.class, SOON)).isEqualTo(i + ":abc");
      } finally {
        cutting.over.set(true);
        faults.join();
        worker.close(Duration.ofSeconds(5));
      }
      assertThat(line.fired("reset") + line.fired("truncate")).as("faults that hit").isGreaterThan(20);
      for (WorkflowHandle run : runs) {
        List<String> types = run.history().stream().map(Event::fact).map(RunEvent::type).toList();
        assertThat(types).as("%s", run).containsOnlyOnce("StepCompleted", "ActivityScheduled", "ActivityCompleted",
            "SignalReceived", "WorkflowCompleted");
        assertThat(client.control().runs("default", run.workflowId())).hasSize(1);
      }
      assertThat(engine.verify()).isEmpty();
    }
  }
}
