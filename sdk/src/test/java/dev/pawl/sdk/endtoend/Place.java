package dev.pawl.sdk.endtoend;

import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** An engine on a SQLite file of its own, a client, and as many workers as a test wants. */
final class Place implements AutoCloseable {
  final Path folder;
  final PawlEngine engine;
  final PawlClient client;
  private final List<Worker> workers = new ArrayList<>();

  Place() {
    this(config -> {});
  }

  Place(Consumer<EngineConfig> settings) {
    try {
      folder = Files.createTempDirectory("pawl-sdk");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    engine = PawlEngine.open("jdbc:sqlite:" + folder.resolve("pawl.db"), settings);
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
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
