package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.JobEffect;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.engine.store.JobStore.SingletonKey;
import dev.pawl.engine.store.JobStore.Stand;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What ties jobs to one another: singletons and batches. */
final class JobTieRows {
  private static final String STANDS = """
      select job_id, since from pawl_job_singletons where namespace = ? and type = ? and single_key = ?""";
  private static final String STANDS_LOCKED = """
      select job_id from pawl_job_singletons{by key} where namespace = ? and type = ? and single_key = ?{for update}""";
  private static final String STAND_FIRST = """
      insert into pawl_job_singletons (namespace, type, single_key, job_id, since) values (?, ?, ?, ?, ?)""";
  private static final String STAND_NEXT = """
      update pawl_job_singletons set job_id = ?, since = ? where namespace = ? and type = ? and single_key = ?""";

  private static final String BATCH_COLUMNS = "namespace, batch_id, callback, opened_at, closed_at, callback_job";
  private static final String BATCH = "select " + BATCH_COLUMNS + " " + """
      from pawl_job_batches where namespace = ? and batch_id = ?""";
  private static final String BATCH_LOCKED = "select " + BATCH_COLUMNS + " " + """
      from pawl_job_batches{by key} where namespace = ? and batch_id = ?{for update}""";
  private static final String OPEN = """
      insert into pawl_job_batches (namespace, batch_id, callback, opened_at) values (?, ?, ?, ?)""";
  private static final String CLOSE = """
      update pawl_job_batches set closed_at = ? where namespace = ? and batch_id = ? and closed_at is null""";
  private static final String DONE = """
      update pawl_job_batches set callback_job = ? where namespace = ? and batch_id = ?""";
  private static final String PROBE = "update pawl_job_batches set probe = ? where namespace = ? and batch_id = ?";
  static final String JOIN = "insert into pawl_batch_jobs (namespace, batch_id, job_id) values (?, ?, ?)";

  /** The newest job that is open: it will be among the last. */
  private static final String LAST_OPEN = """
      select m.job_id from pawl_batch_jobs m, pawl_open_jobs o
      where m.namespace = ? and m.batch_id = ? and o.job_id = m.job_id order by m.job_id desc limit 1""";
  static final String WAITING = "select " + BATCH_COLUMNS + " " + """
      from pawl_job_batches b
      where b.callback_job is null and b.closed_at is not null
        and not exists (select 1 from pawl_open_jobs o where o.job_id = b.probe)
      order by b.closed_at limit ?""";
  private static final String TALLY = """
      select l.to_phase, count(*) from pawl_batch_jobs m, pawl_job_ledger l
      where m.namespace = ? and m.batch_id = ? and l.job_id = m.job_id and l.ord = 0
        and l.version = (select max(n.version) from pawl_job_ledger n where n.job_id = m.job_id and n.ord = 0)
        and l.to_phase in ('SUCCEEDED', 'FAILED', 'DEAD_LETTERED', 'CANCELLED')
      group by l.to_phase""";
  private static final String MEMBERS =
      "select count(*) from pawl_batch_jobs m where m.namespace = ? and m.batch_id = ?";

  private final Access access;

  JobTieRows(Access access) {
    this.access = access;
  }

  // ---- guards and rows of a commit

  private record BatchKey(String namespace, String id) {}

  static SingletonKey key(JobEffect.SingletonTaken taken) {
    var one = taken.spec().ties().singleton();
    if (one == null) throw new IllegalArgumentException("stands for a singleton without a key");
    return new SingletonKey(taken.spec().namespace(), taken.spec().type(), one.key());
  }

  private static BatchKey key(JobEffect.Joined joined) {
    return new BatchKey(joined.spec().namespace(), String.valueOf(joined.spec().ties().batch()));
  }

  private static BatchKey key(JobBatch batch) {
    return new BatchKey(batch.namespace(), batch.id());
  }

  /** The rows that guards ask for, locked until the end of the transaction. */
  static final class Guards {
    private final Map<SingletonKey, JobId> stands = new HashMap<>();
    private final Map<BatchKey, JobBatch> batches = new HashMap<>();
    private final Set<BatchKey> busy = new HashSet<>();

    boolean hold(JobSheet sheet) {
      JobEffect.SingletonTaken stand = sheet.stands;
      if (stand != null && !java.util.Objects.equals(stands.get(key(stand)), stand.from())) return false;
      JobEffect.Joined joined = sheet.joins;
      if (joined != null) {
        JobBatch batch = batches.get(key(joined));
        if (batch == null || !batch.open()) return false;
      }
      JobEffect.BatchDone done = sheet.completes;
      if (done == null) return true;
      JobBatch batch = batches.get(key(done.batch()));
      return batch != null && !batch.open() && !batch.done() && !busy.contains(key(done.batch()));
    }
  }

  static Guards guards(Link link, List<PackedJobs> group) throws SQLException {
    Guards guards = new Guards();
    Map<SingletonKey, Boolean> singles = new TreeMap<>(Comparator.comparing(SingletonKey::namespace)
        .thenComparing(SingletonKey::type).thenComparing(SingletonKey::key));
    Map<BatchKey, Boolean> batches =
        new TreeMap<>(Comparator.comparing(BatchKey::namespace).thenComparing(BatchKey::id));
    for (PackedJobs write : group) {
      for (JobSheet sheet : write.sheets) {
        if (sheet.stands != null) singles.put(key(sheet.stands), true);
        if (sheet.joins != null) batches.putIfAbsent(key(sheet.joins), false);
        if (sheet.completes != null) batches.put(key(sheet.completes.batch()), true);
      }
    }
    for (SingletonKey key : singles.keySet()) {
      try (Call call = link.sql(STANDS_LOCKED)) {
        JobId job = call.text(key.namespace()).text(key.type()).text(key.key()).first(row -> new JobId(row.uuid()));
        if (job != null) guards.stands.put(key, job);
      }
    }
    for (Map.Entry<BatchKey, Boolean> one : batches.entrySet()) {
      BatchKey key = one.getKey();
      JobBatch batch = read(link, BATCH_LOCKED, key.namespace(), key.id());
      if (batch != null) guards.batches.put(key, batch);
      if (one.getValue() && lastOpen(link, key.namespace(), key.id()) != null) guards.busy.add(key);
    }
    return guards;
  }

  /** @param join {@link #JOIN}, which the caller flushes */
  static void write(Link link, JobSheet sheet, Call join) throws SQLException {
    JobEffect.SingletonTaken stand = sheet.stands;
    if (stand != null) {
      SingletonKey key = key(stand);
      if (stand.from() == null) {
        try (Call call = link.sql(STAND_FIRST)) {
          call.text(key.namespace()).text(key.type()).text(key.key()).uuid(stand.job().value()).instant(stand.since())
              .update();
        }
      } else {
        try (Call call = link.sql(STAND_NEXT)) {
          call.uuid(stand.job().value()).instant(stand.since()).text(key.namespace()).text(key.type()).text(key.key())
              .update();
        }
      }
    }
    JobEffect.Joined joined = sheet.joins;
    if (joined != null) join.text(key(joined).namespace()).text(key(joined).id()).uuid(joined.job().value()).add();
    JobEffect.BatchDone done = sheet.completes;
    if (done != null) {
      try (Call call = link.sql(DONE)) {
        call.uuid(done.callback().value()).text(done.batch().namespace()).text(done.batch().id()).update();
      }
    }
  }

  // ---- singletons

  Map<SingletonKey, Stand> singletons(Collection<SingletonKey> keys) {
    if (keys.isEmpty()) return Map.of();
    return access.read(link -> {
      Map<SingletonKey, Stand> found = new HashMap<>();
      try (Call call = link.sql(STANDS)) {
        for (SingletonKey key : keys) {
          Stand stand = call.text(key.namespace()).text(key.type()).text(key.key())
              .first(row -> new Stand(new JobId(row.uuid()), row.instant()));
          if (stand != null) found.put(key, stand);
        }
      }
      return found;
    });
  }

  // ---- batches

  Optional<JobBatch> batch(String namespace, String id) {
    return access.read(link -> Optional.ofNullable(read(link, BATCH, namespace, id)));
  }

  private static @Nullable JobBatch read(Link link, String sql, String namespace, String id) throws SQLException {
    try (Call call = link.sql(sql)) {
      return call.text(namespace).text(id).first(JobTieRows::batch);
    }
  }

  private static JobBatch batch(Row row) throws SQLException {
    String namespace = row.text();
    String id = row.text();
    String callback = row.text();
    Instant opened = row.instant();
    Instant closed = row.instantOrNull();
    UUID job = row.uuidOrNull();
    return new JobBatch(namespace, id, callback, opened, closed, job == null ? null : new JobId(job));
  }

  JobBatch open(JobBatch batch) {
    return access.change(link -> {
      JobBatch there = read(link, BATCH_LOCKED, batch.namespace(), batch.id());
      if (there != null) return there;
      try (Call call = link.sql(OPEN)) {
        call.text(batch.namespace()).text(batch.id()).text(batch.callback()).instant(batch.openedAt()).update();
      }
      return batch;
    });
  }

  Optional<JobBatch> close(String namespace, String id) {
    return access.change(link -> {
      JobBatch there = read(link, BATCH_LOCKED, namespace, id);
      if (there == null) return Optional.empty();
      JobBatch closed = there.close(Queues.now(link));
      if (closed.equals(there)) return Optional.of(there);
      try (Call call = link.sql(CLOSE)) {
        call.instant(closed.closedAt()).text(namespace).text(id).update();
      }
      return Optional.of(closed);
    });
  }

  List<JobBatch> complete(int limit) {
    List<JobBatch> waiting = access.read(link -> {
      try (Call call = link.sql(WAITING)) {
        return call.number(limit).list(JobTieRows::batch);
      }
    });
    List<JobBatch> complete = new ArrayList<>();
    for (JobBatch batch : waiting) {
      JobId last = access.read(link -> Optional.ofNullable(lastOpen(link, batch.namespace(), batch.id()))).orElse(null);
      if (last == null) {
        complete.add(batch);
        continue;
      }
      access.change(link -> {
        try (Call call = link.sql(PROBE)) {
          return call.uuid(last.value()).text(batch.namespace()).text(batch.id()).update();
        }
      });
    }
    return complete;
  }

  private static @Nullable JobId lastOpen(Link link, String namespace, String id) throws SQLException {
    try (Call call = link.sql(LAST_OPEN)) {
      return call.text(namespace).text(id).first(row -> new JobId(row.uuid()));
    }
  }

  JobBatch.Tally tally(String namespace, String batch) {
    return access.read(link -> {
      JobBatch.Tally tally = JobBatch.Tally.NOTHING;
      try (Call call = link.sql(TALLY)) {
        record Some(JobPhase phase, long jobs) {}
        for (Some some : call.text(namespace).text(batch)
            .list(row -> new Some(JobPhase.valueOf(row.text()), row.number()))) {
          tally = tally.plus(some.phase(), some.jobs());
        }
      }
      return tally;
    });
  }

  long members(String namespace, String batch) {
    return access.read(link -> {
      try (Call call = link.sql(MEMBERS)) {
        Long count = call.text(namespace).text(batch).first(Row::number);
        return count == null ? 0 : count;
      }
    });
  }
}
