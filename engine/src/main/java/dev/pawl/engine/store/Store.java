package dev.pawl.engine.store;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The port to a database. Every verb is atomic on its own; state is changed by {@link #commit} and by the few claims
 * and session verbs below, by nothing else. Instants are microseconds. "Due" and "expired" are compared inside the
 * database with its own clock, unless a test owns the clock.
 *
 * <p>Every method throws {@link StoreException} when the database cannot be reached or refuses to work; nothing was
 * changed then, except where {@link #commit} says otherwise.
 */
public interface Store extends AutoCloseable {

  // ---- the commit path

  /**
   * Commits a group in one transaction. Each write lands or falls out alone: its guards (row version, chain, task
   * epochs, mails to take) are checked inside the statements. An unknown outcome of the transaction is resolved in
   * here; the answer is the truth. A write whose data the database refuses is found by bisection; its neighbours land.
   *
   * <p>Writes of one group are independent: none may be decided on what another one of the same group does. Two writes
   * that concern one row (a run, a chain, a task, a mail) do not both land; the later one is a conflict.
   *
   * @throws StoreException nothing landed, except where the message says that an answer was lost and the database did
   *     not come back: then nobody knows, and what was cached about these runs is worth nothing
   * @return one outcome per write, in order
   */
  default List<Outcome> commit(List<Write> group) {
    return commit(group, timeline());
  }

  /** The same; @param timeline the one that the group was decided on: on another one nothing is written */
  List<Outcome> commit(List<Write> group, long timeline);

  /**
   * Counts how often a standby has taken over since this node began. It may lack the last commits: nothing that was
   * remembered or decided before is worth anything then.
   */
  long timeline();

  /**
   * Every lease that is granted has a higher epoch than this: 2^32 for each time that a standby took over. What a worker
   * was granted in a time that was lost thus never comes again, neither here nor where a program fences by epochs.
   */
  long epochFloor();

  /** Calls {@code forget} whenever a standby has taken over, before anything is asked of it; it must not ask anything. */
  void whenTimelineIsNew(Runnable forget);

  /**
   * One run's part of a group: a run appears in at most one write of a group.
   *
   * @param expectedVersion version the run must have; 0: it must not exist; ignored if {@code run} is null
   * @param run the run afterwards; null: only effects are written
   * @param events to append, numbered
   */
  record Write(long expectedVersion, @Nullable Run run, List<Event> events, List<Effect> effects) {}

  sealed interface Outcome {
    record Landed() implements Outcome {}

    /** A guard did not hold; nothing of this write was written. Load again and decide again. */
    record Conflict() implements Outcome {}

    /**
     * This data cannot be stored, whatever is tried. Nothing of this write was written.
     *
     * @param byDatabase the database said so; false: it was not even asked, because a name or a number makes no sense
     */
    record Refused(String why, boolean byDatabase) implements Outcome {}
  }

  // ---- what decisions look at

  /**
   * Everything a group of decisions wants to look at, in as few round trips as the database allows. A run that cannot be
   * read is quarantined.
   */
  Loaded load(Wanted wanted);

  record ChainKey(String namespace, String workflowId) {}

  record RequestKey(String namespace, String workflowId, String requestId) {}

  record UpdateKey(RunId run, String updateId) {}

  /** @param runs by id; {@code chains} also load the chain's current run */
  record Wanted(
      Collection<RunId> runs,
      Collection<ChainKey> chains,
      Collection<TaskId> tasks,
      Collection<UpdateKey> updates,
      Collection<RequestKey> requests) {}

  /** What was found; absent keys are absent rows. A run that cannot be read is in {@code corrupt} with the reason. */
  record Loaded(
      Map<RunId, Run> runs,
      Map<ChainKey, Situation.Chain> chains,
      Map<TaskId, ActivityTask> tasks,
      Map<UpdateKey, Effect.Update> updates,
      Map<RequestKey, Effect.Remembered> requests,
      Map<RunId, String> corrupt) {}

  /**
   * Events of a run behind {@code after}, in order, at most {@code limit}.
   *
   * @throws dev.pawl.core.run.CorruptHistory one of them is missing or cannot be read; the run is quarantined
   */
  List<Event> events(RunId run, long after, int limit);

  /**
   * All events of several runs behind the number given for each, in few round trips: meant for a handful of each. A run
   * of which an event is missing or cannot be read is left out; {@link #events(RunId, long, int)} says why.
   */
  Map<RunId, List<Event>> events(Map<RunId, Long> after);

  /** Those that are open and not blocked, in few round trips: who waits for the end of one need not look closer. */
  Set<RunId> underWay(Collection<RunId> runs);

  /**
   * Number of the first event of a run behind {@code after}, up to {@code upTo}, that its program reported or, if not
   * {@code reported}, that came from outside; 0: there is none.
   */
  long find(RunId run, long after, long upTo, boolean reported);

  /** Updates of a run that wait for the program's word, in the order they were admitted. */
  List<Effect.Update> admitted(RunId run);

  // ---- what cannot be read

  /** How the reason of a run begins that is blocked because it cannot be read. */
  String CORRUPT = "CORRUPT";

  /**
   * Blocks an open run that cannot be read, with a reason that begins with {@link #CORRUPT}: no worker gets it, and
   * whoever has it is fenced, until an operator has repaired it and unblocks it. The verbs of this port do so by
   * themselves when they find a damaged row of a run, task or mail, and set the row aside, so that it holds no place
   * in any queue; this is for who finds that rows contradict each other.
   *
   * @return false: it is blocked or closed already, or not there
   */
  boolean quarantine(RunId run, String why);

  /**
   * Makes the folded state of a blocked run anew from its history. The history has to be whole, as the hash in the run's
   * row proves.
   *
   * @return false: it is not, or the run is not blocked; nothing was changed
   */
  boolean refold(RunId run);

  // ---- queues

  /**
   * Runs that wait for a worker of the session's build and are due, first by priority, then by age, where there are
   * keys then by {@link dev.pawl.core.task.Fairness share}; those parked at {@code session} first,
   * those parked elsewhere only after {@code stickyWait}, or at once if that session has ended. Only candidates: the
   * grant is decided and guarded like any request.
   *
   * @param skip leaves out the first so many, so that nodes that look at once do not all want the same
   */
  List<RunId> readyRuns(
      String namespace, String queue, SessionId session, Duration stickyWait, Collection<String> types, int skip,
      int limit);

  /**
   * Leases up to {@code limit} due activities to a session, first by priority, then by age, where there are keys then by
   * {@link dev.pawl.core.task.Fairness share}; each with a raised epoch.
   */
  List<ActivityTask> claimActivities(
      String namespace, String queue, SessionId session, Collection<String> types, int limit);

  enum TaskKind {
    WORKFLOW,
    ACTIVITY
  }

  // ---- time

  /** Mails that are due, oldest first. They stay until a commit takes them, or are set aside if damaged. */
  List<Mail> dueMails(int limit);

  /** When the next mail, task or deadline is due, by the database's clock; empty: nothing is waiting. */
  Optional<Instant> nextDue();

  /** Open activities whose deadline has passed. */
  List<ActivityTask> overdueActivities(int limit);

  /** The database's clock, or the test's. Never goes back, whatever happens to the clocks of processes. */
  Instant now();

  /**
   * Looks after the clock. Where the database has none (SQLite), time is put down, and no process falls behind that.
   *
   * @return how far the clock that counts has jumped since the last look: ahead, or back if negative; zero: by less than
   *     a second
   */
  Duration checkClock();

  // ---- sessions and their leases

  /** Opens or renews a session: it expires {@code leaseTime} after now. False if it had been declared lost before. */
  boolean renew(Session session, Duration leaseTime);

  record Session(
      SessionId id, String worker, String state, int capacity, @Nullable String buildId, long heartbeat) {}

  /** A session as it was opened or renewed last, on whatever node; empty if it has ended or never was. */
  Optional<Session> openSession(SessionId session);

  /** Ends a session at the worker's word. Its leases become revocable at once. */
  void close(SessionId session);

  /** Declares expired sessions lost, for good. Safe on any number of nodes at once. */
  int expireSessions();

  /** Workflow tasks held by sessions that are lost, closed or unknown. */
  List<HeldRun> abandonedRuns(int limit);

  record HeldRun(RunId run, long epoch, SessionId session) {}

  /** Activity tasks held by sessions that are lost, closed or unknown. */
  List<ActivityTask> abandonedActivities(int limit);

  /**
   * All leases of a session: workflow tasks have step 0, jobs have step {@link #JOB} and the job's id in the place of
   * the run's.
   */
  List<HeldLease> leasesOf(SessionId session);

  /** @param age how long ago it was granted, by the store's clock; negative if that clock was set back */
  record HeldLease(TaskId id, long epoch, Duration age) {}

  /** Stands for the step in the lease of a job. */
  int JOB = -1;

  /** Sessions, newest heartbeat first. */
  List<SessionView> sessions(int limit);

  record SessionView(Session session, Instant lastSeen, Instant expiresAt, boolean lost) {}

  /**
   * Records the holder's progress on activities; rows whose epoch moved on are left alone. Returns those still held.
   */
  List<ActivityTask> beat(List<Beat> beats);

  record Beat(TaskId id, long epoch, dev.pawl.core.value.@Nullable Payload details) {}

  // ---- inside the user's own transaction

  /** The result of a transactional step that committed, whether or not history has it already. */
  Optional<dev.pawl.core.value.Payload> effectOf(RunId run, int step);

  /**
   * Writes the result of a transactional step with the user's own work. A second execution of the same step fails here
   * and rolls its work back, whoever runs it.
   */
  void recordEffect(java.sql.Connection users, RunId run, int step, dev.pawl.core.value.Payload result)
      throws java.sql.SQLException;

  /** Posts a mail that exists if and only if the user's transaction commits. */
  void post(java.sql.Connection users, Mail mail) throws java.sql.SQLException;

  // ---- looking

  Visibility visibility();

  /** Queries between nodes. */
  Questions questions();

  /** What people and workers declared. */
  Declarations declarations();

  /** Limits per minute over all nodes. */
  Budgets budgets();

  /** Jobs. */
  JobStore jobs();

  /** What operators did to runs. */
  RunAudit runAudit();

  /** The invariants, asked of the database as it is. */
  Checkup checkup();

  /** Schedules. */
  ScheduleStore schedules();

  // ---- upkeep

  /**
   * Deletes up to {@code limit} runs that closed before {@code closedBefore}, whole or not at all. Returns how many.
   */
  int prune(String namespace, Instant closedBefore, int limit);

  /** Deletes one closed run, or one open run that is fenced by the same statement. False if it is not there. */
  boolean erase(RunId run);

  /** Forgets remembered request ids older than {@code before}. */
  int forgetRequests(Instant before, int limit);

  /** Namespaces and how long closed runs are kept. */
  List<Namespace> namespaces();

  /**
   * Takes a namespace out of the list and deletes some of what is in it, open runs and jobs too; whoever holds them is
   * fenced. When nothing of these is left, whatever else has the namespace's name goes.
   *
   * @param limit most runs, and most jobs, in this step
   * @return nothing at all: the namespace is empty
   */
  Erased eraseNamespace(String name, int limit);

  /** What was deleted. */
  record Erased(int runs, int jobs, int others) {
    public Erased plus(Erased more) {
      return new Erased(runs + more.runs, jobs + more.jobs, others + more.others);
    }

    public boolean nothing() {
      return runs + jobs + others == 0;
    }
  }

  void putNamespace(Namespace namespace);

  /** Makes a namespace unless it is there. Of all that try at the same time one does. @return whether this call did */
  boolean addNamespace(Namespace namespace);

  record Namespace(String name, String description, Duration retention) {}

  /** Commits, conflicts, retries, unknown outcomes resolved, statement counts: for metrics and benchmarks. */
  StoreCounters counters();

  @Override
  void close();
}
