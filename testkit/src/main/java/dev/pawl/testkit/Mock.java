package dev.pawl.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for an activity, a step or a child workflow, and remembers how it was called. Without an answer of its own it
 * lets the real one answer, and only watches.
 *
 * <pre>{@code
 * pawl.mock("payments.charge", (Charge charge) -> new Charged("ref-1")).fails(2, () -> new IOException("down"));
 * ...
 * pawl.mock("payments.charge").wasCalled(3);
 * }</pre>
 */
public final class Mock {
  /**
   * One call.
   *
   * @param key idempotency key of the activity or step; the run id for a child
   * @param attempt from 1
   * @param at the test's time when it began
   */
  public record Call(List<@Nullable Object> arguments, String key, int attempt, Instant at) {
    /** The only or first argument. */
    public @Nullable Object argument() {
      return arguments.isEmpty() ? null : arguments.get(0);
    }
  }

  private final String name;
  private final List<Call> calls = new ArrayList<>();
  private @Nullable MockBody<Object, Object> answer;
  private @Nullable Supplier<? extends Throwable> failure;
  private int failures;
  private Duration takes = Duration.ZERO;

  Mock(String name) {
    this.name = name;
  }

  // ---- what it does

  /** Answers with what {@code body} makes of the first argument. */
  @SuppressWarnings("unchecked") // the worker hands over what the activity's interface says
  public synchronized <A extends @Nullable Object, R extends @Nullable Object> Mock answers(MockBody<A, R> body) {
    answer = (MockBody<Object, Object>) (MockBody<?, ?>) body;
    return this;
  }

  /** Always answers with this. */
  @SuppressWarnings("NullAway") // what it answers may be null
  public Mock returns(@Nullable Object value) {
    return answers(argument -> value);
  }

  /** The next {@code times} calls fail instead of answering. */
  public synchronized Mock fails(int times, Supplier<? extends Throwable> with) {
    failures = times;
    failure = with;
    return this;
  }

  /** Every call fails. */
  public Mock fails(Supplier<? extends Throwable> with) {
    return fails(Integer.MAX_VALUE, with);
  }

  /** Each call takes so much of the test's time. Not for steps: the lease of their run would never rest. */
  public synchronized Mock takes(Duration virtual) {
    takes = virtual;
    return this;
  }

  // ---- for the kit

  synchronized Duration takes() {
    return takes;
  }

  @Nullable Object call(Call call, Callable<@Nullable Object> real) throws Exception {
    MockBody<Object, Object> body;
    synchronized (this) {
      calls.add(call);
      if (failures > 0 && failure != null) {
        if (failures != Integer.MAX_VALUE) failures--;
        throw sneaky(failure.get());
      }
      body = answer;
    }
    return body == null ? real.call() : answer(body, call.argument());
  }

  @SuppressWarnings("NullAway") // an argument may be null
  private static @Nullable Object answer(MockBody<Object, Object> body, @Nullable Object argument) throws Exception {
    return body.answer(argument);
  }

  private static Exception sneaky(Throwable problem) {
    if (problem instanceof Error error) throw error;
    return (Exception) problem;
  }

  // ---- what became of it

  /** All calls so far, in order. */
  public synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  /** It was called exactly so often. */
  public synchronized Mock wasCalled(int times) {
    if (calls.size() != times) {
      throw new AssertionError("expected %d calls of %s, but there were %d:%s".formatted(
          times, name, calls.size(), list()));
    }
    return this;
  }

  public Mock wasCalledOnce() {
    return wasCalled(1);
  }

  public Mock wasNeverCalled() {
    return wasCalled(0);
  }

  /** It was called with this first argument. */
  public synchronized Mock wasCalledWith(Object argument) {
    if (calls.stream().noneMatch(call -> argument.equals(call.argument()))) {
      throw new AssertionError("expected a call of %s with %s, but there were:%s".formatted(name, argument, list()));
    }
    return this;
  }

  private String list() {
    if (calls.isEmpty()) return " none";
    StringBuilder text = new StringBuilder();
    for (Call call : calls) {
      text.append("\n  %s %s, attempt %d, key %s".formatted(call.at, call.arguments, call.attempt, call.key));
    }
    return text.toString();
  }
}
