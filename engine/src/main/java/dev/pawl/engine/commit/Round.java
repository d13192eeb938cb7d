package dev.pawl.engine.commit;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.Decision;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.GrantTask;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Request;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One group: what it looks at, what it decides, what it wants written. Thrown away afterwards. */
final class Round {
  private final Store store;
  private final RunCache cache;
  private final HandOut handOut;
  private final Instant now;
  private final long epochFloor;
  private final LaneSettings settings;

  private final Map<RunId, Work> works = new LinkedHashMap<>();
  private final List<Work> loose = new ArrayList<>(0);
  private final List<Pending<?>> later = new ArrayList<>(0);

  // What was loaded, overlaid with what this group decided.
  private final Set<RunId> freshRuns = new HashSet<>();
  private final Set<Store.ChainKey> freshChains = new HashSet<>();
  private final Map<RunId, Run> runs = new HashMap<>();
  private final Map<RunId, String> corrupt = new HashMap<>(0);
  private final Map<Store.ChainKey, Situation.Chain> chains = new HashMap<>();
  private final Map<TaskId, ActivityTask> tasks = new HashMap<>();
  private final Map<Store.UpdateKey, Effect.Update> updates = new HashMap<>(0);
  private final Map<Store.RequestKey, Effect.Remembered> requests = new HashMap<>(0);
  /** Born in another run's write: they cannot have a write of their own in this group. */
  private final Set<RunId> bornBeside = new HashSet<>(0);
  /** Mails whose effect this group has. The store guards a mail against other groups, not against two of one. */
  private final Set<Mail.Key> taken = new HashSet<>(0);
  private int bytes;

  Round(Store store, RunCache cache, HandOut handOut, Instant now, LaneSettings settings) {
    this.store = store;
    this.cache = cache;
    this.handOut = handOut;
    this.now = now;
    this.epochFloor = store.epochFloor();
    this.settings = settings;
  }

  // ---- looking

  /** Loads what the group lacks: nothing at all, most of the time. */
  void load(List<Pending<?>> group) {
    Set<RunId> wantRuns = new HashSet<>(0);
    Set<Store.ChainKey> wantChains = new HashSet<>(0);
    Set<TaskId> wantTasks = new HashSet<>(0);
    Set<Store.UpdateKey> wantUpdates = new HashSet<>(0);
    Set<Store.RequestKey> wantRequests = new HashSet<>(0);
    boolean second = false;
    for (Pending<?> pending : group) {
      switch (pending.anchor) {
        case Request.OfRun of -> {
          if (pending.fresh() || cache.run(of.run()) == null) wantRuns.add(of.run());
        }
        case Request.OfChain of -> {
          Store.ChainKey key = key(of);
          Situation.Chain known = pending.fresh() ? null : cache.chain(key);
          // A guess that the workflow id is new costs nothing: the chain's guard corrects it.
          if (known == null && (pending.fresh() || !of.mayBeNew())) wantChains.add(key);
          RunId target = of.run() != null ? of.run() : known != null ? known.run() : null;
          if (target != null && (pending.fresh() || cache.run(target) == null)) wantRuns.add(target);
        }
      }
      wantTasks.addAll(pending.needs.tasks());
      second |= !pending.needs.updates().isEmpty() || !pending.needs.requestIds().isEmpty();
      want(pending, wantUpdates, wantRequests);
    }
    fetch(wantRuns, wantChains, wantTasks, wantUpdates, wantRequests);
    if (!second) return;
    // Updates and request ids are found by the run or the workflow id, which may have come only now.
    wantUpdates.clear();
    wantRequests.clear();
    for (Pending<?> pending : group) want(pending, wantUpdates, wantRequests);
    wantUpdates.removeIf(seenUpdates::contains);
    wantRequests.removeIf(seenRequests::contains);
    fetch(Set.of(), Set.of(), Set.of(), wantUpdates, wantRequests);
  }

  private final Set<Store.UpdateKey> seenUpdates = new HashSet<>(0);
  private final Set<Store.RequestKey> seenRequests = new HashSet<>(0);

  private void want(Pending<?> pending, Set<Store.UpdateKey> wantUpdates, Set<Store.RequestKey> wantRequests) {
    if (!pending.needs.updates().isEmpty()) {
      RunId target = target(pending.anchor);
      if (target != null) {
        for (String id : pending.needs.updates()) wantUpdates.add(new Store.UpdateKey(target, id));
      }
    }
    for (String id : pending.needs.requestIds()) {
      Store.RequestKey key = requestKey(pending, id);
      if (key != null) wantRequests.add(key);
    }
  }

  private Store.@Nullable RequestKey requestKey(Pending<?> pending, String id) {
    return switch (pending.anchor) {
      case Request.OfChain of -> new Store.RequestKey(of.namespace(), of.workflowId(), id);
      case Request.OfRun of -> {
        Run run = known(of.run());
        yield run == null ? null : new Store.RequestKey(run.state().namespace(), run.state().workflowId(), id);
      }
    };
  }

  private void fetch(Set<RunId> wantRuns, Set<Store.ChainKey> wantChains, Set<TaskId> wantTasks,
      Set<Store.UpdateKey> wantUpdates, Set<Store.RequestKey> wantRequests) {
    if (wantRuns.isEmpty() && wantChains.isEmpty() && wantTasks.isEmpty() && wantUpdates.isEmpty()
        && wantRequests.isEmpty()) {
      return;
    }
    Store.Loaded loaded =
        store.load(new Store.Wanted(wantRuns, wantChains, wantTasks, wantUpdates, wantRequests));
    for (RunId id : wantRuns) cache.drop(id);
    for (Store.ChainKey key : wantChains) cache.drop(key);
    freshRuns.addAll(wantRuns);
    freshRuns.addAll(loaded.runs().keySet());
    freshChains.addAll(wantChains);
    runs.putAll(loaded.runs());
    chains.putAll(loaded.chains());
    for (Situation.Chain chain : loaded.chains().values()) freshRuns.add(chain.run());
    tasks.putAll(loaded.tasks());
    updates.putAll(loaded.updates());
    requests.putAll(loaded.requests());
    corrupt.putAll(loaded.corrupt());
    seenUpdates.addAll(wantUpdates);
    seenRequests.addAll(wantRequests);
    for (Run run : loaded.runs().values()) cache.keep(run);
    for (Situation.Chain chain : loaded.chains().values()) cache.keep(chain);
  }

  private static Store.ChainKey key(Request.OfChain of) {
    return new Store.ChainKey(of.namespace(), of.workflowId());
  }

  private @Nullable Run known(RunId id) {
    Work work = works.get(id);
    if (work != null && work.run() != null) return work.run();
    Run loaded = runs.get(id);
    return loaded != null || freshRuns.contains(id) ? loaded : cache.run(id);
  }

  private Situation.@Nullable Chain chainOf(Store.ChainKey key) {
    Situation.Chain here = chains.get(key);
    return here != null || freshChains.contains(key) ? here : cache.chain(key);
  }

  private @Nullable RunId target(Request.Anchor anchor) {
    return switch (anchor) {
      case Request.OfRun of -> of.run();
      case Request.OfChain of -> {
        if (of.run() != null) yield of.run();
        Situation.Chain chain = chainOf(key(of));
        yield chain == null ? null : chain.run();
      }
    };
  }

  // ---- deciding

  /** Decides one request; whatever cannot be settled in this group waits for the next. */
  <A> void decide(Pending<A> pending) {
    RunId target = target(pending.anchor);
    Work work = target == null ? null : works.get(target);
    if (bytes > settings.groupBytes() || (target != null && bornBeside.contains(target))
        || (work != null && (work.alone || pending.alone))) {
      later.add(pending);
      return;
    }
    if (target != null && corrupt.containsKey(target)) {
      refuseCorrupt(pending, target, corrupt.get(target));
      return;
    }
    Run run = target == null ? null : known(target);
    boolean overlaid = work != null && work.run() != null;
    List<Event> events = List.of();
    Long after = run == null ? null : pending.needs.eventsAfter(run);
    if (after != null && run != null && run.state().lastSeq() > after) {
      if (overlaid) {
        later.add(pending);
        return;
      }
      try {
        events = store.events(run.id(), after, Integer.MAX_VALUE);
      } catch (CorruptHistory e) {
        if (!pending.needs.doesWithoutEvents()) {
          refuseCorrupt(pending, run.id(), String.valueOf(e.getMessage()));
          return;
        }
      }
    }
    Decision<A> decision;
    try {
      decision = pending.request.decide(situation(pending, target, run, events));
    } catch (CorruptHistory e) {
      if (!overlaid && unconfirmed(pending, target)) {
        again(pending);
      } else {
        refuseCorrupt(pending, target, String.valueOf(e.getMessage()));
      }
      return;
    }
    switch (decision) {
      case Decision.Change<A> change -> change(pending, target, work, change);
      case Decision.Unchanged<A> same -> {
        if (overlaid && work != null) work.ride(pending, same.answer());
        else if (unconfirmed(pending, target)) again(pending);
        else pending.answer(same.answer());
      }
      case Decision.Rejected<A> no -> {
        if (overlaid && work != null) work.ride(pending, no.rejection());
        else if (unconfirmed(pending, target)) again(pending);
        else pending.refuse(no.rejection());
      }
    }
  }

  private void refuseCorrupt(Pending<?> pending, @Nullable RunId run, String why) {
    if (run != null) {
      store.quarantine(run, why);
      cache.drop(run);
    }
    pending.refuse(new Rejection(Rejection.Code.RUN_CORRUPT,
        "run %s is quarantined, its rows cannot be read: %s".formatted(run, why), null));
  }

  private Situation situation(Pending<?> pending, @Nullable RunId target, @Nullable Run run, List<Event> events) {
    Situation.Chain chain = pending.anchor instanceof Request.OfChain of ? chainOf(key(of)) : null;
    if (pending.needs == Request.Needs.NOTHING) {
      return new Situation(run, chain, Map.of(), Map.of(), List.of(), Map.of(), now, epochFloor,
          settings.unread());
    }
    Map<TaskId, ActivityTask> open = new HashMap<>(2);
    for (TaskId id : pending.needs.tasks()) {
      ActivityTask task = tasks.get(id);
      if (task != null) open.put(id, task);
    }
    Map<String, Effect.Update> named = new HashMap<>(2);
    if (target != null) {
      for (String id : pending.needs.updates()) {
        Effect.Update update = updates.get(new Store.UpdateKey(target, id));
        if (update != null) named.put(id, update);
      }
    }
    Map<String, Effect.Remembered> before = new HashMap<>(2);
    for (String id : pending.needs.requestIds()) {
      Store.RequestKey key = requestKey(pending, id);
      Effect.Remembered answer = key == null ? null : requests.get(key);
      if (answer != null) before.put(id, answer);
    }
    return new Situation(run, chain, open, named, events, before, now, epochFloor, settings.unread());
  }

  /** Whether the decision was made on a row that no guard of this group will confirm. */
  private boolean unconfirmed(Pending<?> pending, @Nullable RunId target) {
    if (target != null && !freshRuns.contains(target)) return true;
    return pending.anchor instanceof Request.OfChain of && of.run() == null && !freshChains.contains(key(of));
  }

  private void again(Pending<?> pending) {
    pending.refresh();
    later.add(pending);
  }

  private <A> void change(Pending<A> pending, @Nullable RunId target, @Nullable Work overlay,
      Decision.Change<A> change) {
    Run after = change.after();
    RunId home = after != null ? after.id() : change.before() != null ? change.before().id() : target;
    boolean guarded = after != null || (overlay != null && overlay.run() != null);
    if (!guarded && unconfirmed(pending, target)) {
      again(pending);
      return;
    }
    if (after != null && bornBeside.contains(after.id())) {
      later.add(pending);
      return;
    }
    if (takenHere(change.effects())) {
      // In a write of its own it hurts nobody when it finds that its mail is gone.
      pending.alone = true;
      again(pending);
      return;
    }
    Work work;
    if (home == null) {
      work = new Work();
      loose.add(work);
    } else {
      work = works.get(home);
      if (work != null && (work.alone || pending.alone)) {
        later.add(pending);
        return;
      }
      if (work == null) {
        work = new Work();
        works.put(home, work);
      }
    }
    if (!work.change(pending, change)) {
      later.add(pending);
      return;
    }
    work.alone |= pending.alone;
    overlay(change);
  }

  private boolean takenHere(List<Effect> effects) {
    for (Effect effect : effects) if (effect instanceof Effect.Take take && taken.contains(take.key())) return true;
    return false;
  }

  private void overlay(Decision.Change<?> change) {
    for (Event event : change.events()) bytes += Weight.of(event.fact());
    bytes += 512;
    for (Effect effect : change.effects()) {
      switch (effect) {
        case Effect.OpenTask e -> tasks.put(e.task().id(), e.task());
        case Effect.ChangeTask e -> tasks.put(e.task().id(), e.task());
        case Effect.CloseTask e -> tasks.remove(e.id());
        case Effect.AdmitUpdate e ->
            updates.put(new Store.UpdateKey(e.update().run(), e.update().updateId()), e.update());
        case Effect.SettleUpdate e -> updates.computeIfPresent(new Store.UpdateKey(e.run(), e.updateId()),
            (key, update) -> EffectFold.settled(update, e));
        case Effect.RejectAdmitted e -> updates.replaceAll((key, update) -> EffectFold.rejected(update, e));
        case Effect.Remember e -> requests.put(
            new Store.RequestKey(e.what().namespace(), e.what().workflowId(), e.what().requestId()), e.what());
        case Effect.PointChain e -> chains.put(new Store.ChainKey(e.namespace(), e.workflowId()),
            new Situation.Chain(e.namespace(), e.workflowId(), e.to(), e.runNumber()));
        case Effect.BearRun e -> {
          bornBeside.add(e.run().id());
          runs.put(e.run().id(), e.run());
          for (Event event : e.events()) bytes += Weight.of(event.fact());
        }
        case Effect.Post e -> {}
        case Effect.Unpost e -> {}
        case Effect.Take e -> taken.add(e.key());
        case Effect.Note e -> {}
        case Effect.KeepLateReport e -> {}
        case Effect.Audit e -> {}
      }
    }
  }

  // ---- handing out

  /** Gives what became ready to workers that wait here, in the same writes. */
  void handOut() {
    for (Work work : works.values()) {
      Run run = work.run();
      if (run != null && !work.alone) grant(work, run);
      for (Effect effect : List.copyOf(tasksOf(work))) {
        if (effect instanceof Effect.OpenTask open) lease(work, open.task());
      }
    }
  }

  private static List<Effect> tasksOf(Work work) {
    List<Effect> all = new ArrayList<>(2);
    work.effects.tasks().forEach(all::add);
    return all;
  }

  private void grant(Work work, Run run) {
    if (run.task().phase() != WorkflowTask.Phase.READY || run.task().visibleAt().isAfter(now)) {
      return;
    }
    HandOut.RunSlot slot = handOut.forRun(run, now);
    if (slot == null) return;
    GrantTask grant = new GrantTask(run.id(), slot.session());
    if (grant.decide(Situation.of(run, now, epochFloor)) instanceof Decision.Change<GrantTask.Granted> change) {
      work.grant(slot, change);
    } else {
      slot.released();
    }
  }

  private void lease(Work work, ActivityTask task) {
    if (task.phase() != ActivityTask.Phase.WAITING || task.visibleAt().isAfter(now)) return;
    HandOut.ActivitySlot slot = handOut.forActivity(task, now);
    if (slot == null) return;
    ActivityTask leased = task.leased(slot.session(), now, epochFloor);
    work.effects.openLeased(new Effect.OpenTask(leased));
    work.give(slot, leased);
  }

  // ---- results

  List<Work> works() {
    if (loose.isEmpty()) return List.copyOf(works.values());
    List<Work> all = new ArrayList<>(works.values());
    all.addAll(loose);
    return all;
  }

  List<Pending<?>> later() {
    return later;
  }

  Situation.@Nullable Chain pointed(Effect.PointChain effect) {
    return chains.get(new Store.ChainKey(effect.namespace(), effect.workflowId()));
  }
}
