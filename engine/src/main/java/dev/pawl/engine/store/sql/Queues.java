package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Mail;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store.TaskKind;
import dev.pawl.engine.store.Visibility.Backlog;
import dev.pawl.protocol.json.MailJson;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits: ready runs, waiting activities, due mails.
 *
 * <p>Queues are read one priority at a time, each an index range that ends at {@code now}, so that a hundred thousand
 * delayed runs of a higher priority cost a poll nothing.
 */
final class Queues {
  private static final Logger LOG = LoggerFactory.getLogger(Queues.class);

  /** A claim looks past so many damaged rows. */
  private static final int MOST_DAMAGED = 4_096;

  static final String PARKED_HERE = """
      select r.run_id from pawl_runs r
      where {ready} and r.namespace = ? and r.queue = ? and r.sticky = ?%s
      order by r.priority, {ready at} limit ?""";

  static final String READY_LEVEL = """
      select * from (select r.run_id, r.priority, {ready at} from pawl_runs r
        where {ready} and r.namespace = ? and r.queue = ? and r.priority = ?
          and (r.sticky is null or (r.sticky <> ? and (r.since <= {now} - ?
            or not exists (select 1 from pawl_sessions s where s.session_id = r.sticky and s.ended_as is null))))%s
        order by {ready at} limit ?) level_%d""";

  static final String WAITING_LEVEL = """
      select * from (select %s, t.priority, {waiting at} as due from pawl_tasks t
        where {waiting} and t.namespace = ? and t.queue = ? and t.priority = ?%s
        order by {waiting at} limit ?) level_%d""";

  static final String ANY_READY = """
      select * from (select 1 from pawl_runs r where {ready} and r.namespace = ? and r.queue = ?
        and r.priority = ? limit 1) level_%d""";

  static final String ANY_WAITING = """
      select * from (select 1 from pawl_tasks t where {waiting} and t.namespace = ? and t.queue = ?
        and t.priority = ? limit 1) level_%d""";

  static final String DUE_MAILS = """
      select m.owner, m.item, m.due, m.kind, m.data from pawl_mailbox m where m.due <= {now} order by m.due limit ?""";

  static final String OVERDUE = "select " + TaskRows.COLUMNS
      + " from pawl_tasks t where t.deadline_at <= {now} order by t.deadline_at limit ?";

  static final String NEXT_DUE = """
      select min(x.at) from (
        select min(m.due) as at from pawl_mailbox m
        union all select min(t.deadline_at) from pawl_tasks t where t.deadline_at is not null
        union all select min({waiting later at}) from pawl_tasks t where {waiting later}
        union all select min({ready later at}) from pawl_runs r where {ready later}) x""";

  static final String BACKLOG_RUNS = """
      select count(*), min({ready at}) from pawl_runs r where {ready} and r.namespace = ? and r.queue = ?""";

  static final String BACKLOG_TASKS = """
      select count(*), min({waiting at}) from pawl_tasks t where {waiting} and t.namespace = ? and t.queue = ?""";

  private final Access access;

  Queues(Access access) {
    this.access = access;
  }

  List<RunId> readyRuns(String namespace, String queue, SessionId session, Duration stickyWait,
      Collection<String> types, int skip, int limit) {
    if (limit <= 0) return List.of();
    int depth = skip + limit;
    return access.read(link -> {
      List<String> names = List.copyOf(types);
      Set<RunId> found = new LinkedHashSet<>();
      try (Call call = link.sql(PARKED_HERE.formatted(among("r.workflow_type", names)))) {
        call.text(namespace).text(queue).uuid(session.value());
        each(call, names);
        found.addAll(call.number(limit).list(row -> new RunId(row.uuid())));
      }
      if (found.size() < limit) {
        String level = READY_LEVEL.formatted(among("r.workflow_type", names), 0).replace("level_0", "level_%d");
        try (Call call = link.sql(levels(level) + " order by 2, 3 limit ?")) {
          for (int priority = 0; priority <= RunRows.MOST_PRIORITY; priority++) {
            call.text(namespace).text(queue).number(priority).uuid(session.value()).number(stickyWait.toNanos() / 1000);
            each(call, names);
            call.number(depth);
          }
          List<RunId> others = call.number(depth).list(row -> new RunId(row.uuid()));
          // Fewer than asked to leave out: better a contested run than none.
          int from = others.size() > skip ? skip : 0;
          others.stream().skip(from).limit(limit - found.size()).forEach(found::add);
        }
      }
      return List.copyOf(found);
    });
  }

  List<ActivityTask> claim(String namespace, String queue, SessionId session, Collection<String> types, int limit) {
    if (limit <= 0) return List.of();
    List<String> names = List.copyOf(types);
    // Most polls find nothing: looking first spares them a transaction, and SQLite the write lock.
    if (access.read(link -> candidates(link, namespace, queue, names, 1)).isEmpty()) return List.of();
    return access.change(link -> {
      List<ActivityTask> candidates = candidates(link, namespace, queue, names, limit);
      if (candidates.isEmpty()) return List.of();
      Instant now = now(link);
      List<ActivityTask> leased = candidates.stream().map(task -> task.leased(session, now)).toList();
      List<ActivityTask> inKeyOrder = leased.stream()
          .sorted(Comparator.comparing((ActivityTask t) -> t.id().run()).thenComparing(t -> t.id().step())).toList();
      Set<ActivityTask> won = new LinkedHashSet<>();
      try (Call call = link.sql(TaskRows.CLAIM)) {
        for (ActivityTask task : inKeyOrder) if (TaskRows.claim(call, task).update() == 1) won.add(task);
      }
      return leased.stream().filter(won::contains).toList();
    });
  }

  /** Rows that cannot be read take no place from those that can: a damaged one at the head must not stop the queue. */
  private static List<ActivityTask> candidates(Link link, String namespace, String queue, List<String> names, int limit)
      throws SQLException {
    for (int look = limit; ; look = 4 * look) {
      List<Optional<ActivityTask>> rows = rows(link, namespace, queue, names, look);
      List<ActivityTask> found = rows.stream().flatMap(Optional::stream).limit(limit).toList();
      if (found.size() == limit || rows.size() < look || look >= MOST_DAMAGED) return found;
    }
  }

  private static List<Optional<ActivityTask>> rows(
      Link link, String namespace, String queue, List<String> names, int limit) throws SQLException {
    String level = WAITING_LEVEL.formatted(TaskRows.COLUMNS, among("t.activity_type", names), 0)
        .replace("level_0", "level_%d");
    try (Call call = link.sql(levels(level) + " order by 21, 22 limit ?")) {
      for (int priority = 0; priority <= RunRows.MOST_PRIORITY; priority++) {
        call.text(namespace).text(queue).number(priority);
        each(call, names);
        call.number(limit);
      }
      return call.number(limit).list(Queues::task);
    }
  }

  static Instant now(Link link) throws SQLException {
    try (Call call = link.sql("select {now}")) {
      return Objects.requireNonNull(call.first(Row::instant));
    }
  }

  boolean hasWaiting(String namespace, String queue, TaskKind kind) {
    String level = kind == TaskKind.WORKFLOW ? ANY_READY : ANY_WAITING;
    return access.read(link -> {
      try (Call call = link.sql(levels(level) + " limit 1")) {
        for (int priority = 0; priority <= RunRows.MOST_PRIORITY; priority++) {
          call.text(namespace).text(queue).number(priority);
        }
        return call.first(Row::number) != null;
      }
    });
  }

  static String levels(String level) {
    return IntStream.rangeClosed(0, RunRows.MOST_PRIORITY).mapToObj(level::formatted)
        .collect(Collectors.joining(" union all "));
  }

  private static String among(String column, List<String> names) {
    return names.isEmpty() ? "" : " and " + column + " in (" + Link.marks(names.size()) + ")";
  }

  private static void each(Call call, List<String> names) throws SQLException {
    if (names.isEmpty()) return;
    for (String name : Link.padded(names)) call.text(name);
  }

  List<Mail> dueMails(int limit) {
    return access.read(link -> {
      access.time().measure(link);
      try (Call call = link.sql(DUE_MAILS)) {
        return readable(call.number(limit).list(Queues::mail));
      }
    });
  }

  private static Optional<Mail> mail(Row row) throws SQLException {
    Mail.Key key = new Mail.Key(new RunId(row.uuid()), row.text());
    Instant due = row.instant();
    String kind = row.text();
    String data = row.text();
    try {
      return Optional.of(new Mail(key, due, MailJson.read(kind, data)));
    } catch (RuntimeException unreadable) {
      // It stays where it is for an operator; the mails behind it go on.
      LOG.error("mail {} of run {} cannot be read and is left alone", key.item(), key.owner(), unreadable);
      return Optional.empty();
    }
  }

  static Optional<ActivityTask> task(Row row) throws SQLException {
    try {
      return Optional.of(TaskRows.read(row));
    } catch (RuntimeException unreadable) {
      LOG.error("an activity task cannot be read and is left alone", unreadable);
      return Optional.empty();
    }
  }

  static <T> List<T> readable(List<Optional<T>> all) {
    List<T> kept = new ArrayList<>(all.size());
    for (Optional<T> one : all) one.ifPresent(kept::add);
    return kept;
  }

  List<ActivityTask> overdue(int limit) {
    return access.read(link -> {
      try (Call call = link.sql(OVERDUE)) {
        return readable(call.number(limit).list(Queues::task));
      }
    });
  }

  Optional<Instant> nextDue() {
    return access.read(link -> {
      access.time().measure(link);
      try (Call call = link.sql(NEXT_DUE)) {
        Optional<Instant> found = call.first(row -> Optional.ofNullable(row.instantOrNull()));
        return found == null ? Optional.empty() : found;
      }
    });
  }

  Backlog backlog(String namespace, String queue, TaskKind kind) {
    return access.read(link -> {
      try (Call call = link.sql(kind == TaskKind.WORKFLOW ? BACKLOG_RUNS : BACKLOG_TASKS)) {
        return Objects.requireNonNull(
            call.text(namespace).text(queue).first(row -> new Backlog(row.number(), row.instantOrNull())));
      }
    });
  }
}
