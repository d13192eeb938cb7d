package dev.pawl.engine.store.sql;

import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.StoreException;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** What the store says when the database does not do what it was asked. */
final class Failures {
  private Failures() {}

  static StoreException of(Dialect dialect, SQLException problem) {
    Trouble trouble = dialect.classify(problem);
    String text = String.valueOf(problem.getMessage());
    return switch (trouble) {
      case LOST -> unavailable("the connection to %s is gone: %s".formatted(dialect.name(), text), problem);
      case UNWILLING ->
          unavailable("%s refuses to work (is the disk full, the file read-only, the server stopping?): %s"
              .formatted(dialect.name(), text), problem);
      case RETRY -> unavailable("%s is too busy, others hold what is needed and do not let go: %s".formatted(dialect.name(), text), problem);
      // Somebody's value, not the database, is in the way: asking again would not help.
      case DATA -> new StoreException(Rejection.Code.INVALID_ARGUMENT,
          "%s takes no such value: %s".formatted(dialect.name(), text), problem);
      case EXPENSIVE -> unavailable("%s gave a statement up: %s".formatted(dialect.name(), text), problem);
      case DUPLICATE, DEFECT ->
          new StoreException(Rejection.Code.STORE_UNAVAILABLE,
              "%s does not understand or take a statement of this build: %s".formatted(dialect.name(), text), problem);
    };
  }

  static StoreException unavailable(String message, Throwable cause) {
    return new StoreException(Rejection.Code.STORE_UNAVAILABLE, message, cause);
  }

  /** The database is well, there was only no connection left to ask it. */
  static StoreException overloaded(String message, Throwable cause) {
    return new StoreException(Rejection.Code.OVERLOADED, message, cause);
  }

  /** Waits a little before trial {@code n} + 1, longer each time and never in step with others: 1 ms to 200 ms. */
  static void pauseAfter(int n) {
    long most = Math.min(200_000_000L, 2_000_000L << Math.min(n, 7));
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most / 2, most));
  }
}
