package dev.pawl.sdk;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Activities: work that is handed out through a queue to any worker in any language, retried by the engine, and whose
 * result is recorded once.
 *
 * <pre>{@code
 * PaymentActivities payments =
 *     Activities.stub(PaymentActivities.class, opts -> opts.startToClose(Duration.ofSeconds(30)).retry(Retry.exponential()));
 * Charge charge = payments.charge(request);                                     // waits
 * Promise<Charge> later = Pawl.async(() -> payments.charge(request));           // does not
 * Charge foreign = Activities.call("payments.charge", opts -> opts.queue("python"), Charge.class, request);
 * }</pre>
 */
public final class Activities {
  private Activities() {}

  /** A stub with the settings as they are when nothing is said. */
  public static <A> A stub(Class<A> activities) {
    return stub(activities, settings -> {});
  }

  /**
   * An object whose methods are activities. Their type is {@code name.method}, where the name is the one under which this
   * worker registered the interface, or that of {@link ActivityName}, or {@link ActivitySettings#name}. May be kept in a
   * field of the workflow.
   */
  public static <A> A stub(Class<A> activities, Consumer<ActivitySettings> settings) {
    return ActivityProxy.of(activities, settings);
  }

  /** Calls an activity by its type and waits for its result. */
  public static <T extends @Nullable Object> T call(
      String activityType, Consumer<ActivitySettings> settings, Class<T> result, @Nullable Object... arguments) {
    return callAsync(activityType, settings, result, arguments).get();
  }

  /** Calls an activity by its type and goes on. */
  public static <T extends @Nullable Object> Promise<T> callAsync(
      String activityType, Consumer<ActivitySettings> settings, Class<T> result, @Nullable Object... arguments) {
    ActivitySettings set = new ActivitySettings();
    settings.accept(set);
    return WorkflowRuntime.current().activity(activityType, set, result, arguments);
  }

  /** Calls an activity whose result is of a generic type. */
  public static <T extends @Nullable Object> Promise<T> callAsync(
      String activityType, Consumer<ActivitySettings> settings, TypeRef<T> result, @Nullable Object... arguments) {
    ActivitySettings set = new ActivitySettings();
    settings.accept(set);
    return WorkflowRuntime.current().activity(activityType, set, result.type(), arguments);
  }
}
