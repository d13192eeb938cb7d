package dev.pawl.engine.store.sql;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.json.FailureJson;
import dev.pawl.protocol.json.PayloadJson;
import dev.pawl.protocol.json.TaskJson;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of {@code tasks}: open activities. */
final class TaskRows {
  static final String COLUMNS = """
      t.run_id, t.step, t.namespace, t.workflow_id, t.workflow_type, t.activity_type, t.phase, t.attempt, t.losses,
        t.epoch,
      t.session, t.scheduled_at, t.visible_at, t.leased_at, t.heartbeat_at, t.cancel_requested, t.ambiguous, t.details,
      t.last_failure, t.data""";

  static final String INSERT = """
      insert into pawl_tasks (run_id, step, namespace, workflow_id, workflow_type, queue, activity_type, priority,
        scheduled_at,
        data, phase, attempt, losses, epoch, session, visible_at, leased_at, heartbeat_at, deadline_at,
          cancel_requested,
        ambiguous, details, last_failure)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  static final String UPDATE = """
      update pawl_tasks set phase = ?, attempt = ?, losses = ?, epoch = ?, session = ?, visible_at = ?, leased_at = ?,
        heartbeat_at = ?, deadline_at = ?, cancel_requested = ?, ambiguous = ?, details = ?, last_failure = ?
      where run_id = ? and step = ? and epoch = ?""";

  /** Takes a waiting task; whoever changed it since it was looked at wins. */
  static final String CLAIM = """
      update pawl_tasks set phase = 'LEASED', epoch = ?, session = ?, leased_at = ?, heartbeat_at = ?, deadline_at = ?
      where run_id = ? and step = ? and epoch = ? and phase = 'WAITING'""";

  static final String DELETE = "delete from pawl_tasks where run_id = ? and step = ?";

  private TaskRows() {}

  /** Columns that {@link #read} cannot make sense of. */
  static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient TaskId id;

    Unreadable(TaskId id, RuntimeException cause) {
      super("activity %d of run %s cannot be read: %s".formatted(id.step(), id.run(), cause.getMessage()), cause);
      this.id = id;
    }

    Quarantine.Damage damage() {
      return new Quarantine.OfTask(id, String.valueOf(getMessage()));
    }
  }

  /** The task, or its damage. */
  static Quarantine.Sighted<ActivityTask> sight(Row row) throws SQLException {
    try {
      return new Quarantine.Sighted.Good<>(read(row));
    } catch (Unreadable damaged) {
      return new Quarantine.Sighted.Bad<>(damaged.damage());
    }
  }

  /** @throws Unreadable the row is damaged; its neighbours can still be read */
  static ActivityTask read(Row row) throws SQLException {
    TaskId id = new TaskId(new RunId(row.uuid()), row.integer());
    try {
      return read(id, row);
    } catch (RuntimeException damaged) {
      throw new Unreadable(id, damaged);
    }
  }

  private static ActivityTask read(TaskId id, Row row) throws SQLException {
    String namespace = row.text();
    String workflowId = row.text();
    String workflowType = row.text();
    String activityType = row.text();
    String phase = row.text();
    int attempt = row.integer();
    int losses = row.integer();
    long epoch = row.number();
    UUID session = row.uuidOrNull();
    Instant scheduledAt = row.instant();
    Instant visibleAt = row.instant();
    Instant leasedAt = row.instantOrNull();
    Instant heartbeatAt = row.instantOrNull();
    boolean cancelRequested = row.yes();
    boolean ambiguous = row.yes();
    String details = row.textOrNull();
    String failure = row.textOrNull();
    String data = row.text();
    Failure lastFailure = failure == null ? null : FailureJson.read(failure);
    TaskJson.Body body = TaskJson.read(data);
    return new ActivityTask(id, namespace, workflowId, workflowType, activityType, body.input(), body.header(),
        body.options(), ActivityTask.Phase.valueOf(phase), attempt, losses, epoch,
        session == null ? null : new SessionId(session), scheduledAt, visibleAt, leasedAt, heartbeatAt,
        payload(details), cancelRequested, ambiguous, lastFailure);
  }

  static Call insert(Call call, ActivityTask task) throws SQLException {
    call.uuid(task.id().run().value()).number(task.id().step()).text(task.namespace()).text(task.workflowId())
        .text(task.workflowType()).text(task.options().queue()).text(task.activityType())
        .number(Level.of(task.options())).instant(task.scheduledAt()).text(TaskJson.write(task));
    return moving(call, task);
  }

  /** @param epoch the row is changed only under this epoch */
  static Call update(Call call, ActivityTask task, long epoch) throws SQLException {
    return moving(call, task).uuid(task.id().run().value()).number(task.id().step()).number(epoch);
  }

  /** @param leased as {@link ActivityTask#leased} made it from {@code waiting}, the row */
  static Call claim(Call call, ActivityTask leased, ActivityTask waiting) throws SQLException {
    return call.number(leased.epoch()).uuid(RunRows.idOf(leased.session())).instant(leased.leasedAt())
        .instant(leased.heartbeatAt()).instant(deadline(leased)).uuid(leased.id().run().value())
        .number(leased.id().step()).number(waiting.epoch());
  }

  private static Call moving(Call call, ActivityTask task) throws SQLException {
    return call.text(task.phase().name()).number(task.attempt()).number(task.losses()).number(task.epoch())
        .uuid(RunRows.idOf(task.session())).instant(task.visibleAt()).instant(task.leasedAt())
        .instant(task.heartbeatAt()).instant(deadline(task)).yes(task.cancelRequested()).yes(task.ambiguous())
        .text(json(task.details())).text(json(task.lastFailure()));
  }

  static @Nullable Instant deadline(ActivityTask task) {
    return task.deadline().map(ActivityTask.Deadline::at).orElse(null);
  }

  static @Nullable String json(@Nullable Payload payload) {
    return payload == null ? null : PayloadJson.write(payload);
  }

  static @Nullable String json(@Nullable Failure failure) {
    return failure == null ? null : FailureJson.write(failure);
  }

  static @Nullable Payload payload(@Nullable String json) {
    return json == null ? null : PayloadJson.read(json);
  }
}
