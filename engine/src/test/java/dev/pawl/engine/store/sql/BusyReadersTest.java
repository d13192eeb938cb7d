package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.Rejection.Code;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reading connection of a node is in use. */
class BusyReadersTest {
  private final AtomicBoolean gone = new AtomicBoolean();

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.postgres(), Databases.mariadb());
  }

  private PooledAccess access(DatabaseServer server, int readers) {
    Dialect dialect = server.name().equals("postgres") ? new PostgresDialect() : new MariadbDialect();
    StoreConfig config = StoreConfig.STANDARD.withReaders(readers).withPatience(Duration.ofMillis(250), Duration.ofSeconds(1));
    return new PooledAccess(mortal(server.fresh().dataSource()), config, dialect,
        new Timekeeper(StoreClock.of(new TestClock(NOON)), dialect));
  }

  /** Gives no more connections once it is gone; those that are out stay well. */
  private DataSource mortal(DataSource source) {
    return (DataSource) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {DataSource.class},
        (proxy, method, args) -> {
          if (gone.get() && method.getName().equals("getConnection")) {
            throw new SQLNonTransientConnectionException("nobody listens there");
          }
          try {
            return method.invoke(source, args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  /** Asks while another reader keeps a connection. */
  private static void whileOneReads(PooledAccess access, Code expected) throws Exception {
    var reading = new CountDownLatch(1);
    var enough = new CountDownLatch(1);
    Thread other = Thread.startVirtualThread(() -> access.read(link -> {
      reading.countDown();
      await(enough);
      return 1;
    }));
    try {
      await(reading);
      assertThatThrownBy(() -> access.read(link -> 2)).isInstanceOfSatisfying(StoreException.class,
          e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(expected));
      assertThatThrownBy(() -> access.change(link -> 2)).isInstanceOfSatisfying(StoreException.class,
          e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(expected));
    } finally {
      enough.countDown();
      other.join();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void thatIsTooMuchAndNoOutage(DatabaseServer server) throws Exception {
    try (PooledAccess access = access(server, 1)) {
      whileOneReads(access, Code.OVERLOADED);
      assertThat(access.<Integer>read(link -> 3)).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aDatabaseThatGivesNoMoreConnectionsIsAnOutage(DatabaseServer server) throws Exception {
    try (PooledAccess access = access(server, 2)) {
      assertThat(access.<Integer>read(link -> 1)).isEqualTo(1);
      gone.set(true);
      whileOneReads(access, Code.STORE_UNAVAILABLE);
    }
  }
}
