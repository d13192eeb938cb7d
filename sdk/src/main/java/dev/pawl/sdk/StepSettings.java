package dev.pawl.sdk;

import java.lang.reflect.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a step is run. Filled in by a lambda at the call:
 *
 * <pre>{@code
 * Pawl.step("reserve", opts -> opts.retry(Retry.exponential().attempts(3)), () -> stock.reserve(order));
 * }</pre>
 */
public final class StepSettings {
  private Retry retry = Retry.exponential();
  private @Nullable Type returns;
  private @Nullable Function<String, ? extends Verdict<?>> verify;

  /** Whether a failed attempt is tried again; {@link Retry#exponential()} unless said. */
  public StepSettings retry(Retry retry) {
    this.retry = retry;
    return this;
  }

  /** Type of the result, where the lambda can't tell: needed for generic types such as lists. */
  public StepSettings returns(TypeRef<?> type) {
    this.returns = type.type();
    return this;
  }

  /** Type of the result, where the lambda can't tell. */
  public StepSettings returns(Class<?> type) {
    this.returns = type;
    return this;
  }

  /**
   * Asked with the idempotency key before the body runs again after an attempt whose end nobody saw. The step then records
   * its start, which costs one more commit.
   */
  public StepSettings verify(Function<String, ? extends Verdict<?>> verify) {
    this.verify = verify;
    return this;
  }

  /** As said. */
  public Retry retry() {
    return retry;
  }

  /** As said; null: read from the lambda. */
  public @Nullable Type returns() {
    return returns;
  }

  /** As said; null: the body just runs again. */
  public @Nullable Function<String, ? extends Verdict<?>> verify() {
    return verify;
  }
}
