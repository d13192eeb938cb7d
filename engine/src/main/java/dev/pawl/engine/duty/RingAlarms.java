package dev.pawl.engine.duty;

import dev.pawl.engine.queue.Alarms;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Wakes the polls that wait for something that has become visible. */
public final class RingAlarms implements Duty {
  private final Alarms alarms;

  public RingAlarms(Alarms alarms) {
    this.alarms = alarms;
  }

  @Override
  public int tick(Instant now) {
    return alarms.tick(now);
  }

  @Override
  public @Nullable Instant next() {
    return alarms.next();
  }
}
