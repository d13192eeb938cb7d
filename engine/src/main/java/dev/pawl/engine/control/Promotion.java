package dev.pawl.engine.control;

import dev.pawl.engine.store.Declarations;
import org.jspecify.annotations.Nullable;

/**
 * Which build of workers new runs of a queue are for, whoever starts them: a client in any language, a schedule, somebody's
 * own transaction. Asked when a run is about to begin, on the caller's thread; a start that names a build is not asked
 * about, and neither are children, retries and continued runs, which stay with the run that they come from.
 */
@FunctionalInterface
public interface Promotion {
  Promotion NONE = (declared, namespace, queue) -> null;

  /** @return null: any build */
  @Nullable String buildFor(Declarations declared, String namespace, String queue);
}
