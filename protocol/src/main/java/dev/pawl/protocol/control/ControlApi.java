package dev.pawl.protocol.control;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Control of workflows. Every method blocks until the database has it, and throws
 * {@link dev.pawl.core.value.RejectedException} with a stable code for every expected "no"; nothing was changed then.
 * Safe for any number of threads.
 *
 * <p>Every mutation takes a {@code requestId}: the same id with the same content gets the same answer and changes nothing
 * more, for the retention time and at least 7 days; null means that the caller will not repeat itself.
 */
public interface ControlApi {

  // ---- starting

  Started start(Start start);

  /** Starts many in one commit per lane. Answers in order; one that is refused does not stop the others. */
  List<StartResult> startAll(List<Start> starts);

  /**
   * @param workflowId 1 to 255 characters, unique among the open runs of the namespace
   * @param signal delivered in the same commit, to the new run or to the one that {@code conflict} finds
   * @param update admitted in the same commit; wait for it with {@link #awaitUpdate}
   */
  record Start(
      String namespace,
      String workflowId,
      String workflowType,
      String queue,
      @Nullable Payload input,
      StartOptions options,
      ReusePolicy reuse,
      ConflictPolicy conflict,
      @Nullable String requestId,
      @Nullable Message signal,
      @Nullable Message update) {

    public static Start of(String namespace, String workflowId, String type, String queue, @Nullable Payload input) {
      return new Start(namespace, workflowId, type, queue, input, StartOptions.PLAIN, ReusePolicy.ALLOW,
          ConflictPolicy.FAIL, null, null, null);
    }
  }

  /**
   * A signal, an update or a query.
   *
   * @param id of the signal or update; null: made up
   * @param name of the handler
   */
  record Message(@Nullable String id, String name, @Nullable Payload input, Map<String, Payload> header) {
    public static Message of(String name, @Nullable Payload input) {
      return new Message(null, name, input, Map.of());
    }
  }

  /** @param isNew false: the run was there before */
  record Started(RunId run, int runNumber, boolean isNew, @Nullable String updateId) {}

  /** Exactly one of the two is not null. */
  record StartResult(@Nullable Started started, dev.pawl.core.value.@Nullable Rejection rejection) {}

  // ---- in the caller's own transaction

  /**
   * Requests that exist if and only if the transaction of this connection commits; empty when the engine is not in the
   * caller's process. The connection leads to the engine's database and stays the caller's.
   */
  default Optional<Joined> inTransaction(Connection connection) {
    return Optional.empty();
  }

  /**
   * Requests in a transaction of the caller's. Each becomes a row of it and is delivered after its commit, within about a
   * second. What is wrong with the request itself is rejected here; what it meets, such as a workflow id that is taken,
   * is found at delivery and noted in the ledger.
   */
  interface Joined {
    /** @return the id that the run will have, if it is born */
    RunId start(Start start);

    /** Signals the chain's current run at delivery. An id of the signal's own is refused: the transaction is its guard. */
    void signal(RunRef run, Message signal);
  }

  // ---- talking to a run

  /** @return whether the signal is new; false: its id was received before */
  boolean signal(RunRef run, Message signal);

  /** Admits an update: durable when this returns. The program has not looked at it yet. @return its id */
  String update(RunRef run, Message update);

  /**
   * The same, for a workflow type that is known to have no word in it: the update is accepted when this returns, and its
   * program is handed it.
   */
  String acceptUpdate(RunRef run, Message update);

  /** Waits until the update is completed or rejected. Rejected: {@code UPDATE_REJECTED}; too long: {@code WAIT_TIMED_OUT}. */
  Outcome awaitUpdate(RunRef run, String updateId, Duration wait);

  /** Asks the program something; changes nothing, works on closed runs. */
  Payload query(RunRef run, Message query, Duration wait);

  /**
   * Asks the program whether it would take an update; changes nothing. The answer is whatever the worker says, see {@link
   * dev.pawl.protocol.worker.WorkerApi#validating}.
   */
  Payload validate(RunRef run, Message update, Duration wait);

  // ---- steering a run

  /** Asks the program to stop; it may clean up, or refuse. */
  void cancel(RunRef run, String reason, @Nullable String requestId);

  /** The run is cancelled when this returns, for programs that cannot be asked. */
  void cancelAtOnce(RunRef run, String reason, @Nullable String requestId);

  /** Stops the run at once, without a word to the program. */
  void terminate(RunRef run, String reason, @Nullable String requestId);

  /** The run is handed to nobody until it is resumed; messages and timers wait. */
  void pause(RunRef run, String reason, @Nullable String requestId);

  void resume(RunRef run, String reason, @Nullable String requestId);

  /** Makes a blocked run ready again, for example after a deploy. */
  void unblock(RunRef run, String reason);

  /** Blocks an open run with a reason. */
  void block(RunRef run, String reason);

  /**
   * Starts the run over from the events 1 to {@code toSeq}, in a new run of the same chain.
   *
   * @param toSeq must be the last event of a worker's report, or 2 to start from the beginning
   */
  RunId reset(RunRef run, long toSeq, String reason, @Nullable String requestId);

  /** Erases a closed run with all its rows; an open one is refused. */
  void delete(RunRef run);

  /** Does one thing to all runs that a filter finds, {@code limit} at most, in bounded commits. */
  BulkReport bulk(Bulk bulk);

  /** @param dryRun only say what would be done */
  record Bulk(
      String namespace, String filter, Action action, String reason, @Nullable Message signal, int limit,
      boolean dryRun) {
    public enum Action {
      SIGNAL,
      CANCEL,
      TERMINATE,
      PAUSE,
      RESUME,
      BLOCK,
      UNBLOCK,
      /** To the beginning. */
      RESET,
      DELETE
    }
  }

  /** @param failed workflow id and run id to the code of the refusal */
  record BulkReport(long matched, long done, Map<String, String> failed, List<String> sample) {}

  // ---- looking

  RunView describe(RunRef run);

  /** Waits until the chain's story ends, over continue-as-new and resets. Too long: {@code WAIT_TIMED_OUT}. */
  RunResult awaitResult(RunRef run, Duration wait);

  /** @param closed see {@link RunStatus#endsChain()} */
  record RunResult(RunId run, RunStatus status, Outcome outcome) {}

  /**
   * @param filter query language of docs/guide/queries.md; empty: all
   * @param cursor from the page before; null: the first
   */
  RunPage list(String namespace, String filter, int limit, @Nullable String cursor);

  long count(String namespace, String filter);

  record RunPage(List<RunView> runs, @Nullable String nextCursor) {}

  /** All runs of a workflow id, oldest first. */
  List<RunView> runs(String namespace, String workflowId);

  /**
   * @param displayed what people want to read: WAITING, READY, RUNNING (a worker has it), PAUSED, BLOCKED, or the status
   * @param suggestContinueAsNew the history has more than 10,000 events or 5 MB
   */
  record RunView(
      RunId run,
      String namespace,
      String workflowId,
      String workflowType,
      String queue,
      int runNumber,
      RunStatus status,
      String displayed,
      Instant startedAt,
      @Nullable Instant closedAt,
      long lastSeq,
      long historyBytes,
      boolean suggestContinueAsNew,
      @Nullable String blockedReason,
      Map<String, SearchValue> searchAttributes,
      Map<String, Payload> memo) {}

  /**
   * Events behind {@code after}, in order.
   *
   * @param wait how long to wait for an event if there is none yet; zero: not at all
   */
  List<Event> history(RunRef run, long after, int limit, Duration wait);

  /** Why a run is not moving, in sentences, and what it waits for. */
  Explanation explain(RunRef run);

  /** @param waitingFor one sentence each: open activities, timers, children, signals, workers, operators */
  record Explanation(String displayed, String summary, List<String> waitingFor, List<String> advice) {}

  /** What workers reported after they had lost their lease. */
  List<LateReport> lateReports(RunRef run, int limit);

  record LateReport(String token, String kind, @Nullable String body, String why, Instant at) {}

  /** The ledger of a run: grants that ended badly, operators' acts. */
  List<LedgerLine> ledger(RunRef run, int limit);

  record LedgerLine(
      Instant at, int step, long epoch, String what, @Nullable String cause, String actor, @Nullable String reason) {}

  // ---- activities that somebody else finishes

  /** Reports for an activity whose worker left it to others; {@code token} as the activity saw it. */
  void completeActivity(String token, Outcome outcome);

  /** A sign of life for such an activity. @return whether it should stop */
  boolean heartbeatActivity(String token, @Nullable Payload details);

  /** Cancels such an activity at its own word. */
  void cancelActivity(String token, Failure details);
}
