package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler sees the trace that its job is part of, and what it spawns goes on in it. */
@Timeout(120)
class JobTraceTest {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final String OTHER = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

  @Test
  void aTraceGoesOnInWhatIsSpawned() {
    Map<String, String> seen = new ConcurrentHashMap<>();
    try (PawlEngine engine = PawlEngine.open(Databases.sqlite().fresh().dataSource())) {
      Jobs jobs = Jobs.on(engine.jobs());
      try (JobWorker worker = JobWorker.on(engine.worker(), engine.jobWork())
          .handler(Jobs.handler("order.pack", Integer.class, (job, boxes) -> {
            for (int i = 0; i < boxes; i++) job.spawn(Jobs.job("order.label", job.key() + ":" + i, i));
            job.spawn(Jobs.job("order.label", job.key() + ":own", 9).trace(OTHER));
            seen.put(job.key(), String.valueOf(job.traceparent()));
          }))
          .handler(Jobs.handler("order.label", Integer.class,
              (job, box) -> seen.put(job.key(), String.valueOf(job.traceparent()))))
          .settings(set -> set.drain = Duration.ofSeconds(5)).start()) {
        jobs.enqueue(Jobs.job("order.pack", "order-1", 1).trace(TRACE));
        jobs.enqueue(Jobs.job("order.pack", "order-2", 1));
        Until.holds(Duration.ofSeconds(60), () -> seen.size() == 6);
        assertThat(worker.busy()).isNotNegative();
      }
    }
    assertThat(seen).isEqualTo(Map.of("order-1", TRACE, "order-1:0", TRACE, "order-1:own", OTHER,
        "order-2", "null", "order-2:0", "null", "order-2:own", OTHER));
  }

  @Test
  void whatIsNoTraceIsRefused() {
    assertThatThrownBy(() -> Jobs.job("order.pack", "order-1", 1).trace("00-zz"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("traceparent");
  }
}
