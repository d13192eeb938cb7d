package dev.pawl.sdk.worker;

import dev.pawl.sdk.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What a worker should know about activities besides their code:
 *
 * <pre>{@code
 * worker.activities("payments", PaymentActivities.class, payments, hooks -> hooks
 *     .verify("charge", key -> psp.find(key).map(Verdict::did).orElseGet(Verdict::didNot)));
 * }</pre>
 */
public final class ActivityHooks {
  /** Stands for the one activity where there is only one. */
  static final String ONLY = "";

  private final Map<String, Function<String, ? extends Verdict<?>>> verify = new LinkedHashMap<>();

  ActivityHooks() {}

  /**
   * Asked with the idempotency key before the activity runs again after an attempt whose end nobody saw: a lost worker, a
   * timeout.
   */
  public ActivityHooks verify(Function<String, ? extends Verdict<?>> hook) {
    verify.put(ONLY, hook);
    return this;
  }

  /** The same for one method of an interface, by its name. */
  public ActivityHooks verify(String method, Function<String, ? extends Verdict<?>> hook) {
    verify.put(method, hook);
    return this;
  }

  Map<String, Function<String, ? extends Verdict<?>>> verify() {
    return verify;
  }
}
