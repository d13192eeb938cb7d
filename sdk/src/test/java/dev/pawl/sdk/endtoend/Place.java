package dev.pawl.sdk.endtoend;

import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An engine on a database of its own, SQLite unless said, a client, and as many workers as a test wants. */
final class Place implements AutoCloseable {
  final Database database;
  final PawlEngine engine;
  final PawlClient client;
  private final List<Worker> workers = new ArrayList<>();

  Place() {
    this(config -> {});
  }

  Place(Consumer<EngineConfig> settings) {
    this(Databases.sqlite(), settings);
  }

  Place(DatabaseServer server, Consumer<EngineConfig> settings) {
    database = server.fresh();
    engine = PawlEngine.open(database.dataSource(), settings);
    client = PawlClient.on(engine.control());
  }

  Worker worker(Consumer<WorkerBuilder> with) {
    WorkerBuilder builder = Worker.on(engine.worker());
    with.accept(builder);
    Worker worker = builder.start();
    workers.add(worker);
    return worker;
  }

  @Override
  public void close() {
    workers.forEach(worker -> worker.close(java.time.Duration.ofSeconds(1)));
    engine.close();
  }
}
