package dev.pawl.protocol.json;

import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.Fairness;
import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.RetryPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Options of starts and activities, and retry policies. */
final class OptionsJson {
  private static final int DEFAULT_PRIORITY = 5;

  private OptionsJson() {}

  static void write(JsonText out, StartOptions options) {
    out.name("options").open();
    out.duration("executionTimeout", options.executionTimeout());
    out.duration("runTimeout", options.runTimeout());
    out.duration("taskTimeout", options.taskTimeout());
    retry(out, options.retry());
    if (!options.delay().isZero()) out.duration("delay", options.delay());
    if (options.priority() != DEFAULT_PRIORITY) out.number("priority", options.priority());
    fairness(out, options.fairness());
    out.text("buildId", options.buildId());
    PayloadJson.write(out, "header", options.header());
    PayloadJson.write(out, "memo", options.memo());
    SearchJson.write(out, "searchAttributes", options.searchAttributes());
    out.close();
  }

  static StartOptions start(Members m) {
    Members o = m.object("options");
    return new StartOptions(o.durationOrNull("executionTimeout"), o.durationOrNull("runTimeout"),
        o.duration("taskTimeout"), retry(o.objectOrNull("retry")), o.duration("delay", Duration.ZERO),
        o.integer("priority", DEFAULT_PRIORITY), fairness(o), o.textOrNull("buildId"), o.payloads("header"),
        o.payloads("memo"), o.searchAttributes());
  }

  static void write(JsonText out, ActivityOptions options) {
    out.name("options").open();
    out.text("queue", options.queue());
    out.duration("scheduleToStart", options.scheduleToStart());
    out.duration("startToClose", options.startToClose());
    out.duration("scheduleToClose", options.scheduleToClose());
    out.duration("heartbeat", options.heartbeat());
    retry(out, options.retry());
    if (options.priority() != DEFAULT_PRIORITY) out.number("priority", options.priority());
    fairness(out, options.fairness());
    out.close();
  }

  static ActivityOptions activity(Members m) {
    Members o = m.object("options");
    RetryPolicy retry = retry(o.object("retry"));
    return new ActivityOptions(o.text("queue"), o.durationOrNull("scheduleToStart"), o.durationOrNull("startToClose"),
        o.durationOrNull("scheduleToClose"), o.durationOrNull("heartbeat"), retry == null ? RetryPolicy.NEVER : retry,
        o.integer("priority", DEFAULT_PRIORITY), fairness(o));
  }

  private static void fairness(JsonText out, @Nullable Fairness share) {
    if (share == null) return;
    out.name("fairness").open();
    out.text("key", share.key());
    if (share.weight() != Fairness.LEAST) out.number("weight", share.weight());
    out.close();
  }

  /** The share of a start's or an activity's options. */
  static @Nullable Fairness fairness(Members options) {
    Members m = options.objectOrNull("fairness");
    return m == null ? null : new Fairness(m.text("key"), m.integer("weight", Fairness.LEAST));
  }

  private static void retry(JsonText out, @Nullable RetryPolicy retry) {
    if (retry == null) return;
    out.name("retry").open();
    switch (retry.backoff()) {
      case Backoff.Exponential it -> {
        out.duration("base", it.base());
        out.name("coefficient").real(it.coefficient());
        out.duration("cap", it.cap());
      }
      case Backoff.Delays it -> {
        out.name("delays").openList();
        it.delays().forEach(out::duration);
        out.closeList();
      }
    }
    if (retry.maxAttempts() != 0) out.number("maxAttempts", retry.maxAttempts());
    out.texts("nonRetryableTypes", retry.nonRetryableTypes());
    out.close();
  }

  private static @Nullable RetryPolicy retry(@Nullable Members m) {
    if (m == null) return null;
    Backoff backoff = m.has("delays")
        ? new Backoff.Delays(m.durations("delays"))
        : new Backoff.Exponential(m.duration("base"), m.real("coefficient"), m.duration("cap"));
    return new RetryPolicy(backoff, m.integer("maxAttempts", 0), m.texts("nonRetryableTypes"));
  }
}
