package dev.pawl.core.run;

import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.RunId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Several effects of a decision on one row become one: set-based statements touch each row once and in no promised
 * order, so an insert and a delete of the same key, or two updates of it, must never travel together.
 */
final class Effects {
  private Effects() {}

  private record TaskKey(TaskId id) {}

  private record MailKey(Mail.Key key) {}

  private record UpdateKey(RunId run, String updateId) {}

  private record ChainKey(String namespace, String workflowId) {}

  /** The same effects, at most one per row, in the order in which their rows were first touched. */
  static List<Effect> merged(List<Effect> effects) {
    if (effects.size() < 2) return List.copyOf(effects);
    Map<Object, Effect> byRow = new LinkedHashMap<>();
    for (Effect effect : effects) {
      Object row = row(effect);
      Effect first = byRow.get(row);
      if (first == null) {
        byRow.put(row, effect);
        if (effect instanceof Effect.RejectAdmitted reject) byRow.replaceAll((key, other) -> rejected(other, reject));
        continue;
      }
      if (clashing(first, effect)) {
        throw new IllegalStateException("%s cannot land together with %s".formatted(effect, first));
      }
      Effect both = both(first, effect);
      if (both == null) byRow.remove(row);
      else byRow.put(row, both);
    }
    return List.copyOf(byRow.values());
  }

  private static boolean clashing(Effect first, Effect then) {
    return switch (first) {
      case Effect.Take e -> !(then instanceof Effect.Unpost);
      case Effect.Unpost e -> then instanceof Effect.Post;
      case Effect.Post e -> !(then instanceof Effect.Unpost);
      case Effect.CloseTask e -> !(then instanceof Effect.CloseTask);
      case Effect.OpenTask e -> then instanceof Effect.OpenTask;
      case Effect.ChangeTask e -> then instanceof Effect.OpenTask;
      case Effect.AdmitUpdate e -> then instanceof Effect.AdmitUpdate;
      case Effect.SettleUpdate e -> then instanceof Effect.AdmitUpdate;
      default -> false;
    };
  }

  private static Effect rejected(Effect effect, Effect.RejectAdmitted reject) {
    return effect instanceof Effect.AdmitUpdate admit && admit.update().run().equals(reject.run())
            && admit.update().phase() == Effect.UpdatePhase.ADMITTED
        ? new Effect.AdmitUpdate(settled(admit.update(), Effect.UpdatePhase.REJECTED, Outcome.failed(reject.why())))
        : effect;
  }

  private static Effect.Update settled(Effect.Update u, Effect.UpdatePhase phase, @Nullable Outcome outcome) {
    return new Effect.Update(u.run(), u.updateId(), u.name(), u.input(), u.header(), phase, outcome);
  }

  /** Identity of the row; effects that touch no shared row are each their own. */
  private static Object row(Effect effect) {
    return switch (effect) {
      case Effect.OpenTask e -> new TaskKey(e.task().id());
      case Effect.ChangeTask e -> new TaskKey(e.task().id());
      case Effect.CloseTask e -> new TaskKey(e.id());
      case Effect.Post e -> new MailKey(e.mail().key());
      case Effect.Unpost e -> new MailKey(e.key());
      case Effect.Take e -> new MailKey(e.key());
      case Effect.AdmitUpdate e -> new UpdateKey(e.update().run(), e.update().updateId());
      case Effect.SettleUpdate e -> new UpdateKey(e.run(), e.updateId());
      case Effect.PointChain e -> new ChainKey(e.namespace(), e.workflowId());
      default -> new Object();
    };
  }

  /** The effect of both, one after the other, on the same row; null: none is left. */
  private static @Nullable Effect both(Effect first, Effect then) {
    return switch (first) {
      // Born and ended in one breath: it was never there.
      case Effect.OpenTask open -> then instanceof Effect.ChangeTask change ? new Effect.OpenTask(change.task()) : null;
      case Effect.ChangeTask change -> then instanceof Effect.ChangeTask again
          ? new Effect.ChangeTask(again.task(), change.expectedEpoch())
          : new Effect.CloseTask(change.task().id(), change.expectedEpoch());
      case Effect.CloseTask close -> close.expectedEpoch() != null ? close : then;
      case Effect.Post post -> null;
      // What is taken is gone; nothing is left to take back.
      case Effect.Take take -> take;
      case Effect.Unpost unpost -> then;
      case Effect.AdmitUpdate admit -> {
        Effect.SettleUpdate settle = (Effect.SettleUpdate) then;
        yield new Effect.AdmitUpdate(settled(admit.update(), settle.phase(), settle.outcome()));
      }
      case Effect.PointChain one -> {
        Effect.PointChain two = (Effect.PointChain) then;
        yield new Effect.PointChain(one.namespace(), one.workflowId(), one.expected(), two.to(), two.runNumber());
      }
      default -> then;
    };
  }
}
