package dev.pawl.sdk;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/**
 * What the body of a step may ask about itself.
 *
 * <pre>{@code
 * Pawl.step("charge", () -> psp.charge(order, Step.context().idempotencyKey()));
 * }</pre>
 */
public final class Step {
  private static final ThreadLocal<@Nullable Context> CURRENT = new ThreadLocal<>();

  private Step() {}

  /**
   * @param idempotencyKey the same in every attempt, on every worker, for ever
   * @param attempt from 1
   */
  public record Context(RunId run, String workflowId, int step, String name, int attempt, String idempotencyKey) {}

  /** @throws IllegalStateException outside of a step's body */
  public static Context context() {
    Context context = CURRENT.get();
    if (context == null) throw new IllegalStateException("Step.context() is for the body of a step");
    return context;
  }

  static boolean inside() {
    return CURRENT.get() != null;
  }

  /** For the replay runtime: binds the calling thread to a step; null frees it. */
  public static void bind(@Nullable Context context) {
    if (context == null) CURRENT.remove();
    else CURRENT.set(context);
  }
}
