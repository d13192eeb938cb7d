package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.PawlEngine;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two requests make the same thing at the same time. Each has looked and found nothing when both begin to write: on databases
 * with several writers the test sees to that; SQLite lets one after the other look and write.
 */
@Timeout(180)
class AtOnceTest {
  static Stream<Arguments> servers() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb())
        .map((DatabaseServer server) -> Arguments.argumentSet(server.name(), server));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void oneSearchAttributeIsCreatedAndTheOtherExistsAlready(DatabaseServer server) throws Exception {
    oneOf(server, "pawl_declarations", 409, "attribute_already_exists", "/search-attributes", "name", "CustomerId", "type",
        "keyword");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void oneNamespaceIsMadeAndTheOtherExistsAlready(DatabaseServer server) throws Exception {
    oneOf(server, "pawl_namespaces", 409, "namespace_already_exists", "/namespaces", "name", "twins");
  }

  private static void oneOf(DatabaseServer server, String table, int refused, String reason, String path,
      @Nullable Object... body) throws Exception {
    Database database = server.fresh();
    Meeting meeting = new Meeting("insert into " + table, database.jdbcUrl().startsWith("jdbc:sqlite:") ? 0 : 2);
    PawlEngine engine = PawlEngine.open(meeting.before(database.dataSource()));
    try (Wire wire = new Wire(PawlServer.of(engine, ServerConfig.of(List.of("--port", "0", "--host", "127.0.0.1",
        "--auth-token", "sesame"), Map.of()), said -> {}))) {
      meeting.open = true;
      var one = CompletableFuture.supplyAsync(() -> wire.post(path, body), Thread::startVirtualThread);
      var other = CompletableFuture.supplyAsync(() -> wire.post(path, body), Thread::startVirtualThread);
      List<Wire.Got> answers = Stream.of(one.join(), other.join()).sorted((a, b) -> a.status() - b.status()).toList();
      assertThat(meeting.both.getCount()).isZero();
      answers.get(0).is(201);
      answers.get(1).refused(refused, reason);
    }
  }

  /** Where transactions wait for each other before a statement, the first time. */
  private static final class Meeting {
    final CountDownLatch both;
    volatile boolean open;
    private final String statement;

    Meeting(String statement, int parties) {
      this.statement = statement;
      this.both = new CountDownLatch(parties);
    }

    DataSource before(DataSource source) {
      return proxy(DataSource.class, source);
    }

    private <T> T proxy(Class<T> type, Object behind) {
      return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
        if (open && method.getName().equals("prepareStatement") && arguments[0].toString().startsWith(statement)) {
          both.countDown();
          both.await();
        }
        try {
          Object result = method.invoke(behind, arguments);
          return method.getName().equals("getConnection") ? proxy(Connection.class, result) : result;
        } catch (InvocationTargetException e) {
          throw e.getCause();
        }
      }));
    }
  }
}
