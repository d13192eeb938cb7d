package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobEnding;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLease;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.Transition;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.JobStore;
import dev.pawl.protocol.json.JobJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * Jobs on PostgreSQL: births, changes and ends of a group are one statement each, in autocommit, its rows one array of
 * {@linkplain Records records}. A guard is part of the statement: what falls out writes nothing, because the lines are made from what the guarded part
 * returned. A claim is one statement as well. What these cannot say goes the general way.
 */
final class PostgresJobs implements JobPath {
  /**
   * Jobs of one namespace and type, as most groups are. The phase follows from the two instants. Keys are new, mostly: one
   * that is taken fails the statement, and the group is sent again as {@link #BEAR_NEW}, where it falls out alone.
   */
  static final String BEAR = """
      with born as (
        insert into pawl_jobs (job_id, namespace, type, job_key, digest, priority, accepted_at, due_at, deadline_at,
          execution, limit_key, spec, codec, payload)
        select r.id, ?, ?, r.job_key, r.digest, r.priority, r.at, r.due, r.deadline, r.execution, r.limit_key, r.spec,
          r.codec, r.payload
        from unnest(?::pawl_job_birth_2_row[]) as r
        %s
        returning job_id, namespace, type, priority, accepted_at, due_at, deadline_at, execution, limit_key
      ), opened as (
        insert into pawl_open_jobs (job_id, namespace, type, priority, phase, version, epoch, visible_at, attempt,
          losses, look_at, execution, limit_key)
        select b.job_id, b.namespace, b.type, b.priority,
          case when b.due_at > b.accepted_at then 'SCHEDULED' else 'READY' end, 1, 0, b.due_at, 1, 0, b.deadline_at,
          b.execution, b.limit_key
        from born b
      )
      select count(*), case when count(*) < ? then array_agg(b.job_id) end from born b""";
  private static final String BEAR_HOPING = BEAR.formatted("");
  private static final String BEAR_NEW = BEAR.formatted("on conflict (namespace, type, job_key) do nothing");

  static final Records.Shape BIRTH_ROWS = new Records.Shape("pawl_job_birth_2_row", 12);

  /** What the lease that ends was is still in the row that goes. */
  static final String END = """
      with ended as (
        delete from pawl_open_jobs o
        using unnest(?::pawl_job_end_row[]) as r
        where o.job_id = r.id and o.version = r.expected
        returning r.*, o.namespace, o.type, o.phase, o.epoch, o.session, o.granted_at
      ), lines as (
        insert into pawl_job_ledger (job_id, version, ord, namespace, at, event, from_phase, to_phase, epoch, actor,
          end_kind, session, granted_at, digest, cause, codec, result, more)
        select e.id, e.version, 0, e.namespace, e.at, e.event, e.phase, e.to_phase, e.epoch,
          coalesce(e.actor, 'node:' || e.session), e.end_kind, e.session, e.granted_at, e.digest, e.cause,
          e.codec, e.result, e.more
        from ended e
      ), letters as (
        insert into pawl_dead_letters (job_id, namespace, type, cause, at, error, redrive_at)
        select e.id, e.namespace, e.type, e.cause, e.at, e.error, e.redrive_at from ended e where e.cause is not null
      )
      select count(*), case when count(*) < ? then array_agg(e.id) end from ended e""";

  static final Records.Shape END_ROWS = new Records.Shape("pawl_job_end_row", 15);

  static final String CHANGE = """
      with changed as (
        update pawl_open_jobs o set phase = r.phase, version = r.version, epoch = r.epoch, visible_at = r.visible_at,
          session = r.session, granted_at = r.granted_at, attempt = r.attempt, losses = r.losses, look_at = r.look_at,
          more = r.more
        from unnest(?::pawl_job_change_row[]) as r
        where o.job_id = r.id and o.version = r.expected
        returning o.namespace, r.id, r.version, r.at, r.event, r.from_phase, r.to_phase, r.line_epoch, r.actor,
          r.end_kind, r.line_session, r.line_granted_at, r.digest, r.line_more
      ), lines as (
        insert into pawl_job_ledger (job_id, version, ord, namespace, at, event, from_phase, to_phase, epoch, actor,
          end_kind, session, granted_at, digest, more)
        select c.id, c.version, 0, c.namespace, c.at, c.event, c.from_phase, c.to_phase, c.line_epoch, c.actor,
          c.end_kind, c.line_session, c.line_granted_at, c.digest, c.line_more
        from changed c where c.event is not null
      )
      select count(*), case when count(*) < ? then array_agg(c.id) end from changed c""";

  static final Records.Shape CHANGE_ROWS = new Records.Shape("pawl_job_change_row", 23);

  /** One level is one type and priority. The levels come in the order in which they are to be served. */
  static final String CLAIM = """
      with clock as materialized (select {now} as now),
      picked as materialized (
        select x.job_id, x.phase, x.visible_at, x.epoch from clock c cross join unnest(?::text[], ?::int4[], ?::int8[])
          as level(type, priority, since)
        cross join lateral (
          select o.job_id, o.phase, o.visible_at, o.epoch from pawl_open_jobs o
          where o.session is null and o.phase <> 'HELD' and o.namespace = ? and o.type = level.type
            and o.priority = level.priority and o.visible_at >= level.since and o.visible_at <= c.now
            and (o.look_at is null or o.look_at > c.now)
          order by o.visible_at limit ? for update skip locked) x
        limit ?
      ), granted as (
        update pawl_open_jobs o set session = ?, granted_at = c.now, epoch = greatest(o.epoch, ?) + 1,
          phase = case when o.phase = 'SCHEDULED' then 'READY' else o.phase end,
          version = o.version + case when o.phase = 'SCHEDULED' then 2 else 1 end,
          visible_at = c.now + coalesce(o.execution, 3600000000)
        from clock c, picked p where o.job_id = p.job_id
        returning o.job_id, o.namespace, o.phase, o.version, o.epoch, o.visible_at, o.session, o.granted_at, o.attempt,
          o.losses, o.more, p.phase as before, p.visible_at as due, p.epoch as was
      ), lines as (
        insert into pawl_job_ledger (job_id, version, ord, namespace, at, event, from_phase, to_phase, epoch, actor)
        select g.job_id, g.version - 1, 0, g.namespace, g.granted_at, 'DUE', 'SCHEDULED', 'READY', g.was,
          'dispatcher:claim'
        from granted g where g.before = 'SCHEDULED'
      )
      select j.job_id, j.namespace, j.type, j.job_key, j.digest, j.priority, j.accepted_at, j.deadline_at,
        j.limit_key, j.spec, j.codec, j.payload, o.phase, o.version, o.epoch, o.visible_at, o.session, o.granted_at, o.attempt, o.losses,
        o.more, o.due
      from granted o, pawl_jobs j where j.job_id = o.job_id""";

  /** After a key that was taken so many groups are careful from the start. */
  private static final int WARY_FOR = 100;

  private final GuardedJobs general;
  private final AtomicInteger wary = new AtomicInteger();
  private final ClaimMarks marks = new ClaimMarks();

  PostgresJobs(GuardedJobs general) {
    this.general = general;
  }

  private record Births(String namespace, String type) {}

  @Override
  public Object together(PackedJobs write) {
    if (!write.plain()) return GuardedJobs.class;
    JobSpec spec = write.only().after.spec();
    return write.only().kind == JobSheet.Kind.BORN ? new Births(spec.namespace(), spec.type()) : write.only().kind;
  }

  @Override
  public boolean[] commit(Link link, List<PackedJobs> group) throws SQLException {
    if (!group.getFirst().plain()) return general.commit(link, group);
    List<PackedJobs> writes = new ArrayList<>(group);
    Set<PackedJobs> out = new HashSet<>();
    switch (group.getFirst().only().kind) {
      case BORN -> bear(link, writes, out);
      case STAYS -> change(link, writes, out);
      case ENDS -> end(link, writes, out);
      case RETURNS -> throw new IllegalStateException("goes the general way");
    }
    boolean[] landed = new boolean[group.size()];
    for (int i = 0; i < landed.length; i++) landed[i] = !out.contains(group.get(i));
    return landed;
  }

  private void bear(Link link, List<PackedJobs> writes, Set<PackedJobs> out) throws SQLException {
    // In the order of the keys, because that is what two nodes may both want.
    writes.sort(Comparator.comparing((PackedJobs w) -> w.only().after.spec().key()));
    Records rows = new Records(BIRTH_ROWS);
    for (PackedJobs write : writes) {
      JobSheet sheet = write.only();
      JobState job = sheet.after;
      JobSpec spec = job.spec();
      rows.uuid(job.id().value()).text(spec.key()).bytes(JobRows.digest(spec.digest())).integer(spec.priority()).instant(sheet.at)
          .instant(job.visibleAt()).instant(spec.deadline()).number(JobRows.execution(spec)).text(sheet.terms())
          .text(JobRows.codec(spec.payload())).text(JobRows.text(spec.payload())).text(spec.ties().limitKey());
    }
    JobSpec all = writes.getFirst().only().after.spec();
    boolean hoping = wary.get() <= 0;
    if (hoping) {
      try {
        send(link, BEAR_HOPING, rows, writes, out, all.namespace(), all.type());
        return;
      } catch (SQLException taken) {
        if (link.dialect().classify(taken) != Trouble.DUPLICATE) throw taken;
        wary.set(WARY_FOR);
      }
    } else {
      wary.decrementAndGet();
    }
    send(link, BEAR_NEW, rows, writes, out, all.namespace(), all.type());
  }

  private static void end(Link link, List<PackedJobs> writes, Set<PackedJobs> out) throws SQLException {
    byId(writes);
    Records rows = new Records(END_ROWS);
    for (PackedJobs write : writes) {
      JobSheet sheet = write.only();
      JobSheet.Line line = sheet.lines.getFirst();
      Transition what = line.what();
      LeaseEnd end = what.end();
      JobEnding ending = sheet.after.ending();
      Payload result = sheet.result(line);
      String digest = end == null ? null : end.digest();
      if (digest == null && ending != null) digest = ending.digest();
      rows.uuid(sheet.id().value()).number(sheet.expected()).number(line.version()).instant(what.at())
          .text(what.event().name()).text(what.to().name()).text(actor(what, end))
          .text(end == null ? null : end.kind().name()).bytes(digest == null ? null : JobRows.digest(digest))
          .text(what.cause() == null ? null : what.cause().name()).text(result == null ? null : JobRows.codec(result))
          .text(result == null ? null : JobRows.text(result)).text(sheet.more(line))
          .text(sheet.buried == null ? null : JobJson.write(sheet.after.lastError())).instant(sheet.redriveAt());
    }
    send(link, END, rows, writes, out);
  }

  /** Null: the holder of the lease that ended, as most ends are. */
  private static @Nullable String actor(Transition what, @Nullable LeaseEnd end) {
    String actor = what.actor().toString();
    return end != null && actor.equals("node:" + end.session()) ? null : Texts.cut(actor, Texts.MAX_NAME);
  }

  private static void change(Link link, List<PackedJobs> writes, Set<PackedJobs> out) throws SQLException {
    byId(writes);
    Records rows = new Records(CHANGE_ROWS);
    for (PackedJobs write : writes) {
      JobSheet sheet = write.only();
      JobState job = sheet.after;
      JobLease lease = job.lease();
      rows.uuid(sheet.id().value()).number(sheet.expected()).text(job.phase().name()).number(job.version())
          .number(job.epoch()).instant(job.visibleAt()).uuid(JobRows.session(lease))
          .instant(lease == null ? null : lease.grantedAt()).integer(job.attempt()).integer(job.losses())
          .instant(sheet.lookAt()).text(sheet.more());
      JobSheet.Line line = sheet.lines.isEmpty() ? null : sheet.lines.getFirst();
      Transition what = line == null ? null : line.what();
      LeaseEnd end = what == null ? null : what.end();
      JobPhase from = what == null ? null : what.from();
      String digest = end == null ? null : end.digest();
      rows.instant(what == null ? null : what.at()).text(what == null ? null : what.event().name())
          .text(from == null ? null : from.name()).text(what == null ? null : what.to().name())
          .number(what == null ? null : (Long) what.toEpoch())
          .text(what == null ? null : Texts.cut(what.actor().toString(), Texts.MAX_NAME))
          .text(end == null ? null : end.kind().name()).uuid(end == null ? null : end.session().value())
          .instant(end == null ? null : end.grantedAt()).bytes(digest == null ? null : JobRows.digest(digest))
          .text(line == null ? null : sheet.more(line));
    }
    send(link, CHANGE, rows, writes, out);
  }

  private static void byId(List<PackedJobs> writes) {
    writes.sort(Comparator.comparing((PackedJobs w) -> w.only().id(), PackedJobs::compare));
  }

  private static void send(Link link, String sql, Records rows, List<PackedJobs> writes, Set<PackedJobs> out,
      String... first) throws SQLException {
    try (Call call = link.sql(sql)) {
      PreparedStatement statement = prepared(call);
      for (int i = 0; i < first.length; i++) statement.setString(i + 1, first[i]);
      rows.bind(statement, first.length + 1);
      statement.setInt(first.length + 2, writes.size());
      try (ResultSet answer = statement.executeQuery()) {
        answer.next();
        if (answer.getInt(1) == writes.size()) return;
        Set<JobId> landed = new HashSet<>();
        java.sql.Array ids = answer.getArray(2);
        if (ids != null) for (Object id : (Object[]) ids.getArray()) landed.add(new JobId((UUID) id));
        for (PackedJobs write : writes) if (!landed.contains(write.only().id())) out.add(write);
      }
    }
  }

  // Planning such a statement costs more than running it: prepared on the server from the first time.
  private static PreparedStatement prepared(Call call) throws SQLException {
    PreparedStatement statement = call.raw();
    statement.unwrap(PGStatement.class).setPrepareThreshold(1);
    return statement;
  }

  // ---- claims

  @Override
  public List<JobState> claim(Link link, JobStore.Claim claim) throws SQLException {
    ClaimMarks.Levels levels = marks.levels(claim.namespace(), claim.types());
    List<JobState> granted = claim(link, claim, levels);
    if (granted.size() < claim.max() && levels.narrowed()) {
      // What lies before the marks must not wait because there is little behind them.
      List<JobState> more = claim(link, new JobStore.Claim(
          claim.namespace(), claim.types(), claim.session(), claim.max() - granted.size()), levels.wide());
      if (granted.isEmpty()) return more;
      granted.addAll(more);
    }
    return granted;
  }

  private List<JobState> claim(Link link, JobStore.Claim claim, ClaimMarks.Levels levels) throws SQLException {
    try (Call call = link.sql(CLAIM)) {
      PreparedStatement statement = prepared(call);
      Connection connection = link.connection();
      statement.setArray(1, connection.createArrayOf("text", levels.types()));
      statement.setArray(2, connection.createArrayOf("int4", levels.priorities()));
      statement.setArray(3, connection.createArrayOf("int8", levels.since()));
      statement.setString(4, claim.namespace());
      statement.setInt(5, claim.max());
      statement.setInt(6, claim.max());
      statement.setObject(7, claim.session().value());
      statement.setLong(8, link.epochFloor());
      ClaimMarks.Batch batch = marks.batch();
      List<JobState> granted = new ArrayList<>();
      List<JobId> damaged = new ArrayList<>(0);
      call.list(row -> {
        JobId id = new JobId(row.uuid());
        try {
          JobState job = JobRows.open(JobRows.spec(id, row), row);
          batch.add(job, row.number());
          granted.add(job);
        } catch (CorruptHistory | IllegalArgumentException unreadable) {
          damaged.add(id);
        }
        return true;
      });
      batch.done();
      if (!damaged.isEmpty()) {
        GuardedJobs.transaction(link, in -> {
          DamagedJobs.setApart(in, damaged);
          return true;
        });
      }
      return granted;
    }
  }
}
