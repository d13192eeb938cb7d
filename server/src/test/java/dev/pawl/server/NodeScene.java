package dev.pawl.server;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobState;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server on one of the databases, with a clock that the test owns, and a caller; for tests about nodes that speak HTTP. */
abstract class NodeScene {
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final DatabaseServer databases;
  private Database database;
  Wire wire;
  JobClient caller;

  NodeScene(DatabaseServer databases) {
    this.databases = databases;
  }

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb());
  }

  @BeforeEach
  void open() {
    database = databases.fresh();
    serve();
  }

  void serve() {
    wire = new Wire(database.jdbcUrl(), settings -> {
      settings.clock = now::get;
      settings.duties = false;
    }, "--operator-token", "operate", "--worker-token", "work", "--database-user", database.user(), "--database-password",
        database.password());
    caller = new JobClient(wire, "operate");
  }

  @AfterEach
  void close() {
    caller.close();
    wire.close();
  }

  void pass(Duration time) {
    now.updateAndGet(at -> at.plus(time));
    while (wire.server.engine().tick(now.get()) > 0) {
      // Until nothing is left to do at this instant.
    }
  }

  JobState job(String id) {
    return wire.server.engine().jobs().get("default", JobId.parse(id)).orElseThrow();
  }
}
