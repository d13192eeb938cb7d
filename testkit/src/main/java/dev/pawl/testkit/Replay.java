package dev.pawl.testkit;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.value.Failure;
import dev.pawl.protocol.json.HistoryJson;
import dev.pawl.protocol.json.HistoryJson.Recorded;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.replay.Link;
import dev.pawl.sdk.replay.ReplayRun;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Replays recorded histories against the code as it is now: does the new build still understand the runs of the old one?
 * No engine, no database; no step and no activity runs.
 *
 * <pre>{@code
 * Replay.of(OrderWorkflow::new, "order")
 *     .activityNames("payments", PaymentActivities.class)
 *     .against("histories/order-2026.json")
 *     .matches();
 * }</pre>
 *
 * <p>A history is recorded with {@link HistoryCheck#save}, or exported from production.
 */
public final class Replay {
  private static final long PATIENCE_SECONDS = 20;

  private final Consumer<WorkerBuilder> serving;
  private final PayloadConverter converter;
  private final List<Recorded> histories = new ArrayList<>();

  private Replay(Consumer<WorkerBuilder> serving, PayloadConverter converter) {
    this.serving = serving;
    this.converter = converter;
  }

  /** Replays runs of one workflow. */
  public static <W extends Workflow<?, ?>> Replay of(Supplier<W> factory, String name) {
    return serving(worker -> worker.workflow(name, factory));
  }

  /** Replays runs of everything that a worker serves: hand over what production registers. */
  public static Replay serving(Consumer<WorkerBuilder> worker) {
    return new Replay(worker, JsonConverter.standard());
  }

  /** Gives an interface of activities the name that stubs need. */
  public Replay activityNames(String name, Class<?> activities) {
    return copy(serving.andThen(worker -> worker.activityNames(name, activities)), converter);
  }

  /** How the values of these histories travel. */
  public Replay converter(PayloadConverter other) {
    return copy(serving, other);
  }

  private Replay copy(Consumer<WorkerBuilder> worker, PayloadConverter other) {
    Replay copy = new Replay(worker, other);
    copy.histories.addAll(histories);
    return copy;
  }

  // ---- the histories

  /** A recorded history among the resources of the test. May be called several times. */
  public Replay against(String resource) {
    try (InputStream in = Thread.currentThread().getContextClassLoader().getResourceAsStream(resource)) {
      if (in == null) throw new IllegalArgumentException("there is no resource " + resource);
      return against(HistoryJson.read(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A recorded history in a file. */
  public Replay against(Path file) {
    try {
      return against(HistoryJson.read(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Replay against(Recorded history) {
    histories.add(history);
    return this;
  }

  // ---- the verdict

  /** Fails with the first divergence, where it is and the history; passes if the code asks for exactly what happened. */
  public void matches() {
    if (histories.isEmpty()) throw new IllegalStateException("say against which history: .against(...)");
    for (Recorded history : histories) {
      Failure why = divergence(history);
      if (why != null) {
        throw new AssertionError("the code does not match the history of '%s', run %s: %s\n%s".formatted(
            history.workflowId(), history.run(), why.message(), HistoryText.of(history.events())));
      }
    }
  }

  /** @return null: it matches */
  private @Nullable Failure divergence(Recorded history) {
    WorkerBuilder builder = Worker.on(NO_ENGINE, converter);
    serving.accept(builder);
    AtRest rest = new AtRest();
    ReplayRun run = new ReplayRun(builder.environment(), history.namespace(), history.workflowId(), history.run(), rest,
        history.events(), List.of());
    try {
      run.start();
      return rest.reached.get(PATIENCE_SECONDS, TimeUnit.SECONDS).orElse(null);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the replay of '%s' did not come to its end".formatted(history.workflowId()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a replay", e);
    } finally {
      run.drop();
    }
  }

  private static final WorkerApi NO_ENGINE = (WorkerApi) Proxy.newProxyInstance(
      WorkerApi.class.getClassLoader(), new Class<?>[] {WorkerApi.class}, (proxy, method, arguments) -> {
        throw new UnsupportedOperationException("a replay has no engine");
      });

  /** Nothing is carried out: the run rests at the end of its history. */
  private static final class AtRest implements Link {
    final CompletableFuture<Optional<Failure>> reached = new CompletableFuture<>();

    @Override
    public boolean live() {
      return false;
    }

    @Override
    public WorkerApi.ReportAck report(long seen, List<Command> commands, boolean release) {
      throw new IllegalStateException("a replay reports nothing");
    }

    @Override
    public List<Event> events(long after) {
      return List.of();
    }

    @Override
    public Optional<WorkerApi.LocalTransactions> transactions() {
      return Optional.empty();
    }

    @Override
    public void parked(ReplayRun run) {
      reached.complete(Optional.empty());
    }

    @Override
    public void stale(ReplayRun run) {
      reached.completeExceptionally(new IllegalStateException("no news are expected"));
    }

    @Override
    public void ended(ReplayRun run) {
      reached.complete(Optional.empty());
    }

    @Override
    public void broken(ReplayRun run, Failure why) {
      reached.complete(Optional.of(why));
    }
  }
}
