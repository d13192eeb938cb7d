package dev.pawl.sdk;

import org.jspecify.annotations.Nullable;

/**
 * What an activity may ask about itself and say while it works.
 *
 * <pre>{@code
 * public Report crunch(Job job) {
 *   int from = Activity.context().lastHeartbeat(Integer.class).orElse(0);
 *   for (int i = from; i < job.parts(); i++) {
 *     crunch(job, i);
 *     Activity.context().heartbeat(i + 1);
 *   }
 * }
 * }</pre>
 */
public final class Activity {
  private static final ThreadLocal<@Nullable ActivityContext> CURRENT = new ThreadLocal<>();

  private Activity() {}

  /** @throws IllegalStateException outside of an activity */
  public static ActivityContext context() {
    ActivityContext context = CURRENT.get();
    if (context == null) throw new IllegalStateException("Activity.context() is for the thread of an activity");
    return context;
  }

  static boolean inside() {
    return CURRENT.get() != null;
  }

  /** For the worker: binds the calling thread to an activity; null frees it. */
  public static void bind(@Nullable ActivityContext context) {
    if (context == null) CURRENT.remove();
    else CURRENT.set(context);
  }
}
