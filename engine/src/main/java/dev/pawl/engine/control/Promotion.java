package dev.pawl.engine.control;

import dev.pawl.engine.store.Declarations;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about builds of workers on a queue. Which one new runs are for, whoever starts them: a client in any language, a schedule, somebody's
 * own transaction. Asked when a run is about to begin, on the caller's thread; a start that names a build is not asked
 * about, and neither are children, retries and continued runs, which stay with the run that they come from.
 */
@FunctionalInterface
public interface Promotion {
  Promotion NONE = (declared, namespace, queue) -> null;

  /** @return null: any build */
  @Nullable String buildFor(Declarations declared, String namespace, String queue);

  /**
   * Whether workers of a build are to get nothing new on a queue; they keep what they have. Asked when they poll, again and
   * again.
   *
   * @param build null: workers that name none
   */
  default boolean isDraining(Declarations declared, String namespace, String queue, @Nullable String build) {
    return false;
  }

  /** Whatever holds when somebody asks. */
  static Promotion asked(Supplier<Promotion> current) {
    return new Promotion() {
      @Override
      public @Nullable String buildFor(Declarations declared, String namespace, String queue) {
        return current.get().buildFor(declared, namespace, queue);
      }

      @Override
      public boolean isDraining(Declarations declared, String namespace, String queue, @Nullable String build) {
        return current.get().isDraining(declared, namespace, queue, build);
      }
    };
  }
}
