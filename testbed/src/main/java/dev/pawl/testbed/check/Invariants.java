package dev.pawl.testbed.check;

import java.util.List;

/** All invariants. */
public final class Invariants {
  public static final List<Invariant> ALL = List.of(
      Promises.ONE_ANSWER, Promises.NO_ANSWER_LEFT_OPEN,
      Promises.ACKNOWLEDGED_IS_DURABLE, Promises.ONE_START, Promises.ONE_EVENT_PER_MESSAGE, Promises.REFUSED_IS_ABSENT,
      Histories.NUMBERED, Histories.WHOLE, References.CHAINS, Histories.ONE_END, References.CLOSED_ONCE,
      Effects.ONCE, Histories.TIMERS, Effects.ONE_OUTCOME,
      Leases.ONE_HOLDER, Leases.LATE_REPORTS_CHANGE_NOTHING, Leases.EPOCHS_RISE, Endings.NOTHING_AFTER,
      Integrity.HASH_CHAIN, Endings.OUTBOX, Endings.SIGNALS_SETTLED, Orphans.NONE, Orphans.POISON_IS_BLOCKED);

  private Invariants() {}

  /** @throws IllegalArgumentException if there is none with this id */
  public static Invariant byId(String id) {
    return ALL.stream().filter(invariant -> invariant.id().equals(id)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such invariant: " + id));
  }
}
