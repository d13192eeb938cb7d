package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.Visibility;
import dev.pawl.engine.store.sql.PostgresStatement.Part;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a busy node asks all the time is answered from a range of an index, with 100,000 rows in each table and no
 * statistics gathered.
 */
@Tag("long")
class PlansTest {
  private static final int ROWS = 100_000;
  private static final long NOW = Micros.of(NOON);
  private static final String SESSION = "00000000-0000-4000-8000-000000000001";

  /** A query, its values, and whether it may walk a (small, partial) index from end to end. */
  private record Query(String sql, boolean walks, Object... values) {}

  private static Map<String, Query> queries(Dialect dialect) {
    Map<String, Query> all = new LinkedHashMap<>();
    all.put("parked runs", new Query(Queues.PARKED_HERE.formatted(""), false, "default", "main", SESSION, 10));
    all.put("ready runs", new Query(Queues.READY_LEVEL.formatted("", Queues.FREE_FOR, 0), false,
        "default", "main", 5, SESSION, 1000, SESSION, 10));
    all.put("ready runs of a type", new Query(Queues.READY_LEVEL.formatted("",
        Queues.FREE_FOR + " and r.workflow_type in (?, ?)", 0), false,
        "default", "main", 5, SESSION, 1000, SESSION, "Order", "Other", 10));
    all.put("waiting activities", new Query(Queues.WAITING_LEVEL.formatted("t.run_id, t.step", "", 0), false,
        "default", "work", 5, 10));
    if (dialect.locksWhatItPicks()) {
      all.put("activities to take", new Query(Queues.TAKE_WAITING.formatted("t.run_id, t.step", "")
          .replace("?::int4[]", "array[0, 1, 2]"), false, "default", "work", 10, 10));
    }
    String request = Loading.REQUEST_KEY;
    all.put("remembered requests", new Query(Loading.REQUESTS.formatted(request + " or " + request), false,
        "default", "wf-77", "r-1", "default", "wf-78", "r-2"));
    all.put("any run of a key", new Query("select 1, 2, null " + Queues.ANY_KEYED_RUN, false, "default", "main"));
    all.put("any activity of a key", new Query(
        "select 1, 2, null " + Queues.ANY_KEYED_TASK.formatted("t.run_id"), false, "default", "work"));
    all.put("lines of runs", new Query(FairQueues.READY_LINES.formatted(Queues.FREE_FOR), false, "default", "main", 5,
        9, "default", "main", 9, 100, "default", "main", SESSION, 1000, SESSION));
    all.put("lines of activities", new Query(FairQueues.WAITING_LINES.formatted(""), false, "default", "work", 5, 9,
        "default", "work", 9, 100, "default", "work"));
    all.put("due mails", new Query(Queues.DUE_MAILS, false, 100));
    all.put("overdue activities", new Query(Queues.OVERDUE, false, 100));
    all.put("next due", new Query(Queues.NEXT_DUE, true));
    all.put("abandoned runs", new Query(Sessions.ABANDONED_RUNS, true, 100));
    all.put("abandoned activities", new Query(Sessions.ABANDONED_TASKS, true, 100));
    all.put("leases of a session", new Query(Sessions.LEASED, false, SESSION, SESSION, SESSION));
    all.put("prunable runs", new Query(Upkeep.PRUNABLE, false, "default", NOW - 1_000_000_000L, 10));
    all.put("jobs to claim", new Query(GuardedJobs.CANDIDATES.formatted(0), false, "default", "sync", 5, 10));
    all.put("next job", new Query(JobQueues.NEXT_DUE_LEVEL.formatted(0), false, "default", "sync", 5));
    all.put("jobs that nobody asks for", new Query(JobQueues.UNCLAIMED_LEVEL.formatted(0), false,
        "default", "sync", 5, NOW - 1_000_000, 10));
    all.put("jobs of a limited type", new Query(LimitedClaims.WAITING.formatted(" and o.limit_key not in (?)", 0), false,
        "default", "sync", 5, "crowd", 10));
    all.put("closed batches", new Query(JobTieRows.WAITING, true, 10));
    all.put("jobs of lost sessions", new Query(JobQueues.ABANDONED, true, 100));
    all.put("overdue jobs", new Query(JobQueues.OVERDUE, true, 60_000_000, 100));
    all.put("jobs to look at", new Query(JobQueues.TO_LOOK_AT, false, 100));
    all.put("dead letters to drive again", new Query(JobQueues.REDRIVABLE, false, 100));
    all.put("oldest jobs", new Query(JobUpkeep.OLDEST, false, "00000000-0000-7000-8000-000000000001", 10));
    all.put("first page", new Query(Search.SUMMARY + " order by r.started_at desc, r.run_id desc limit ?", false,
        "default", 50));
    all.put("runs of an id", new Query(Search.SUMMARY + " and r.workflow_id = ? order by r.run_number", false,
        "default",
        "wf-77"));
    return all;
  }

  private static Dialect dialect(DatabaseServer server) {
    return switch (server.name()) {
      case "postgres" -> new PostgresDialect();
      case "mariadb" -> new MariadbDialect();
      default -> new SqliteDialect();
    };
  }

  @Everywhere
  void hotQueriesReadRangesOfIndexes(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    Dialect dialect = dialect(server);
    try (Store store = Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(new TestClock(NOON)));
        Connection connection = database.dataSource().getConnection()) {
      dialect.prepareReader(connection);
      fill(connection, dialect);
      List<String> bad = new ArrayList<>();
      queries(dialect).forEach((name, query) -> {
        List<String> plan = explain(connection, dialect, query);
        for (String line : plan) if (isScan(dialect, query, line)) bad.add(name + ": " + String.join("\n    ", plan));
      });
      assertThat(bad).isEmpty();
      assertThat(store.readyRuns("default", "main", dev.pawl.core.task.SessionId.random(),
          java.time.Duration.ofSeconds(1), List.of(), 0, 5)).hasSize(5);
    }
  }

  /** A page begins where the last one ended: the tenth thousand costs what the first one does. */
  @Everywhere
  void deepPagesEnterTheIndexWhereTheLastOneEnded(DatabaseServer server) throws Exception {
    Database database = server.fresh();
    Dialect dialect = dialect(server);
    Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(new TestClock(NOON))).close();
    try (Connection connection = database.dataSource().getConnection()) {
      dialect.prepareReader(connection);
      fill(connection, dialect);
      String id = "00000000-0000-7000-8000-000000099999";
      long half = NOW - 450_000;
      Object[] page = dialect.readsAllOfAnEqual() ? new Object[] {"default", "default", half, half, id, 50}
          : new Object[] {"default", half, half, id, 50};
      assertThat(entered(connection, dialect, "started_at", "r", new Query(
          Search.pageOf(dialect, true, Condition.of(new Visibility.Filter.All())), false, page))).isTrue();
      long at = NOW - 499_900;
      assertThat(entered(connection, dialect, "at", "d", new Query(
          JobLetters.pageOf(false, false, true), false, "default", at, at, id, 50))).isTrue();
      assertThat(entered(connection, dialect, "created_at", "pawl_schedules", new Query(
          ScheduleRows.LIST, false, "default", "ACTIVE", "PAUSED", 1, "", at, at, "s-1", 50))).isTrue();
    }
  }

  private static boolean entered(Connection connection, Dialect dialect, String column, String table, Query query) {
    String plan = String.join("\n", explain(connection, dialect, query));
    return plan.lines().anyMatch(line -> switch (dialect.name()) {
      case "postgres" -> line.matches(".*Index Cond:.*[( ]" + column + " <= .*");
      case "mariadb" -> line.matches(table + " range .*");
      default -> line.matches(".*SEARCH .*[ (]" + column + "<.*");
    });
  }

  /** The statement that commits a group, with any two of its parts and with all of them, on empty and on full tables. */
  @Test
  void commitOnPostgresLooksUpByKeyWhateverTheTablesHold() throws Exception {
    Database database = Databases.postgres().fresh();
    PostgresDialect dialect = new PostgresDialect();
    Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(new TestClock(NOON))).close();
    for (boolean full : new boolean[] {false, true}) {
      try (Connection connection = database.dataSource().getConnection()) {
        if (full) fill(connection, dialect);
        dialect.prepareWriter(connection);
        for (EnumSet<Part> some : combinations()) {
          List<String> plan = genericPlan(connection, PostgresStatement.of(some));
          for (int i = 0; i < plan.size(); i++) {
            String line = plan.get(i);
            boolean looksUp = !line.matches(".*Index (Only )?Scan .* on pawl_(runs|chains|tasks|mailbox|updates) .*")
                || plan.get(i + 1).contains("Index Cond");
            boolean joins = line.matches(".*(Seq Scan|Hash Join|Merge Join|Bitmap Heap Scan).*");
            assertThat(looksUp && !joins).as(some + ", line " + i + " of\n" + String.join("\n", plan)).isTrue();
          }
        }
      }
    }
  }

  /** The parts know nothing of each other but which guards failed. */
  private static List<EnumSet<Part>> combinations() {
    List<EnumSet<Part>> all = new ArrayList<>();
    all.add(EnumSet.complementOf(EnumSet.of(Part.CHANGED)));
    all.add(EnumSet.complementOf(EnumSet.of(Part.CHANGED_LOCKED)));
    for (Part one : Part.values()) for (Part other : Part.values()) all.add(EnumSet.of(one, other));
    all.removeIf(some -> some.equals(EnumSet.of(Part.CHANGED, Part.CHANGED_LOCKED)));
    return all;
  }

  /** The statements of jobs on PostgreSQL, on empty and on full tables. */
  @Test
  void jobsOnPostgresAreLookedUpByKeyWhateverTheTablesHold() throws Exception {
    Database database = Databases.postgres().fresh();
    PostgresDialect dialect = new PostgresDialect();
    Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(new TestClock(NOON))).close();
    for (boolean full : new boolean[] {false, true}) {
      try (Connection connection = database.dataSource().getConnection()) {
        if (full) fill(connection, dialect);
        dialect.prepareWriter(connection);
        for (String sql : List.of(PostgresJobs.END, PostgresJobs.CHANGE, PostgresJobs.CLAIM)) {
          List<String> plan = genericPlan(connection, dialect.fill(sql, Long.toString(NOW)));
          for (int i = 0; i < plan.size(); i++) {
            String line = plan.get(i);
            boolean looksUp = !line.matches(".*Index (Only )?Scan .* on pawl_.*") || plan.get(i + 1).contains("Index Cond");
            boolean joins = line.matches(".*(Seq Scan|Hash Join|Merge Join|Bitmap Heap Scan).*");
            assertThat(looksUp && !joins).as("line " + i + " of\n" + String.join("\n", plan)).isTrue();
          }
        }
      }
    }
  }

  private static List<String> genericPlan(Connection connection, String sql) throws SQLException {
    StringBuilder numbered = new StringBuilder();
    int parameters = 0;
    for (char c : sql.toCharArray()) {
      if (c == '?') numbered.append('$').append(++parameters);
      else numbered.append(c);
    }
    List<String> plan = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute("prepare p as " + numbered);
      try (ResultSet rows = statement.executeQuery(
          "explain execute p(" + "null, ".repeat(parameters - 1) + "null)")) {
        while (rows.next()) plan.add(rows.getString(1));
      }
      statement.execute("deallocate p");
    }
    return plan;
  }

  private static boolean isScan(Dialect dialect, Query query, String line) {
    return switch (dialect.name()) {
      case "postgres" -> line.matches(".*Seq Scan on pawl_(runs|tasks|mailbox|sessions|jobs|open_jobs|dead_letters).*");
      case "mariadb" -> line.matches("(r|t|m) ALL .*") || (!query.walks() && line.matches("(r|t|m) index .*"));
      default -> line.matches("SCAN (r|t|m)") || (!query.walks() && line.matches("SCAN (r|t|m) .*"));
    };
  }

  private static List<String> explain(Connection connection, Dialect dialect, Query query) {
    String sql = dialect.fill(query.sql(), Long.toString(NOW));
    for (Object value : query.values()) {
      String literal = value instanceof Number ? value.toString() : "'" + value + "'";
      sql = sql.replaceFirst("\\?", literal);
    }
    List<String> plan = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(
            (dialect.name().equals("sqlite") ? "explain query plan " : "explain ") + sql)) {
      while (rows.next()) {
        plan.add(switch (dialect.name()) {
          case "postgres" -> rows.getString(1);
          case "mariadb" -> rows.getString("table") + " " + rows.getString("type") + " " + rows.getString("key") + " "
              + rows.getString("Extra");
          default -> rows.getString("detail");
        });
      }
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
    return plan;
  }

  /** Half of the runs closed, most of the rest delayed at a high priority, some ready, a few leased. */
  private static void fill(Connection connection, Dialect dialect) throws SQLException {
    String id = switch (dialect.name()) {
      case "postgres" -> "('00000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid";
      case "mariadb" -> "concat('00000000-0000-7000-8000-', lpad(i, 12, '0'))";
      default -> "'00000000-0000-7000-8000-' || printf('%012d', i)";
    };
    String workflowId = dialect.name().equals("mariadb") ? "concat('wf-', i)" : "'wf-' || i";
    String session = dialect.name().equals("postgres") ? "'" + SESSION + "'::uuid" : "'" + SESSION + "'";
    String hash = dialect.name().equals("postgres") ? "'\\x00'::bytea" : "x'00'";
    String numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < " + ROWS + ") ";
    try (Statement statement = connection.createStatement()) {
      if (dialect.name().equals("mariadb")) statement.execute("set session max_recursive_iterations = 1000000");
      statement.execute("""
          insert into pawl_runs (run_id, namespace, workflow_id, workflow_type, queue, priority, run_number, status,
            paused,
            version, phase, epoch, session, since, visible_at, seen, sticky, report, report_seq, losses, failures,
              admitted,
            reason, started_at, closed_at, last_seq, history_bytes, history_hash, commit_id, birth, state)
          %s select %s, 'default', %s, 'Order', 'main', case when i < 40000 then 0 else 5 end, 1,
            case when i > 50000 then 'COMPLETED' else 'RUNNING' end, 0, 1,
            case when i > 50000 then 'NONE' when i > 49000 then 'LEASED' else 'READY' end, 1,
            case when i between 49001 and 50000 then %s end, %d + i, case when i < 40000 then %d else %d end + i, 0,
              null,
            0, 0, 0, 0, 0, null, %d + i, case when i > 50000 then %d + i end, 2, 0, %s, 1, '{}', '{}' from n"""
          .formatted(numbers, id, workflowId, session, NOW - 500_000, NOW + 3_600_000_000L, NOW - 400_000,
              NOW - 500_000, NOW - 400_000, hash));
      statement.execute("""
          insert into pawl_tasks (run_id, step, namespace, workflow_id, workflow_type, queue, activity_type,
            priority, phase,
            attempt, losses, epoch, session, scheduled_at, visible_at, leased_at, heartbeat_at, deadline_at,
            cancel_requested, ambiguous, details, last_failure, data)
          %s select %s, 1, 'default', %s, 'Order', 'work', 'charge', 5,
            case when i > 99000 then 'LEASED' else 'WAITING' end,
            1, 0, 1, case when i > 99000 then %s end, %d, case when i < 90000 then %d else %d end + i, null, null,
            %d + i, 0, 0, null, null, '{}' from n"""
          .formatted(numbers, id, workflowId, session, NOW - 500_000, NOW + 3_600_000_000L, NOW - 400_000,
              NOW + 60_000_000));
      statement.execute("""
          insert into pawl_jobs (job_id, namespace, type, job_key, digest, priority, accepted_at, due_at, deadline_at,
            execution, spec, codec, payload)
          %s select %s, 'default', 'sync', %s, %s, 5, %d + i, %d + i, null, null, null, null, '{}' from n"""
          .formatted(numbers, id, workflowId, hash, NOW - 500_000, NOW - 500_000));
      statement.execute("""
          insert into pawl_open_jobs (job_id, namespace, type, priority, phase, version, epoch, visible_at, session,
            granted_at, attempt, losses, look_at, execution, more)
          %s select %s, 'default', 'sync', case when i < 40000 then 0 else 5 end,
            case when i > 90000 then 'HELD' when i < 40000 then 'SCHEDULED' else 'READY' end, 1, 0,
            case when i < 40000 then %d else %d end + i, case when i between 49001 and 50000 then %s end,
            case when i between 49001 and 50000 then %d end, 1, 0, case when i > 90000 then %d + i end, null, null from n"""
          .formatted(numbers, id, NOW + 3_600_000_000L, NOW - 400_000, session, NOW - 1_000, NOW + 60_000_000));
      statement.execute("""
          insert into pawl_dead_letters (job_id, namespace, type, cause, at, error, redrive_at)
          %s select %s, 'default', 'sync', 'OPS', %d + i, null, %d + i from n"""
          .formatted(numbers, id, NOW - 500_000, NOW + 60_000_000));
      statement.execute("""
          insert into pawl_mailbox (owner, item, due, kind, data) %s select %s, 'timer/1', %d + i, 'TimerDue',
            '{}' from n"""
          .formatted(numbers, id, NOW - 1000));
      statement.execute("""
          insert into pawl_schedules (namespace, schedule_id, version, events, status, action_type, created_at, updated_at,
            next_at, deleted_at, commit_id, data)
          %s select 'default', %s, 1, 0, 'ACTIVE', 'WORKFLOW', %d + i, %d + i, null, null, 1, '{}' from n"""
          .formatted(numbers, workflowId, NOW - 500_000, NOW - 500_000));
    }
  }
}
