package dev.pawl.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.worker.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients with a queue and a worker of their own: 200 runs per second come, as they do from callers who know nothing of
 * each other, and what becomes of them beside a herd is counted.
 */
final class Bystanders implements AutoCloseable {
  private static final int CLIENTS = 50;
  private static final long PACE = 250_000_000;

  private final Scenario scene;
  private final Worker worker;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> clients = new ArrayList<>();
  private volatile boolean over;

  Bystanders(Scenario scene) {
    this.scene = scene;
    worker = Worker.on(scene.pawl.worker()).queue("aside").workflow("aside", Integer.class, n -> n + 1).start();
    PawlClient client = PawlClient.on(scene.pawl.control()).queue("aside");
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      clients.add(threads.submit(() -> {
        long next = System.nanoTime() + number * PACE / CLIENTS;
        for (int n = 0; !over; n++, next += PACE) {
          LockSupport.parkNanos(next - System.nanoTime());
          var run = client.start("aside", "aside-%d-%d".formatted(number, n), n);
          assertThat(run.result(Integer.class, Scenario.SOON)).isEqualTo(n + 1);
        }
        return null;
      }));
    }
  }

  /** Runs that ended per second. @param from @param until microseconds of the store's clock */
  double rate(long from, long until) {
    long ended = scene.round.rows("select count(*) as n from pawl_runs where workflow_type = 'aside' and closed_at >= %d and closed_at < %d"
        .formatted(from, until)).getFirst().number("n");
    return ended * 1e6 / (until - from);
  }

  /** Lets them finish what they began. */
  void rest() throws Exception {
    over = true;
    for (Future<?> client : clients) client.get();
  }

  @Override
  public void close() {
    over = true;
    threads.close();
    worker.close();
  }
}
