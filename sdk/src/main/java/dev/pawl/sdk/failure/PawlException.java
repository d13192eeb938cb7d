package dev.pawl.sdk.failure;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything of Pawl that workflow code may want to catch. One that came from history carries the recorded
 * {@link Failure} unchanged; one that was made here carries none until it is recorded.
 */
public abstract sealed class PawlException extends RuntimeException
    permits ActivityException, ApplicationException, CancelledException, ChildWorkflowException,
        PayloadTooLargeException, TerminatedException, TimedOutException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Origin origin;

  PawlException(String message, @Nullable Throwable cause, @Nullable Origin origin) {
    super(message, cause);
    this.origin = origin;
  }

  /** Turns recorded details back into a value. */
  @FunctionalInterface
  public interface DetailsReader {
    @Nullable Object read(Payload details, Type as);
  }

  /**
   * Where an exception comes from, if it was recorded.
   *
   * @param failure as it lies in history
   * @param reader for its details
   */
  public record Origin(Failure failure, DetailsReader reader) {}

  /** The failure as it lies in history; empty if it was never recorded. */
  public final Optional<Failure> failure() {
    return Optional.ofNullable(origin).map(Origin::failure);
  }

  /** The stack of the place where it was first thrown, perhaps in another process; empty if it was never recorded. */
  public final Optional<String> remoteStack() {
    return failure().map(Failure::stack);
  }

  final @Nullable Origin origin() {
    return origin;
  }

  /** The first failure of this type among the causes, this one included; empty if there is none. */
  public final <T extends PawlException> Optional<T> find(Class<T> type) {
    int depth = 0;
    for (Throwable at = this; at != null && depth < 100; at = at.getCause(), depth++) {
      if (type.isInstance(at)) return Optional.of(type.cast(at));
    }
    return Optional.empty();
  }
}
