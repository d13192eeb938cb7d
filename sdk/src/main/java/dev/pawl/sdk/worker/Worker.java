package dev.pawl.sdk.worker;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.payload.Failures;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.payload.PayloadConverter;
import dev.pawl.sdk.replay.ReplayEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs workflows and activities.
 *
 * <pre>{@code
 * try (Worker worker = Worker.on(engine.worker())
 *     .queue("orders")
 *     .workflow("order", OrderWorkflow::new)
 *     .activities("payments", PaymentActivities.class, new StripePayments())
 *     .start()) {
 *   ...
 * }
 * }</pre>
 *
 * <p>A worker is a session of the engine. It says every few seconds what it really does; when the engine has not answered
 * for too long it stops by itself, before somebody else begins with the same work.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final WorkflowWork workflows;
  private final ActivityWork activities;
  private final Session session;
  private final List<Poller<?>> pollers = new ArrayList<>();
  private final WorkerSettings settings;
  private final Serving serves;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Begins to put a worker together; values travel as JSON. */
  public static WorkerBuilder on(WorkerApi api) {
    return on(api, JsonConverter.standard());
  }

  /** Begins to put a worker together, with the user's own converter and codecs. */
  public static WorkerBuilder on(WorkerApi api, PayloadConverter converter) {
    return new WorkerBuilder(api, converter);
  }

  static Worker start(WorkerBuilder with) {
    Worker worker = new Worker(with);
    worker.session.start();
    worker.pollers.forEach(Poller::start);
    return worker;
  }

  private Worker(WorkerBuilder with) {
    this.settings = with.settings;
    WorkerApi api = with.api;
    Failures failures = new Failures(with.converter);
    ReplayEnvironment environment = with.environment();
    this.serves = new Serving(with.namespace, with.queue, with.definitions.workflowTypes(),
        Set.copyOf(with.activities.keySet()));
    this.workflows = new WorkflowWork(api, environment, settings, this::isGood);
    this.activities = new ActivityWork(with, failures, this::isGood, this::beatSoon, this::beatNow);
    String name = settings.name != null ? settings.name : "pid " + ProcessHandle.current().pid();
    this.session = new Session(api, name, settings.workflows + settings.activities, settings.buildId, new All());

    Set<String> types = with.definitions.workflowTypes();
    RateLimit free = new RateLimit(0);
    if (!types.isEmpty()) {
      pollers.add(new Poller<WorkerApi.WorkflowTaskGrant>("workflows", session, workflows.places(), free,
          settings.pollers, (by, max) -> api.pollWorkflows(poll(with, by, types, max)), workflows::granted));
      if (settings.queries > 0) {
        QueryWork queries = new QueryWork(api, environment, workflows);
        Semaphore places = new Semaphore(settings.queries);
        pollers.add(new Poller<WorkerApi.QueryTask>("queries", session, places, free, 1,
            (by, max) -> api.pollQueries(poll(with, by, types, max)),
            (task, by) -> Thread.ofVirtual().name("pawl-query").start(() -> {
              try {
                queries.answer(task);
              } finally {
                places.release();
              }
            })));
      }
    }
    if (!with.activities.isEmpty()) {
      pollers.add(new Poller<ActivityTask>("activities", session, activities.places(),
          new RateLimit(settings.activitiesPerSecond), settings.pollers,
          (by, max) -> api.pollActivities(poll(with, by, with.activities.keySet(), max)), activities::granted));
    }
  }

  private WorkerApi.Poll poll(WorkerBuilder with, SessionId by, Set<String> types, int max) {
    return new WorkerApi.Poll(
        by, with.namespace, with.queue, types, max, settings.patience, UUID.randomUUID().toString());
  }

  private boolean isGood(SessionId by) {
    return session.good() && by.equals(session.id());
  }

  /** Sends the next heartbeat at once instead of at its time. For tests that own the time. */
  public void beatSoon() {
    session.beatSoon();
  }

  private void beatNow() {
    session.beatNow();
  }

  /** What a worker asks for. */
  public record Serving(String namespace, String queue, Set<String> workflowTypes, Set<String> activityTypes) {}

  /** What this worker asks for. */
  public Serving serves() {
    return serves;
  }

  /** This worker's incarnation. */
  public SessionId session() {
    return session.id();
  }

  /** How many runs are worked on and how many activities run, now. */
  public int busy() {
    return workflows.activeCount() + activities.runningCount();
  }

  /**
   * How many activities go on although they were told to stop, because their run was cancelled or closed or their lease
   * is lost. Each of them keeps its place on this worker until its code comes back; nothing of it counts.
   */
  public int leaked() {
    return activities.leakedCount();
  }

  /** Stops taking work, lets what runs finish for as long as {@link WorkerSettings#drain} says, gives back the rest. */
  @Override
  public void close() {
    close(settings.drain);
  }

  /** The same with another patience; zero gives everything back at once. */
  public void close(Duration patience) {
    if (!closed.compareAndSet(false, true)) return;
    pollers.forEach(Poller::stop);
    workflows.stop();
    activities.stop();
    session.drain();
    long deadline = System.nanoTime() + patience.toNanos();
    while (busy() > 0 && System.nanoTime() < deadline) LockSupport.parkNanos(5_000_000);
    if (busy() > 0) LOG.info("{} tasks did not end within {} and are given back", busy(), patience);
    // First the word to the engine, then the interrupts: what ends because of them must not count.
    session.close();
    workflows.dropAll();
    activities.stopAll();
  }

  /** Ends without a word, like a process that is killed: for tests. The engine finds out when the session expires. */
  public void abandon() {
    if (!closed.compareAndSet(false, true)) return;
    pollers.forEach(Poller::stop);
    workflows.stop();
    activities.stop();
    session.abandon();
    workflows.dropAll();
    activities.stopAll();
  }

  private final class All implements Session.Work {
    @Override
    public List<TaskToken> holding() {
      List<TaskToken> all = new ArrayList<>(workflows.holding());
      all.addAll(activities.holding());
      return all;
    }

    @Override
    public List<WorkerApi.ActivityBeat> progress() {
      return activities.progress();
    }

    @Override
    public void untold(List<WorkerApi.ActivityBeat> progress) {
      activities.untold(progress);
    }

    @Override
    public void lost(Set<TaskToken> tokens) {
      workflows.lost(tokens);
      activities.lost(tokens);
    }

    @Override
    public void cancel(Set<TaskToken> tokens) {
      activities.cancel(tokens);
    }

    @Override
    public void stopAll(String why) {
      workflows.dropAll();
      activities.stopAll();
    }

    @Override
    public void watch() {
      workflows.watch();
    }
  }
}
