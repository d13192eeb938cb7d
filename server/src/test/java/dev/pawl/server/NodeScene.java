package dev.pawl.server;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server with a clock that the test owns, and a caller; for tests about nodes that speak HTTP. */
abstract class NodeScene {
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  Path folder;
  Wire wire;
  JobClient caller;

  @BeforeEach
  void open(@TempDir Path fresh) {
    folder = fresh;
    serve();
  }

  void serve() {
    wire = new Wire("jdbc:sqlite:" + folder.resolve("pawl.db"), settings -> {
      settings.clock = now::get;
      settings.duties = false;
    }, "--operator-token", "operate", "--worker-token", "work");
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
