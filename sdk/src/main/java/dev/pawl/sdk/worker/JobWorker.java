package dev.pawl.sdk.worker;

import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.job.PayloadContracts;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.job.JobHandler;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.payload.PayloadConverter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the handlers of jobs.
 *
 * <pre>{@code
 * try (JobWorker worker = JobWorker.on(engine.worker(), engine.jobWork())
 *     .handler(Jobs.handler("inventory.sync", Sync.class, (job, sync) -> shop.sync(sync)))
 *     .start()) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Jobs are taken and reported in batches; each handler runs on a virtual thread. The worker is a session of the engine:
 * it lists every few seconds what it has in hand, and stops by itself when the engine has not answered for too long.
 */
public final class JobWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobWorker.class);

  /** Most jobs of one poll, and most reports of one call. */
  private static final int BATCH = 1_000;

  /** What is done in this time may be in hand beyond what runs. */
  private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** How often a leaving worker tries to give back what the engine turns away. */
  private static final int GIVE_BACKS = 5;

  /** A poll may be so much longer in coming back than it was to wait. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final JobWorkApi api;
  private final PayloadConverter converter;
  private final JobEffects effects;
  private final JobWorkerSettings settings;
  private final Map<String, JobHandler<?>> handlers;
  private final List<String> namespaces;
  private final List<String> types;
  private final Session session;

  private final Map<TaskToken, RunningJob> inHand = new ConcurrentHashMap<>();
  private final BlockingQueue<RunningJob> toRun = new LinkedBlockingQueue<>();
  private final BlockingQueue<Told> toReport = new LinkedBlockingQueue<>();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private final Thread poller = Thread.ofVirtual().name("pawl-poll-jobs").unstarted(this::poll);
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean stopping;
  private volatile boolean gone;
  private volatile int ahead;

  private record Told(RunningJob job, JobWorkApi.Report report) {}

  /** Begins to put a worker together; values travel as JSON. */
  public static JobWorkerBuilder on(WorkerApi sessions, JobWorkApi jobs) {
    return on(sessions, jobs, JsonConverter.standard());
  }

  /** Begins to put a worker together, with the user's own converter and codecs. */
  public static JobWorkerBuilder on(WorkerApi sessions, JobWorkApi jobs, PayloadConverter converter) {
    return new JobWorkerBuilder(sessions, jobs, converter);
  }

  static JobWorker start(JobWorkerBuilder with) {
    JobWorker worker = new JobWorker(with);
    worker.session.start();
    worker.threads.forEach(Thread::start);
    return worker;
  }

  private JobWorker(JobWorkerBuilder with) {
    api = with.jobs;
    converter = with.converter;
    effects = new JobEffects(api, converter);
    settings = with.settings;
    namespaces = with.namespaces;
    Map<String, JobHandler<?>> all = new HashMap<>();
    List<String> followed = new ArrayList<>();
    for (JobHandler<?> handler : with.handlers.values()) {
      all.put(handler.type(), handler);
      JobHandler.OnDead told = handler.onDead();
      if (told != null) {
        JobHandler<?> after = JobRun.afterDeath(handler, told);
        all.put(after.type(), after);
        followed.add(handler.type());
      }
    }
    handlers = Map.copyOf(all);
    types = List.copyOf(all.keySet());
    Map<String, String> needs = new HashMap<>();
    for (JobHandler<?> handler : all.values()) if (handler.needs() != null) needs.put(handler.type(), handler.needs());
    for (String namespace : namespaces) {
      if (!followed.isEmpty()) api.followDead(namespace, followed);
      if (!needs.isEmpty()) api.need(namespace, needs);
    }
    String name = settings.name != null ? settings.name : "pid " + ProcessHandle.current().pid();
    session = new Session(with.sessions, name, settings.concurrency, null, new All());
    threads.add(poller);
    threads.add(Thread.ofVirtual().name("pawl-report-jobs").unstarted(this::reportLoop));
    for (int i = 0; i < settings.concurrency; i++) {
      threads.add(Thread.ofVirtual().name("pawl-job-", i).unstarted(this::work));
    }
  }

  // ---- taking

  private void poll() {
    Duration wait = Duration.ofMillis(50);
    while (!stopping) {
      SessionId by = session.id();
      try {
        int room = room();
        if (room <= 0 || !session.good()) {
          LockSupport.parkNanos(session.good() ? 500_000 : 100_000_000);
          continue;
        }
        take(api.poll(new JobWorkApi.Poll(by, namespaces, types, Math.min(room, BATCH), settings.patience)), by);
        wait = Duration.ofMillis(50);
      } catch (RejectedException e) {
        if (stopping) return;
        if (e.code() == Rejection.Code.SESSION_LOST) {
          session.renew(by);
        } else {
          wait = rest(e, wait);
        }
      } catch (RuntimeException e) {
        if (stopping) return;
        wait = rest(e, wait);
      }
    }
  }

  private static Duration rest(RuntimeException problem, Duration wait) {
    LOG.warn("poll for jobs failed: {}", problem.toString());
    LockSupport.parkNanos(wait.toNanos());
    return wait.toMillis() < 2_000 ? wait.multipliedBy(2) : wait;
  }

  private int room() {
    return settings.concurrency + ahead - unfinished.get();
  }

  private void take(List<JobGrant> grants, SessionId by) {
    for (JobGrant grant : grants) {
      RunningJob job = new RunningJob(grant, by, effects, child ->
          Jobs.spec(grant.job().spec().namespace(), converter, Instant.now(), child));
      inHand.put(job.token, job);
      unfinished.incrementAndGet();
      if (stopping) giveBack(job);
      else toRun.add(job);
    }
  }

  // ---- doing

  private void work() {
    while (!stopping || !toRun.isEmpty()) {
      RunningJob job;
      try {
        job = toRun.poll(200, TimeUnit.MILLISECONDS);
      } catch (InterruptedException stale) {
        continue; // meant for a job that is done
      }
      if (job == null) continue;
      if (stopping) giveBack(job);
      else run(job);
    }
  }

  private PayloadContracts contracts() {
    PayloadContracts own = settings.contracts;
    return own == null ? api.contracts() : own;
  }

  private void run(RunningJob job) {
    running.incrementAndGet();
    try {
      JobHandler<?> handler = handlers.get(job.type());
      job.runsOn(Thread.currentThread());
      JobOutcome outcome = handler == null
          ? new JobOutcome.Abandon()
          : JobRun.of(handler, job, converter, contracts());
      job.runsOn(null);
      Thread.interrupted(); // it was for the work, not for the report
      if (outcome instanceof JobOutcome.ErrRetry failed) {
        LOG.warn("attempt {} of job {} failed: {}", job.attempt(), job.effectKey(), failed.error().title());
      }
      if (handler != null) tellOfDependency(handler, job);
      tell(job, outcome);
    } finally {
      running.decrementAndGet();
    }
  }

  private void giveBack(RunningJob job) {
    tell(job, new JobOutcome.Abandon());
  }

  /** Before the job is given back: whoever looks for it next should know. */
  private void tellOfDependency(JobHandler<?> handler, RunningJob job) {
    String why = job.unavailable;
    String needs = handler.needs();
    if (why == null || needs == null) return;
    try {
      api.unavailable(job.job().spec().namespace(), needs, why);
    } catch (RuntimeException unheard) {
      LOG.warn("nobody was told that {} is down: {}", needs, unheard.toString());
    }
  }

  private void tell(RunningJob job, JobOutcome outcome) {
    unfinished.decrementAndGet();
    if (job.isLost() || gone) {
      inHand.remove(job.token);
      return;
    }
    toReport.add(new Told(job, job.report(outcome)));
  }

  // ---- reporting

  private void reportLoop() {
    List<Told> batch = new ArrayList<>(BATCH);
    long since = System.nanoTime();
    int done = 0;
    while (!gone) {
      batch.clear();
      try {
        Told first = toReport.poll(50, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          toReport.drainTo(batch, BATCH - 1);
        }
      } catch (InterruptedException e) {
        return;
      }
      if (!batch.isEmpty()) report(batch);
      done += batch.size();
      long now = System.nanoTime();
      if (now - since >= AHEAD_NANOS) {
        // Short jobs are taken before there is a thread for them; long ones would only wait here instead of elsewhere.
        ahead = (int) Math.min(settings.ahead, done * AHEAD_NANOS / (now - since));
        if (ahead < settings.concurrency / 2) ahead = 0;
        since = now;
        done = 0;
      }
    }
  }

  private void report(List<Told> batch) {
    List<Told> rest = new ArrayList<>(batch);
    try {
      List<JobAnswer<CommitJob.Ack>> answers = Persistence.insist(
          () -> api.report(rest.stream().map(Told::report).toList()),
          () -> !gone && session.good() && rest.getFirst().job().session.equals(session.id()));
      for (int i = 0; i < answers.size(); i++) {
        RunningJob job = rest.get(i).job();
        switch (answers.get(i)) {
          case JobAnswer.Done<CommitJob.Ack> done -> inHand.remove(job.token);
          case JobAnswer.Refused<CommitJob.Ack> no -> refused(rest.get(i), no);
        }
      }
    } catch (RejectedException | Persistence.Abandoned e) {
      LOG.warn("the reports of {} jobs were given up: {}", rest.size(), String.valueOf(e.getMessage()));
      rest.forEach(told -> inHand.remove(told.job().token));
    }
  }

  private void refused(Told told, JobAnswer.Refused<CommitJob.Ack> no) {
    RunningJob job = told.job();
    if (no.code() == UwerCode.ADMISSION_REFUSED) {
      toReport.add(told); // too much is waiting there: again
      return;
    }
    boolean mayFail = switch (no.code()) {
      case KEY_CONFLICT, SCHEMA_VIOLATION, IMPOSSIBLE_TIMING, TOO_LARGE -> !(told.report().outcome() instanceof JobOutcome.ErrFatal);
      default -> false;
    };
    if (mayFail) {
      // The engine will never take this: the attempt has failed, and why is told instead.
      toReport.add(new Told(job, JobWorkApi.Report.of(job.grant, job.session,
          new JobOutcome.ErrFatal(new dev.pawl.core.job.JobError(UwerCode.INTERNAL.wire(), "Report refused", no.message(),
              false, null)), List.of())));
      return;
    }
    inHand.remove(job.token);
    LOG.info("the report of job {} came too late: {}", job.id(), no.message());
  }

  // ---- the session

  /** This worker's incarnation. */
  public SessionId session() {
    return session.id();
  }

  /** Jobs that run now. */
  public int busy() {
    return running.get();
  }

  /** Sends the next heartbeat at once instead of at its time. For tests that own the time. */
  public void beatSoon() {
    session.beatSoon();
  }

  /** Stops taking jobs, lets what runs finish for as long as the settings say, gives back the rest. */
  @Override
  public void close() {
    close(settings.drain);
  }

  /** The same with another patience. */
  public void close(Duration patience) {
    if (!closed.compareAndSet(false, true)) return;
    stopping = true;
    session.drain();
    long deadline = System.nanoTime() + patience.toNanos();
    while (!inHand.isEmpty() && System.nanoTime() < deadline) LockSupport.parkNanos(2_000_000);
    // A poll that still waits would take again what is given back.
    awaitPoll();
    List<RunningJob> left = List.copyOf(inHand.values());
    if (!left.isEmpty()) {
      LOG.info("{} jobs did not end within {} and are given back", left.size(), patience);
      // First the word to the engine, then the interrupts: what ends because of them must not count.
      giveBack(left);
    }
    session.close();
    end(left);
  }

  /** What the engine turns away for now is said again; of what it refuses for good, nothing is held here any more. */
  private void giveBack(List<RunningJob> left) {
    List<RunningJob> rest = new ArrayList<>(left);
    for (int trial = 1; !rest.isEmpty(); trial++) {
      List<RunningJob> again = new ArrayList<>(0);
      try {
        List<JobAnswer<CommitJob.Ack>> answers =
            api.report(rest.stream().map(job -> job.report(new JobOutcome.Abandon())).toList());
        for (int i = 0; i < answers.size(); i++) {
          if (!(answers.get(i) instanceof JobAnswer.Refused<CommitJob.Ack> no)) continue;
          if (no.code().retryable()) again.add(rest.get(i));
          // Its own report was there first, or somebody else has it.
          else LOG.info("job {} could not be given back: {}", rest.get(i).id(), no.message());
        }
      } catch (RuntimeException e) {
        LOG.warn("{} jobs could not be given back and will be taken back instead: {}", rest.size(), e.getMessage());
        return;
      }
      if (!again.isEmpty() && trial == GIVE_BACKS) {
        LOG.warn("{} jobs were turned away {} times and will be taken back instead", again.size(), trial);
        return;
      }
      rest = again;
      if (!rest.isEmpty()) LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50L * trial));
    }
  }

  private void awaitPoll() {
    try {
      Duration most = settings.patience.plus(GRACE);
      if (!poller.join(most)) LOG.warn("a poll has not ended within {}", most);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends without a word, like a process that is killed: for tests. The engine finds out when the session expires. */
  public void abandon() {
    if (!closed.compareAndSet(false, true)) return;
    stopping = true;
    gone = true;
    session.abandon();
    end(inHand.values());
  }

  private void end(Collection<RunningJob> left) {
    gone = true;
    left.forEach(RunningJob::lose);
  }

  private final class All implements Session.Work {
    @Override
    public List<TaskToken> holding() {
      return List.copyOf(inHand.keySet());
    }

    @Override
    public List<WorkerApi.ActivityBeat> progress() {
      return List.of();
    }

    @Override
    public void untold(List<WorkerApi.ActivityBeat> progress) {}

    @Override
    public void lost(Set<TaskToken> tokens) {
      for (TaskToken token : tokens) {
        RunningJob job = inHand.remove(token);
        if (job != null) job.lose();
      }
    }

    @Override
    public void cancel(Set<TaskToken> tokens) {
      for (TaskToken token : tokens) {
        RunningJob job = inHand.get(token);
        if (job != null) job.cancel();
      }
    }

    @Override
    public void stopAll(String why) {
      for (RunningJob job : inHand.values()) job.lose();
      inHand.clear();
    }

    @Override
    public void watch() {
      List<JobWorkApi.Progress> news = new ArrayList<>(0);
      for (RunningJob job : inHand.values()) {
        JobWorkApi.Progress one = job.news();
        if (one != null) news.add(one);
      }
      if (!news.isEmpty()) api.progress(news);
    }
  }
}
