package dev.pawl.engine.store.sql;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Beat;
import dev.pawl.engine.store.Store.HeldLease;
import dev.pawl.engine.store.Store.HeldRun;
import dev.pawl.engine.store.Store.Session;
import dev.pawl.engine.store.Store.SessionView;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Worker sessions and the leases that hang on them. */
final class Sessions {
  private static final String RENEW = """
      update pawl_sessions set worker = ?, state = ?, capacity = ?, build_id = ?, heartbeat = ?, last_seen = {now},
        expires_at = {now} + ?
      where session_id = ? and ended_as is null""";
  private static final String IS_KNOWN = "select 1 from pawl_sessions where session_id = ?";
  private static final String OPEN = """
      insert into pawl_sessions (session_id, worker, state, capacity, build_id, heartbeat, opened_at, last_seen,
        expires_at)
      values (?, ?, ?, ?, ?, ?, {now}, {now}, {now} + ?)""";
  private static final String FIND = """
      select worker, state, capacity, build_id, heartbeat from pawl_sessions
      where session_id = ? and ended_as is null""";
  private static final String CLOSE = """
      update pawl_sessions set ended_as = 'CLOSED', expires_at = {now} where session_id = ? and ended_as is null""";
  static final String EXPIRE = """
      update pawl_sessions set ended_as = 'LOST' where ended_as is null and expires_at <= {now}""";
  private static final String FORGET = """
      delete from pawl_sessions where ended_as is not null and last_seen <= {now} - ?""";
  /** So long a session that ended is remembered, and refused should it come back. */
  private static final Duration REMEMBERED = Duration.ofDays(7);

  static final String ABANDONED_RUNS = """
      select r.run_id, r.epoch, r.session from pawl_runs r
      where {held} is not null
        and not exists (select 1 from pawl_sessions s where s.session_id = r.session and s.ended_as is null)
      limit ?""";
  static final String ABANDONED_TASKS = "select " + TaskRows.COLUMNS + """
       from pawl_tasks t
      where t.session is not null
        and not exists (select 1 from pawl_sessions s where s.session_id = t.session and s.ended_as is null)
      limit ?""";
  static final String LEASED = """
      select l.id, l.step, l.epoch, {now} - l.granted_at from (
        select r.run_id as id, 0 as step, r.epoch as epoch, r.since as granted_at from pawl_runs r where {held} = ?
        union all
        select t.run_id, t.step, t.epoch, t.leased_at from pawl_tasks t where t.session = ?
        union all
        select o.job_id, %d, o.epoch, o.granted_at from pawl_open_jobs o where o.session = ?) l""".formatted(Store.JOB);
  static final String LIST = """
      select session_id, worker, state, capacity, build_id, heartbeat, last_seen, expires_at, ended_as
      from pawl_sessions order by last_seen desc limit ?""";

  private final Access access;
  private final Quarantine quarantine;

  Sessions(Access access, Quarantine quarantine) {
    this.access = access;
    this.quarantine = quarantine;
  }

  boolean renew(Session session, Duration leaseTime) {
    long lease = leaseTime.toNanos() / 1000;
    boolean renewed = access.single(link -> {
      try (Call renew = link.sql(RENEW)) {
        return fill(renew, session).number(lease).uuid(session.id().value()).update() == 1;
      }
    });
    return renewed || access.change(link -> {
      try (Call known = link.sql(IS_KNOWN)) {
        if (known.uuid(session.id().value()).first(Row::number) != null) return false;
      }
      try (Call open = link.sql(OPEN)) {
        fill(open.uuid(session.id().value()), session).number(lease).update();
      }
      return true;
    });
  }

  private static Call fill(Call call, Session session) throws SQLException {
    return call.text(Texts.cut(session.worker(), Texts.MAX_NAME)).text(Texts.cut(session.state(), 16))
        .number(session.capacity()).text(Texts.cut(session.buildId(), Texts.MAX_NAME)).number(session.heartbeat());
  }

  Optional<Session> open(SessionId session) {
    return access.read(link -> {
      try (Call call = link.sql(FIND)) {
        return Optional.ofNullable(call.uuid(session.value()).first(row -> new Session(
            session, row.text(), row.text(), row.integer(), row.textOrNull(), row.number())));
      }
    });
  }

  void close(SessionId session) {
    access.change(link -> {
      try (Call call = link.sql(CLOSE)) {
        return call.uuid(session.value()).update();
      }
    });
  }

  int expire() {
    return access.change(link -> {
      try (Call forget = link.sql(FORGET); Call expire = link.sql(EXPIRE)) {
        forget.number(REMEMBERED.toNanos() / 1000).update();
        return expire.update();
      }
    });
  }

  List<HeldRun> abandonedRuns(int limit) {
    return access.read(link -> {
      try (Call call = link.sql(ABANDONED_RUNS)) {
        return call.number(limit)
            .list(row -> new HeldRun(new RunId(row.uuid()), row.number(), new SessionId(row.uuid())));
      }
    });
  }

  List<ActivityTask> abandonedActivities(int limit) {
    return quarantine.past(link -> {
      try (Call call = link.sql(ABANDONED_TASKS)) {
        return call.number(limit).list(TaskRows::sight);
      }
    });
  }

  List<HeldLease> leasesOf(SessionId session) {
    return access.read(link -> {
      try (Call held = link.sql(LEASED)) {
        return held.uuid(session.value()).uuid(session.value()).uuid(session.value())
            .list(row -> new HeldLease(new TaskId(new RunId(row.uuid()), row.integer()), row.number(),
                Duration.of(row.number(), ChronoUnit.MICROS)));
      }
    });
  }

  List<SessionView> list(int limit) {
    return access.read(link -> {
      try (Call call = link.sql(LIST)) {
        return call.number(limit).list(row -> {
          Session session = new Session(new SessionId(row.uuid()), row.text(), row.text(), row.integer(),
              row.textOrNull(), row.number());
          return new SessionView(session, row.instant(), row.instant(), row.textOrNull() != null);
        });
      }
    });
  }

  List<ActivityTask> beat(List<Beat> beats) {
    if (beats.isEmpty()) return List.of();
    Map<TaskId, Beat> newest = new HashMap<>();
    for (Beat beat : beats) newest.put(beat.id(), beat);
    List<Quarantine.Damage> bad = new ArrayList<>(0);
    List<ActivityTask> alive = access.change(link -> {
      bad.clear();
      Instant now = Queues.now(link);
      List<ActivityTask> held = new ArrayList<>();
      Set<TaskId> inOrder = new HashSet<>(newest.keySet());
      // Locked, because a change under the same epoch (a cancel request) must not be overwritten with what was read.
      List<ActivityTask> found = new ArrayList<>(Loading.tasks(link, inOrder, " order by t.run_id, t.step{for update}",
          damaged -> bad.add(damaged.damage())));
      found.sort(Comparator.comparing((ActivityTask t) -> t.id().run()).thenComparing(t -> t.id().step()));
      try (Call update = link.sql(TaskRows.UPDATE)) {
        for (ActivityTask task : found) {
          Beat beat = beatFor(task, newest);
          if (beat == null) continue;
          ActivityTask beaten = task.beaten(now, beat.details());
          TaskRows.update(update, beaten, task.epoch()).update();
          held.add(beaten);
        }
      }
      return held;
    });
    if (!bad.isEmpty()) quarantine.isolate(bad);
    return alive;
  }

  /** The beat of a task's holder; null if the lease is not the beat's any more. */
  private static @Nullable Beat beatFor(ActivityTask task, Map<TaskId, Beat> newest) {
    Beat beat = newest.get(task.id());
    return beat == null || beat.epoch() != task.epoch() || task.phase() == ActivityTask.Phase.WAITING ? null : beat;
  }
}
