package dev.pawl.testkit;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The line between one worker and the engine: counts what goes over it, keeps the worker's session alive while the test's
 * clock jumps, and can be cut.
 */
final class WorkerLink implements WorkerApi {
  private final WorkerApi engine;
  private final Store store;
  private final Calls calls;
  private final Crossing crossing;
  /** Heartbeats reckon with the instant at which they begin: no jump may come in between. */
  private final ReentrantReadWriteLock time;
  private final Map<SessionId, OpenSession> sessions = new ConcurrentHashMap<>();
  private final Set<Thread> polling = ConcurrentHashMap.newKeySet();
  private final LeaseNews news;
  private volatile long beats;
  private volatile long beatenAt = -1;
  private volatile Duration leaseTime = Duration.ofSeconds(15);
  private volatile boolean cut;

  /** Told which of its work a worker was asked to stop, before the worker hears of it. */
  @FunctionalInterface
  interface LeaseNews {
    void toldToStop(Set<TaskToken> tokens);
  }

  WorkerLink(WorkerApi engine, Store store, Calls calls, Crossing crossing, LeaseNews news,
      ReentrantReadWriteLock time) {
    this.engine = engine;
    this.store = store;
    this.calls = calls;
    this.crossing = crossing;
    this.news = news;
    this.time = time;
  }

  // ---- for the kit

  /** Sessions that were opened over this line and still count as alive. */
  Set<SessionId> alive() {
    return cut ? Set.of() : new HashSet<>(sessions.keySet());
  }

  /** From now on nothing gets through in either direction. */
  void cut() {
    cut = true;
    calls.nudge();
  }

  /** Takes the polls of a dead worker out of the queues: they would be handed work. */
  void interruptPolls() {
    for (Thread poll : polling) poll.interrupt();
  }

  boolean isCut() {
    return cut;
  }

  /** Whether a poll is still on its way back. */
  boolean isPolling() {
    return !polling.isEmpty();
  }

  /** The sessions will count until a lease's time after the clock has jumped so far. */
  void renew(Duration jump) {
    if (cut) return;
    Duration until = jump.plus(leaseTime);
    sessions.forEach((id, opened) -> store.renew(
        new Store.Session(id, opened.worker(), "BUSY", opened.capacity(), opened.buildId(), beats), until));
  }

  /** Whether a heartbeat began when so many calls had come and gone, and has ended. */
  boolean hasBeatenAt(long moves) {
    return cut || beatenAt >= moves;
  }

  private void check() {
    if (cut) {
      throw new RejectedException(Rejection.because(Rejection.Code.SHUTTING_DOWN, "this worker has crashed"));
    }
  }

  private <T> T change(Supplier<T> call) {
    check();
    T answer = counted(call);
    check();
    return answer;
  }

  private <T> T counted(Supplier<T> call) {
    calls.enter();
    try {
      return call.get();
    } finally {
      calls.leave();
    }
  }

  private <T> T report(String kind, TaskToken token, int number, List<Command> commands, Supplier<T> call) {
    check();
    T answer = counted(() -> crossing.cross(new Crossing.Report(kind, token, number, commands), call));
    check();
    return answer;
  }

  private void tell(String kind, TaskToken token, Runnable call) {
    report(kind, token, 0, List.of(), () -> {
      call.run();
      return true;
    });
  }

  private <T> List<T> poll(Supplier<List<T>> call) {
    check();
    polling.add(Thread.currentThread());
    try {
      check();
      List<T> came = new ArrayList<>(call.get());
      check();
      return came;
    } finally {
      polling.remove(Thread.currentThread());
      calls.nudge();
    }
  }

  // ---- the session

  @Override
  public SessionTerms open(OpenSession session) {
    return change(() -> {
      SessionTerms terms = engine.open(session);
      leaseTime = terms.leaseTime();
      sessions.put(session.session(), session);
      return terms;
    });
  }

  @Override
  public HeartbeatAck heartbeat(Heartbeat heartbeat) {
    check();
    time.readLock().lock();
    try {
      beats = heartbeat.seq();
      long moves = calls.mark().moves();
      HeartbeatAck ack = engine.heartbeat(heartbeat);
      news.toldToStop(ack.cancel());
      news.toldToStop(ack.lost());
      beatenAt = moves;
      check();
      return ack;
    } catch (RejectedException e) {
      if (e.code() == Rejection.Code.SESSION_LOST) sessions.remove(heartbeat.session());
      throw e;
    } finally {
      time.readLock().unlock();
      calls.wake();
    }
  }

  @Override
  public void close(SessionId session) {
    change(() -> {
      sessions.remove(session);
      engine.close(session);
      return true;
    });
  }

  // ---- workflow tasks

  @Override
  public List<WorkflowTaskGrant> pollWorkflows(Poll poll) {
    return poll(() -> engine.pollWorkflows(poll));
  }

  @Override
  public List<Event> history(TaskToken token, long after, int limit) {
    check();
    return engine.history(token, after, limit);
  }

  @Override
  public ReportAck report(Report report) {
    return report("report", report.token(), report.number(), report.commands(), () -> engine.report(report));
  }

  @Override
  public void replayed(TaskToken token, SessionId session, long seen, List<Command> commands) {
    tell("replayed", token, () -> engine.replayed(token, session, seen, commands));
  }

  @Override
  public void fail(TaskToken token, SessionId session, Failure why) {
    tell("fail", token, () -> engine.fail(token, session, why));
  }

  @Override
  public void release(TaskToken token, SessionId session) {
    tell("release", token, () -> engine.release(token, session));
  }

  // ---- activities

  @Override
  public List<ActivityTask> pollActivities(Poll poll) {
    return poll(() -> engine.pollActivities(poll));
  }

  @Override
  public void completeActivity(TaskToken token, SessionId session, Outcome outcome) {
    tell("completeActivity", token, () -> engine.completeActivity(token, session, outcome));
  }

  @Override
  public void cancelledActivity(TaskToken token, SessionId session, @Nullable Payload details) {
    tell("cancelledActivity", token, () -> engine.cancelledActivity(token, session, details));
  }

  @Override
  public void leaveActivity(TaskToken token, SessionId session) {
    tell("leaveActivity", token, () -> engine.leaveActivity(token, session));
  }

  @Override
  public void releaseActivity(TaskToken token, SessionId session) {
    tell("releaseActivity", token, () -> engine.releaseActivity(token, session));
  }

  // ---- queries

  @Override
  public List<QueryTask> pollQueries(Poll poll) {
    return poll(() -> engine.pollQueries(poll));
  }

  @Override
  public List<Event> historyForQuery(String queryId, long after, int limit) {
    check();
    return engine.historyForQuery(queryId, after, limit);
  }

  @Override
  public void answerQuery(String queryId, Outcome outcome) {
    check();
    engine.answerQuery(queryId, outcome);
  }

  @Override
  public Optional<LocalTransactions> transactions() {
    return engine.transactions();
  }
}
