package dev.pawl.engine.work;

import dev.pawl.core.run.CancelledActivity;
import dev.pawl.core.run.Command;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.FailTask;
import dev.pawl.core.run.LeaveActivity;
import dev.pawl.core.run.ReleaseActivity;
import dev.pawl.core.run.ReleaseTask;
import dev.pawl.core.run.ReportActivity;
import dev.pawl.core.run.ReportReplay;
import dev.pawl.core.run.ReportTask;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.ask.QueryBoard;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.control.Lookup;
import dev.pawl.engine.control.Promotion;
import dev.pawl.engine.queue.Polls;
import dev.pawl.engine.queue.Queues;
import dev.pawl.engine.session.Sessions;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** {@code WorkerApi} of an engine in this process. */
public final class EngineWork implements WorkerApi {
  private static final int MOST_EVENTS = 10_000;

  /** So often a worker whose build is being drained is looked at. */
  private static final Duration REST = Duration.ofMillis(200);

  /** So many lines of a run's ledger are looked at for the end of a lease. */
  private static final int LEDGER_LINES = 10_000;

  private final Store store;
  private final Lanes lanes;
  private final Lookup lookup;
  private final Sessions sessions;
  private final Queues queues;
  private final Polls polls;
  private final QueryBoard queries;
  private final Promotion promotion;
  private final LateReports late;
  private final @Nullable LocalTransactions transactions;

  /**
   * @param database null: no transactional steps here
   * @param promotion which builds get nothing new
   */
  public EngineWork(Store store, Lanes lanes, Lookup lookup, Sessions sessions, Queues queues, Polls polls,
      QueryBoard queries, @Nullable DataSource database, Promotion promotion) {
    this.store = store;
    this.lanes = lanes;
    this.lookup = lookup;
    this.sessions = sessions;
    this.queues = queues;
    this.polls = polls;
    this.queries = queries;
    this.promotion = promotion;
    this.late = new LateReports(store, lanes);
    this.transactions = database == null ? null : new EffectTransactions(store, database);
  }

  // ---- the session

  @Override
  public SessionTerms open(OpenSession session) {
    return sessions.open(session);
  }

  @Override
  public HeartbeatAck heartbeat(Heartbeat heartbeat) {
    try {
      HeartbeatAck ack = sessions.heartbeat(heartbeat);
      polls.drains(heartbeat.session(), !heartbeat.state().equals("DRAINING"));
      return ack;
    } catch (RejectedException e) {
      if (e.code() == Rejection.Code.SESSION_LOST) stopPolls(heartbeat.session());
      throw e;
    }
  }

  @Override
  public void close(SessionId session) {
    sessions.close(session);
    stopPolls(session);
  }

  private void stopPolls(SessionId session) {
    polls.forget(session);
    queues.stop(session, null);
    queries.wakeAll();
  }

  // ---- workflow tasks

  @Override
  public List<WorkflowTaskGrant> pollWorkflows(Poll poll) {
    String build = ready(poll);
    BooleanSupplier ended = ended(poll, build);
    return rests(poll, ended) ? List.of() : polls.workflows(poll, build, ended);
  }

  private BooleanSupplier ended(Poll poll, @Nullable String build) {
    return () -> sessions.ended(poll.session())
        || promotion.isDraining(store.declarations(), poll.namespace(), poll.queue(), build);
  }

  /** A worker that gets nothing waits all the same: it would ask again at once. */
  private boolean rests(Poll poll, BooleanSupplier ended) {
    long begin = System.nanoTime();
    while (ended.getAsBoolean()) {
      long rest = poll.patience().toNanos() - (System.nanoTime() - begin);
      if (rest <= 0 || sessions.ended(poll.session()) || Thread.currentThread().isInterrupted()) return true;
      LockSupport.parkNanos(Math.min(rest, REST.toNanos()));
    }
    return false;
  }

  private @Nullable String ready(Poll poll) {
    Polls.check(poll);
    lookup.namespace(poll.namespace());
    return sessions.buildOf(poll.session());
  }

  @Override
  public List<Event> history(TaskToken token, long after, int limit) {
    int most = Math.min(Math.max(1, limit), MOST_EVENTS);
    Run run = run(token);
    if (run == null || run.task().phase() != WorkflowTask.Phase.LEASED || run.task().epoch() != token.epoch()) {
      throw new RejectedException(Rejection.because(Rejection.Code.LEASE_LOST,
          "the lease %s is not held any more".formatted(token)));
    }
    return lookup.events(token.run(), after, most);
  }

  private @Nullable Run run(TaskToken token) {
    return store.load(new Store.Wanted(List.of(token.run()), List.of(), List.of(), List.of(), List.of()))
        .runs().get(token.run());
  }

  @Override
  public ReportAck report(Report report) {
    ReportTask request = new ReportTask(report.token(), report.session(), report.number(), report.seen(),
        report.commands(), report.release());
    ReportTask.Reported reported;
    try {
      sessions.holder(report.session());
      reported = lanes.submit(request);
    } catch (RejectedException e) {
      if (LateReports.isLate(e.code())) late.keep(report.token(), report.commands(), e.rejection());
      throw e;
    }
    List<Effect.Update> updates = reported.keeps() && reported.run().task().admitted() > 0
        ? store.admitted(reported.run().id())
        : List.of();
    if (reported.repeated()) return again(report, reported, updates);
    List<Event> newcomers = reported.firstSeq() - 1 > report.seen()
        ? lookup.events(report.token().run(), report.seen(), (int) (reported.firstSeq() - 1 - report.seen()))
        : List.of();
    return new ReportAck(reported.own(), newcomers, updates, reported.keeps());
  }

  /**
   * The first answer was lost: reads from history what it said. If it gave the lease back, what came since is for the
   * next lease: a program that was shown it here would go on under none.
   */
  private ReportAck again(Report report, ReportTask.Reported reported, List<Effect.Update> updates) {
    List<Event> own = new ArrayList<>();
    List<Event> newcomers = new ArrayList<>();
    long after = report.seen();
    while (true) {
      List<Event> page = lookup.events(report.token().run(), after, MOST_EVENTS);
      for (Event event : page) {
        boolean mine = event.seq() >= reported.firstSeq() && event.seen() == report.seen() && event.seen() > 0;
        if (mine) own.add(event);
        else if (reported.keeps() || event.seq() < reported.firstSeq()) newcomers.add(event);
      }
      if (page.size() < MOST_EVENTS) break;
      after = page.getLast().seq();
    }
    return new ReportAck(own, newcomers, updates, reported.keeps());
  }

  @Override
  public void replayed(TaskToken token, SessionId session, long seen, List<Command> commands) {
    try {
      sessions.holder(session);
      lanes.submit(new ReportReplay(token, session, seen, commands));
    } catch (RejectedException e) {
      if (LateReports.isLate(e.code())) late.keep(token, commands, e.rejection());
      throw e;
    }
  }

  @Override
  public void fail(TaskToken token, SessionId session, Failure why) {
    sessions.holder(session);
    lanes.submit(new FailTask(token, session, why));
  }

  @Override
  public void release(TaskToken token, SessionId session) {
    sessions.holder(session);
    lanes.submit(new ReleaseTask(token, session));
  }

  // ---- activities

  @Override
  public List<ActivityTask> pollActivities(Poll poll) {
    String build = ready(poll);
    BooleanSupplier ended = ended(poll, build);
    return rests(poll, ended) ? List.of() : polls.activities(poll, build, ended);
  }

  @Override
  public void completeActivity(TaskToken token, SessionId session, Outcome outcome) {
    ReportActivity report = new ReportActivity(token, session, outcome);
    try {
      sessions.holder(session);
      lanes.submit(report);
    } catch (RejectedException e) {
      if (!LateReports.isLate(e.code())) throw e;
      if (reportedBefore(report)) return;
      late.keep(token, outcome, e.rejection());
      throw e;
    }
  }

  /** The same report again gets the same answer: looks through the history, which is too dear for the usual case. */
  private boolean reportedBefore(ReportActivity report) {
    // A lease ends once. One that was revoked never had a report accepted: the same outcome in history is its heir's.
    if (revoked(report.token())) return false;
    try {
      lanes.submit(report.again());
      return true;
    } catch (RejectedException e) {
      return false;
    }
  }

  private boolean revoked(TaskToken token) {
    return store.visibility().ledger(token.run(), LEDGER_LINES).stream().anyMatch(line ->
        line.step() == token.step() && line.epoch() == token.epoch() && line.what().equals("LEASE_REVOKED"));
  }

  @Override
  public void cancelledActivity(TaskToken token, SessionId session, @Nullable Payload details) {
    sessions.holder(session);
    lanes.submit(new CancelledActivity(token, session));
  }

  @Override
  public void leaveActivity(TaskToken token, SessionId session) {
    sessions.holder(session);
    lanes.submit(new LeaveActivity(token, session));
  }

  @Override
  public void releaseActivity(TaskToken token, SessionId session) {
    sessions.holder(session);
    lanes.submit(new ReleaseActivity(token, session));
  }

  // ---- queries

  @Override
  public List<QueryTask> pollQueries(Poll poll) {
    ready(poll);
    return queries.poll(poll, () -> sessions.ended(poll.session()));
  }

  @Override
  public List<Event> historyForQuery(String queryId, long after, int limit) {
    return lookup.events(queries.runOf(queryId), after, Math.min(Math.max(1, limit), MOST_EVENTS));
  }

  @Override
  public void answerQuery(String queryId, Outcome outcome) {
    queries.answer(queryId, outcome);
  }

  // ---- on the engine's own database

  @Override
  public Optional<LocalTransactions> transactions() {
    return Optional.ofNullable(transactions);
  }
}
