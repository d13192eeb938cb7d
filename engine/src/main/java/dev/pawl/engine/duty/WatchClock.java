package dev.pawl.engine.duty;

import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the clock of a database that has none, and raises the alarm when the clock that counts jumps. */
public final class WatchClock implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(WatchClock.class);

  private final Store store;
  private final EngineMetrics metrics;

  public WatchClock(Store store, EngineMetrics metrics) {
    this.store = store;
    this.metrics = metrics;
  }

  @Override
  public Duration every() {
    return Duration.ofSeconds(10);
  }

  @Override
  public int tick(Instant now) {
    Duration jumped = store.checkClock();
    if (jumped.isZero()) return 0;
    metrics.clockJumped(jumped);
    if (jumped.isNegative()) {
      LOG.warn("the clock was set back by {}, or was slow when this engine was opened; time goes on from {} and does not "
          + "go back", jumped.negated(), store.now());
    } else {
      LOG.warn("the clock jumped ahead by {}, or this machine was asleep: it is {} now, and what fell due meanwhile "
          + "happens at once", jumped, store.now());
    }
    return 0;
  }
}
