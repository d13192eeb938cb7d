package dev.pawl.engine.commit;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Outcome;
import dev.pawl.engine.store.Store;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The effects of several decisions of one write, folded so that each row is touched once: a task that was opened and
 * closed in the same group was never there. What cannot be folded is refused, and its decision waits for the next
 * group.
 */
final class EffectFold {
  private final Map<TaskId, Effect> tasks = new LinkedHashMap<>(4);
  private final Map<Mail.Key, Effect> mails = new LinkedHashMap<>(4);
  private final Map<Store.UpdateKey, Effect> updates = new LinkedHashMap<>(0);
  private final Map<Store.ChainKey, Effect.PointChain> chains = new LinkedHashMap<>(2);
  private final List<Effect> others = new ArrayList<>(2);
  private boolean touched;

  /** Adds all of a decision's effects or, if one of them cannot be folded, none. */
  boolean add(List<Effect> effects) {
    if (touched && !effects.isEmpty() && !fits(effects)) return false;
    for (Effect effect : effects) put(effect);
    touched |= !effects.isEmpty();
    return true;
  }

  private boolean fits(List<Effect> effects) {
    for (Effect effect : effects) {
      boolean clash = switch (effect) {
        case Effect.OpenTask e -> tasks.containsKey(e.task().id());
        case Effect.ChangeTask e -> tasks.get(e.task().id()) instanceof Effect.CloseTask;
        case Effect.CloseTask e -> false;
        case Effect.Post e -> mails.containsKey(e.mail().key());
        case Effect.Unpost e -> false;
        case Effect.Take e -> mails.get(e.key()) instanceof Effect.Post;
        case Effect.AdmitUpdate e -> updates.containsKey(new Store.UpdateKey(e.update().run(), e.update().updateId()));
        case Effect.SettleUpdate e -> false;
        case Effect.RejectAdmitted e -> false;
        case Effect.PointChain e -> {
          Effect.PointChain before = chains.get(new Store.ChainKey(e.namespace(), e.workflowId()));
          yield before != null && !before.to().equals(e.expected());
        }
        case Effect.BearRun e -> false;
        case Effect.Remember e -> false;
        case Effect.Note e -> false;
        case Effect.KeepLateReport e -> false;
        case Effect.Audit e -> false;
      };
      if (clash) return false;
    }
    return true;
  }

  private void put(Effect effect) {
    switch (effect) {
      case Effect.OpenTask e -> tasks.put(e.task().id(), e);
      case Effect.ChangeTask e -> tasks.put(e.task().id(), switch (tasks.get(e.task().id())) {
        case Effect.OpenTask open -> new Effect.OpenTask(e.task());
        case Effect.ChangeTask change -> new Effect.ChangeTask(e.task(), change.expectedEpoch());
        case null, default -> e;
      });
      case Effect.CloseTask e -> {
        switch (tasks.get(e.id())) {
          case Effect.OpenTask open -> tasks.remove(e.id());
          case Effect.ChangeTask change -> tasks.put(e.id(), new Effect.CloseTask(e.id(), change.expectedEpoch()));
          case Effect.CloseTask close -> {}
          case null, default -> tasks.put(e.id(), e);
        }
      }
      case Effect.Post e -> mails.put(e.mail().key(), e);
      case Effect.Unpost e -> {
        switch (mails.get(e.key())) {
          case Effect.Post post -> mails.remove(e.key());
          case Effect.Take take -> {}
          case null, default -> mails.put(e.key(), e);
        }
      }
      case Effect.Take e -> {
        // Taken back in the same group: nothing to guard any more, the row goes either way.
        if (!(mails.get(e.key()) instanceof Effect.Unpost)) mails.put(e.key(), e);
      }
      case Effect.AdmitUpdate e -> updates.put(new Store.UpdateKey(e.update().run(), e.update().updateId()), e);
      case Effect.SettleUpdate e -> {
        Store.UpdateKey key = new Store.UpdateKey(e.run(), e.updateId());
        updates.put(key, switch (updates.get(key)) {
          case Effect.AdmitUpdate admit -> new Effect.AdmitUpdate(settled(admit.update(), e));
          case null, default -> e;
        });
      }
      case Effect.RejectAdmitted e -> {
        // One statement rejects the stored rows; those of this very write it would not see.
        updates.replaceAll((key, update) ->
            update instanceof Effect.AdmitUpdate admit ? new Effect.AdmitUpdate(rejected(admit.update(), e)) : update);
        others.add(e);
      }
      case Effect.PointChain e -> {
        Store.ChainKey key = new Store.ChainKey(e.namespace(), e.workflowId());
        Effect.PointChain before = chains.get(key);
        chains.put(key, before == null ? e : new Effect.PointChain(
            e.namespace(), e.workflowId(), before.expected(), e.to(), e.runNumber()));
      }
      case Effect.BearRun e -> others.add(e);
      case Effect.Remember e -> others.add(e);
      case Effect.Note e -> others.add(e);
      case Effect.KeepLateReport e -> others.add(e);
      case Effect.Audit e -> others.add(e);
    }
  }

  static Effect.Update settled(Effect.Update update, Effect.SettleUpdate settle) {
    return new Effect.Update(update.run(), update.updateId(), update.name(), update.input(), update.header(),
        settle.phase(), settle.outcome());
  }

  static Effect.Update rejected(Effect.Update update, Effect.RejectAdmitted reject) {
    return update.run().equals(reject.run()) && update.phase() == Effect.UpdatePhase.ADMITTED
        ? new Effect.Update(update.run(), update.updateId(), update.name(), update.input(), update.header(),
            Effect.UpdatePhase.REJECTED, Outcome.failed(reject.why()))
        : update;
  }

  /** Puts a leased task in the place of a waiting one. */
  void openLeased(Effect.OpenTask leased) {
    tasks.put(leased.task().id(), leased);
  }

  Iterable<Effect> tasks() {
    return tasks.values();
  }

  boolean takesMail() {
    for (Effect effect : mails.values()) if (effect instanceof Effect.Take) return true;
    return false;
  }

  Iterable<Effect.PointChain> chains() {
    return chains.values();
  }

  List<Effect> all() {
    List<Effect> all = new ArrayList<>(
        tasks.size() + mails.size() + updates.size() + chains.size() + others.size());
    all.addAll(others);
    all.addAll(chains.values());
    all.addAll(tasks.values());
    all.addAll(mails.values());
    all.addAll(updates.values());
    return all;
  }

  /** Births, remembered requests, lines of the ledger, late reports. */
  List<Effect> others() {
    return others;
  }
}
