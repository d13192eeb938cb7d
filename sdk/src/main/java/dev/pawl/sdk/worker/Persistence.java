package dev.pawl.sdk.worker;

import dev.pawl.core.value.RejectedException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Says something to the engine again and again until there is an answer. Only for what may be said twice. */
final class Persistence {
  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private Persistence() {}

  /**
   * @param worthwhile whether an answer would still matter
   * @throws RejectedException an answer: no
   * @throws Abandoned if it stopped mattering before there was an answer
   */
  static <T> T insist(Supplier<T> call, BooleanSupplier worthwhile) {
    Duration wait = FIRST;
    while (true) {
      RuntimeException problem;
      try {
        return call.get();
      } catch (RejectedException e) {
        switch (e.code()) {
          case OVERLOADED, STORE_UNAVAILABLE -> problem = e;
          default -> throw e;
        }
      } catch (RuntimeException unknownOutcome) {
        problem = unknownOutcome;
      }
      if (!worthwhile.getAsBoolean()) throw new Abandoned(problem);
      LockSupport.parkNanos(wait.toNanos());
      if (!worthwhile.getAsBoolean()) throw new Abandoned(problem);
      if (wait.compareTo(LONGEST) < 0) wait = wait.multipliedBy(2);
    }
  }

  /** Nobody waits for the answer any more. */
  static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Abandoned(Throwable cause) {
      super("given up", cause, false, false);
    }
  }
}
