package dev.pawl.engine.duty;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Work that a node does by itself. */
public interface Duty {

  /** Does what is due, in a bounded portion. @return how much was done; 0: nothing is left for now */
  int tick(Instant now);

  /** How often it looks when nothing wakes it. */
  default Duration every() {
    return Duration.ofSeconds(1);
  }

  /** When it wants its next turn, if that is before {@link #every()} has passed. */
  default @Nullable Instant next() {
    return null;
  }

  /** For messages and metrics. */
  default String name() {
    return getClass().getSimpleName();
  }
}
