package dev.pawl.engine.store.sql;

import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunState;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.json.RunStateJson;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code runs}: the columns in their order, both ways. */
final class RunRows {
  /** What {@link #read} expects, in this order, of an alias {@code r}. */
  static final String COLUMNS = """
      r.run_id, r.version, r.phase, r.epoch, r.session, r.since, r.visible_at, r.seen, r.sticky, r.report, r.report_seq,
      r.losses, r.failures, r.admitted, r.reason, r.history_hash, r.birth, r.state""";

  static final String INSERT = """
      insert into pawl_runs (run_id, namespace, workflow_id, workflow_type, queue, priority, run_number, status, paused,
        version,
        phase, epoch, session, since, visible_at, seen, sticky, report, report_seq, losses, failures, admitted, reason,
        started_at, closed_at, last_seq, history_bytes, history_hash, commit_id, birth, state, build_id)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  static final String UPDATE = """
      update pawl_runs set status = ?, paused = ?, version = ?, phase = ?, epoch = ?, session = ?, since = ?,
        visible_at = ?,
        seen = ?, sticky = ?, report = ?, report_seq = ?, losses = ?, failures = ?, admitted = ?, reason = ?,
        closed_at = ?, last_seq = ?, history_bytes = history_bytes + ?, history_hash = ?, commit_id = ?, state = ?
      where run_id = ?""";

  /**
   * As {@link #UPDATE}, for a change that leaves alone whatever an index holds. SQLite takes every index entry out and
   * puts it back if its column is named, even if the value is the same.
   */
  static final String UPDATE_WITHIN_LEASE = """
      update pawl_runs set version = ?, seen = ?, report = ?, report_seq = ?, losses = ?, failures = ?, admitted = ?,
        reason = ?,
        last_seq = ?, history_bytes = history_bytes + ?, history_hash = ?, commit_id = ?, state = ?
      where run_id = ?""";

  static final String INSERT_EVENT = """
      insert into pawl_events (run_id, seq, type, at, seen, commit_id, data) values (?, ?, ?, ?, ?, ?, ?)""";

  private RunRows() {}

  /** A row, or why it cannot be read. */
  record Found(RunId id, @Nullable Run run, byte[] hash, @Nullable String corrupt) {}

  static Found read(Row row) throws SQLException {
    Found found = readOrNull(row);
    if (found == null) throw new SQLException("expected a run's row, found none");
    return found;
  }

  /** Null if an outer join found no run. */
  static @Nullable Found readOrNull(Row row) throws SQLException {
    UUID uuid = row.uuidOrNull();
    if (uuid == null) return null;
    RunId id = new RunId(uuid);
    try {
      return read(id, row);
    } catch (RuntimeException unreadable) {
      // Whatever is wrong with one row, the others of the same look-up are not to suffer.
      return new Found(id, null, HistoryHash.START, String.valueOf(unreadable.getMessage()));
    }
  }

  private static Found read(RunId id, Row row) throws SQLException {
    long version = row.number();
    String phase = row.text();
    long epoch = row.number();
    SessionId session = session(row.uuidOrNull());
    var since = row.instant();
    var visibleAt = row.instant();
    long seen = row.number();
    SessionId sticky = session(row.uuidOrNull());
    int report = row.integer();
    long reportSeq = row.number();
    int losses = row.integer();
    int failures = row.integer();
    int admitted = row.integer();
    String reason = row.textOrNull();
    byte[] hash = row.bytes();
    String birth = row.text();
    String moving = row.text();
    WorkflowTask task = new WorkflowTask(WorkflowTask.Phase.valueOf(phase), epoch, session, since, visibleAt, seen,
        sticky, report, reportSeq, losses, failures, admitted, reason);
    return new Found(id, new Run(RunStateJson.read(birth, moving), task, version), hash, null);
  }

  private static @Nullable SessionId session(@Nullable UUID id) {
    return id == null ? null : new SessionId(id);
  }

  static Call insert(Call call, Packed.RunSheet sheet, long commitId) throws SQLException {
    RunState state = sheet.run.state();
    WorkflowTask task = sheet.run.task();
    call.uuid(state.id().value()).text(state.namespace()).text(state.workflowId())
        .text(state.started().workflowType()).text(state.started().queue())
        .number(Level.of(state.started().options())).number(state.started().runNumber())
        .text(state.status().name()).yes(state.paused()).number(sheet.run.version());
    task(call, task);
    return call.instant(state.startedAt()).instant(state.closedAt()).number(state.lastSeq()).number(sheet.bytes)
        .bytes(sheet.hash).number(commitId).text(RunStateJson.fixed(state)).text(sheet.state)
        .text(state.started().options().buildId());
  }

  static Call update(Call call, Packed.RunSheet sheet, long commitId) throws SQLException {
    RunState state = sheet.run.state();
    call.text(state.status().name()).yes(state.paused()).number(sheet.run.version());
    task(call, sheet.run.task());
    return call.instant(state.closedAt()).number(state.lastSeq()).number(sheet.bytes).bytes(sheet.hash)
        .number(commitId).text(sheet.state).uuid(state.id().value());
  }

  static Call updateWithinLease(Call call, Packed.RunSheet sheet, long commitId) throws SQLException {
    WorkflowTask task = sheet.run.task();
    return call.number(sheet.run.version()).number(task.seen()).number(task.report()).number(task.reportSeq())
        .number(task.losses()).number(task.failures()).number(task.admitted()).text(Texts.words(task.reason()))
        .number(sheet.run.state().lastSeq()).number(sheet.bytes).bytes(sheet.hash).number(commitId).text(sheet.state)
        .uuid(sheet.id().value());
  }

  private static void task(Call call, WorkflowTask task) throws SQLException {
    call.text(task.phase().name()).number(task.epoch()).uuid(idOf(task.session())).instant(task.since())
        .instant(task.visibleAt()).number(task.seen()).uuid(idOf(task.sticky())).number(task.report())
        .number(task.reportSeq()).number(task.losses()).number(task.failures()).number(task.admitted())
        .text(Texts.words(task.reason()));
  }

  static @Nullable UUID idOf(@Nullable SessionId session) {
    return session == null ? null : session.value();
  }
}
