package dev.pawl.engine.store.sql;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.Fairness;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.json.RunStateJson;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Queues in which keys wait, as {@link FairClaim} asks for them, and the levels that all queues are read by. */
final class FairQueues {
  /** The lines of a queue's keys, each found by a jump from the one before, and since when its first run is ready. */
  static final String READY_LINES = """
      with recursive line(level, n) as (
        select (select r.priority from pawl_runs r where {ready line} and r.namespace = ? and r.queue = ?
          and r.priority > ? and r.priority < ? order by r.priority limit 1), 1
        union all
        select (select r.priority from pawl_runs r where {ready line} and r.namespace = ? and r.queue = ?
          and r.priority > l.level and r.priority < ? order by r.priority limit 1), l.n + 1
        from line l where l.level is not null and l.n < ?)
      select l.level, (select {ready at} from pawl_runs r
        where {ready} and r.namespace = ? and r.queue = ? and r.priority = l.level and %s
        order by {ready at} limit 1)
      from line l where l.level is not null""";

  static final String WAITING_LINES = """
      with recursive line(level, n) as (
        select (select t.priority from pawl_tasks t where {waiting line} and t.namespace = ? and t.queue = ?
          and t.priority > ? and t.priority < ? order by t.priority limit 1), 1
        union all
        select (select t.priority from pawl_tasks t where {waiting line} and t.namespace = ? and t.queue = ?
          and t.priority > l.level and t.priority < ? order by t.priority limit 1), l.n + 1
        from line l where l.level is not null and l.n < ?)
      select l.level, (select {waiting at} from pawl_tasks t
        where {waiting} and t.namespace = ? and t.queue = ? and t.priority = l.level%s
        order by {waiting at} limit 1)
      from line l where l.level is not null""";

  /** So many lines are read by one statement, the one that reads all priorities. */
  private static final int AT_ONCE = Level.MOST_PRIORITY + 1;

  private static final Integer[] LEVELS =
      java.util.stream.IntStream.rangeClosed(0, Level.MOST_PRIORITY).boxed().toArray(Integer[]::new);

  private FairQueues() {}

  private interface Bind {
    void at(Call call, int level, int limit) throws SQLException;
  }

  private static Call jumps(Call call, String namespace, String queue, int after, int before, int most)
      throws SQLException {
    return call.text(namespace).text(queue).number(after).number(before)
        .text(namespace).text(queue).number(before).number(most).text(namespace).text(queue);
  }

  private static <T> List<FairClaim.Row<T>> read(Link link, String level, Bind bind, Map<Integer, Integer> howMany,
      Call.Reader<FairClaim.Row<T>> reader) throws SQLException {
    List<FairClaim.Row<T>> all = new ArrayList<>();
    List<Integer> lines = List.copyOf(howMany.keySet());
    for (int from = 0; from < lines.size(); from += AT_ONCE) {
      try (Call call = link.sql(Queues.levels(level) + " order by 1, 2")) {
        for (int i = from; i < from + AT_ONCE; i++) {
          Integer line = i < lines.size() ? lines.get(i) : null;
          bind.at(call, line == null ? -1 : line, line == null ? 0 : howMany.getOrDefault(line, 0));
        }
        all.addAll(call.list(reader));
      }
    }
    return all;
  }

  private static FairClaim.Line line(Row row) throws SQLException {
    return new FairClaim.Line(row.integer(), row.numberOrNull());
  }

  /** Ready runs for a session. */
  record Runs(Link link, String namespace, String queue, SessionId session, Duration stickyWait, List<String> types)
      implements FairClaim.Source<RunId> {

    /** @param more columns behind the id */
    String level(String more) {
      return Queues.READY_LEVEL.formatted(more, condition(), 0).replace("level_0", "level_%d");
    }

    private String condition() {
      return Queues.FREE_FOR + Queues.among("r.workflow_type", types);
    }

    void bind(Call call, int level, int limit) throws SQLException {
      call.text(namespace).text(queue).number(level);
      condition(call);
      call.number(limit);
    }

    private void condition(Call call) throws SQLException {
      call.uuid(session.value()).number(stickyWait.toNanos() / 1000).uuid(session.value());
      Queues.each(call, types);
    }

    @Override
    public List<FairClaim.Line> lines(int after, int before, int most) throws SQLException {
      try (Call call = link.sql(READY_LINES.formatted(condition()))) {
        condition(jumps(call, namespace, queue, after, before, most));
        return call.list(FairQueues::line);
      }
    }

    @Override
    public List<FairClaim.Row<RunId>> rows(Map<Integer, Integer> howMany) throws SQLException {
      return read(link, level(", r.birth"), this::bind, howMany, row -> {
        int level = row.integer();
        long at = row.number();
        RunId run = new RunId(row.uuid());
        return new FairClaim.Row<>(at, level, run, cost(row.text()));
      });
    }

    private static double cost(String birth) {
      try {
        return Fairness.cost(RunStateJson.fairness(birth));
      } catch (CorruptHistory whoIsGrantedItSeesIt) {
        return Fairness.cost(null);
      }
    }
  }

  /** Waiting activities. */
  record Tasks(Link link, String namespace, String queue, List<String> types)
      implements FairClaim.Source<Quarantine.Sighted<ActivityTask>> {

    String level() {
      return Queues.WAITING_LEVEL.formatted(TaskRows.COLUMNS, Queues.among("t.activity_type", types), 0)
          .replace("level_0", "level_%d");
    }

    void bind(Call call, int level, int limit) throws SQLException {
      call.text(namespace).text(queue).number(level);
      Queues.each(call, types);
      call.number(limit);
    }

    /** Those without a key, in order; nobody else can take them before the transaction ends. */
    List<Quarantine.Sighted<ActivityTask>> locked(int limit) throws SQLException {
      try (Call call = link.sql(
          Queues.TAKE_WAITING.formatted(TaskRows.COLUMNS, Queues.among("t.activity_type", types)))) {
        Queues.each(call.integers(LEVELS).text(namespace).text(queue), types);
        return call.number(limit).number(limit).list(TaskRows::sight);
      }
    }

    @Override
    public List<FairClaim.Line> lines(int after, int before, int most) throws SQLException {
      try (Call call = link.sql(WAITING_LINES.formatted(Queues.among("t.activity_type", types)))) {
        Queues.each(jumps(call, namespace, queue, after, before, most), types);
        return call.list(FairQueues::line);
      }
    }

    @Override
    public List<FairClaim.Row<Quarantine.Sighted<ActivityTask>>> rows(Map<Integer, Integer> howMany)
        throws SQLException {
      return read(link, level(), this::bind, howMany, row -> {
        int level = row.integer();
        long at = row.number();
        Quarantine.Sighted<ActivityTask> task = TaskRows.sight(row);
        return new FairClaim.Row<>(at, level, task, task instanceof Quarantine.Sighted.Good<ActivityTask>(var good)
            ? Fairness.cost(good.options().fairness()) : Fairness.cost(null));
      });
    }
  }
}
