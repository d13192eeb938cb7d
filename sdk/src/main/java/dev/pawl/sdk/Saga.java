package dev.pawl.sdk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Undoes what was done when a later part fails. Compensations run in a detached scope, so they also run when the workflow
 * is being cancelled.
 *
 * <pre>{@code
 * return Saga.run(saga -> {
 *   var hotel = Pawl.step("hotel", () -> hotels.book(trip));
 *   saga.onFailure(() -> Pawl.step("cancel-hotel", () -> hotels.cancel(hotel)));
 *   var flight = flights.book(trip);
 *   saga.onFailure(() -> flights.cancel(flight));
 *   return new Booking(hotel, flight);
 * });
 * }</pre>
 */
public final class Saga {
  /** In which order compensations run. */
  public enum Order {
    /** The last thing first, one after another; stops at none, even if one fails. */
    REVERSE,
    /** All at once. */
    PARALLEL
  }

  private final Order order;
  private final List<Runnable> compensations = new ArrayList<>();

  private Saga(Order order) {
    this.order = order;
  }

  /** A saga whose compensations run in reverse. */
  public static Saga reverse() {
    return new Saga(Order.REVERSE);
  }

  /** A saga whose compensations run in parallel. */
  public static Saga parallel() {
    return new Saga(Order.PARALLEL);
  }

  /** Runs {@code body}; if it throws, compensates in reverse and throws on. */
  public static <T extends @Nullable Object> T run(Function<Saga, T> body) {
    return run(Order.REVERSE, body);
  }

  /** Runs {@code body}; if it throws, compensates in the given order and throws on. */
  public static <T extends @Nullable Object> T run(Order order, Function<Saga, T> body) {
    Saga saga = new Saga(order);
    try {
      return body.apply(saga);
    } catch (RuntimeException failure) {
      try {
        saga.compensate();
      } catch (RuntimeException compensation) {
        failure.addSuppressed(compensation);
      }
      throw failure;
    }
  }

  /** Remembers how to undo what was just done. */
  public Saga onFailure(Runnable compensation) {
    compensations.add(compensation);
    return this;
  }

  /**
   * Undoes everything remembered, then forgets it. All compensations are tried.
   *
   * @throws RuntimeException the first failure of a compensation, with the others suppressed
   */
  public void compensate() {
    List<Runnable> todo = new ArrayList<>(compensations);
    compensations.clear();
    Collections.reverse(todo);
    List<RuntimeException> failures = new ArrayList<>();
    Scope.detached().run(() -> {
      if (order == Order.REVERSE) {
        for (Runnable compensation : todo) attempt(compensation, failures);
      } else {
        List<Promise<@Nullable Void>> running = new ArrayList<>();
        for (Runnable compensation : todo) running.add(Pawl.async(compensation));
        for (Promise<@Nullable Void> each : running) attempt(each::get, failures);
      }
    });
    if (failures.isEmpty()) return;
    RuntimeException first = failures.get(0);
    failures.subList(1, failures.size()).forEach(first::addSuppressed);
    throw first;
  }

  private static void attempt(Runnable compensation, List<RuntimeException> failures) {
    try {
      compensation.run();
    } catch (RuntimeException e) {
      failures.add(e);
    }
  }
}
