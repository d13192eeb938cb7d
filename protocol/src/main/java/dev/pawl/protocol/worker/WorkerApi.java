package dev.pawl.protocol.worker;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The worker's side. Methods block; they throw {@link dev.pawl.core.value.RejectedException} for every expected "no",
 * {@code LEASE_LOST} and {@code SESSION_LOST} above all: drop the work. Safe for any number of threads.
 */
public interface WorkerApi {

  // ---- the session

  /** Opens a session. */
  SessionTerms open(OpenSession session);

  /** @param worker name for people, for example host and process id */
  record OpenSession(SessionId session, String worker, int capacity, @Nullable String buildId, Renewal renewal) {
    /** A session of a worker that lists what it holds. */
    public OpenSession(SessionId session, String worker, int capacity, @Nullable String buildId) {
      this(session, worker, capacity, buildId, Renewal.LISTED);
    }
  }

  /** What keeps the leases of a session. */
  enum Renewal {
    /** A heartbeat that lists them: what is executing is in the list, and what is not in it is taken back. */
    LISTED,
    /** The session's being there: opening it again is its heartbeat, and says nothing about single tasks. */
    REGISTRATION
  }

  /**
   * @param heartbeat send one at least this often
   * @param leaseTime without a heartbeat for this long the session is lost
   * @param selfFence stop working this long after the sending of the last acknowledged heartbeat, by the monotonic clock
   */
  record SessionTerms(Duration heartbeat, Duration leaseTime, Duration selfFence) {}

  /**
   * Renews the session and with it every lease it lists; a lease that is not listed in two heartbeats after its grant is
   * revoked.
   */
  HeartbeatAck heartbeat(Heartbeat heartbeat);

  /**
   * @param seq 1, 2, 3 ... in this session
   * @param state {@code SYNC}, {@code IDLE}, {@code BUSY} or {@code DRAINING}
   * @param holding tokens of everything that is really executing, parked runs excluded
   * @param progress activities with news: details for the next attempt, sign of life
   */
  record Heartbeat(
      SessionId session, long seq, String state, List<TaskToken> holding, List<ActivityBeat> progress) {}

  record ActivityBeat(TaskToken token, @Nullable Payload details) {}

  /**
   * @param lost tokens that the session does not hold any more: interrupt the work
   * @param cancel activities that should stop
   */
  record HeartbeatAck(long seq, Set<TaskToken> lost, Set<TaskToken> cancel, boolean mustSync) {}

  /** Ends the session; whatever it still holds is free at once, without a penalty for the attempts. */
  void close(SessionId session);

  // ---- workflow tasks

  /** Waits up to {@code patience} for at least one task, and takes up to {@code max}. Empty: nothing came. */
  List<WorkflowTaskGrant> pollWorkflows(Poll poll);

  /** @param types only these; empty: any */
  record Poll(
      SessionId session, String namespace, String queue, Set<String> types, int max, Duration patience,
      @Nullable String pollId) {}

  /**
   * @param events what the worker does not have yet: behind {@code knownSeq}, or the whole history if it is 0
   * @param complete false: {@code events} is only the first part; read on with {@link #history}
   * @param updates admitted and waiting for the program's word
   */
  record WorkflowTaskGrant(
      TaskToken token,
      String namespace,
      String workflowId,
      String workflowType,
      long knownSeq,
      List<Event> events,
      boolean complete,
      List<Effect.Update> updates) {}

  /** Events of a run that this session holds, behind {@code after}. */
  List<Event> history(TaskToken token, long after, int limit);

  /**
   * Records what the program wants. All or nothing. See {@link dev.pawl.core.run.ReportTask}.
   *
   * @return after the commit
   */
  ReportAck report(Report report);

  /** @param number 1, 2, 3 ... within one lease; repeat the same number after an unknown outcome */
  record Report(
      TaskToken token, SessionId session, int number, long seen, List<Command> commands, boolean release) {}

  /**
   * @param own the events of this report, in order, behind {@code newcomers}
   * @param newcomers events from outside that landed in between; show them after the own ones
   * @param keeps the worker still holds the lease: go on, with {@code updates}
   */
  record ReportAck(List<Event> own, List<Event> newcomers, List<Effect.Update> updates, boolean keeps) {}

  /**
   * Records what a program wants that is replayed from its first line each time; see {@link
   * dev.pawl.core.run.ReportReplay}. Ends the lease. The same report again is taken for the first one.
   *
   * @param seen the last event that the program was shown
   * @param commands with step numbers that mean nothing
   */
  void replayed(TaskToken token, SessionId session, long seen, List<Command> commands);

  /** The program could not go on: divergence, unknown type, a defect. The run waits, backs off, and blocks in the end. */
  void fail(TaskToken token, SessionId session, Failure why);

  /** Gives a workflow task back without a penalty. */
  void release(TaskToken token, SessionId session);

  // ---- activities

  List<ActivityTask> pollActivities(Poll poll);

  /** Reports an activity's outcome; the same report again gets the same answer. */
  void completeActivity(TaskToken token, SessionId session, Outcome outcome);

  /** The activity was cancelled, as it had been asked to. */
  void cancelledActivity(TaskToken token, SessionId session, @Nullable Payload details);

  /** The worker's part is over; somebody else will complete it by token. */
  void leaveActivity(TaskToken token, SessionId session);

  /** Gives an activity back without a penalty. */
  void releaseActivity(TaskToken token, SessionId session);

  // ---- queries

  /**
   * The queue on which workers of a queue are asked whether an update may be accepted: such questions are for those who
   * look there, and no others.
   */
  static String validating(String queue) {
    // No queue that anybody named has a control character.
    return queue + "\u001fvalidate";
  }

  /** Waits for a query. A session gets queries for the runs it has parked first. */
  List<QueryTask> pollQueries(Poll poll);

  record QueryTask(
      String queryId, RunId run, String namespace, String workflowId, String workflowType, String name,
      @Nullable Payload input, Map<String, Payload> header) {}

  /** Events of any run of the namespace, for answering a query by replay. */
  List<Event> historyForQuery(String queryId, long after, int limit);

  /** @param outcome failed: {@code QUERY_REJECTED} at the caller, with the message */
  void answerQuery(String queryId, Outcome outcome);

  // ---- on the engine's own database

  /** Transactions with the engine's database; empty when the worker is not in the engine's process. */
  default Optional<LocalTransactions> transactions() {
    return Optional.empty();
  }

  /** Runs user work and records its result in one transaction. */
  interface LocalTransactions {
    /**
     * Returns the recorded result if this step committed before; otherwise runs {@code work} and commits its result with
     * it. Serialization failures and deadlocks are retried.
     *
     * @param isolation one of the {@code Connection.TRANSACTION_*} levels
     */
    Payload run(RunId run, int step, int isolation, Work work) throws Exception;

    @FunctionalInterface
    interface Work {
      Payload in(Connection connection) throws Exception;
    }
  }
}
