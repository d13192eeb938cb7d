package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one workflow says to another: whether it can be heard, and the answer to the sender. */
final class ToOther {
  private ToOther() {}

  /** Why the current run of the chain does not take it; null if it does. */
  static @Nullable Failure problem(@Nullable Run run, String workflowId, @Nullable RunId onlyRun, String verb) {
    if (run == null) {
      return Failure.of(Failure.RUN_NOT_FOUND, Addressed.missing(workflowId, null, verb).message());
    }
    if (!run.state().open()) return Failure.of(Failure.RUN_CLOSED, Addressed.closed(run, verb).message());
    if (onlyRun != null && !onlyRun.equals(run.id()) && !onlyRun.equals(run.state().started().firstRun())) {
      return Failure.of(Failure.RUN_CLOSED, "expected run %s of '%s' to %s, but run %s is a newer story"
          .formatted(onlyRun, workflowId, verb, run.id()));
    }
    return null;
  }

  /** Takes the mail and tells the sender, if it wants to know. */
  static Decision<Delivered> refused(
      Situation situation, Mail.Key key, @Nullable ParentLink sender, String namespace, Failure why) {
    return Deliveries.nothing(situation, key, List.of(sender == null
        ? Deliveries.undeliverable(situation, key, namespace, why.type(), why.message())
        : answer(situation, sender, why)));
  }

  static void delivered(Draft draft, Situation situation, Mail.Key key, @Nullable ParentLink sender) {
    draft.effect(new Effect.Take(key));
    if (sender != null) draft.effect(answer(situation, sender, null));
  }

  private static Effect answer(Situation situation, ParentLink sender, @Nullable Failure problem) {
    return new Effect.Post(new Mail(Mail.Key.answer(sender.runId(), sender.step()), situation.now(),
        new Mail.ExternalAnswered(sender, problem)));
  }
}
