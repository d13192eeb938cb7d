package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Mail;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store.TaskKind;
import dev.pawl.engine.store.Visibility.Backlog;
import dev.pawl.engine.store.Visibility.Line;
import dev.pawl.protocol.json.MailJson;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What waits: ready runs, waiting activities, due mails.
 *
 * <p>Queues are read one priority at a time, each an index range that ends at {@code now}, so that a hundred thousand
 * delayed runs of a higher priority cost a poll nothing.
 */
final class Queues {
  static final String PARKED_HERE = """
      select r.run_id from pawl_runs r
      where {ready} and r.namespace = ? and r.queue = ? and r.sticky = ?%s
      order by case when r.priority < 1000000000 then r.priority
        else (r.priority - r.priority %% 100000000) / 100000000 - 10 end, {ready at} limit ?""";

  /** A run that another session has parked is left to that one for a while, a pinned one to its build. */
  static final String FREE_FOR = """
      (r.sticky is null or (r.sticky <> ? and (r.since <= {now} - ?
        or not exists (select 1 from pawl_sessions s
          where s.session_id = r.sticky and s.ended_as is null and s.expires_at > {now}))))
      and (r.build_id is null or r.build_id = (select w.build_id from pawl_sessions w where w.session_id = ?))""";

  static final String READY_LEVEL = """
      select * from (select r.priority, {ready at} as due, r.run_id%s from pawl_runs r
        where {ready} and r.namespace = ? and r.queue = ? and r.priority = ? and %s
        order by {ready at} limit ?) level_%d""";

  /** One run of any key, if there is one: it comes first, as a priority that there is not. */
  static final String ANY_KEYED_RUN = """
      union all select * from (select -1, 0 as due, r.run_id from pawl_runs r
        where {ready line} and r.namespace = ? and r.queue = ? and r.priority >= 1000000000
        order by r.priority limit 1) keyed""";

  static final String WAITING_LEVEL = """
      select * from (select t.priority, {waiting at} as due, %s from pawl_tasks t
        where {waiting} and t.namespace = ? and t.queue = ? and t.priority = ?%s
        order by {waiting at} limit ?) level_%d""";

  /** Waiting activities without a key, level by level, locked for whoever takes them; as many as the second limit says. */
  static final String TAKE_WAITING = """
      select x.* from unnest(?::int4[]) as level(priority) cross join lateral (
        select %s from pawl_tasks t
        where {waiting} and t.namespace = ? and t.queue = ? and t.priority = level.priority%s
        order by {waiting at} limit ?{skip locked}) x
      limit ?""";

  static final String ANY_KEYED_TASK = """
      union all select * from (select -1, 0 as due, %s from pawl_tasks t
        where {waiting line} and t.namespace = ? and t.queue = ? and t.priority >= 1000000000
        order by t.priority limit 1) keyed""";

  static final String DUE_MAILS = """
      select m.owner, m.item, m.due, m.kind, m.data from pawl_mailbox m where m.due <= {now} order by m.due limit ?""";

  static final String OVERDUE = "select " + TaskRows.COLUMNS
      + " from pawl_tasks t where t.deadline_at <= {now} order by t.deadline_at limit ?";

  static final String NEXT_DUE = """
      select min(x.at) from (
        select min(m.due) as at from pawl_mailbox m where m.due < %d
        union all select min(t.deadline_at) from pawl_tasks t where t.deadline_at is not null
        union all select min({waiting later at}) from pawl_tasks t where {waiting later}
        union all select min({ready later at}) from pawl_runs r where {ready later}) x""".formatted(Quarantine.NEVER);

  static final String BACKLOG_RUNS = """
      select count(*), min({ready at}) from pawl_runs r where {ready} and r.namespace = ? and r.queue = ?""";

  static final String BACKLOG_TASKS = """
      select count(*), min({waiting at}) from pawl_tasks t where {waiting} and t.namespace = ? and t.queue = ?""";

  static final String RUN_LINES = """
      select r.priority, count(*), min({ready at}) from pawl_runs r
      where {ready} and r.namespace = ? and r.queue = ? group by r.priority order by r.priority limit ?""";

  static final String TASK_LINES = """
      select t.priority, count(*), min({waiting at}) from pawl_tasks t
      where {waiting} and t.namespace = ? and t.queue = ? group by t.priority order by t.priority limit ?""";

  static final String ONE_OF_RUN_LINE = """
      select r.run_id, 0 from pawl_runs r
      where {ready} and r.namespace = ? and r.queue = ? and r.priority = ? limit 1""";

  static final String ONE_OF_TASK_LINE = """
      select t.run_id, t.step from pawl_tasks t
      where {waiting} and t.namespace = ? and t.queue = ? and t.priority = ? limit 1""";

  private static final String LEASED_RUNS =
      "select count(*) from pawl_runs r where r.phase = 'LEASED' and r.namespace = ?";
  private static final String LEASED_TASKS =
      "select count(*) from pawl_tasks t where t.session is not null and t.namespace = ?";

  private final Access access;
  private final Quarantine quarantine;
  private final FairClaim fair = new FairClaim();

  Queues(Access access, Quarantine quarantine) {
    this.access = access;
    this.quarantine = quarantine;
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
        var asked = new FairQueues.Runs(link, namespace, queue, session, stickyWait, names);
        List<RunId> others = others(link, asked, namespace, queue, depth);
        // Fewer than asked to leave out: better a contested run than none.
        int from = others.size() > skip ? skip : 0;
        others.stream().skip(from).limit(limit - found.size()).forEach(found::add);
      }
      return List.copyOf(found);
    });
  }

  private List<RunId> others(Link link, FairQueues.Runs asked, String namespace, String queue, int depth)
      throws SQLException {
    List<FairClaim.Row<RunId>> plain = new ArrayList<>();
    boolean keyed;
    try (Call call = link.sql(levels(asked.level("")) + " " + ANY_KEYED_RUN + " order by 1, 2 limit ?")) {
      for (int priority = 0; priority <= Level.MOST_PRIORITY; priority++) asked.bind(call, priority, depth);
      keyed = call.text(namespace).text(queue).number(depth + 1L).list(row -> {
        int priority = row.integer();
        return priority >= 0 && plain.add(new FairClaim.Row<>(row.number(), priority, new RunId(row.uuid())));
      }).contains(false);
    }
    if (keyed) return fair.take(new FairClaim.Place(namespace, queue, TaskKind.WORKFLOW), plain, asked, depth);
    return plain.stream().limit(depth).map(FairClaim.Row::task).toList();
  }

  List<ActivityTask> claim(String namespace, String queue, SessionId session, Collection<String> types, int limit) {
    if (limit <= 0) return List.of();
    List<String> names = List.copyOf(types);
    // Most polls find nothing: looking first spares them a transaction, and SQLite the write lock.
    // And a damaged row at the head is set aside, or it would be there for ever.
    boolean[] keyed = {false};
    if (quarantine.past(link -> candidates(new FairQueues.Tasks(link, namespace, queue, names), new FairClaim(), 1, keyed))
        .isEmpty()) {
      return List.of();
    }
    List<Quarantine.Damage> damaged = new ArrayList<>(0);
    List<ActivityTask> claimed = access.change(link -> {
      var asked = new FairQueues.Tasks(link, namespace, queue, names);
      boolean locks = link.dialect().locksWhatItPicks() && !keyed[0];
      List<Quarantine.Sighted<ActivityTask>> sighted =
          locks ? asked.locked(limit) : candidates(asked, fair, limit, new boolean[1]);
      damaged.clear();
      damaged.addAll(Quarantine.bad(sighted));
      return claim(link, Quarantine.good(sighted), session, locks);
    });
    // Behind a key a damaged row can be first without being the first of all.
    boolean news = claimed.isEmpty() && !damaged.isEmpty() && quarantine.isolate(damaged) > 0;
    return news ? claim(namespace, queue, session, types, limit) : claimed;
  }

  /** @param locked nobody else can take the candidates meanwhile */
  private static List<ActivityTask> claim(Link link, List<ActivityTask> candidates, SessionId session, boolean locked)
      throws SQLException {
    if (candidates.isEmpty()) return List.of();
    Instant now = now(link);
    if (locked) {
      List<ActivityTask> all = new ArrayList<>(candidates.size());
      try (Call call = link.sql(TaskRows.CLAIM)) {
        for (ActivityTask waiting : candidates) {
          ActivityTask leased = waiting.leased(session, now, link.epochFloor());
          TaskRows.claim(call, leased, waiting).add();
          all.add(leased);
        }
        call.flush();
      }
      return all;
    }
    List<ActivityTask> inKeyOrder = candidates.stream()
        .sorted(Comparator.comparing((ActivityTask t) -> t.id().run()).thenComparing(t -> t.id().step())).toList();
    Map<TaskId, ActivityTask> won = new HashMap<>();
    try (Call call = link.sql(TaskRows.CLAIM)) {
      for (ActivityTask waiting : inKeyOrder) {
        ActivityTask leased = waiting.leased(session, now, link.epochFloor());
        if (TaskRows.claim(call, leased, waiting).update() == 1) won.put(leased.id(), leased);
      }
    }
    return candidates.stream().map(task -> won.get(task.id())).filter(Objects::nonNull).toList();
  }

  /** @param keyed where to say whether keys wait */
  private static List<Quarantine.Sighted<ActivityTask>> candidates(FairQueues.Tasks asked, FairClaim fair, int limit,
      boolean[] keyed) throws SQLException {
    String namespace = asked.namespace();
    String queue = asked.queue();
    List<FairClaim.Row<Quarantine.Sighted<ActivityTask>>> plain = new ArrayList<>();
    try (Call call = asked.link().sql(levels(asked.level()) + " " + ANY_KEYED_TASK.formatted(TaskRows.COLUMNS)
        + " order by 1, 2 limit ?")) {
      for (int priority = 0; priority <= Level.MOST_PRIORITY; priority++) asked.bind(call, priority, limit);
      keyed[0] = call.text(namespace).text(queue).number(limit + 1L).list(row -> {
        int priority = row.integer();
        return priority >= 0 && plain.add(new FairClaim.Row<>(row.number(), priority, TaskRows.sight(row)));
      }).contains(false);
    }
    if (keyed[0]) return fair.take(new FairClaim.Place(namespace, queue, TaskKind.ACTIVITY), plain, asked, limit);
    return plain.stream().limit(limit).map(FairClaim.Row::task).toList();
  }

  static Instant now(Link link) throws SQLException {
    try (Call call = link.sql("select {now}")) {
      return Objects.requireNonNull(call.first(Row::instant));
    }
  }

  static String levels(String level) {
    return IntStream.rangeClosed(0, Level.MOST_PRIORITY).mapToObj(level::formatted)
        .collect(Collectors.joining(" union all "));
  }

  static String among(String column, List<String> names) {
    return names.isEmpty() ? "" : " and " + column + " in (" + Link.marks(names.size()) + ")";
  }

  static void each(Call call, List<String> names) throws SQLException {
    if (names.isEmpty()) return;
    for (String name : Link.padded(names)) call.text(name);
  }

  List<Mail> dueMails(int limit) {
    return quarantine.past(link -> {
      access.time().measure(link);
      try (Call call = link.sql(DUE_MAILS)) {
        return call.number(limit).list(Queues::mail);
      }
    });
  }

  private static Quarantine.Sighted<Mail> mail(Row row) throws SQLException {
    Mail.Key key = new Mail.Key(new RunId(row.uuid()), row.text());
    Instant due = row.instant();
    String kind = row.text();
    String data = row.text();
    try {
      return new Quarantine.Sighted.Good<>(new Mail(key, due, MailJson.read(kind, data)));
    } catch (RuntimeException unreadable) {
      return new Quarantine.Sighted.Bad<>(new Quarantine.OfMail(key,
          "mail %s cannot be read: %s".formatted(key.item(), unreadable.getMessage())));
    }
  }

  List<ActivityTask> overdue(int limit) {
    return quarantine.past(link -> {
      try (Call call = link.sql(OVERDUE)) {
        return call.number(limit).list(TaskRows::sight);
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

  long leased(String namespace, @Nullable String queue, TaskKind kind) {
    String sql = kind == TaskKind.WORKFLOW ? LEASED_RUNS : LEASED_TASKS;
    return access.read(link -> {
      try (Call call = link.sql(queue == null ? sql : sql + " and queue = ?").text(namespace)) {
        if (queue != null) call.text(queue);
        return Objects.requireNonNull(call.first(Row::number));
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

  private record Counted(int level, Backlog backlog) {}

  List<Line> lines(String namespace, String queue, TaskKind kind, int most) {
    return access.read(link -> {
      List<Counted> counted;
      try (Call call = link.sql(kind == TaskKind.WORKFLOW ? RUN_LINES : TASK_LINES)) {
        counted = call.text(namespace).text(queue).number(most)
            .list(row -> new Counted((int) row.number(), new Backlog(row.number(), row.instantOrNull())));
      }
      List<Line> lines = new ArrayList<>();
      for (Counted one : counted) {
        TaskId keyed = null;
        if (one.level() >= Level.KEYED) {
          try (Call call = link.sql(kind == TaskKind.WORKFLOW ? ONE_OF_RUN_LINE : ONE_OF_TASK_LINE)) {
            keyed = call.text(namespace).text(queue).number(one.level())
                .first(row -> new TaskId(new RunId(row.uuid()), (int) row.number()));
          }
          if (keyed == null) continue; // handed out meanwhile
        }
        lines.add(new Line(Level.priority(one.level()), one.backlog(), keyed));
      }
      lines.sort(Comparator.comparingInt(Line::priority));
      return lines;
    });
  }
}
