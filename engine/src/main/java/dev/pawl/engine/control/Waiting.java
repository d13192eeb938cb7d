package dev.pawl.engine.control;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for results, updates and events: looks, sleeps until a commit of this node or a while has passed, looks again.
 */
final class Waiting {
  private static final long FIRST_LOOK = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long SLOW_LOOK = TimeUnit.SECONDS.toNanos(3);
  private static final int MOST_EVENTS = 10_000;

  private final Store store;
  private final Lookup lookup;
  private final Watchers watchers;
  private final BooleanSupplier closing;
  private final EndLook ends;

  Waiting(Store store, Lookup lookup, Watchers watchers, BooleanSupplier closing) {
    this.store = store;
    this.lookup = lookup;
    this.watchers = watchers;
    this.closing = closing;
    this.ends = new EndLook(store);
  }

  private interface Look<T> {
    /** @return null: not yet */
    @Nullable T look();
  }

  /** Looks until something is there. @return null: the time is over */
  private <T> @Nullable T until(long deadline, Watchers.Watch watch, Look<T> look) {
    long pause = FIRST_LOOK;
    while (true) {
      T found = look.look();
      if (found != null) return found;
      long rest = deadline - System.nanoTime();
      if (rest <= 0) return null;
      if (closing.getAsBoolean()) {
        throw new RejectedException(Rejection.because(Rejection.Code.SHUTTING_DOWN, "the engine is closing"));
      }
      if (!watch.await(Math.min(rest, pause))) return null;
      pause = Math.min(2 * pause, SLOW_LOOK);
    }
  }

  private static long deadline(Duration wait) {
    return System.nanoTime() + Math.min(wait.toNanos(), TimeUnit.HOURS.toNanos(24));
  }

  private static RejectedException timedOut(String what, Duration wait) {
    return new RejectedException(Rejection.because(
        Rejection.Code.WAIT_TIMED_OUT, "%s did not come within %s".formatted(what, wait)));
  }

  // ---- the result of a chain

  ControlApi.RunResult result(RunRef ref, Duration wait) {
    try (Watchers.Watch watch = watchers.watch(ref.namespace(), ref.workflowId(), true)) {
      return result(ref, wait, deadline(wait), watch);
    }
  }

  private ControlApi.RunResult result(RunRef ref, Duration wait, long deadline, Watchers.Watch watch) {
    // Started here a moment ago: its end will be heard, or found by the look after the first pause.
    RunId hint = ref.run() == null && wait.toNanos() > FIRST_LOOK
        ? watchers.bornHere(ref.namespace(), ref.workflowId())
        : null;
    RunRef at = ref;
    while (true) {
      RunRef from = at;
      RunId[] run = {hint};
      boolean[] skip = {hint != null};
      hint = null;
      RunEvent.Closing end = until(deadline, watch, () -> {
        RunEvent.Closing heard = run[0] == null ? null : watch.ending(run[0]);
        if (heard != null) return heard;
        if (skip[0]) {
          skip[0] = false;
          return null;
        }
        // Once it is known which run it is, only that one: a later run of the same id is another story.
        if (run[0] != null && ends.underWay(run[0])) return null;
        Run found = lookup.run(run[0] == null ? from : new RunRef(from.namespace(), from.workflowId(), run[0]));
        run[0] = found.id();
        return closing(found);
      });
      if (end == null) throw timedOut("the result of '" + ref.workflowId() + "'", wait);
      RunId ended = Objects.requireNonNull(run[0]);
      switch (end) {
        case RunEvent.WorkflowContinuedAsNew e -> at = new RunRef(ref.namespace(), ref.workflowId(), e.newRun());
        case RunEvent.WorkflowReset e -> at = new RunRef(ref.namespace(), ref.workflowId(), e.newRun());
        case RunEvent.WorkflowCompleted e -> {
          return result(ended, RunStatus.COMPLETED,
              Outcome.success(e.output() == null ? Payload.NULL : e.output()));
        }
        case RunEvent.WorkflowFailed e -> {
          return result(ended, RunStatus.FAILED, Outcome.failed(e.failure()));
        }
        case RunEvent.WorkflowCancelled e -> {
          return result(ended, RunStatus.CANCELLED,
              Outcome.failed(Failure.of(Failure.CANCELLED, e.reason())));
        }
        case RunEvent.WorkflowTerminated e -> {
          return result(ended, RunStatus.TERMINATED,
              Outcome.failed(Failure.of(Failure.TERMINATED, e.reason())));
        }
        case RunEvent.WorkflowTimedOut e -> {
          return result(ended, RunStatus.TIMED_OUT,
              Outcome.failed(Failure.of(Failure.TIMED_OUT, "the " + e.kind() + " timeout passed")));
        }
      }
    }
  }

  private static ControlApi.RunResult result(RunId run, RunStatus status, Outcome outcome) {
    return new ControlApi.RunResult(run, status, outcome);
  }

  private RunEvent.@Nullable Closing closing(Run run) {
    if (run.state().open()) return null;
    List<Event> last = lookup.events(run.id(), run.state().lastSeq() - 1, 1);
    return last.isEmpty() || !(last.getFirst().fact() instanceof RunEvent.Closing end) ? null : end;
  }

  // ---- updates

  Outcome update(RunRef ref, String updateId, Duration wait) {
    Effect.Update settled;
    try (Watchers.Watch watch = watchers.watch(ref.namespace(), ref.workflowId(), false)) {
      settled = settled(holder(ref, updateId), updateId, deadline(wait), watch);
    }
    if (settled == null) throw timedOut("the outcome of update '" + updateId + "'", wait);
    Outcome outcome = settled.outcome();
    if (settled.phase() == Effect.UpdatePhase.REJECTED) {
      String why = outcome instanceof Outcome.Failed f ? f.failure().message() : "the program refused it";
      throw new RejectedException(Rejection.because(Rejection.Code.UPDATE_REJECTED, why));
    }
    return outcome == null ? Outcome.success(Payload.NULL) : outcome;
  }

  /** The run that has the update: the current one, or one before it, if the chain went on meanwhile. */
  private RunId holder(RunRef ref, String updateId) {
    RunId current = lookup.id(ref);
    if (ref.run() != null || store.visibility().update(current, updateId).isPresent()) return current;
    List<Visibility.RunSummary> chain = store.visibility().runsOf(ref.namespace(), ref.workflowId());
    for (Visibility.RunSummary before : chain.reversed()) {
      if (store.visibility().update(before.run(), updateId).isPresent()) return before.run();
    }
    return current;
  }

  private Effect.@Nullable Update settled(RunId run, String updateId, long deadline, Watchers.Watch watch) {
    return until(deadline, watch, () -> {
      Optional<Effect.Update> update = store.visibility().update(run, updateId);
      if (update.isEmpty()) {
        throw new RejectedException(Rejection.invalid(
            "updateId", "run %s never admitted an update '%s'".formatted(run, updateId)));
      }
      return switch (update.get().phase()) {
        case ADMITTED, ACCEPTED -> null;
        case COMPLETED, REJECTED -> update.get();
      };
    });
  }

  // ---- history

  List<Event> history(RunRef ref, long after, int limit, Duration wait) {
    if (limit < 1 || limit > MOST_EVENTS) {
      throw new RejectedException(
          Rejection.invalid("limit", "expected 1 to %d, got %d".formatted(MOST_EVENTS, limit)));
    }
    if (after < 0) throw new RejectedException(Rejection.invalid("after", "expected 0 or more, got " + after));
    try (Watchers.Watch watch = watchers.watch(ref.namespace(), ref.workflowId(), false)) {
      RunId run = lookup.id(ref);
      List<Event> events = until(deadline(wait), watch, () -> {
        List<Event> found = lookup.events(run, after, limit);
        if (!found.isEmpty()) return found;
        // Nothing comes after the end.
        return wait.isZero() || !lookup.run(new RunRef(ref.namespace(), ref.workflowId(), run)).state().open()
            ? List.of()
            : null;
      });
      return events == null ? List.of() : events;
    }
  }
}
