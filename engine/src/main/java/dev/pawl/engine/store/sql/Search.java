package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Store.TaskKind;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import dev.pawl.engine.store.Visibility;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Looking at what is stored. */
final class Search implements Visibility {
  static final String SUMMARY = """
      select r.run_id, r.workflow_id, r.workflow_type, r.queue, r.run_number, r.status, r.phase, r.started_at,
        r.closed_at, r.last_seq, r.history_bytes, r.reason from pawl_runs r where r.namespace = ?""";
  /** The first comparison is where the index is entered; with an "or" alone each page would read all those before it. */
  private static final String BEHIND = " and r.started_at <= ? and (r.started_at < ? or r.run_id < ?)";
  private static final String ATTRIBUTES = """
      select a.run_id, a.name, a.kind, a.text_value, a.int_value, a.real_value from pawl_search_attributes a
      where a.run_id in (%s) order by a.run_id, a.name, a.ord""";
  private static final String LEDGER = """
      select n.namespace, n.run_id, n.step, n.epoch, n.what, n.cause, n.actor, n.reason, n.at from pawl_transitions n
      where n.run_id = ? order by n.at, n.commit_id, n.ord limit ?""";
  private static final String LATE = """
      select l.run_id, l.step, l.attempt, l.epoch, l.kind, l.body, l.why, l.at from pawl_late_reports l
      where l.run_id = ? order by l.at, l.commit_id, l.ord limit ?""";
  private static final String ACTIVITIES =
      "select " + TaskRows.COLUMNS + " from pawl_tasks t where t.run_id = ? order by t.step";

  private final Access access;
  private final Queues queues;
  private final Loading loading;
  private final Duration patience;
  /** Work is handed out over the same connections: half of them are left to it, whatever people ask. */
  private final Semaphore room;

  Search(Access access, Queues queues, Loading loading, StoreConfig config) {
    this.access = access;
    this.queues = queues;
    this.loading = loading;
    this.patience = config.queryPatience();
    this.room = new Semaphore(Math.max(1, access.readers() / 2), true);
  }

  @Override
  public Page list(String namespace, Filter filter, int limit, @Nullable Cursor after) {
    return inTime(most -> page(namespace, Condition.of(filter), limit, after, most));
  }

  @Override
  public Page open(String namespace, int limit, @Nullable Cursor after) {
    Filter open = new Filter.Compare(Field.STATUS, Op.EQUAL, new SearchValue.Keyword(RunStatus.RUNNING.name()));
    return page(namespace, Condition.of(open), limit, after, null);
  }

  /** @param most null: for as long as it takes */
  private Page page(String namespace, Condition condition, int limit, @Nullable Cursor after, @Nullable Duration most) {
    if (limit < 1) throw new IllegalArgumentException("limit: expected 1 or more, got " + limit);
    Dialect dialect = access.dialect();
    String sql = pageOf(dialect, after != null, condition);
    return access.read(link -> {
      List<RunSummary> found = ask(link, sql, most, call -> {
        call.text(namespace);
        if (after != null) {
          if (dialect.readsAllOfAnEqual()) call.text(namespace);
          call.instant(after.startedAt()).instant(after.startedAt()).uuid(after.run().value());
        }
        condition.fill(call);
        // One more than asked tells whether there is a next page.
        return call.number(limit + 1L).list(Search::summary);
      });
      boolean more = found.size() > limit;
      List<RunSummary> shown = withAttributes(link, more ? found.subList(0, limit) : found);
      RunSummary last = more ? shown.get(limit - 1) : null;
      return new Page(shown, last == null ? null : new Cursor(last.startedAt(), last.run()));
    });
  }

  static String pageOf(Dialect dialect, boolean behindAnother, Condition condition) {
    boolean range = behindAnother && dialect.readsAllOfAnEqual();
    return (range ? SUMMARY.replace("r.namespace = ?", "r.namespace >= ? and r.namespace <= ?") : SUMMARY)
        + (behindAnother ? BEHIND : "") + " and " + condition.sql()
        + " order by " + (range ? "r.namespace desc, " : "") + "r.started_at desc, r.run_id desc limit ?";
  }

  @Override
  public long count(String namespace, Filter filter) {
    Condition condition = Condition.of(filter);
    String sql = "select count(*) from pawl_runs r where r.namespace = ? and " + condition.sql();
    return inTime(most -> access.read(link -> ask(link, sql, most, call -> {
      call.text(namespace);
      condition.fill(call);
      return Objects.requireNonNull(call.first(Row::number));
    })));
  }

  private interface Asking<T> {
    T ask(Call call) throws SQLException;
  }

  private static <T> T ask(Link link, String select, @Nullable Duration most, Asking<T> asking) throws SQLException {
    if (most == null) {
      try (Call call = link.sql(select)) {
        return asking.ask(call);
      }
    }
    Dialect dialect = link.dialect();
    try (Call call = link.sql(dialect.bounded(select, most)); Dialect.Bound bound = dialect.bound(call.raw(), most)) {
      return asking.ask(call);
    }
  }

  /** People's questions: few at a time, and none for longer than it may take. */
  private <T> T inTime(Function<Duration, T> question) {
    if (!takesRoom()) {
      throw new RejectedException(Rejection.because(Rejection.Code.OVERLOADED,
          "others asked for %s without coming to an end; try again later".formatted(seconds())));
    }
    try {
      return question.apply(patience);
    } catch (StoreException e) {
      if (!gaveUp(e)) throw e;
      throw new RejectedException(new Rejection(Rejection.Code.QUERY_TOO_EXPENSIVE,
          "expected an answer within %s, got none: too many runs would have to be read; narrow the filter, for example by WorkflowId or a search attribute that equals a value"
              .formatted(seconds()), "filter"), e);
    } finally {
      room.release();
    }
  }

  private boolean gaveUp(Throwable problem) {
    for (Throwable why = problem; why != null; why = why.getCause()) {
      if (why instanceof SQLException known) return access.dialect().classify(known) == Trouble.EXPENSIVE;
    }
    return false;
  }

  private boolean takesRoom() {
    try {
      return room.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String seconds() {
    return patience.toMillis() / 1000.0 + " s";
  }

  @Override
  public List<RunSummary> runsOf(String namespace, String workflowId) {
    if (Texts.name("", workflowId) != null) return List.of();
    return access.read(link -> {
      try (Call call = link.sql(SUMMARY + " and r.workflow_id = ? order by r.run_number, r.started_at, r.run_id")) {
        return withAttributes(link, call.text(namespace).text(workflowId).list(Search::summary));
      }
    });
  }

  private static RunSummary summary(Row row) throws SQLException {
    RunId run = new RunId(row.uuid());
    String workflowId = row.text();
    String workflowType = row.text();
    String queue = row.text();
    int number = row.integer();
    RunStatus status = named(RunStatus.class, row.text(), RunStatus.RUNNING);
    WorkflowTask.Phase phase = named(WorkflowTask.Phase.class, row.text(), WorkflowTask.Phase.BLOCKED);
    Instant startedAt = row.instant();
    Instant closedAt = row.instantOrNull();
    long lastSeq = row.number();
    long bytes = row.number();
    String reason = row.textOrNull();
    return new RunSummary(run, workflowId, workflowType, queue, number, status, phase, startedAt, closedAt, lastSeq,
        bytes, phase == WorkflowTask.Phase.BLOCKED ? reason : null, Map.of());
  }

  /** A damaged row is listed as well, as far as it can be: a list is where it is found. */
  private static <E extends Enum<E>> E named(Class<E> kind, String name, E otherwise) {
    try {
      return Enum.valueOf(kind, name);
    } catch (IllegalArgumentException damaged) {
      return otherwise;
    }
  }

  private static List<RunSummary> withAttributes(Link link, List<RunSummary> runs) throws SQLException {
    if (runs.isEmpty()) return List.of();
    Map<RunId, Map<String, SearchValue>> attributes = new HashMap<>();
    List<RunId> ids = runs.stream().map(RunSummary::run).toList();
    try (Call call = link.sql(ATTRIBUTES.formatted(Link.marks(ids.size())))) {
      for (RunId id : Link.padded(ids)) call.uuid(id.value());
      call.list(row -> {
        RunId run = new RunId(row.uuid());
        String name = row.text();
        AttributeRows.Cell cell =
            new AttributeRows.Cell(row.text(), row.textOrNull(), row.numberOrNull(), row.realOrNull());
        attributes.computeIfAbsent(run, r -> new TreeMap<>()).merge(name, cell.value(), AttributeRows::both);
        return run;
      });
    }
    List<RunSummary> all = new ArrayList<>(runs.size());
    for (RunSummary r : runs) {
      all.add(new RunSummary(r.run(), r.workflowId(), r.workflowType(), r.queue(), r.runNumber(), r.status(),
          r.taskPhase(), r.startedAt(), r.closedAt(), r.lastSeq(), r.historyBytes(), r.blockedReason(),
          attributes.getOrDefault(r.run(), Map.of())));
    }
    return all;
  }

  @Override
  public List<ActivityTask> activitiesOf(RunId run) {
    return access.read(link -> {
      try (Call call = link.sql(ACTIVITIES)) {
        return Quarantine.good(call.uuid(run.value()).list(TaskRows::sight));
      }
    });
  }

  @Override
  public Optional<Effect.Update> update(RunId run, String updateId) {
    return Texts.name("", updateId) != null ? Optional.empty() : Optional.ofNullable(loading.update(run, updateId));
  }

  @Override
  public List<Effect.Note> ledger(RunId run, int limit) {
    return access.read(link -> {
      try (Call call = link.sql(LEDGER)) {
        return call.uuid(run.value()).number(limit).list(row -> new Effect.Note(row.text(), new RunId(row.uuid()),
            row.integer(), row.number(), row.text(), row.textOrNull(), row.text(), row.textOrNull(), row.instant()));
      }
    });
  }

  @Override
  public List<Effect.KeepLateReport> lateReports(RunId run, int limit) {
    return access.read(link -> {
      try (Call call = link.sql(LATE)) {
        return call.uuid(run.value()).number(limit).list(row -> new Effect.KeepLateReport(
            new TaskToken(new RunId(row.uuid()), row.integer(), row.integer(), row.number()), row.text(),
            row.textOrNull(), row.text(), row.instant()));
      }
    });
  }

  @Override
  public long leased(String namespace, @Nullable String queue, TaskKind kind) {
    return queues.leased(namespace, queue, kind);
  }

  @Override
  public Backlog backlog(String namespace, String queue, TaskKind kind) {
    return queues.backlog(namespace, queue, kind);
  }

  @Override
  public List<Line> lines(String namespace, String queue, TaskKind kind, int most) {
    return queues.lines(namespace, queue, kind, most);
  }
}
