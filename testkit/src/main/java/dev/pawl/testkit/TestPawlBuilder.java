package dev.pawl.testkit;

import dev.pawl.engine.EngineConfig;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.worker.ActivityBody;
import dev.pawl.sdk.worker.ActivityHooks;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.sdk.worker.WorkflowHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link TestPawl} together: which database, what time it is, what the worker serves. The names are those of
 * {@link WorkerBuilder}, so that a test registers what production registers.
 */
public final class TestPawlBuilder {
  final @Nullable DataSource database;
  final @Nullable String url;
  final List<BiConsumer<WorkerBuilder, Mocks>> serving = new ArrayList<>();
  final List<BiConsumer<WorkerBuilder, TestPawl>> around = new ArrayList<>();
  final Mocks mocks = new Mocks();
  Consumer<EngineConfig> engine = config -> {};
  PayloadConverter converter = JsonConverter.standard();
  Crossing crossing = Crossing.SAFE;
  Instant start = Instant.parse("2027-01-01T00:00:00Z");
  String queue = "default";
  Duration patience = Duration.ofSeconds(10);
  boolean autoSkip;
  boolean spoken = Boolean.getBoolean("pawl.test.remote");

  TestPawlBuilder(@Nullable DataSource database, @Nullable String url) {
    this.database = database;
    this.url = url;
  }

  // ---- what it serves

  /** Serves a workflow. */
  public <W extends Workflow<?, ?>> TestPawlBuilder workflow(String name, Supplier<W> factory) {
    return worker(worker -> worker.workflow(name, factory));
  }

  /** Serves a workflow, with signals, queries and updates as methods of its class. */
  public <W extends Workflow<?, ?>> TestPawlBuilder workflow(
      String name, Supplier<W> factory, Consumer<WorkflowHandlers<W>> handlers) {
    return worker(worker -> worker.workflow(name, factory, handlers));
  }

  /** Serves a workflow that is a lambda. */
  public <I extends @Nullable Object, O extends @Nullable Object> TestPawlBuilder workflow(
      String name, Class<I> input, Workflow<I, O> workflow) {
    return worker(worker -> worker.workflow(name, input, workflow));
  }

  /** Serves the methods of an interface as {@code name.method}. */
  public <A> TestPawlBuilder activities(String name, Class<A> activities, A instance) {
    return worker(worker -> worker.activities(name, activities, instance));
  }

  /** Serves the methods of an interface as {@code name.method}, with hooks. */
  public <A> TestPawlBuilder activities(
      String name, Class<A> activities, A instance, Consumer<ActivityHooks> hooks) {
    return worker(worker -> worker.activities(name, activities, instance, hooks));
  }

  /** Serves an activity with one argument. */
  public <A extends @Nullable Object, R extends @Nullable Object> TestPawlBuilder activity(
      String type, Class<A> argument, ActivityBody<A, R> body) {
    return worker(worker -> worker.activity(type, argument, body));
  }

  /**
   * Anything else about the worker, and all at once what production registers. Called again for the worker that comes after
   * a crash.
   */
  public TestPawlBuilder worker(Consumer<WorkerBuilder> with) {
    serving.add((worker, unused) -> with.accept(worker));
    return this;
  }

  /**
   * Client and worker say everything to the engine in words, as between a {@code RemotePawl} and a server: what works so
   * works over HTTP. Transactions with the engine's database do not. With {@code -Dpawl.test.remote=true} every test does.
   */
  public TestPawlBuilder remote() {
    this.spoken = true;
    return this;
  }

  // ---- mocks

  /** Serves an interface of activities without an implementation: each method that is called wants a mock. */
  public <A> TestPawlBuilder mocked(String name, Class<A> activities) {
    return worker(worker -> worker.activities(name, activities, Mocks.unanswered(name, activities)));
  }

  /** Serves one activity by a mock; the lambda says the type of its argument. */
  public <A extends @Nullable Object, R extends @Nullable Object> TestPawlBuilder mock(
      String type, MockBody<A, R> answer) {
    mocks.named(type).answers(answer);
    Class<?> argument = ArgumentType.of(answer);
    serving.add((worker, all) -> all.serveActivity(worker, type, argument));
    return this;
  }

  /** Serves a workflow, usually started as a child, by a mock. */
  public <A extends @Nullable Object, R extends @Nullable Object> TestPawlBuilder mockChild(
      String workflowType, MockBody<A, R> answer) {
    mocks.named(workflowType).answers(answer);
    Class<?> input = ArgumentType.of(answer);
    serving.add((worker, all) -> all.serveChild(worker, workflowType, input));
    return this;
  }

  // ---- time

  /** When the test begins, for example {@code 2027-01-01T00:00Z}, which it is unless said. */
  public TestPawlBuilder at(String instant) {
    return at(OffsetDateTime.parse(instant).toInstant());
  }

  /** When the test begins. */
  public TestPawlBuilder at(Instant instant) {
    this.start = instant;
    return this;
  }

  /**
   * While the test waits for a result and everything else waits only for time, time jumps to the next instant at which
   * something is due. Without it such a wait fails at once and says so.
   */
  public TestPawlBuilder autoSkip() {
    this.autoSkip = true;
    return this;
  }

  /** How much real time may pass without anything happening while there is work, before a wait fails; 10 s unless said. */
  public TestPawlBuilder patience(Duration real) {
    this.patience = real;
    return this;
  }

  // ---- the rest

  /** Where workers look and the client starts; {@code default} unless said. */
  public TestPawlBuilder queue(String queue) {
    this.queue = queue;
    return this;
  }

  /** How values travel; JSON unless said. */
  public TestPawlBuilder converter(PayloadConverter converter) {
    this.converter = converter;
    return this;
  }

  /** Settings of the engine; the clock and the duties stay the test's. */
  public TestPawlBuilder engine(Consumer<EngineConfig> settings) {
    Consumer<EngineConfig> before = engine;
    engine = config -> {
      before.accept(config);
      settings.accept(config);
    };
    return this;
  }

  /** Stands on the line between worker and engine: loses answers, repeats reports. */
  public TestPawlBuilder crossing(Crossing crossing) {
    this.crossing = crossing;
    return this;
  }

  /** Opens the engine and starts the worker. */
  public TestPawl start() {
    return new TestPawl(this);
  }
}
