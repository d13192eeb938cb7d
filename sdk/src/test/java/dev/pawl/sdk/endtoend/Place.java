package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowFailedException;
import dev.pawl.sdk.remote.RemotePawl;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine on a database of its own, SQLite unless said, a client, and as many workers as a test wants; they speak to the
 * engine itself, or to a server in front of it.
 */
final class Place implements AutoCloseable {
  private static final String TOKEN = "sesame";
  private static final Duration SOON = Duration.ofSeconds(60);

  final Database database;
  final PawlEngine engine;
  final PawlClient client;
  private final @Nullable PawlServer server;
  private final @Nullable RemotePawl remote;
  private final List<Worker> workers = new ArrayList<>();

  Place() {
    this(config -> {});
  }

  Place(Line line) {
    this(line, config -> {});
  }

  Place(Consumer<EngineConfig> settings) {
    this(Line.EMBEDDED, settings);
  }

  Place(Line line, Consumer<EngineConfig> settings) {
    this(Databases.sqlite(), line, settings);
  }

  Place(DatabaseServer databases, Line line, Consumer<EngineConfig> settings) {
    database = databases.fresh();
    engine = PawlEngine.open(database.dataSource(), settings);
    server = line == Line.EMBEDDED ? null : PawlServer.of(engine, ServerConfig.of(
        List.of("--port", "0", "--host", "127.0.0.1", "--auth-token", TOKEN), Map.of()), said -> {});
    remote = server == null ? null : RemotePawl.connect("http://127.0.0.1:" + server.port(), TOKEN);
    client = PawlClient.on(remote == null ? engine.control() : remote.control());
  }

  boolean isRemote() {
    return remote != null;
  }

  WorkerApi work() {
    return remote == null ? engine.worker() : remote.worker();
  }

  Worker worker(Consumer<WorkerBuilder> with) {
    WorkerBuilder builder = Worker.on(work());
    with.accept(builder);
    Worker worker = builder.start();
    workers.add(worker);
    return worker;
  }

  /** A transaction cannot be joined over a network, and whoever tries is told so. */
  void refusesTransactions() {
    worker(with -> with.queue("joined").workflow("joined", String.class, input -> Pawl.transaction("t", c -> input)));
    assertThatThrownBy(() -> client.queue("joined").start("joined", "joined", "x").result(String.class, SOON))
        .isInstanceOf(WorkflowFailedException.class).hasMessageContaining("inside the engine's process");
    assertThatThrownBy(() -> {
      try (Connection connection = database.dataSource().getConnection()) {
        client.inTransaction(connection);
      }
    }).isInstanceOfSatisfying(RejectedException.class,
        e -> assertThat(e.code()).isEqualTo(Rejection.Code.BAD_CONFIGURATION));
  }

  @Override
  public void close() {
    workers.forEach(worker -> worker.close(Duration.ofSeconds(1)));
    if (remote != null) remote.close();
    if (server != null) server.close();
    engine.close();
  }
}
