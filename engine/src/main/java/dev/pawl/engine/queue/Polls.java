package dev.pawl.engine.queue;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.GrantTask;
import dev.pawl.core.run.ReleaseActivity;
import dev.pawl.core.run.ReleaseTask;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.commit.Answer;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.worker.WorkerApi;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Long polls: looks, waits, answers with everything that came together. One thread per poll, virtual or not. */
public final class Polls {
  /** So many events of a run at most are read together with those of others. */
  private static final int SHORT_HISTORY = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Polls.class);
  private static final Set<Rejection.Code> NOT_TO_BE_HAD = EnumSet.of(
      Rejection.Code.TASK_NOT_FOUND, Rejection.Code.RUN_NOT_FOUND, Rejection.Code.RUN_CORRUPT);

  private final Store store;
  private final Lanes lanes;
  private final Queues queues;
  private final Takeover takeover;
  private final PollSettings settings;
  private final EngineMetrics metrics;
  private final BooleanSupplier closing;
  private final Set<SessionId> draining = ConcurrentHashMap.newKeySet();

  public Polls(Store store, Lanes lanes, Queues queues, Takeover takeover, PollSettings settings,
      EngineMetrics metrics, BooleanSupplier closing) {
    this.store = store;
    this.lanes = lanes;
    this.queues = queues;
    this.takeover = takeover;
    this.settings = settings;
    this.metrics = metrics;
    this.closing = closing;
  }

  private interface Claim<T> {
    List<T> claim(TaskQueue<T> queue, ParkedPoll<T> poll, boolean force);
  }

  /** @param ended whether the session has ended meanwhile: its polls answer empty */
  public List<WorkerApi.WorkflowTaskGrant> workflows(WorkerApi.Poll poll, @Nullable String buildId,
      BooleanSupplier ended) {
    List<Queues.GrantedRun> granted =
        poll(queues.workflows(poll.namespace(), poll.queue()), poll, buildId, ended,
            (queue, parked, force) -> claimRuns(poll, queue, parked, force));
    if (granted.isEmpty()) return List.of();
    Failpoint.GRANT_BEFORE_REPLY.reach();
    List<WorkerApi.WorkflowTaskGrant> grants = new ArrayList<>(granted.size());
    try {
      for (Queues.GrantedRun one : withShortHistories(granted)) {
        try {
          grants.add(complete(one));
        } catch (CorruptHistory quarantined) {
          // Its lease ended with that; the others are as good as ever.
          LOG.warn("run {} was granted and cannot be read", one.grant().run().id(), quarantined);
        }
      }
    } catch (RuntimeException e) {
      giveBack(granted, poll.session());
      throw e;
    }
    return grants;
  }

  public List<ActivityTask> activities(WorkerApi.Poll poll, @Nullable String buildId, BooleanSupplier ended) {
    return poll(queues.activities(poll.namespace(), poll.queue()), poll, buildId, ended,
        (queue, parked, force) -> claimActivities(poll, queue, parked, force));
  }

  private <T> List<T> poll(TaskQueue<T> queue, WorkerApi.Poll poll, @Nullable String buildId, BooleanSupplier ended,
      Claim<T> claim) {
    long deadline = System.nanoTime() + poll.patience().toNanos();
    // A poll without patience wants to know what there is, not what this node happens to have heard of.
    boolean force = poll.patience().isZero();
    while (!closing.getAsBoolean() && !ended.getAsBoolean() && !draining.contains(poll.session())) {
      ParkedPoll<T> parked =
          new ParkedPoll<>(poll.session(), buildId, Set.copyOf(poll.types()), poll.max(), poll.pollId());
      List<T> tasks = queue.open(parked);
      if (!tasks.isEmpty()) return tasks;
      RuntimeException problem = null;
      boolean calm = true;
      try {
        tasks = claim.claim(queue, parked, force);
        long rest = deadline - System.nanoTime();
        // A close or an end that came in before this has poked the poll, and it does not wait.
        if (tasks.isEmpty() && rest > 0 && queue.park(parked)) {
          calm = parked.await(Math.min(rest, settings.takeover().toNanos()));
        }
      } catch (RuntimeException e) {
        problem = e;
      }
      boolean last = force || closing.getAsBoolean() || ended.getAsBoolean() || draining.contains(poll.session())
          || problem != null || !calm;
      tasks = joined(tasks, queue.leave(parked, last));
      // What came along is leased already: it must not be lost with the problem.
      if (!tasks.isEmpty()) return tasks;
      if (problem != null) throw problem;
      if (!calm || deadline - System.nanoTime() <= 0) return List.of();
    }
    return List.of();
  }

  private static <T> List<T> joined(List<T> claimed, List<T> given) {
    if (given.isEmpty()) return claimed;
    if (claimed.isEmpty()) return given;
    List<T> all = new ArrayList<>(claimed);
    all.addAll(given);
    return all;
  }

  // ---- runs

  private List<Queues.GrantedRun> claimRuns(WorkerApi.Poll poll, TaskQueue<Queues.GrantedRun> queue,
      ParkedPoll<Queues.GrantedRun> parked, boolean force) {
    if (!force) {
      List<Queues.GrantedRun> granted = grant(poll, queue, parked, queue.takeHints(parked));
      if (!granted.isEmpty()) return granted;
    }
    TaskQueue.Asked asked = queue.mustLook(parked.types, force, settings.takeover().toNanos());
    if (asked == null) return List.of();
    boolean all = false;
    List<RunId> found;
    try {
      takeover.runsUnlessLately(force, settings.takeover().toNanos());
      Failpoint.CLAIM_AFTER_TAKEOVER.reach();
      int limit = queue.ask(parked);
      if (limit == 0) return List.of();
      found = store.readyRuns(
          poll.namespace(), poll.queue(), poll.session(), settings.stickyWait(), poll.types(), 0, limit);
      all = found.size() < limit;
    } finally {
      queue.looked(asked, all);
    }
    return grant(poll, queue, parked, queue.claim(found, parked));
  }

  private List<Queues.GrantedRun> grant(WorkerApi.Poll poll, TaskQueue<Queues.GrantedRun> queue,
      ParkedPoll<Queues.GrantedRun> parked, List<RunId> runs) {
    if (runs.isEmpty()) return List.of();
    try {
      List<GrantTask> requests = new ArrayList<>(runs.size());
      for (RunId run : runs) requests.add(new GrantTask(run, poll.session()));
      List<Answer<GrantTask.Granted>> answers = lanes.submitDue(requests, () -> queue.fill(parked));
      List<Queues.GrantedRun> granted = new ArrayList<>(runs.size());
      RuntimeException problem = null;
      for (int i = 0; i < answers.size(); i++) {
        Answer<GrantTask.Granted> answer = answers.get(i);
        if (answer.ok()) granted.add(new Queues.GrantedRun(answer.get(), List.of()));
        else if (answer.refusal() == null || !NOT_TO_BE_HAD.contains(answer.refusal())) problem = answer.problem();
      }
      // Somebody else was faster, or the run is quarantined: no reason to complain. No database: the worker must know.
      if (granted.isEmpty() && problem != null) throw problem;
      metrics.granted(false, false, granted.size());
      return granted;
    } finally {
      queue.claimed(runs);
    }
  }

  /** Reads what is missing of few events for all of them together, so that a claim of many costs no read for each. */
  private List<Queues.GrantedRun> withShortHistories(List<Queues.GrantedRun> granted) {
    Map<RunId, Long> wanted = new HashMap<>();
    for (Queues.GrantedRun one : granted) {
      long missing = one.grant().run().state().lastSeq() - one.grant().knownSeq();
      if (!one.inHand() && missing > 0 && missing <= SHORT_HISTORY) {
        wanted.put(one.grant().run().id(), one.grant().knownSeq());
      }
    }
    if (wanted.size() < 2) return granted;
    Map<RunId, List<Event>> read = store.events(wanted);
    return granted.stream()
        .map(one -> {
          List<Event> events = wanted.containsKey(one.grant().run().id()) ? read.get(one.grant().run().id()) : null;
          return events == null ? one : new Queues.GrantedRun(one.grant(), events);
        })
        .toList();
  }

  private WorkerApi.WorkflowTaskGrant complete(Queues.GrantedRun granted) {
    GrantTask.Granted grant = granted.grant();
    Run run = grant.run();
    long known = grant.knownSeq();
    List<Event> events = granted.events();
    if (!granted.inHand()) {
      // Nothing new to show happens: an update that waits makes a run ready without an event.
      events = run.state().lastSeq() == known ? List.of() : store.events(run.id(), known, settings.historyPage());
    }
    boolean complete = events.isEmpty() || events.getLast().seq() >= run.state().lastSeq();
    List<Effect.Update> updates = run.task().admitted() > 0 ? store.admitted(run.id()) : List.of();
    return new WorkerApi.WorkflowTaskGrant(grant.token(), run.state().namespace(), run.state().workflowId(),
        run.state().started().workflowType(), known, events, complete, updates);
  }

  private void giveBack(List<Queues.GrantedRun> granted, SessionId session) {
    List<ReleaseTask> releases = new ArrayList<>();
    for (Queues.GrantedRun one : granted) releases.add(new ReleaseTask(one.grant().token(), session));
    lanes.submitAll(releases); // what cannot be given back now is revoked as unlisted
  }

  // ---- a session that goes

  /** A session says whether it wants more work. While it does not, its polls bring none. */
  public void drains(SessionId session, boolean wanted) {
    if (wanted) {
      draining.remove(session);
      return;
    }
    draining.removeIf(queues::gone);
    draining.add(session);
    // Each time: a lane may have kept a place for it when it said so first, and filled it since.
    Queues.Ahead ahead = queues.drain(session);
    giveBack(ahead.runs(), session);
    lanes.submitAll(ahead.activities().stream()
        .map(task -> new ReleaseActivity(task.token(), session)).toList());
  }

  /** It has ended. */
  public void forget(SessionId session) {
    draining.remove(session);
  }

  // ---- activities

  private List<ActivityTask> claimActivities(WorkerApi.Poll poll, TaskQueue<ActivityTask> queue,
      ParkedPoll<ActivityTask> parked, boolean force) {
    TaskQueue.Asked asked = queue.mustLook(parked.types, force, settings.takeover().toNanos());
    if (asked == null) return List.of();
    boolean all = false;
    try {
      takeover.activitiesUnlessLately(force, settings.takeover().toNanos());
      Failpoint.CLAIM_AFTER_TAKEOVER.reach();
      int limit = queue.ask(parked);
      if (limit == 0) return List.of();
      List<ActivityTask> claimed = store.claimActivities(
          poll.namespace(), poll.queue(), poll.session(), poll.types(), limit);
      all = claimed.size() < limit;
      metrics.granted(true, false, claimed.size());
      return claimed;
    } finally {
      queue.looked(asked, all);
    }
  }

  /** @throws RejectedException with the path of the field */
  public static void check(WorkerApi.Poll poll) {
    if (poll.max() < 1 || poll.max() > 10_000) {
      throw new RejectedException(Rejection.invalid("max", "expected 1 to 10000, got " + poll.max()));
    }
    if (poll.patience().isNegative() || poll.patience().toMinutes() > 5) {
      throw new RejectedException(Rejection.invalid("patience", "expected 0 s to 5 min, got " + poll.patience()));
    }
    if (poll.types().size() > 1_000) {
      throw new RejectedException(Rejection.invalid("types", "expected at most 1000, got " + poll.types().size()));
    }
    storable("namespace", poll.namespace());
    storable("queue", poll.queue());
    poll.types().forEach(type -> storable("types", type));
  }

  /** A queue need not exist to be looked at, but its name must be one that a database can compare with. */
  private static void storable(String field, String name) {
    int at = name.indexOf('\0');
    if (at >= 0) throw new RejectedException(Rejection.invalid(field, "expected no NUL character, got one at " + at));
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new RejectedException(Rejection.invalid(field, "expected well-formed text, got half a character"));
    }
  }
}
