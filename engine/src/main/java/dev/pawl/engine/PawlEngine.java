package dev.pawl.engine;

import dev.pawl.core.run.Deliveries;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.ask.QueryBoard;
import dev.pawl.engine.commit.Landings;
import dev.pawl.engine.commit.LaneSettings;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.control.EngineControl;
import dev.pawl.engine.control.JoinedControl;
import dev.pawl.engine.control.Lookup;
import dev.pawl.engine.control.Promotion;
import dev.pawl.engine.control.RunOperators;
import dev.pawl.engine.control.Starts;
import dev.pawl.engine.control.Watchers;
import dev.pawl.engine.duty.DeliverMail;
import dev.pawl.engine.duty.Duty;
import dev.pawl.engine.duty.Doomed;
import dev.pawl.engine.duty.DutyLoop;
import dev.pawl.engine.duty.Examine;
import dev.pawl.engine.duty.Prune;
import dev.pawl.engine.duty.RingAlarms;
import dev.pawl.engine.duty.TakeBack;
import dev.pawl.engine.duty.TimeOutActivities;
import dev.pawl.engine.duty.Verify;
import dev.pawl.engine.duty.WatchClock;
import dev.pawl.engine.hint.Hint;
import dev.pawl.engine.hint.HintBus;
import dev.pawl.engine.hint.HintExchange;
import dev.pawl.engine.hint.TellOthers;
import dev.pawl.engine.job.JobDesk;
import dev.pawl.engine.job.LookAfterJobs;
import dev.pawl.engine.job.VerifyAudit;
import dev.pawl.engine.metrics.CountedMetrics;
import dev.pawl.engine.query.Query;
import dev.pawl.engine.queue.Alarms;
import dev.pawl.engine.queue.Polls;
import dev.pawl.engine.queue.Queues;
import dev.pawl.engine.queue.Takeover;
import dev.pawl.engine.schedule.EngineSchedules;
import dev.pawl.engine.schedule.Schedules;
import dev.pawl.engine.session.Sessions;
import dev.pawl.engine.store.Checkup;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreException;
import dev.pawl.engine.store.sql.Stores;
import dev.pawl.engine.work.EngineWork;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.job.PayloadContracts;
import dev.pawl.protocol.operator.OperatorApi;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.protocol.worker.WorkerApi;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A Pawl engine in this process, on a database that other engines may use at the same time. Opening one starts its
 * threads and, unless configured otherwise, brings the schema up to date. Safe for any number of threads.
 *
 * <pre>{@code
 * try (PawlEngine pawl = PawlEngine.open("jdbc:sqlite:pawl.db")) {
 *   pawl.control().start(ControlApi.Start.of("default", "order-42", "Order", "orders", input));
 * }
 * }</pre>
 */
public final class PawlEngine implements AutoCloseable {
  /** A lane or duty that has work and gets none done for so long is not ready. */
  private static final Duration STUCK = Duration.ofSeconds(10);

  private final Store store;
  private final EngineConfig config;
  private final CountedMetrics metrics;
  private final Lanes lanes;
  private final Queues queues;
  private final Watchers watchers;
  private final HintExchange hints;
  private final QueryBoard queries;
  private final Lookup lookup;
  private final Namespaces namespaces;
  private final ControlApi control;
  private final WorkerApi work;
  private final JobDesk jobDesk;
  private final JobApi jobs;
  private final JobWorkApi jobWork;
  private final ScheduleApi schedules;
  private final OperatorApi operators;
  private final List<Duty> duties;
  private final List<DutyLoop> loops;
  private volatile boolean closing;
  private volatile Promotion promotion;

  /**
   * Opens an engine.
   *
   * @param jdbcUrl for example {@code jdbc:sqlite:pawl.db} or {@code jdbc:postgresql://host/db?user=...}
   * @throws RejectedException {@code STORE_UNAVAILABLE}, {@code SCHEMA_MISMATCH} or {@code BAD_CONFIGURATION}
   */
  public static PawlEngine open(String jdbcUrl) {
    return open(jdbcUrl, config -> {});
  }

  /** Opens an engine with settings. */
  public static PawlEngine open(String jdbcUrl, Consumer<EngineConfig> settings) {
    try {
      return open(new DriverSource(Stores.address(jdbcUrl)), settings);
    } catch (StoreException e) {
      throw new RejectedException(Rejection.because(e.code(), String.valueOf(e.getMessage())), e);
    }
  }

  /** Opens an engine on the user's own pool; transactional steps take connections from it. */
  public static PawlEngine open(DataSource database) {
    return open(database, config -> {});
  }

  /** Opens an engine on the user's own pool, with settings. */
  public static PawlEngine open(DataSource database, Consumer<EngineConfig> settings) {
    EngineConfig config = new EngineConfig();
    settings.accept(config);
    try {
      Store store = Stores.open(
          database, config.store.withWriters(Math.max(1, config.lanes.lanes()) + 1), config.storeClock());
      try {
        return new PawlEngine(store, database, config);
      } catch (RuntimeException e) {
        store.close();
        throw e;
      }
    } catch (StoreException e) {
      throw new RejectedException(Rejection.because(e.code(), String.valueOf(e.getMessage())), e);
    }
  }

  private PawlEngine(Store store, DataSource database, EngineConfig config) {
    this.store = store;
    this.config = config;
    this.promotion = config.promotion;
    Promotion promoted = Promotion.asked(() -> promotion);
    this.metrics = new CountedMetrics(config.metrics);
    Alarms alarms = new Alarms();
    this.watchers = new Watchers();
    this.queries = new QueryBoard(store.questions(), () -> closing);
    this.lookup = new Lookup(store);
    this.namespaces = new Namespaces(store, lookup);
    List<Sessions> known = new ArrayList<>(1);
    Predicate<Instant> due = instant -> !instant.isAfter(store.now());
    this.queues = new Queues(id -> known.getFirst().ended(id), config.pollSettings().stickyWait(), alarms, due);
    this.hints = new HintExchange(config.hints, this::heard, this::lookEverywhere);
    Landings others = config.hints == HintBus.NONE
        ? (run, events, effects) -> {}
        : new TellOthers(hints::tell, alarms, due);
    boolean byHand = !config.duties;
    DeliverMail mail = new DeliverMail(
        store, one -> Deliveries.of(Starts.pinned(one, store, promoted)),
        byHand ? Duration.ZERO : config.leases.takeoverPoll(), metrics);
    Landings landings = (run, events, effects) -> {
      queues.landed(run, events, effects);
      mail.landed(run, events, effects);
      watchers.landed(run, events, effects);
      others.landed(run, events, effects);
    };
    LaneSettings laneSettings = isSqlite(database) ? config.lanes.withLanes(1) : config.lanes;
    this.lanes = new Lanes(store, laneSettings, queues, landings, metrics);
    Takeover takeover = new Takeover(store, lanes, id -> known.getFirst().closed(id), metrics);
    this.jobDesk = new JobDesk(store, laneSettings.lanes(), config.leases, known::getFirst, lookup::namespace, metrics,
        (namespace, type) -> hints.tell(new Hint.JobReady(namespace, type)), () -> closing);
    Schedules timetable = new Schedules(store, mail, jobDesk, metrics);
    mail.through(lanes, timetable);
    Sessions sessions = new Sessions(store, config.leases, takeover::takeBack, jobDesk.takeover()::unlisted);
    sessions.whenOneTakesNoMore(jobDesk::wakePolls);
    known.add(sessions);
    store.whenTimelineIsNew(sessions::outlive);
    Polls polls = new Polls(store, lanes, queues, takeover, config.pollSettings(), metrics, () -> closing);
    this.control = Door.of(ControlApi.class,
        new EngineControl(store, lanes, lookup, watchers, queries, Query::parse, () -> closing,
            connection -> Door.of(
                ControlApi.Joined.class, new JoinedControl(store, lookup, connection), () -> closing), promoted),
        () -> closing);
    this.work = Door.of(WorkerApi.class,
        new EngineWork(store, lanes, lookup, sessions, queues, polls, queries, database, promoted), () -> closing);

    this.schedules = Door.of(ScheduleApi.class,
        new EngineSchedules(store, timetable, jobDesk, lookup::namespace), () -> closing);
    this.jobs = Door.of(JobApi.class, jobDesk.jobs(), () -> closing);
    this.jobWork = Door.of(JobWorkApi.class, jobDesk.work(), () -> closing);

    this.operators = Door.of(OperatorApi.class, new RunOperators(store, lanes, lookup, Query::parse), () -> closing);

    RingAlarms ring = new RingAlarms(alarms);
    TakeBack takeBack = new TakeBack(store, takeover, config.leases.takeoverPoll(), metrics);
    TimeOutActivities timeOut = new TimeOutActivities(store, lanes, config.leases.takeoverPoll());
    Prune prune = new Prune(store, config.retention.slice(), config.retention.every(), metrics);
    Verify verify = new Verify(store, config.leases.recheck(), metrics);
    WatchClock watch = new WatchClock(store, metrics);
    LookAfterJobs lookAfterJobs = jobDesk.lookAfter();
    VerifyAudit audit = new VerifyAudit(store, metrics);
    Examine examine = new Examine(store.checkup(), jobDesk.bound(), metrics);
    this.duties = List.of(
        mail, takeBack, timeOut, lookAfterJobs, jobDesk.orphans(), jobDesk.breakers(), ring, prune, verify, audit,
        examine, jobDesk.seal(), watch);
    // Timers must not wait behind a slow deletion.
    DutyLoop time = new DutyLoop("time", List.of(mail, ring), store::now, metrics);
    DutyLoop upkeep = new DutyLoop(
        "upkeep", List.of(watch, takeBack, timeOut, lookAfterJobs, jobDesk.orphans(), jobDesk.breakers(), prune),
        store::now, metrics);
    // Nor what died behind somebody who looks through everything.
    DutyLoop looking = new DutyLoop(
        "looking", List.of(verify, audit, examine, jobDesk.seal()), store::now, metrics);
    this.loops = byHand ? List.of() : List.of(time, upkeep, looking);
    if (!byHand) {
      mail.onEarlier(time::wake);
      alarms.onEarlier(time::wake);
    }
    namespaces.ensure(DEFAULT_NAMESPACE, config.retention.keep());
    lanes.start();
    jobDesk.start();
    loops.forEach(DutyLoop::start);
    hints.start();
  }

  private void heard(Hint hint) {
    switch (hint) {
      case Hint.WorkflowReady ready -> queues.workflowReady(ready.namespace(), ready.queue(), ready.type());
      case Hint.ActivityReady ready -> queues.activityReady(ready.namespace(), ready.queue(), ready.type());
      case Hint.JobReady ready -> jobDesk.ready(ready.namespace(), ready.type());
      case Hint.Changed changed -> watchers.changed(changed.namespace(), changed.workflowId(), changed.ended());
    }
  }

  private void lookEverywhere() {
    queues.lookAgain();
    jobDesk.wakePolls();
    watchers.wakeAll();
  }

  private static boolean isSqlite(DataSource database) {
    if (database instanceof DriverSource plain) return plain.url().startsWith("jdbc:sqlite:");
    try (Connection connection = database.getConnection()) {
      return String.valueOf(connection.getMetaData().getURL()).startsWith("jdbc:sqlite:");
    } catch (SQLException e) {
      throw new StoreException(Rejection.Code.STORE_UNAVAILABLE, "cannot connect: " + e.getMessage(), e);
    }
  }

  /** The namespace that is always there. */
  public static final String DEFAULT_NAMESPACE = "default";

  // ---- the two doors

  /** What clients ask. */
  public ControlApi control() {
    return control;
  }

  /** What workers ask. */
  public WorkerApi worker() {
    return work;
  }

  /** What callers and operators ask about jobs. */
  public JobApi jobs() {
    return jobs;
  }

  /** What workers ask about jobs. */
  public JobWorkApi jobWork() {
    return jobWork;
  }

  /**
   * From now on every job that comes in, by whatever door, is held to what is agreed about its payload, and again before
   * a worker of this engine does it. Without it nothing is agreed.
   */
  public void holdJobsTo(PayloadContracts contracts) {
    jobDesk.holdTo(contracts);
  }

  /** What callers and operators ask about schedules. */
  public ScheduleApi schedules() {
    return schedules;
  }

  /** What operators do to runs by hand, with papers. */
  public OperatorApi operators() {
    return operators;
  }

  // ---- namespaces

  public List<Store.Namespace> namespaces() {
    return store.namespaces();
  }

  /**
   * Makes a namespace, or changes its description and retention.
   *
   * @throws RejectedException {@code INVALID_ARGUMENT} for a name that is not 1 to 255 characters, or a retention that is
   *     not 1 minute to 100 years
   */
  public void putNamespace(Store.Namespace namespace) {
    namespaces.put(namespace);
  }

  /**
   * Makes a namespace unless it is there. Of all that try at the same time, on whatever nodes, one does.
   *
   * @return whether this call did; false: it was there, and is as it was
   * @throws RejectedException as {@link #putNamespace} does
   */
  public boolean addNamespace(Store.Namespace namespace) {
    return namespaces.add(namespace);
  }

  /**
   * Changes how long the closed runs of a namespace are kept, on all nodes within a minute, for those that closed before
   * as well.
   *
   * @param retention 1 minute to 100 years
   * @throws RejectedException {@code NAMESPACE_NOT_FOUND} or {@code INVALID_ARGUMENT}
   */
  public void retain(String namespace, Duration retention) {
    namespaces.retain(namespace, retention);
  }

  /** Whether there is such a namespace; what another node deleted is known here within a second. */
  public boolean isNamespace(String name) {
    return lookup.isNamespace(name);
  }

  /**
   * Deletes a namespace with everything in it, open runs and jobs too: nothing more happens for them, and whoever works on
   * them is told so. From the beginning nothing new gets in, here at once and on other nodes within a second. What this
   * engine does not get to is deleted by the upkeep of any.
   *
   * @return what was deleted
   * @throws RejectedException {@code NAMESPACE_NOT_FOUND}, or {@code INVALID_ARGUMENT} for the default one and for
   *     {@code pawl}
   */
  public Store.Erased deleteNamespace(String name) {
    if (name.equals(DEFAULT_NAMESPACE) || name.equals(Doomed.OWN)) {
      throw new RejectedException(Rejection.invalid("name", "namespace '%s' is always there".formatted(name)));
    }
    return namespaces.delete(name);
  }

  // ---- running it

  /**
   * Gives every duty one turn. For tests that own the clock; harmless besides.
   *
   * @return how much was done; 0: nothing is left to do at this instant
   */
  public int tick(Instant now) {
    int done = 0;
    for (Duty duty : duties) done += duty.tick(now);
    return done;
  }

  /** Says from now on which build of workers new runs are for, in place of {@link EngineConfig#promotion}. */
  public void promotion(Promotion now) {
    promotion = now;
  }

  /** The engine's clock: the database's, or the test's. */
  public Instant now() {
    return store.now();
  }

  /** Open jobs that had rested for longer than the recovery bound when somebody last looked, within the minute: 0. */
  public int orphanJobs() {
    return jobDesk.orphans().found();
  }

  /**
   * Types of jobs, as {@code namespace/type}, that wait although no worker has asked for them for five minutes; after half an
   * hour their jobs are dead letters. As this node saw it within the minute.
   */
  public Set<String> unservedJobTypes() {
    return jobDesk.lookAfter().unserved();
  }

  /** Whether {@link #close} was called: nothing new is taken. */
  public boolean isClosing() {
    return closing;
  }

  /** The timings under which it gives out work. */
  public LeaseTimings leases() {
    return config.leases;
  }

  /** Whether work gets done, not whether a process is alive. */
  public Health health() {
    List<String> problems = new ArrayList<>();
    if (closing) problems.add("the engine is closing");
    if (lanes.stuck().compareTo(STUCK) > 0 || jobDesk.stuck().compareTo(STUCK) > 0) {
      problems.add("a lane has had work for %d s and finished none".formatted(
          Math.max(lanes.stuck().toSeconds(), jobDesk.stuck().toSeconds())));
    }
    for (DutyLoop loop : loops) {
      if (loop.dead()) problems.add("a thread of duties has ended");
      if (loop.failing().compareTo(STUCK) > 0) {
        problems.add("duties have failed for %d s: %s".formatted(loop.failing().toSeconds(), loop.failure()));
      }
      if (loop.stuck().compareTo(STUCK) > 0) {
        problems.add("a duty has been at the same turn for %d s".formatted(loop.stuck().toSeconds()));
      }
    }
    return new Health(problems.isEmpty(), List.copyOf(problems), lanes.waiting() + jobDesk.waiting(), queues.waiting(),
        config.leases.recoveryBound());
  }

  /**
   * Looks at every open run for what must never be; empty on a sound database. Reads everything: not for every minute.
   */
  public List<Verify.Finding> verify() {
    return Verify.all(store);
  }

  /**
   * Asks every invariant of the whole database, with the states of open runs; empty on a sound one. Reads everything: not
   * for every minute. It can be done while nodes are at work, and changes nothing.
   */
  public List<Checkup.Damage> examine() {
    List<Checkup.Damage> all = new ArrayList<>(Examine.all(store.checkup(), jobDesk.bound()));
    for (Verify.Finding finding : verify()) {
      all.add(new Checkup.Damage("RUN", null, finding.run().toString(), finding.what(), false,
          "reset it to its last event, or terminate it; keep a copy of its rows for whoever looks for the defect"));
    }
    return all;
  }

  /** What was done since this engine was opened. */
  public CountedMetrics.Snapshot metrics() {
    return metrics.snapshot();
  }

  /** How much this node and the others have told each other. */
  public HintExchange.Figures hints() {
    return hints.figures();
  }

  /** The port to the database, for the server, the test kit and tools. */
  public Store store() {
    return store;
  }

  /**
   * Closes: waiting polls answer empty, waiting callers are told, duties end after their turn, commits that were
   * accepted are finished. What workers still hold is taken back by other engines when their sessions end.
   */
  @Override
  public void close() {
    if (closing) return;
    closing = true;
    hints.close();
    queues.stop(null, null);
    queries.wakeAll();
    watchers.wakeAll();
    jobDesk.wakePolls();
    loops.forEach(DutyLoop::close);
    lanes.close();
    jobDesk.close();
    store.close();
  }
}
