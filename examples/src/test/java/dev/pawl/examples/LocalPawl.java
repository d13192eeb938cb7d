package dev.pawl.examples;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi.RunView;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.payload.PayloadPath;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** An engine, a worker and a client on an SQLite file of their own, with a clock that runs and can be put forward. */
public final class LocalPawl implements AutoCloseable {
  private static final LeaseTimings QUICK = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(3),
      Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(60));

  private final Path folder;
  private final PawlEngine engine;
  private final PayloadConverter converter;
  private final Consumer<WorkerBuilder> serving;
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private Worker worker;

  private LocalPawl(PayloadConverter converter, Consumer<WorkerBuilder> serving) {
    try {
      this.folder = Files.createTempDirectory("pawl-example-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.converter = converter;
    this.serving = serving;
    this.engine = PawlEngine.open("jdbc:sqlite:" + folder.resolve("pawl.db"), config -> {
      config.leases = QUICK;
      config.clock = () -> Instant.now().plus(ahead.get());
    });
    this.worker = worker();
  }

  private boolean waitsForTime(RunView run) {
    var explained = engine.control().explain(new RunRef(run.namespace(), run.workflowId(), run.run()));
    return explained.displayed().equals("WAITING")
        && explained.waitingFor().stream().noneMatch(reason -> reason.startsWith("activity"));
  }

  private Worker worker() {
    WorkerBuilder builder = Worker.on(engine.worker(), converter);
    serving.accept(builder);
    return builder.start();
  }

  public static LocalPawl serving(Consumer<WorkerBuilder> serving) {
    return new LocalPawl(PayloadPath.json(), serving);
  }

  /** Puts the clock forward, once every run waits for time, while no worker is there; the next one has to replay. */
  public void skip(Duration time) {
    await(() -> client().list("ClosedAt is null").allMatch(this::waitsForTime));
    worker.close();
    ahead.updateAndGet(before -> before.plus(time));
    worker = worker();
  }

  /** Deploys: the worker ends, and another one begins with what is served now. */
  public void restartWorker() {
    worker.close();
    worker = worker();
  }

  public Instant now() {
    return engine.now();
  }

  /** Waits until something is so, for 20 s at most. */
  public static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) throw new AssertionError("waited in vain");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  public PawlEngine engine() {
    return engine;
  }

  public PawlClient client() {
    return PawlClient.on(engine.control(), converter);
  }

  public Path database() {
    return folder.resolve("pawl.db");
  }

  @Override
  public void close() {
    worker.close();
    engine.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
