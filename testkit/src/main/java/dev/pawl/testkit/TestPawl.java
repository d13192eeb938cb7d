package dev.pawl.testkit;

import dev.pawl.core.run.Event;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.queue.PollSettings;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.ControlApi.RunView;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.json.HistoryJson;
import dev.pawl.protocol.json.RemoteControl;
import dev.pawl.protocol.json.RemoteSchedules;
import dev.pawl.protocol.json.RemoteWork;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.WorkflowInterceptor;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.Schedules;
import dev.pawl.sdk.client.StartSettings;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.ActivityInterceptor;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Pawl in a test: the real engine on a real database, one worker, and time that the test owns.
 *
 * <pre>{@code
 * try (TestPawl pawl = TestPawl.onSqlite().at("2027-01-01T00:00Z")
 *     .workflow("order", OrderWorkflow::new)
 *     .activities("payments", PaymentActivities.class, payments)
 *     .start()) {
 *   WorkflowHandle order = pawl.start("order", "order-1", new Order("order-1", 5));
 *   pawl.skipTime(Duration.ofDays(30));
 *   assertEquals(new Receipt("ref-5"), order.result(Receipt.class));
 * }
 * }</pre>
 *
 * <p>Nothing here sleeps. Time stands still until the test moves it; whatever is due at an instant is done before the next
 * one begins. A wait for something that cannot come any more fails at once, with the history of the run.
 */
public final class TestPawl implements AutoCloseable {
  /** A wait that jumps from timer to timer for ever has to end some time. */
  private static final int MOST_JUMPS = 20_000;

  private final TestPawlBuilder with;
  private final @Nullable TestFile file;
  private final TestClock clock;
  private final PawlEngine engine;
  private final Look look;
  private final Drive drive;
  private final Calls calls = new Calls();
  private final ReentrantReadWriteLock time = new ReentrantReadWriteLock();
  private final ControlApi control;
  private final WorkerApi work;
  private final PawlClient client;
  private final Schedules schedules;
  private final Map<WorkerLink, Bodies> bodies = new ConcurrentHashMap<>();
  private volatile Map<WorkerLink, Worker> workers = Map.of();
  private final boolean autoSkip;
  private boolean closed;

  /** On a SQLite file of its own, which goes with the test. */
  public static TestPawlBuilder onSqlite() {
    return new TestPawlBuilder(null, null);
  }

  /** On another database, which should be empty: the same test on PostgreSQL or MariaDB. */
  public static TestPawlBuilder on(DataSource database) {
    return new TestPawlBuilder(database, null);
  }

  /** On another database, which should be empty, by its address. */
  public static TestPawlBuilder on(String jdbcUrl) {
    return new TestPawlBuilder(null, jdbcUrl);
  }

  TestPawl(TestPawlBuilder with) {
    this.with = with;
    this.autoSkip = with.autoSkip;
    this.file = with.database == null && with.url == null ? new TestFile() : null;
    this.clock = new TestClock(with.start);
    DataSource database = with.database;
    if (database != null) {
      this.engine = PawlEngine.open(database, this::configure);
      this.look = new Look(database::getConnection);
    } else {
      String url = file != null ? file.url() : Objects.requireNonNull(with.url);
      this.engine = PawlEngine.open(url, this::configure);
      this.look = new Look(() -> DriverManager.getConnection(url));
    }
    this.drive = new Drive(engine, clock, calls, look, with.patience, () -> workers, time);
    Spoken spoken = with.spoken ? new Spoken(engine) : null;
    this.work = spoken == null ? engine.worker() : new RemoteWork(spoken);
    this.control = ControlLink.over(spoken == null ? engine.control() : new RemoteControl(spoken), calls, this::waitFor);
    this.client = PawlClient.on(control, with.converter).queue(with.queue);
    this.schedules = Schedules.on(Counted.over(ScheduleApi.class,
        spoken == null ? engine.schedules() : new RemoteSchedules(spoken), calls), with.converter)
        .queue(with.queue);
    startWorker();
  }

  private void configure(EngineConfig config) {
    // Closed runs stay, however far a test skips.
    config.retention = config.retention.keeping(Duration.ofDays(36_525));
    // A second is a long time for a test: who lost a hint looks soon, and a parked run's worker has no privilege.
    config.polls = new PollSettings(Duration.ofMillis(50), Duration.ZERO, PollSettings.STANDARD.historyPage());
    with.engine.accept(config);
    config.clock = clock;
    config.duties = false;
  }

  // ---- workers

  /** Starts a worker that serves what was registered, besides those that run. */
  public void startWorker() {
    WorkerLink link = new WorkerLink(work, engine.store(), calls, with.crossing, drive::toldToStop, time);
    Bodies watch = new Bodies(link);
    WorkerBuilder builder = Worker.on(link, with.converter).queue(with.queue);
    builder.intercept((ActivityInterceptor) watch).intercept((WorkflowInterceptor) watch);
    with.around.forEach(one -> one.accept(builder, this));
    with.serving.forEach(one -> one.accept(builder, with.mocks));
    builder.intercept(with.mocks.activities(clock, drive::sleep)).intercept(with.mocks.steps(clock));
    // Real time must not pass in a step's back-off: it waits in the database, where the test's time counts.
    builder.settings(set -> set.retryInPlace = Duration.ZERO);
    bodies.put(link, watch);
    Worker worker = builder.start();
    Map<WorkerLink, Worker> next = new LinkedHashMap<>(workers);
    next.put(link, worker);
    workers = next;
    calls.nudge();
  }

  /** Ends all workers in good order: what they hold is free at once. */
  public void stopWorkers() {
    workers.values().forEach(worker -> worker.close(Duration.ofSeconds(1)));
    workers = Map.of();
  }

  /**
   * Kills the worker like a process: nothing it says gets through any more, and the engine is not told. Another one starts
   * at once; what the dead one held comes to it when the leases end, 15 s later by the test's clock. Called by a step or
   * an activity of that worker it does not return.
   *
   * @throws WorkerCrash on the threads of the dead worker
   */
  public void crashWorker() {
    calls.enter(); // it is not quiet between the end of the one and the beginning of the other
    try {
      if (crash()) throw new WorkerCrash();
    } finally {
      calls.leave();
    }
  }

  /** @return whether it was the worker of the calling thread */
  private synchronized boolean crash() {
    boolean own = false;
    Map<WorkerLink, Worker> dead = workers;
    workers = Map.of();
    for (Map.Entry<WorkerLink, Worker> entry : dead.entrySet()) {
      WorkerLink link = entry.getKey();
      Bodies running = bodies.get(link);
      own |= running != null && running.isOnThisThread();
      link.cut();
      entry.getValue().abandon();
      link.interruptPolls();
      bury(link, running);
    }
    if (!closed) startWorker();
    return own;
  }

  /** Waits until nothing of a dead worker is under way, as long as that is worth it: its code may not listen. */
  private void bury(WorkerLink link, @Nullable Bodies running) {
    long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
    while ((link.isPolling() || (running != null && running.isBusy())) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  // ---- talking to it

  /** Starts workflows and talks to them; its waits drive time. */
  public PawlClient client() {
    return client;
  }

  /** Starts a workflow. */
  public WorkflowHandle start(String workflowType, String workflowId, @Nullable Object input) {
    return client.start(workflowType, workflowId, input);
  }

  /** Starts a workflow with settings. */
  public WorkflowHandle start(
      String workflowType, String workflowId, @Nullable Object input, Consumer<StartSettings> settings) {
    return client.start(workflowType, workflowId, input, settings);
  }

  /** A workflow by its id. */
  public WorkflowHandle handle(String workflowId) {
    return client.handle(workflowId);
  }

  /** Makes schedules and works with them; they fire when the test lets their time come. */
  public Schedules schedules() {
    return schedules;
  }

  /** The engine itself, for what the kit does not dress up. */
  public PawlEngine engine() {
    return engine;
  }

  /** The control API, with waits that drive time. */
  public ControlApi control() {
    return control;
  }

  // ---- time

  /** What time it is in this test. */
  public Instant now() {
    return clock.instant();
  }

  /**
   * Lets time pass: everything that falls due is done in order, each at its own instant. Returns when nothing moves any more
   * at the new time.
   */
  public void skipTime(Duration time) {
    if (time.isNegative()) throw new IllegalArgumentException("time goes forward only, not by " + time);
    drive.skipTo(now().plus(time));
  }

  /** The same, to an instant. */
  public void skipTo(Instant instant) {
    drive.skipTo(instant);
  }

  /** Waits until nothing moves any more at this time: no task, no step, no activity, nothing due. */
  public void awaitQuiet() {
    drive.untilQuiet();
  }

  /** Waits until a condition of the test's own holds, without time passing. Fails when it can't come about any more. */
  public void awaitUntil(BooleanSupplier condition) {
    if (!drive.until(condition)) {
      throw new AssertionError("nothing moves any more, and the condition does not hold\n" + openRuns());
    }
  }

  /** When something will happen by itself next; null: never. */
  public @Nullable Instant nextDue() {
    drive.untilQuiet();
    return drive.next();
  }

  /**
   * For activities and their mocks: waits for the test's time, not for real time.
   *
   * @throws InterruptedException when the activity is told to stop
   */
  public void sleep(Duration time) throws InterruptedException {
    drive.sleep(Activity.context().task().token(), time);
  }

  /** What every wait for a result comes down to. */
  private <T> T waitFor(String what, Object ref, Function<Duration, T> ask) {
    RunRef run = (RunRef) ref;
    List<T> came = new ArrayList<>(1);
    for (int jumps = 0; ; jumps++) {
      boolean there = drive.until(() -> {
        try {
          came.add(ask.apply(Duration.ZERO));
          return true;
        } catch (RejectedException e) {
          if (e.code() == Rejection.Code.WAIT_TIMED_OUT) return false;
          throw e;
        }
      });
      if (there) return came.get(0);
      Instant next = drive.next();
      if (next == null || !autoSkip) throw cannotCome(what, run, next);
      if (jumps >= MOST_JUMPS) {
        throw new AssertionError("%s of '%s' did not come in %d jumps of time, until %s\n%s".formatted(
            what, run.workflowId(), jumps, now(), historyOf(run)));
      }
      drive.jump(next);
    }
  }

  private AssertionError cannotCome(String what, RunRef run, @Nullable Instant next) {
    String cure = next == null
        ? "nothing will happen by itself: does it wait for a signal, or for a worker?"
        : ("the next thing is due at %s, in %s: move time with pawl.skipTime(...), or build with autoSkip()")
            .formatted(next, HistoryText.shown(Duration.between(now(), next)));
    return new AssertionError("%s of '%s' can't come now; %s\n%s%s".formatted(
        what, run.workflowId(), cure, explained(run), historyOf(run)));
  }

  private String explained(RunRef run) {
    try {
      ControlApi.Explanation explanation = engine.control().explain(run);
      StringBuilder text = new StringBuilder("  ").append(explanation.summary()).append('\n');
      explanation.waitingFor().forEach(line -> text.append("  - ").append(line).append('\n'));
      return text.toString();
    } catch (RejectedException e) {
      return "";
    }
  }

  // ---- mocks

  /** The mock of an activity, a step or a child; made at the first call, and only watching until it is told otherwise. */
  public Mock mock(String name) {
    return with.mocks.named(name);
  }

  /** Has an activity or step that is served answered by a mock from now on. */
  public <A extends @Nullable Object, R extends @Nullable Object> Mock mock(String name, MockBody<A, R> answer) {
    return mock(name).answers(answer);
  }

  // ---- looking

  /** The history of a run, to check. Waits for quiet first. */
  public HistoryCheck history(WorkflowHandle handle) {
    drive.untilQuiet();
    RunView run = handle.describe();
    return new HistoryCheck(
        new HistoryJson.Recorded(run.namespace(), run.workflowId(), run.run(), handle.history()));
  }

  private String historyOf(RunRef run) {
    List<Event> all = new ArrayList<>();
    try {
      List<Event> page;
      do {
        page = engine.control().history(run, all.size(), 1_000, Duration.ZERO);
        all.addAll(page);
      } while (!page.isEmpty());
    } catch (RejectedException e) {
      return "  (no history: " + e.getMessage() + ")\n";
    }
    return HistoryText.of(all);
  }

  /** The histories of all open runs, for people. */
  public String openRuns() {
    StringBuilder text = new StringBuilder();
    for (RunView run : client.list("").toList()) {
      if (run.status().closed()) continue;
      RunRef ref = new RunRef(run.namespace(), run.workflowId(), run.run());
      text.append("'%s' (%s) is %s at %s:\n%s%s".formatted(run.workflowId(), run.workflowType(), run.displayed(), now(),
          explained(ref), historyOf(ref)));
    }
    return text.isEmpty() ? "no run is open\n" : text.toString();
  }

  @Override
  public synchronized void close() {
    closed = true;
    workers.values().forEach(worker -> worker.close(Duration.ZERO));
    workers = Map.of();
    look.close();
    engine.close();
    if (file != null) file.delete();
  }
}
