package dev.pawl.engine.duty;

import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.queue.Takeover;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.time.Instant;

/** Declares expired sessions lost and takes back what they held, also where nobody polls. */
public final class TakeBack implements Duty {
  private final Store store;
  private final Takeover takeover;
  private final Duration every;
  private final EngineMetrics metrics;

  public TakeBack(Store store, Takeover takeover, Duration every, EngineMetrics metrics) {
    this.store = store;
    this.takeover = takeover;
    this.every = every;
    this.metrics = metrics;
  }

  @Override
  public Duration every() {
    return every;
  }

  @Override
  public int tick(Instant now) {
    int lost = store.expireSessions();
    if (lost > 0) metrics.sessionsLost(lost);
    return takeover.runs() + takeover.activities();
  }
}
