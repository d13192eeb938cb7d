package dev.pawl.testkit;

import dev.pawl.core.value.Failure;
import dev.pawl.protocol.json.HistoryJson;
import dev.pawl.protocol.json.HistoryJson.Recorded;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
  private static final Duration PATIENCE = Duration.ofSeconds(20);

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
    try (dev.pawl.sdk.replay.Replay replay = dev.pawl.sdk.replay.Replay.of(builder.environment(), history.namespace(),
        history.workflowId(), history.run(), history.events(), PATIENCE)) {
      return replay.problem().orElse(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a replay", e);
    }
  }

  private static final WorkerApi NO_ENGINE = (WorkerApi) Proxy.newProxyInstance(
      WorkerApi.class.getClassLoader(), new Class<?>[] {WorkerApi.class}, (proxy, method, arguments) -> {
        throw new UnsupportedOperationException("a replay has no engine");
      });
}
