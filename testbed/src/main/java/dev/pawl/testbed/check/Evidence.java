package dev.pawl.testbed.check;

import dev.pawl.testbed.ledger.LedgerFile;
import dev.pawl.testbed.ledger.Rule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What a round left behind, or is leaving behind: the database is read in one transaction, so that its tables fit each
 * other while the system runs. Read the ledger and the log before you open the evidence, then whatever they tell of is in
 * the database too.
 */
public final class Evidence implements AutoCloseable {
  private final Connection connection;
  private final Builder given;
  private final Map<String, List<Row>> tables = new HashMap<>();
  private @Nullable Map<String, Row> runs;
  private @Nullable Asked asked;
  private @Nullable Traces traces;
  private @Nullable Set<String> erased;

  private Evidence(Connection connection, Builder given) {
    this.connection = connection;
    this.given = given;
  }

  /** Evidence in the engine's database. */
  public static Builder in(DataSource database) {
    return new Builder(database);
  }

  /** What else is known. */
  public static final class Builder {
    private final DataSource database;
    private LedgerFile ledger = LedgerFile.EMPTY;
    private Rule rule = Rule.RECORD;
    private Set<String> effectful = Set.of();
    private List<Operation> operations = List.of();
    private Supplier<List<Operation>> later = List::of;
    private @Nullable Duration quiet;
    private @Nullable Outbox outbox;
    private Instant now = InstantSource.system().instant();
    private int patience = 10;

    private Builder(DataSource database) {
      this.database = database;
    }

    /**
     * @param rule by which the ledger accepted, the whole time
     * @param effectful names of steps and activities that call the ledger whenever they succeed
     */
    public Builder ledger(LedgerFile file, Rule rule, Set<String> effectful) {
      this.ledger = file;
      this.rule = rule;
      this.effectful = Set.copyOf(effectful);
      return this;
    }

    public Builder operations(List<Operation> log) {
      operations = List.copyOf(log);
      later = () -> operations;
      return this;
    }

    /** The log as it is when the database has been read; while the system runs it goes on. After {@link #operations}. */
    public Builder later(Supplier<List<Operation>> log) {
      later = log;
      return this;
    }

    /**
     * Faults have healed and the system was left alone since: nothing may be due, ready or leased to a dead session for
     * longer than {@code bound}. Without this, liveness is not judged.
     */
    public Builder quiet(Duration bound) {
      quiet = bound;
      return this;
    }

    /** Starts that were written in the user's own transactions. */
    public Builder outbox(Outbox outbox) {
      this.outbox = outbox;
      return this;
    }

    /** The clock of the database, if it is not this machine's. */
    public Builder now(Instant now) {
      this.now = now;
      return this;
    }

    /** How many losses and failures in a row a workflow task may have before it must be blocked. */
    public Builder patience(int attempts) {
      patience = attempts;
      return this;
    }

    /** Opens the snapshot. */
    public Evidence open() {
      try {
        Connection connection = database.getConnection();
        connection.setAutoCommit(false);
        // SQLite knows one isolation level, and it is stronger.
        if (!connection.getMetaData().getDatabaseProductName().equals("SQLite")) {
          connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        }
        return new Evidence(connection, this);
      } catch (SQLException e) {
        throw new IllegalStateException("expected to read the engine's database", e);
      }
    }
  }

  /**
   * The user's own table beside the engine's.
   *
   * @param query gives, as text, the workflow id of every start that was committed
   * @param prefix of all workflow ids that are started in this way
   */
  public record Outbox(String query, String namespace, String prefix) {}

  // ---- what is not in the database

  public LedgerFile ledger() {
    return given.ledger;
  }

  public Rule rule() {
    return given.rule;
  }

  public Set<String> effectful() {
    return given.effectful;
  }

  /** All requests of clients, each with how it ended. */
  Asked asked() {
    if (asked == null) asked = Asked.of(given.operations);
    return asked;
  }

  /** Whether somebody asked for the erasure of a workflow: then what was acknowledged before may be gone. */
  boolean erased(String workflowId) {
    if (erased == null) {
      // What the snapshot lacks may have been erased after the log was read: here the log must not be the older one.
      runs();
      erased = given.later.get().stream().filter(line -> line.kind() == Operation.Kind.DELETE)
          .map(Operation::workflowId).collect(Collectors.toSet());
    }
    return erased.contains(workflowId);
  }

  /** What histories say about requests. */
  Traces traces() {
    if (traces == null) traces = Traces.of(this);
    return traces;
  }

  public boolean quiet() {
    return given.quiet != null;
  }

  /** The instant, in microseconds since 1970, before which nothing may be left undone; only when quiet. */
  public long overdue() {
    if (given.quiet == null) throw new IllegalStateException("liveness is judged only when it is quiet");
    return ChronoUnit.MICROS.between(Instant.EPOCH, given.now.minus(given.quiet));
  }

  @Nullable Outbox outbox() {
    return given.outbox;
  }

  int patience() {
    return given.patience;
  }

  // ---- tables

  /** Run id to row. */
  public Map<String, Row> runs() {
    if (runs == null) {
      runs = new LinkedHashMap<>();
      for (Row row : rows("select * from pawl_runs")) runs.put(row.text("run_id"), row);
    }
    return runs;
  }

  public List<Row> chains() {
    return rows("select * from pawl_chains");
  }

  public List<Row> tasks() {
    return rows("select * from pawl_tasks");
  }

  public List<Row> mails() {
    return rows("select owner, item, due, kind from pawl_mailbox");
  }

  public List<Row> sessions() {
    return rows("select * from pawl_sessions");
  }

  public List<Row> updates() {
    return rows("select run_id, update_id, name, phase from pawl_updates");
  }

  /** Request ids that were remembered. */
  public List<Row> requests() {
    return rows("select * from pawl_requests");
  }

  /** The engine's ledger, oldest first. */
  public List<Row> notes() {
    return rows("select * from pawl_transitions order by run_id, at, commit_id, ord");
  }

  public List<Row> lateReports() {
    return rows("select run_id, at, step, attempt, epoch, kind, why from pawl_late_reports");
  }

  public List<Row> stepResults() {
    return rows("select run_id, step from pawl_step_results");
  }

  /** Any other query; each is asked once. */
  public List<Row> rows(String sql) {
    return tables.computeIfAbsent(sql, query -> {
      var read = new ArrayList<Row>();
      try (PreparedStatement statement = connection.prepareStatement(query);
          ResultSet rows = statement.executeQuery()) {
        while (rows.next()) read.add(Row.read(rows));
      } catch (SQLException e) {
        throw new IllegalStateException("expected rows of: " + query, e);
      }
      return read;
    });
  }

  /** Every run of the table with its events; runs without any come last. */
  public void histories(Consumer<History> each) {
    var unread = new LinkedHashMap<>(runs());
    try (PreparedStatement statement = connection.prepareStatement(
        "select run_id, seq, type, at, seen, commit_id, data from pawl_events order by run_id, seq")) {
      statement.setFetchSize(1_000);
      try (ResultSet rows = statement.executeQuery()) {
        String id = "";
        var events = new ArrayList<HistoryEvent>();
        while (rows.next()) {
          String of = rows.getString("run_id");
          if (!of.equals(id)) {
            show(unread.remove(id), events, each);
            id = of;
            events = new ArrayList<>();
          }
          events.add(new HistoryEvent(rows.getLong("seq"), rows.getString("type"), rows.getLong("at"),
              rows.getLong("seen"), rows.getLong("commit_id"), rows.getString("data")));
        }
        show(unread.remove(id), events, each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("expected to read all events", e);
    }
    unread.values().forEach(run -> show(run, List.of(), each));
  }

  private static void show(@Nullable Row run, List<HistoryEvent> events, Consumer<History> each) {
    if (run != null) each.accept(new History(run, List.copyOf(events)));
  }

  @Override
  public void close() {
    try {
      connection.rollback();
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
