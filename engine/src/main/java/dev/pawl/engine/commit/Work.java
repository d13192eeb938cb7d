package dev.pawl.engine.commit;

import dev.pawl.core.run.Decision;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.GrantTask;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.Store;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One write in the making: all decisions of a group that concern one run, and who is answered when it has landed. */
final class Work {
  private final List<Event> events = new ArrayList<>(4);
  private final List<Rider<?>> riders = new ArrayList<>(2);
  private final List<TakenPlace> places = new ArrayList<>(0);
  final EffectFold effects = new EffectFold();
  private long expected;
  private @Nullable Run run;
  private HandOut.@Nullable RunSlot slot;
  private GrantTask.@Nullable Granted granted;
  /** Nobody else may join. */
  boolean alone;

  /** Someone who is answered when the write has landed. */
  private record Rider<A>(Pending<A> pending, @Nullable A answer, @Nullable Rejection rejection) {
    @SuppressWarnings("NullAway") // null is an answer where the request's type says so
    void landed() {
      if (rejection != null) pending.refuse(rejection);
      else pending.answer(answer);
    }
  }

  private record TakenPlace(HandOut.ActivitySlot slot, ActivityTask task) {}

  /** The run as it will be; null while only effects are written. */
  @Nullable Run run() {
    return run;
  }

  List<Event> events() {
    return events;
  }

  /** Adds a change; false if its effects do not fit with those that are here. */
  <A> boolean change(Pending<A> pending, Decision.Change<A> change) {
    if (!apply(change)) return false;
    riders.add(new Rider<>(pending, change.answer(), null));
    return true;
  }

  private boolean apply(Decision.Change<?> change) {
    if (!effects.add(change.effects())) return false;
    if (change.after() != null) {
      if (run == null) expected = change.before() == null ? 0 : change.before().version();
      run = change.after();
      events.addAll(change.events());
    }
    return true;
  }

  <A> void ride(Pending<A> pending, A answer) {
    riders.add(new Rider<>(pending, answer, null));
  }

  void ride(Pending<?> pending, Rejection rejection) {
    riders.add(new Rider<>(pending, null, rejection));
  }

  void grant(HandOut.RunSlot to, Decision.Change<GrantTask.Granted> change) {
    apply(change);
    slot = to;
    granted = change.answer();
  }

  void give(HandOut.ActivitySlot to, ActivityTask task) {
    places.add(new TakenPlace(to, task));
  }

  boolean grantsRun() {
    return slot != null;
  }

  int activitiesGiven() {
    return places.size();
  }

  Store.Write write() {
    return new Store.Write(expected, run, events, effects.all());
  }

  void landed() {
    for (Rider<?> rider : riders) rider.landed();
    if (slot != null && granted != null) slot.granted(granted, events);
    for (TakenPlace place : places) place.slot.granted(place.task);
  }

  /** Nothing was written: places are free again. */
  List<Pending<?>> fellOut() {
    if (slot != null) slot.released();
    for (TakenPlace place : places) place.slot.released();
    List<Pending<?>> again = new ArrayList<>(riders.size());
    for (Rider<?> rider : riders) again.add(rider.pending);
    return again;
  }
}
