package dev.pawl.engine.store;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looking at what is stored. Never used to decide. */
public interface Visibility {

  /**
   * Runs that match, newest start first; pages by key, so a run is listed once whatever happens meanwhile.
   *
   * @throws dev.pawl.core.value.RejectedException {@code QUERY_TOO_EXPENSIVE}: it read for longer than a query may;
   *     {@code OVERLOADED}: too many others were asking for as long
   */
  Page list(String namespace, Filter filter, int limit, @Nullable Cursor after);

  /** Refuses as {@link #list} does. */
  long count(String namespace, Filter filter);

  /** Runs that are open, in the order of {@link #list}: for duties, which let it take as long as it takes. */
  Page open(String namespace, int limit, @Nullable Cursor after);

  record Cursor(Instant startedAt, RunId run) {}

  record Page(List<RunSummary> runs, @Nullable Cursor next) {}

  /** @param blockedReason why no worker gets it; null unless blocked */
  record RunSummary(
      RunId run,
      String workflowId,
      String workflowType,
      String queue,
      int runNumber,
      RunStatus status,
      WorkflowTask.Phase taskPhase,
      Instant startedAt,
      @Nullable Instant closedAt,
      long lastSeq,
      long historyBytes,
      @Nullable String blockedReason,
      Map<String, SearchValue> searchAttributes) {}

  /** All runs of a workflow id, oldest first. */
  List<RunSummary> runsOf(String namespace, String workflowId);

  /** Open activities of a run. */
  List<ActivityTask> activitiesOf(RunId run);

  Optional<Effect.Update> update(RunId run, String updateId);

  /** The ledger of a run, oldest first. */
  List<Effect.Note> ledger(RunId run, int limit);

  List<Effect.KeepLateReport> lateReports(RunId run, int limit);

  /** How many due tasks wait in a queue, and since when the oldest. */
  Backlog backlog(String namespace, String queue, Store.TaskKind kind);

  /** How many tasks workers hold now. @param queue null: in all queues of the namespace */
  long leased(String namespace, @Nullable String queue, Store.TaskKind kind);

  record Backlog(long waiting, @Nullable Instant oldest) {}

  /** The same by priority and fairness key, what is served first in front. @param most lines at most */
  List<Line> lines(String namespace, String queue, Store.TaskKind kind, int most);

  /** @param keyed one that has it, and knows its fairness key; null: they have none */
  record Line(int priority, Backlog backlog, @Nullable TaskId keyed) {}

  // ---- filters: a small tree, made from the query language or by hand

  sealed interface Filter {
    record All() implements Filter {}

    record And(List<Filter> of) implements Filter {}

    record Or(List<Filter> of) implements Filter {}

    record Not(Filter of) implements Filter {}

    /** @param field one of the {@link Field}s */
    record Compare(Field field, Op op, SearchValue value) implements Filter {}

    /** @param name of a search attribute */
    record Attribute(String name, Op op, SearchValue value) implements Filter {}

    record HasAttribute(String name) implements Filter {}
  }

  enum Field {
    WORKFLOW_TYPE,
    WORKFLOW_ID,
    RUN_ID,
    QUEUE,
    /** A {@link RunStatus} by name, or {@code PAUSED}, {@code BLOCKED}. */
    STATUS,
    /** Why a run is blocked; a run that is not blocked has none. */
    BLOCKED_REASON,
    STARTED_AT,
    CLOSED_AT
  }

  enum Op {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    STARTS_WITH
  }
}
