package dev.pawl.engine.commit;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Run;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears of everything that was stored by this node, after the callers. Called on a lane's thread: must not block. */
@FunctionalInterface
public interface Landings {

  /**
   * @param run afterwards; null if only effects were written
   * @param events that were appended
   */
  void landed(@Nullable Run run, List<Event> events, List<Effect> effects);
}
