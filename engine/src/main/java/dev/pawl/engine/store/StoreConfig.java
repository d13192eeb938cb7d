package dev.pawl.engine.store;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import java.time.Duration;

/**
 * How a store uses its database.
 *
 * @param writers connections that only commit, 1 to 16; two are enough for a node. SQLite has one writer whatever is
 *     asked
 * @param readers connections for everything else, 1 to 100
 * @param migrate whether opening brings the schema up to date; otherwise a schema that is behind is refused
 * @param connectPatience how long to wait for a connection before the store counts as unavailable, or as overloaded when
 *     others have all of them, 10 ms to 5 minutes
 * @param lockPatience how long to go on trying while others hold locks, such as an application that keeps SQLite's only
 *     write lock; 10 ms to 5 minutes
 * @param outcomePatience how long to go on asking for the outcome of a commit whose answer was lost, 10 ms to 5 minutes
 * @param queryPatience how long a list or a count by a filter may read before it is refused as {@code
 *     QUERY_TOO_EXPENSIVE}, 10 ms to 5 minutes
 * @param maxGroupBytes a larger group is committed in parts
 */
public record StoreConfig(
    int writers, int readers, boolean migrate, Duration connectPatience, Duration lockPatience,
    Duration outcomePatience, Duration queryPatience, int maxGroupBytes) {

  public static final StoreConfig STANDARD =
      new StoreConfig(2, 8, true, Duration.ofSeconds(5), Duration.ofSeconds(30),
          Duration.ofSeconds(60), Duration.ofSeconds(10), 16 * 1024 * 1024);

  public StoreConfig {
    check("writers", writers, 1, 16);
    check("readers", readers, 1, 100);
    check("connectPatience", connectPatience);
    check("lockPatience", lockPatience);
    check("outcomePatience", outcomePatience);
    check("queryPatience", queryPatience);
    check("maxGroupBytes", maxGroupBytes, 64 * 1024, 64 * 1024 * 1024);
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) throw wrong(name, "expected %d to %d, got %d".formatted(least, most, value));
  }

  private static void check(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(10)) < 0 || value.compareTo(Duration.ofMinutes(5)) > 0) {
      throw wrong(name, "expected 10 ms to 5 minutes, got " + value);
    }
  }

  private static RejectedException wrong(String name, String message) {
    return new RejectedException(new Rejection(Rejection.Code.BAD_CONFIGURATION, message, "store." + name));
  }

  public StoreConfig withWriters(int count) {
    return new StoreConfig(count, readers, migrate, connectPatience, lockPatience, outcomePatience,
        queryPatience, maxGroupBytes);
  }

  public StoreConfig withReaders(int count) {
    return new StoreConfig(writers, count, migrate, connectPatience, lockPatience, outcomePatience,
        queryPatience, maxGroupBytes);
  }

  public StoreConfig withMigrate(boolean yes) {
    return new StoreConfig(writers, readers, yes, connectPatience, lockPatience, outcomePatience,
        queryPatience, maxGroupBytes);
  }

  public StoreConfig withPatience(Duration connect, Duration outcome) {
    return new StoreConfig(writers, readers, migrate, connect, lockPatience, outcome, queryPatience,
        maxGroupBytes);
  }

  public StoreConfig withLockPatience(Duration lock) {
    return new StoreConfig(
        writers, readers, migrate, connectPatience, lock, outcomePatience, queryPatience, maxGroupBytes);
  }

  public StoreConfig withQueryPatience(Duration query) {
    return new StoreConfig(
        writers, readers, migrate, connectPatience, lockPatience, outcomePatience, query, maxGroupBytes);
  }
}
