package dev.pawl.testbed.check;

import dev.pawl.testbed.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** A small database like the engine's, filled by hand. */
final class Planted {
  private static final List<String> TABLES = List.of(
      """
      create table pawl_chains (namespace varchar(50) not null, workflow_id varchar(50) not null, run_id {id} not null,
        run_number int not null)""",
      """
      create table pawl_runs (run_id {id} not null, namespace varchar(50) not null, workflow_id varchar(50) not null,
        run_number int not null, status varchar(20) not null, paused {flag} not null, phase varchar(20) not null,
        epoch bigint not null, session {id}, since bigint not null, visible_at bigint not null, seen bigint not null,
        losses int not null, failures int not null, admitted int not null, reason varchar(200),
        started_at bigint not null, closed_at bigint, last_seq bigint not null, history_hash {bytes} not null)""",
      """
      create table pawl_events (run_id {id} not null, seq bigint not null, type varchar(50) not null, at bigint not null,
        seen bigint not null, commit_id bigint not null, data text not null)""",
      """
      create table pawl_tasks (run_id {id} not null, step int not null, phase varchar(20) not null, attempt int not null,
        epoch bigint not null, session {id}, visible_at bigint not null, deadline_at bigint)""",
      "create table pawl_mailbox (owner {id} not null, item varchar(50) not null, due bigint not null, kind varchar(50) not null)",
      """
      create table pawl_sessions (session_id {id} not null, expires_at bigint not null, ended_as varchar(20))""",
      "create table pawl_updates (run_id {id} not null, update_id varchar(50) not null, name varchar(50) not null, phase varchar(20) not null)",
      """
      create table pawl_transitions (run_id {id} not null, at bigint not null, commit_id bigint not null, ord int not null,
        step int not null, epoch bigint not null, what varchar(50) not null)""",
      """
      create table pawl_late_reports (run_id {id} not null, at bigint not null, step int not null, attempt int not null,
        epoch bigint not null, kind varchar(20) not null, why varchar(200) not null)""",
      "create table pawl_search_attributes (run_id {id} not null, name varchar(50) not null)",
      "create table pawl_step_results (run_id {id} not null, step int not null)",
      "create table user_orders (workflow_id varchar(50) not null)");

  private final Database database;
  private final Connection connection;

  Planted(Database database) {
    this.database = database;
    try {
      connection = database.dataSource().getConnection();
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    for (String table : TABLES) {
      run(switch (database.server().name()) {
        case "postgres" -> table.replace("{id}", "uuid").replace("{bytes}", "bytea").replace("{flag}", "boolean");
        case "sqlite" -> table.replace("{id}", "text").replace("{bytes}", "blob").replace("{flag}", "int");
        default -> table.replace("{id}", "varchar(36)").replace("{bytes}", "varbinary(16)").replace("{flag}", "tinyint(1)");
      });
    }
  }

  static UUID id(int number) {
    return new UUID(0x7000L, 0x8000_0000_0000_0000L | number);
  }

  /** Nothing can be planted any more. */
  Evidence.Builder evidence() {
    try {
      connection.commit();
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return Evidence.in(database.dataSource());
  }

  Planted run(String sql) {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
      return this;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** @param columns name, value, name, value ... */
  Planted row(String table, Object... columns) {
    var values = new LinkedHashMap<String, Object>();
    for (int i = 0; i < columns.length; i += 2) values.put((String) columns[i], columns[i + 1]);
    insert(table, values);
    return this;
  }

  private void insert(String table, Map<String, Object> values) {
    String sql = "insert into %s (%s) values (%s)".formatted(table, String.join(", ", values.keySet()),
        values.keySet().stream().map(name -> "?").collect(Collectors.joining(", ")));
    try (var statement = connection.prepareStatement(sql)) {
      int at = 1;
      for (Object value : values.values()) {
        boolean text = value instanceof UUID && !database.server().name().equals("postgres");
        statement.setObject(at++, text ? value.toString() : value);
      }
      statement.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** A run whose events follow. */
  Story story(int number, String workflowId) {
    return new Story(number, workflowId);
  }

  /** A run in the making. */
  final class Story {
    private final Map<String, Object> row = new LinkedHashMap<>();
    private final List<HistoryEvent> events = new ArrayList<>();
    private final UUID id;
    private long commit = 1;
    private long seen;

    private Story(int number, String workflowId) {
      id = id(number);
      set("run_id", id).set("namespace", "default").set("workflow_id", workflowId).set("run_number", 1)
          .set("status", "RUNNING").set("paused", false).set("phase", "IDLE").set("epoch", 3).set("since", 1_000)
          .set("visible_at", 1_000).set("losses", 0).set("failures", 0).set("admitted", 0).set("started_at", number);
    }

    Story set(String column, Object value) {
      row.put(column, value);
      return this;
    }

    /** From outside; the next events are of another commit. */
    Story event(String type, String data) {
      commit++;
      return add(type, data, 0);
    }

    /** By a worker that had seen everything so far; the report begins here. */
    Story report(String type, String data) {
      commit++;
      seen = events.size();
      return add(type, data, seen);
    }

    /** The commit goes on. */
    Story also(String type, String data) {
      return add(type, data, seen);
    }

    Story add(String type, String data, long looked) {
      long seq = events.size() + 1;
      events.add(new HistoryEvent(seq, type, 1_000 * seq, looked, commit, data.replace('\'', '"')));
      return this;
    }

    Story started(String more) {
      String rest = more.isEmpty() ? "" : ", " + more;
      return event("StartAccepted", "{'requestId': 'start-%s'}".formatted(row.get("workflow_id")))
          .also("WorkflowStarted", "{'workflowType': 'Order', 'queue': 'q', 'firstRun': '%s'%s}".formatted(id, rest));
    }

    /** Ends the run with the event that was told last. */
    Story ended(String status) {
      return set("status", status).set("phase", "NONE").set("closed_at", events.getLast().at());
    }

    /** Writes it down; its program has seen everything unless said otherwise. */
    void end() {
      byte[] hash = new byte[16];
      for (HistoryEvent e : events) {
        hash = Integrity.next(hash, e);
        row("pawl_events", "run_id", id, "seq", e.seq(), "type", e.type(), "at", e.at(), "seen", e.seen(), "commit_id",
            e.commit(), "data", e.data());
      }
      row.putIfAbsent("seen", events.size());
      insert("pawl_runs", set("last_seq", events.size()).set("history_hash", hash).row);
    }
  }
}
