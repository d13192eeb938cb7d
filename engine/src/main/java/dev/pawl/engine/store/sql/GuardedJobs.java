package dev.pawl.engine.store.sql;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.ClaimJob;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobSituation;
import dev.pawl.core.job.JobState;
import dev.pawl.core.task.SessionId;
import dev.pawl.engine.store.JobStore;
import dev.pawl.protocol.json.JobJson;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The general way, on any database: lock and read what the guards name, in one order on all nodes, see in Java which
 * writes hold, and write their rows in batches.
 */
final class GuardedJobs implements JobPath {
  private static final int KEYS_AT_ONCE = 256;

  /** Types that one look for candidates asks for; SQLite takes 500 parts of a union. */
  private static final int TYPES_AT_ONCE = 40;

  private static final String VERSIONS = """
      select job_id, version from pawl_open_jobs{by key} where job_id in (%s) order by job_id{for update}""";
  private static final String ENDED = """
      select job_id, max(version) from pawl_job_ledger where job_id in (%s) and ord = 0 group by job_id""";
  private static final String KEYS = """
      select namespace, type, job_key from pawl_jobs where %s""";
  private static final String KEY = "(namespace = ? and type = ? and job_key = ?)";
  private static final String IDS = "select job_id from pawl_jobs where job_id in (%s)";

  private static final String BURY = """
      insert into pawl_dead_letters (job_id, namespace, type, cause, at, error, redrive_at)
      values (?, ?, ?, ?, ?, ?, ?)""";
  private static final String RAISE = "delete from pawl_dead_letters where job_id = ?";

  static final String CANDIDATES = """
      select * from (select o.job_id, o.priority, {job at} as due from pawl_open_jobs o
        where {waiting job} and o.namespace = ? and o.type = ? and o.priority = ?
          and (o.look_at is null or o.look_at > {due})
        order by {job at} limit ?) level_%d""";
  private static final String LOCK = """
      select job_id from pawl_open_jobs{by key} where job_id in (%s) and session is null order by job_id{skip locked}""";

  @Override
  public Object together(PackedJobs write) {
    return GuardedJobs.class;
  }

  @Override
  public boolean[] commit(Link link, List<PackedJobs> group) throws SQLException {
    return transaction(link, in -> together(in, group));
  }

  /** Runs work in a transaction of its own, on a connection that writes. */
  static <T> T transaction(Link link, Access.Work<T> work) throws SQLException {
    Dialect dialect = link.dialect();
    dialect.begin(link.connection());
    try {
      T result = work.in(link);
      dialect.commit(link.connection());
      return result;
    } catch (SQLException | RuntimeException e) {
      try {
        dialect.rollback(link.connection());
      } catch (SQLException second) {
        e.addSuppressed(second); // the first problem is the one to tell
      }
      throw e;
    }
  }

  private static boolean[] together(Link link, List<PackedJobs> group) throws SQLException {
    boolean[] holds = check(link, group);
    List<JobSheet> sheets = new ArrayList<>(group.size());
    for (int i = 0; i < holds.length; i++) if (holds[i]) sheets.addAll(group.get(i).sheets);
    if (!sheets.isEmpty()) write(link, sheets);
    return holds;
  }

  // ---- the guards

  private static boolean[] check(Link link, List<PackedJobs> group) throws SQLException {
    Set<JobId> open = new TreeSet<>(PackedJobs::compare);
    Set<JobId> ended = new TreeSet<>(PackedJobs::compare);
    Set<JobId> born = new HashSet<>();
    Set<JobStore.Key> keys = new HashSet<>();
    for (PackedJobs write : group) {
      for (JobSheet sheet : write.sheets) {
        switch (sheet.kind) {
          case STAYS, ENDS -> open.add(sheet.id());
          case RETURNS -> ended.add(sheet.id());
          case BORN -> {
            born.add(sheet.id());
            keys.add(sheet.key());
          }
        }
      }
    }
    Map<JobId, Long> versions = versions(link, VERSIONS, open);
    Map<JobId, Long> ends = versions(link, ENDED, ended);
    Map<JobId, Long> alive = versions(link, VERSIONS, ended);
    Set<JobStore.Key> taken = taken(link, keys);
    Set<JobId> there = ids(link, born);
    JobTieRows.Guards ties = JobTieRows.guards(link, group);
    boolean[] holds = new boolean[group.size()];
    for (int i = 0; i < holds.length; i++) {
      holds[i] = group.get(i).sheets.stream().allMatch(sheet -> switch (sheet.kind) {
        case STAYS, ENDS -> Long.valueOf(sheet.expected()).equals(versions.get(sheet.id()));
        case RETURNS -> Long.valueOf(sheet.expected()).equals(ends.get(sheet.id())) && !alive.containsKey(sheet.id());
        case BORN -> !taken.contains(sheet.key()) && !there.contains(sheet.id()) && ties.hold(sheet);
      });
    }
    return holds;
  }

  private static Map<JobId, Long> versions(Link link, String sql, Collection<JobId> ids) throws SQLException {
    Map<JobId, Long> found = new HashMap<>();
    for (List<JobId> part : parts(ids)) {
      try (Call call = link.sql(sql.formatted(Link.marks(part.size())))) {
        for (JobId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> found.put(new JobId(row.uuid()), row.number()));
      }
    }
    return found;
  }

  private static Set<JobId> ids(Link link, Collection<JobId> ids) throws SQLException {
    Set<JobId> found = new HashSet<>();
    for (List<JobId> part : parts(ids)) {
      try (Call call = link.sql(IDS.formatted(Link.marks(part.size())))) {
        for (JobId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> found.add(new JobId(row.uuid())));
      }
    }
    return found;
  }

  static Set<JobStore.Key> taken(Link link, Collection<JobStore.Key> keys) throws SQLException {
    Set<JobStore.Key> found = new HashSet<>();
    for (List<JobStore.Key> part : parts(keys)) {
      String any = KEY + (" or " + KEY).repeat(Link.roundUp(part.size()) - 1);
      try (Call call = link.sql(KEYS.formatted(any))) {
        for (JobStore.Key key : Link.padded(part)) call.text(key.namespace()).text(key.type()).text(key.key());
        call.list(row -> found.add(new JobStore.Key(row.text(), row.text(), row.text())));
      }
    }
    return found;
  }

  static <K> List<List<K>> parts(Collection<K> all) {
    List<K> list = new ArrayList<>(all);
    List<List<K>> parts = new ArrayList<>();
    for (int from = 0; from < list.size(); from += KEYS_AT_ONCE) {
      parts.add(list.subList(from, Math.min(list.size(), from + KEYS_AT_ONCE)));
    }
    return parts;
  }

  // ---- the rows

  static void write(Link link, List<JobSheet> sheets) throws SQLException {
    List<JobSheet> sorted = new ArrayList<>(sheets);
    sorted.sort(Comparator.comparing(JobSheet::id, PackedJobs::compare));
    try (Call job = link.sql(JobRows.INSERT_JOB);
        Call open = link.sql(JobRows.INSERT_OPEN);
        Call update = link.sql(JobRows.UPDATE_OPEN);
        Call delete = link.sql(JobRows.DELETE_OPEN);
        Call line = link.sql(JobRows.INSERT_LINE);
        Call join = link.sql(JobTieRows.JOIN);
        Call bury = link.sql(BURY);
        Call raise = link.sql(RAISE)) {
      for (JobSheet sheet : sorted) {
        switch (sheet.kind) {
          case BORN -> {
            JobRows.job(job, sheet).add();
            JobRows.insertOpen(open, sheet).add();
          }
          case STAYS -> JobRows.updateOpen(update, sheet).add();
          case ENDS -> delete.uuid(sheet.id().value()).number(sheet.expected()).add();
          case RETURNS -> JobRows.insertOpen(open, sheet).add();
        }
        for (JobSheet.Line one : sheet.lines) JobRows.line(line, sheet, one).add();
        if (sheet.buried != null) bury(bury, sheet, sheet.buried).add();
        if (sheet.tied()) JobTieRows.write(link, sheet, join);
        if (sheet.raised) raise.uuid(sheet.id().value()).add();
      }
      job.flush();
      raise.flush();
      open.flush();
      update.flush();
      delete.flush();
      line.flush();
      bury.flush();
      join.flush();
    }
    for (JobSheet sheet : sorted) {
      if (!sheet.audited()) continue;
      for (JobSheet.Line one : sheet.lines) if (one.what().papers() != null) JobSeals.seal(link, one.what(), one.version(), 0);
    }
  }

  static Call bury(Call call, JobSheet sheet, DeadLetterCause cause) throws SQLException {
    return call.uuid(sheet.id().value()).text(sheet.after.spec().namespace()).text(sheet.after.spec().type())
        .text(cause.name()).instant(sheet.at).text(JobJson.write(sheet.after.lastError())).instant(sheet.redriveAt());
  }

  // ---- claims

  @Override
  public List<JobState> claim(Link link, JobStore.Claim claim) throws SQLException {
    return candidates(link, claim, 1).isEmpty() ? List.of() : transaction(link, in -> grant(in, claim));
  }

  private static List<JobState> grant(Link link, JobStore.Claim claim) throws SQLException {
    // Others may be at the same head of the queue: what they have locked is theirs.
    List<JobId> wanted = candidates(link, claim, claim.max());
    return grant(link, lock(link, wanted), claim.session(), job -> true);
  }

  /** Of these waiting jobs, those that nobody else is taking right now, in the same order; they are ours until the end. */
  static List<JobId> lock(Link link, List<JobId> wanted) throws SQLException {
    Set<JobId> locked = new HashSet<>();
    for (List<JobId> part : parts(wanted.stream().sorted(PackedJobs::compare).toList())) {
      try (Call call = link.sql(LOCK.formatted(Link.marks(part.size())))) {
        for (JobId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> locked.add(new JobId(row.uuid())));
      }
    }
    return wanted.stream().filter(locked::contains).toList();
  }

  /** Grants locked jobs, one by one as long as {@code allowed} agrees. */
  static List<JobState> grant(Link link, List<JobId> ours, SessionId session, Predicate<JobState> allowed)
      throws SQLException {
    if (ours.isEmpty()) return List.of();
    Instant now = Queues.now(link);
    Map<JobId, JobState> states = JobLoading.open(link, ours);
    List<JobSheet> sheets = new ArrayList<>(ours.size());
    List<JobState> granted = new ArrayList<>(ours.size());
    for (JobId id : ours) {
      JobState job = states.get(id);
      if (job == null || !allowed.test(job)) continue;
      ClaimJob request = new ClaimJob(id, session, session.toString(), true, null, CLAIMING);
      if (request.decide(JobSituation.of(job, now, link.epochFloor())) instanceof JobDecision.Change<ClaimJob.Claim> change
          && change.answer() instanceof ClaimJob.Claim.Work work) {
        sheets.add(new JobSheet(change));
        granted.add(work.job());
      }
    }
    if (!sheets.isEmpty()) write(link, sheets);
    // They were there a moment ago, and they are locked.
    if (states.size() < ours.size()) DamagedJobs.setApart(link, ours.stream().filter(id -> !states.containsKey(id)).toList());
    return granted;
  }

  /** Who says that a due date was reached. */
  static final Actor CLAIMING = new Actor(Actor.Kind.DISPATCHER, "claim");

  static List<JobId> candidates(Link link, JobStore.Claim claim, int limit) throws SQLException {
    record Candidate(JobId id, int priority, long due) {}
    List<Candidate> all = new ArrayList<>();
    for (int from = 0; from < claim.types().size(); from += TYPES_AT_ONCE) {
      List<String> types = claim.types().subList(from, Math.min(claim.types().size(), from + TYPES_AT_ONCE));
      StringBuilder sql = new StringBuilder();
      int level = 0;
      for (int i = 0; i < types.size(); i++) {
        for (int priority = 0; priority <= 9; priority++) {
          if (level > 0) sql.append(" union all ");
          sql.append(CANDIDATES.formatted(level++));
        }
      }
      try (Call call = link.sql(sql.toString())) {
        for (String type : types) {
          for (int priority = 0; priority <= 9; priority++) {
            call.text(claim.namespace()).text(type).number(priority).number(limit);
          }
        }
        all.addAll(call.list(row -> new Candidate(new JobId(row.uuid()), row.integer(), row.number())));
      }
    }
    return all.stream().sorted(Comparator.comparingInt(Candidate::priority).thenComparingLong(Candidate::due))
        .limit(limit).map(Candidate::id).toList();
  }
}
