package dev.pawl.conformance.scene;

import dev.pawl.conformance.json.Json;
import dev.pawl.conformance.wire.Answer;
import dev.pawl.conformance.wire.Client;
import dev.pawl.conformance.wire.Credential;
import dev.pawl.conformance.wire.Doc;
import dev.pawl.conformance.wire.Target;
import dev.pawl.conformance.wire.Transcript;
import dev.pawl.conformance.wire.Unmet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one case plays with. All names carry a tag of the case, so that cases do not meet. */
public final class Scene {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Stage stage;
  private final Target target;
  private final Client client;
  private final Transcript transcript;
  private final String tag;
  private int names;

  Scene(Stage stage, Target target, Client client, Transcript transcript, String tag) {
    this.stage = stage;
    this.target = target;
    this.client = client;
    this.transcript = transcript;
    this.tag = tag;
  }

  public Transcript transcript() {
    return transcript;
  }

  public Target target() {
    return target;
  }

  public boolean has(Feature feature) {
    return stage.has(feature);
  }

  /** The discovery document. */
  public Doc info() {
    return stage.info();
  }

  /** Where the server's carrier calls. */
  public CarrierDesk carrier() {
    return stage.carrier();
  }

  // ---- callers

  public Client operator() {
    return client;
  }

  public Client admin() {
    return client.as(target.admin());
  }

  public Client workers() {
    return client.as(target.worker());
  }

  public Client nobody() {
    return client.as(new Credential.Nobody());
  }

  // ---- names

  /** A name that nobody else has. */
  public String name(String prefix) {
    return "%s-%s-%d".formatted(prefix, tag, ++names);
  }

  /** The queue that belongs to this case. */
  public String queue() {
    return "queue-" + tag;
  }

  /** A workflow type that belongs to this case. */
  public String type() {
    return "type-" + tag;
  }

  /** A search attribute that belongs to this case. */
  public String attribute(String prefix) {
    return prefix + tag.replace("-", "x") + ++names;
  }

  // ---- what most cases begin with

  /** A registered worker on the queue of this case. */
  public WireWorker worker(@Nullable Object... more) {
    WireWorker worker = idle("worker", queue());
    worker.register(more).is(201);
    return worker;
  }

  /** A worker that has not said a word yet. */
  public WireWorker idle(String prefix, String queue) {
    return new WireWorker(workers(), name(prefix), queue);
  }

  /** An open run on the queue of this case. */
  public Flow start(@Nullable Object... more) {
    return startAs(name("flow"), more);
  }

  public Flow startAs(String id, @Nullable Object... more) {
    Map<String, @Nullable Object> body = Json.with(
        Json.of("workflow_type", type(), "workflow_id", id, "task_queue", queue()), more);
    Answer started = operator().body("POST", "/workflows", body).is(201);
    return new Flow(this, id, started.text("run_id"));
  }

  /** A namespace of this case's own. */
  public String namespace() {
    String name = name("space");
    admin().post("/namespaces", "name", name, "description", "made by the conformance suite").is(201);
    return name;
  }

  // ---- waiting

  /** Asks again until the answer is as it should be. */
  public Answer until(Supplier<Answer> ask, Predicate<Answer> wanted, String what) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Answer answer = ask.get();
      if (wanted.test(answer)) return answer;
      Unmet.unless(System.nanoTime() - end < 0, "waited %d s for %s", PATIENCE.toSeconds(), what);
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** Lets time go by, where the contract says what must not happen meanwhile. */
  public void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) LockSupport.parkNanos(end - System.nanoTime());
  }

  /** Something that goes on while the case does something else. */
  public <T> Meanwhile<T> meanwhile(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> {
      try {
        done.complete(work.get());
      } catch (RuntimeException | Error e) {
        done.completeExceptionally(e);
      }
    });
    return new Meanwhile<>(done);
  }

  /** Work that was begun. */
  public record Meanwhile<T>(CompletableFuture<T> done) {
    public T result() {
      try {
        return done.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof RuntimeException cause) throw cause;
        throw e;
      }
    }
  }

  /** Texts of events' types. */
  public static List<@Nullable Object> types(Doc task) {
    return task.each("history_events", "event_type");
  }
}
