package dev.pawl.protocol.job;

import dev.pawl.core.job.UwerCode;
import org.jspecify.annotations.Nullable;

/** What became of one item of a request, after the commit. */
public sealed interface JobAnswer<A> {

  record Done<A>(A value) implements JobAnswer<A> {}

  /**
   * Nothing was changed.
   *
   * @param pointer to the offending field; null: it is not about one
   */
  record Refused<A>(UwerCode code, String message, @Nullable String pointer) implements JobAnswer<A> {}

  /** The value. @throws JobRefusedException if it was refused */
  default A get() {
    return switch (this) {
      case Done<A> done -> done.value();
      case Refused<A> no -> throw new JobRefusedException(no.code(), no.message(), no.pointer());
    };
  }

  default boolean ok() {
    return this instanceof Done;
  }
}
