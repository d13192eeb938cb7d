package dev.pawl.engine.store.sql;

import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobEnding;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.Transition;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.task.SessionId;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store.Outcome;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreCounters;
import dev.pawl.engine.store.StoreException;
import dev.pawl.protocol.json.JobJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Jobs on an SQL database. */
final class JobTables implements JobStore {
  private static final Logger LOG = LoggerFactory.getLogger(JobTables.class);
  private static final int RETRIES = 30;

  /** Progress timeouts begin here: a lease that is younger need not be looked at. */
  private static final long SHORTEST_PROGRESS = JobRows.micros(Duration.ofMinutes(1));

  private static final String OPEN = "select " + JobRows.SPEC_COLUMNS + ", " + JobRows.OPEN_COLUMNS
      + " from pawl_open_jobs o, pawl_jobs j where j.job_id = o.job_id and o.job_id in (%s)";
  private static final String SPECS = "select " + JobRows.SPEC_COLUMNS + " from pawl_jobs j where j.job_id in (%s)";
  private static final String LINES = "select " + JobRows.LINE_COLUMNS
      + " from pawl_job_ledger l where l.job_id in (%s) and l.ord = 0 order by l.job_id, l.version";
  private static final String BY_KEY = """
      select job_id, namespace, type, job_key from pawl_jobs where namespace = ? and type = ? and job_key = ?""";
  private static final String LEDGER = "select " + JobRows.LINE_COLUMNS
      + " from pawl_job_ledger l where l.job_id = ? order by l.version, l.ord limit ?";

  static final String NEXT_DUE = """
      select min(x.at) from (%s) x""";
  static final String NEXT_DUE_LEVEL = """
      select * from (select {job at} as at from pawl_open_jobs o where {waiting job later} and o.namespace = ?
        and o.type = ? and o.priority = ? order by {job at} limit 1) level_%d""";

  static final String ABANDONED = """
      select o.job_id, o.epoch from pawl_open_jobs o
      where o.session is not null
        and not exists (select 1 from pawl_sessions s where s.session_id = o.session and s.ended_as is null)
      limit ?""";
  static final String OVERDUE = """
      select o.job_id from pawl_open_jobs o
      where o.session is not null and (o.visible_at <= {now} or o.granted_at <= {now} - ?) limit ?""";
  static final String TO_LOOK_AT = """
      select o.job_id from pawl_open_jobs o where o.look_at <= {now} order by o.look_at limit ?""";
  private static final String MARKED =
      "select o.job_id from pawl_open_jobs o where o.session = ? and o.look_at is not null";
  static final String REDRIVABLE = """
      select d.job_id from pawl_dead_letters d where d.redrive_at <= {now} order by d.redrive_at limit ?""";
  private static final String COUNTS = """
      select type, phase, case when session is null then 0 else 1 end, count(*) from pawl_open_jobs
      where namespace = ? group by type, phase, case when session is null then 0 else 1 end order by 1, 2, 3""";
  private static final String ORPHANS = """
      select o.job_id from pawl_open_jobs o
      where (o.session is not null and o.visible_at < {now} - ?)
        or (o.phase = 'HELD' and o.visible_at < {now} - ?) or o.look_at < {now} - ?
      limit ?""";

  private static final String TYPES = """
      select namespace, type, served_at, follows_dead, paused_at, paused_by, paused_because from pawl_job_types""";
  private static final String SERVE = """
      update pawl_job_types set served_at = {now}, follows_dead = case when ? = 1 then 1 else follows_dead end
      where namespace = ? and type = ?""";
  private static final String PAUSE = """
      update pawl_job_types set paused_at = ?, paused_by = ?, paused_because = ? where namespace = ? and type = ?""";
  private static final String KNOW = """
      insert into pawl_job_types (namespace, type, served_at, follows_dead) values (?, ?, null, 0)""";
  private static final String RESUME = """
      update pawl_job_types set paused_at = null, paused_by = null, paused_because = null
      where namespace = ? and type = ? and paused_at is not null""";
  private static final String IS_KNOWN = "select 1 from pawl_job_types where namespace = ? and type = ?";
  static final String UNCLAIMED_LEVEL = """
      select * from (select o.job_id from pawl_open_jobs o where {waiting job} and o.namespace = ? and o.type = ?
        and o.priority = ? and {job at} < ? order by {job at} limit ?) level_%d""";

  static final String OLDEST = """
      select j.job_id, j.namespace, j.accepted_at from pawl_jobs j where j.job_id > ? order by j.job_id limit ?""";
  private static final int PAGES = 20;
  private static final String IS_OPEN = "select job_id from pawl_open_jobs where job_id in (%s)";

  private final Access access;
  private final JobPath path;
  private final StoreConfig config;
  private final StoreCounters counters;
  /** Where the walk of each namespace stands; absent: at the beginning. */
  private final Map<String, JobId> prunedTo = new java.util.concurrent.ConcurrentHashMap<>();

  JobTables(Access access, JobPath path, StoreConfig config, StoreCounters counters) {
    this.access = access;
    this.path = path;
    this.config = config;
    this.counters = counters;
  }

  static Key key(JobSheet sheet) {
    return new Key(sheet.after.spec().namespace(), sheet.after.spec().type(), sheet.after.spec().key());
  }

  // ---- commits

  private static final Outcome LANDED = new Outcome.Landed();
  private static final Outcome CONFLICT = new Outcome.Conflict();

  @Override
  public List<Outcome> commit(List<Write> group) {
    @Nullable Outcome[] outcomes = new Outcome[group.size()];
    Map<Object, List<PackedJobs>> parts = new LinkedHashMap<>();
    PackedJobs.Claimed claimed = new PackedJobs.Claimed();
    for (int i = 0; i < outcomes.length; i++) {
      PackedJobs write;
      String problem;
      try {
        write = new PackedJobs(i, group.get(i));
        problem = problemOf(write);
      } catch (IllegalArgumentException | ArithmeticException impossible) {
        // One write that makes no sense must not take its neighbours along.
        outcomes[i] = new Outcome.Refused(String.valueOf(impossible.getMessage()));
        continue;
      }
      if (problem != null) {
        outcomes[i] = new Outcome.Refused(problem);
      } else if (!claimed.claims(write)) {
        outcomes[i] = CONFLICT;
      } else {
        parts.computeIfAbsent(path.together(write), kind -> new ArrayList<>()).add(write);
      }
    }
    for (List<PackedJobs> part : parts.values()) sendInPortions(part, outcomes);
    List<Outcome> all = new ArrayList<>(outcomes.length);
    for (Outcome outcome : outcomes) {
      if (outcome == null) throw new IllegalStateException("a write without an outcome");
      if (outcome instanceof Outcome.Conflict) counters.conflicts.increment();
      if (outcome instanceof Outcome.Refused) counters.refused.increment();
      all.add(outcome);
    }
    counters.writes.add(outcomes.length);
    return all;
  }

  private static @Nullable String problemOf(PackedJobs write) {
    for (JobSheet sheet : write.sheets) {
      if (sheet.kind != JobSheet.Kind.BORN) continue;
      var spec = sheet.after.spec();
      for (String[] name : new String[][] {
          {"namespace", spec.namespace()}, {"type", spec.type()}, {"key", spec.key()}}) {
        String problem = Texts.name(name[0], name[1]);
        if (problem != null) return problem;
      }
      JobRows.digest(spec.digest());
    }
    return null;
  }

  private void sendInPortions(List<PackedJobs> part, @Nullable Outcome[] outcomes) {
    int from = 0;
    long bytes = 0;
    for (int to = 0; to < part.size(); to++) {
      if (to > from && bytes + part.get(to).bytes > config.maxGroupBytes()) {
        send(part.subList(from, to), outcomes);
        from = to;
        bytes = 0;
      }
      bytes += part.get(to).bytes;
    }
    send(part.subList(from, part.size()), outcomes);
  }

  /** Commits a part of a group; what the database refuses is found by halving. */
  private void send(List<PackedJobs> part, @Nullable Outcome[] outcomes) {
    try {
      boolean[] landed = resolve(part);
      for (int i = 0; i < landed.length; i++) outcomes[part.get(i).index] = landed[i] ? LANDED : CONFLICT;
    } catch (SQLException refused) {
      if (part.size() == 1) {
        outcomes[part.getFirst().index] = new Outcome.Refused(String.valueOf(refused.getMessage()));
        return;
      }
      int half = part.size() / 2;
      send(List.copyOf(part.subList(0, half)), outcomes);
      send(List.copyOf(part.subList(half, part.size())), outcomes);
    }
  }

  /**
   * Sends a group until its outcome is known. After a lost connection the same group is sent again; what falls out then
   * may have landed before, and its line, or its row, tells that it was us.
   *
   * @throws SQLException the database refuses something in it; nothing was written
   */
  private boolean[] resolve(List<PackedJobs> part) throws SQLException {
    boolean unknown = false;
    long unknownSince = 0;
    for (int trial = 1; ; trial++) {
      try {
        boolean[] landed = access.writer(link -> path.commit(link, part));
        counters.commits.increment();
        if (unknown) {
          for (int i = 0; i < landed.length; i++) landed[i] = landed[i] || isOurs(part.get(i));
        }
        return landed;
      } catch (SQLException e) {
        Trouble trouble = access.dialect().classify(e);
        switch (trouble) {
          case RETRY, DUPLICATE -> {
            if (trial >= (trouble == Trouble.RETRY ? RETRIES : 4)) {
              if (trouble == Trouble.DUPLICATE) throw e;
              throw lost(e, unknown);
            }
            counters.retries.increment();
            Failures.pauseAfter(trial);
          }
          case LOST -> {
            if (!unknown) {
              unknown = true;
              unknownSince = System.nanoTime();
              counters.unknownOutcomes.increment();
            }
            waitForOutcome(e, unknownSince, trial);
          }
          case UNWILLING -> {
            if (!unknown) throw Failures.of(access.dialect(), e);
            waitForOutcome(e, unknownSince, trial);
          }
          case DATA -> throw e;
          case DEFECT -> throw Failures.of(access.dialect(), e);
        }
      } catch (StoreException unreachable) {
        if (!unknown) throw unreachable; // nothing was sent
        waitForOutcome(unreachable, unknownSince, trial);
      }
    }
  }

  private void waitForOutcome(Exception cause, long since, int trial) {
    if (System.nanoTime() - since > config.outcomePatience().toNanos()) throw lost(cause, true);
    Failures.pauseAfter(trial);
  }

  private static StoreException lost(Exception cause, boolean unknown) {
    return Failures.unavailable(unknown
        ? "the answer to a commit was lost and the database does not come back: it may or may not have happened"
        : "the database is too busy: " + cause.getMessage(), cause);
  }

  /** A change without a line leaves no trace: it counts as a conflict, and deciding again does no harm. */
  private boolean isOurs(PackedJobs write) {
    JobSheet sheet = write.only();
    if (sheet.kind == JobSheet.Kind.BORN) return specs(List.of(sheet.id())).containsKey(sheet.id());
    if (sheet.lines.isEmpty()) return false;
    JobSheet.Line ours = sheet.lines.getLast();
    return lines(sheet.id()).stream().anyMatch(line -> line.version() == ours.version()
        && line.what().event() == ours.what().event() && line.what().actor().equals(ours.what().actor())
        && Micros.of(line.what().at()) == Micros.of(ours.what().at()));
  }

  @Override
  public boolean submit(Connection users, JobDecision.Change<?> birth) throws SQLException {
    PackedJobs write = new PackedJobs(0, new Write(List.of(birth)));
    String problem = problemOf(write);
    if (problem != null) throw new IllegalArgumentException(problem);
    JobSheet sheet = write.only();
    try (Call look = onUsers(users, BY_KEY)) {
      Key key = key(sheet);
      if (look.text(key.namespace()).text(key.type()).text(key.key()).first(Row::uuid) != null) return false;
    }
    try (Call job = onUsers(users, JobRows.INSERT_JOB); Call open = onUsers(users, JobRows.INSERT_OPEN)) {
      JobRows.job(job, sheet).update();
      JobRows.insertOpen(open, sheet).update();
    }
    return true;
  }

  private Call onUsers(Connection users, String sql) throws SQLException {
    PreparedStatement statement = users.prepareStatement(access.time().fill(sql));
    return new Call(access.dialect(), statement, false);
  }

  // ---- what decisions look at

  @Override
  public Map<JobId, JobState> load(Collection<JobId> ids) {
    if (ids.isEmpty()) return Map.of();
    counters.loads.increment();
    return access.read(link -> {
      Map<JobId, JobState> found = open(link, ids);
      List<JobId> rest = ids.stream().filter(id -> !found.containsKey(id)).toList();
      if (rest.isEmpty()) return found;
      Map<JobId, JobRows.Spec> specs = specs(link, rest);
      Map<JobId, JobRows.Line> ends = new HashMap<>();
      for (List<JobId> part : GuardedJobs.parts(specs.keySet())) {
        for (JobRows.Line line : lines(link, part)) ends.put(line.what().job(), line);
      }
      specs.forEach((id, spec) -> {
        JobRows.Line end = ends.get(id);
        if (end != null && end.what().to().terminal()) found.put(id, end.ended(spec));
      });
      // Driven again between the two looks: it is open now.
      List<JobId> returned = rest.stream().filter(id -> specs.containsKey(id) && !found.containsKey(id)).toList();
      if (!returned.isEmpty()) found.putAll(open(link, returned));
      return found;
    });
  }

  /** Open jobs; one that cannot be read is left out and said. */
  static Map<JobId, JobState> open(Link link, Collection<JobId> ids) throws SQLException {
    Map<JobId, JobState> found = new LinkedHashMap<>();
    for (List<JobId> part : GuardedJobs.parts(ids)) {
      try (Call call = link.sql(OPEN.formatted(Link.marks(part.size())))) {
        for (JobId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> {
          try {
            JobState job = JobRows.open(JobRows.spec(row), row);
            found.put(job.id(), job);
          } catch (CorruptHistory | IllegalArgumentException unreadable) {
            LOG.error("a job cannot be read and is left alone", unreadable);
          }
          return true;
        });
      }
    }
    return found;
  }

  private Map<JobId, JobRows.Spec> specs(Collection<JobId> ids) {
    return access.read(link -> specs(link, ids));
  }

  private static Map<JobId, JobRows.Spec> specs(Link link, Collection<JobId> ids) throws SQLException {
    Map<JobId, JobRows.Spec> found = new LinkedHashMap<>();
    for (List<JobId> part : GuardedJobs.parts(ids)) {
      try (Call call = link.sql(SPECS.formatted(Link.marks(part.size())))) {
        for (JobId id : Link.padded(part)) call.uuid(id.value());
        for (JobRows.Spec spec : call.list(JobRows::spec)) found.put(spec.id(), spec);
      }
    }
    return found;
  }

  private static List<JobRows.Line> lines(Link link, List<JobId> ids) throws SQLException {
    try (Call call = link.sql(LINES.formatted(Link.marks(ids.size())))) {
      for (JobId id : Link.padded(ids)) call.uuid(id.value());
      return call.list(JobRows::line);
    }
  }

  private List<JobRows.Line> lines(JobId id) {
    return access.read(link -> lines(link, List.of(id)));
  }

  @Override
  public Map<Key, JobState> byKey(Collection<Key> keys) {
    Map<Key, JobId> ids = access.read(link -> {
      Map<Key, JobId> found = new LinkedHashMap<>();
      try (Call call = link.sql(BY_KEY)) {
        for (Key key : keys) {
          JobId id = call.text(key.namespace()).text(key.type()).text(key.key()).first(row -> new JobId(row.uuid()));
          if (id != null) found.put(key, id);
        }
      }
      return found;
    });
    Map<JobId, JobState> jobs = load(ids.values());
    Map<Key, JobState> found = new LinkedHashMap<>();
    ids.forEach((key, id) -> {
      JobState job = jobs.get(id);
      if (job != null) found.put(key, job);
    });
    return found;
  }

  @Override
  public Map<LeaseKey, LeaseEnd> ends(Collection<LeaseKey> leases) {
    if (leases.isEmpty()) return Map.of();
    return access.read(link -> {
      Map<LeaseKey, LeaseEnd> found = new HashMap<>();
      List<JobId> ids = leases.stream().map(LeaseKey::job).distinct().toList();
      for (List<JobId> part : GuardedJobs.parts(ids)) {
        for (JobRows.Line line : lines(link, part)) {
          LeaseEnd end = line.what().end();
          if (end != null) found.put(new LeaseKey(end.job(), end.epoch()), end);
        }
      }
      found.keySet().retainAll(leases);
      return found;
    });
  }

  // ---- claims

  @Override
  public List<JobState> claim(Claim claim) {
    if (claim.types().isEmpty() || claim.max() <= 0) return List.of();
    for (int trial = 1; ; trial++) {
      try {
        List<JobState> granted = access.writer(link -> path.claim(link, claim));
        if (!granted.isEmpty()) counters.commits.increment();
        return granted;
      } catch (SQLException e) {
        // After a lost answer the grants are nobody's: their session will not list them, and they are taken back.
        if (access.dialect().classify(e) != Trouble.RETRY || trial >= RETRIES) throw Failures.of(access.dialect(), e);
        counters.retries.increment();
        Failures.pauseAfter(trial);
      }
    }
  }

  @Override
  public Optional<Instant> nextDue(String namespace, List<String> types) {
    Instant first = null;
    for (int from = 0; from < types.size(); from += 40) {
      List<String> some = types.subList(from, Math.min(types.size(), from + 40));
      StringBuilder levels = new StringBuilder();
      for (int level = 0; level < some.size() * 10; level++) {
        if (level > 0) levels.append(" union all ");
        levels.append(NEXT_DUE_LEVEL.formatted(level));
      }
      Optional<Instant> next = access.read(link -> {
        access.time().measure(link);
        try (Call call = link.sql(NEXT_DUE.formatted(levels))) {
          for (String type : some) {
            for (int priority = 0; priority <= 9; priority++) call.text(namespace).text(type).number(priority);
          }
          Optional<Instant> at = call.first(row -> Optional.ofNullable(row.instantOrNull()));
          return at == null ? Optional.<Instant>empty() : at;
        }
      });
      Instant found = next.orElse(null);
      if (found != null && (first == null || found.isBefore(first))) first = found;
    }
    return Optional.ofNullable(first);
  }

  @Override
  public List<LeaseKey> abandoned(int limit) {
    return access.read(link -> {
      try (Call call = link.sql(ABANDONED)) {
        return call.number(limit).list(row -> new LeaseKey(new JobId(row.uuid()), row.number()));
      }
    });
  }

  private List<JobState> found(String sql, int limit, @Nullable Long first) {
    List<JobId> ids = access.read(link -> {
      try (Call call = link.sql(sql)) {
        if (first != null) call.number(first);
        return call.number(limit).list(row -> new JobId(row.uuid()));
      }
    });
    return List.copyOf(load(ids).values());
  }

  @Override
  public List<JobState> overdue(int limit) {
    return found(OVERDUE, limit, SHORTEST_PROGRESS);
  }

  @Override
  public List<JobState> toLookAt(int limit) {
    return found(TO_LOOK_AT, limit, null);
  }

  @Override
  public List<LeaseKey> cancelled(SessionId session) {
    List<JobId> ids = access.read(link -> {
      try (Call call = link.sql(MARKED)) {
        return call.uuid(session.value()).list(row -> new JobId(row.uuid()));
      }
    });
    return load(ids).values().stream().filter(job -> job.cancelRequested() && job.leased())
        .map(job -> new LeaseKey(job.id(), job.epoch())).toList();
  }

  @Override
  public List<JobState> redrivable(int limit) {
    return found(REDRIVABLE, limit, null);
  }

  @Override
  public void note(List<Transition> refused) {
    if (refused.isEmpty()) return;
    access.change(link -> {
      try (Call call = link.sql(JobRows.INSERT_LINE)) {
        for (Transition what : refused) {
          // Behind the version that it looked at, which only the ledger's order needs.
          JobRows.refused(call, what, 0, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)).add();
        }
        call.flush();
        return true;
      }
    });
  }

  // ---- looking

  @Override
  public List<Transition> ledger(JobId job, int limit) {
    JobRows.Spec spec = specs(List.of(job)).get(job);
    if (spec == null) return List.of();
    List<JobRows.Line> lines = access.read(link -> {
      try (Call call = link.sql(LEDGER)) {
        return call.uuid(job.value()).number(limit).list(JobRows::line);
      }
    });
    List<Transition> all = new ArrayList<>();
    all.add(JobRows.submission(spec));
    lines.stream().sorted(java.util.Comparator.comparing((JobRows.Line line) -> line.what().at())
        .thenComparing(line -> line.ord() != 0).thenComparingLong(JobRows.Line::version)).forEach(line -> all.add(line.what()));
    return all;
  }

  @Override
  public List<Letter> letters(LetterQuery query) {
    StringBuilder sql = new StringBuilder("""
        select d.job_id, d.namespace, d.type, d.cause, d.at, d.error, d.redrive_at from pawl_dead_letters d
        where d.namespace = ?""");
    if (query.type() != null) sql.append(" and d.type = ?");
    if (query.cause() != null) sql.append(" and d.cause = ?");
    if (query.before() != null) sql.append(" and (d.at < ? or (d.at = ? and d.job_id < ?))");
    sql.append(" order by d.at desc, d.job_id desc limit ?");
    return access.read(link -> {
      try (Call call = link.sql(sql.toString())) {
        call.text(query.namespace());
        if (query.type() != null) call.text(query.type());
        DeadLetterCause cause = query.cause();
        if (cause != null) call.text(cause.name());
        Cursor before = query.before();
        if (before != null) call.instant(before.at()).instant(before.at()).uuid(before.job().value());
        return call.number(query.limit()).list(row -> {
          JobId id = new JobId(row.uuid());
          String namespace = row.text();
          String type = row.text();
          DeadLetterCause why = JobJson.cause(row.text());
          Instant at = row.instant();
          JobError error = JobJson.readError(row.textOrNull());
          return new Letter(id, namespace, type, why, at, error, row.instantOrNull());
        });
      }
    });
  }

  @Override
  public List<Count> counts(String namespace) {
    return access.read(link -> {
      try (Call call = link.sql(COUNTS)) {
        return call.text(namespace).list(row ->
            new Count(row.text(), JobPhase.valueOf(row.text()), row.yes(), row.number()));
      }
    });
  }

  @Override
  public List<JobId> orphans(Duration bound, int limit) {
    long micros = JobRows.micros(bound);
    return access.read(link -> {
      try (Call call = link.sql(ORPHANS)) {
        return call.number(micros).number(micros).number(micros).number(limit).list(row -> new JobId(row.uuid()));
      }
    });
  }

  // ---- types

  @Override
  public List<Type> types() {
    return access.read(link -> {
      try (Call call = link.sql(TYPES)) {
        return call.list(row -> {
          String namespace = row.text();
          String type = row.text();
          Instant served = row.instantOrNull();
          boolean followed = row.yes();
          Instant paused = row.instantOrNull();
          String by = row.textOrNull();
          String why = row.textOrNull();
          return new Type(namespace, type, served, followed,
              paused == null ? null : new Pause(paused, by == null ? "" : by, why == null ? "" : why));
        });
      }
    });
  }

  @Override
  public void serve(String namespace, Collection<String> types, Collection<String> followed) {
    access.change(link -> {
      try (Call serve = link.sql(SERVE); Call know = link.sql(KNOW)) {
        for (String type : types.stream().sorted().toList()) {
          int yes = followed.contains(type) ? 1 : 0;
          if (serve.number(yes).text(namespace).text(type).update() > 0) continue;
          know.text(namespace).text(type).update();
          serve.number(yes).text(namespace).text(type).update();
        }
        return true;
      }
    });
  }

  @Override
  public void pause(String namespace, String type, Pause pause) {
    access.change(link -> {
      try (Call call = link.sql(PAUSE); Call know = link.sql(KNOW)) {
        String actor = Texts.words(pause.actor());
        String reason = Texts.words(pause.reason());
        if (call.instant(pause.at()).text(actor).text(reason).text(namespace).text(type).update() > 0) return true;
        know.text(namespace).text(type).update();
        call.instant(pause.at()).text(actor).text(reason).text(namespace).text(type).update();
        return true;
      }
    });
  }

  @Override
  public boolean resume(String namespace, String type) {
    return access.change(link -> {
      try (Call call = link.sql(RESUME)) {
        return call.text(namespace).text(type).update() > 0;
      }
    });
  }

  @Override
  public void know(String namespace, String type) {
    access.change(link -> {
      try (Call look = link.sql(IS_KNOWN); Call know = link.sql(KNOW)) {
        if (look.text(namespace).text(type).first(Row::number) == null) know.text(namespace).text(type).update();
        return true;
      }
    });
  }

  @Override
  public boolean know(Connection users, String namespace, String type) throws SQLException {
    if (!access.dialect().locksWhole()) return false;
    try (Call look = onUsers(users, IS_KNOWN); Call know = onUsers(users, KNOW)) {
      if (look.text(namespace).text(type).first(Row::number) == null) know.text(namespace).text(type).update();
    }
    return true;
  }

  @Override
  public List<JobState> unclaimed(Instant before, int limit) {
    List<JobId> ids = new ArrayList<>();
    for (Type type : types()) {
      Instant served = type.servedAt();
      if (type.pause() != null || (served != null && !served.isBefore(before))) continue;
      StringBuilder levels = new StringBuilder();
      for (int priority = 0; priority <= 9; priority++) {
        if (priority > 0) levels.append(" union all ");
        levels.append(UNCLAIMED_LEVEL.formatted(priority));
      }
      ids.addAll(access.read(link -> {
        try (Call call = link.sql(levels.toString())) {
          for (int priority = 0; priority <= 9; priority++) {
            call.text(type.namespace()).text(type.type()).number(priority).instant(before).number(limit);
          }
          return call.list(row -> new JobId(row.uuid()));
        }
      }));
      if (ids.size() >= limit) break;
    }
    return List.copyOf(load(ids.subList(0, Math.min(limit, ids.size()))).values());
  }

  // ---- upkeep

  /**
   * Ids rise with time, so the oldest jobs come first and no index on their ends is needed. A walk goes on where the last
   * one stopped, and begins anew when it has come to jobs that are too young to have ended long ago.
   */
  @Override
  public int prune(String namespace, Instant endedBefore, int limit) {
    for (int page = 0; page < PAGES; page++) {
      List<JobId> doomed = ended(oldest(namespace, endedBefore, limit), endedBefore);
      if (!doomed.isEmpty()) return delete(doomed);
      if (!prunedTo.containsKey(namespace)) return 0;
    }
    return 0;
  }

  private List<JobId> oldest(String namespace, Instant before, int limit) {
    record Old(JobId id, String namespace, Instant acceptedAt) {}
    JobId from = prunedTo.getOrDefault(namespace, new JobId(new java.util.UUID(0, 0)));
    List<Old> page = access.read(link -> {
      try (Call call = link.sql(OLDEST)) {
        return call.uuid(from.value()).number(limit)
            .list(row -> new Old(new JobId(row.uuid()), row.text(), row.instant()));
      }
    });
    if (page.size() < limit || !page.getLast().acceptedAt().isBefore(before)) prunedTo.remove(namespace);
    else prunedTo.put(namespace, page.getLast().id());
    return page.stream().filter(old -> old.namespace().equals(namespace) && old.acceptedAt().isBefore(before))
        .map(Old::id).toList();
  }

  /** Those that ended long ago; a dead letter waits for a person. */
  private List<JobId> ended(List<JobId> old, Instant before) {
    return load(old).values().stream().filter(job -> {
      JobEnding ending = job.ending();
      return ending != null && ending.at().isBefore(before) && job.phase() != JobPhase.DEAD_LETTERED;
    }).map(JobState::id).toList();
  }

  private int delete(List<JobId> doomed) {
    return access.change(link -> {
      List<JobId> ended = ended(link, doomed);
      delete(link, List.of("pawl_job_ledger", "pawl_jobs"), ended);
      return ended.size();
    });
  }

  @Override
  public boolean discard(Transition line) {
    return access.change(link -> {
      List<JobId> one = ended(link, List.of(line.job()));
      if (one.isEmpty() || specs(link, one).isEmpty()) return false;
      delete(link, List.of("pawl_dead_letters", "pawl_jobs"), one);
      try (Call call = link.sql(JobRows.INSERT_LINE)) {
        JobRows.refused(call, line, 0, ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)).update();
      }
      return true;
    });
  }

  private static List<JobId> ended(Link link, List<JobId> some) throws SQLException {
    List<JobId> ended = new ArrayList<>(some);
    for (List<JobId> part : GuardedJobs.parts(some)) {
      try (Call call = link.sql(IS_OPEN.formatted(Link.marks(part.size())))) {
        for (JobId id : Link.padded(part)) call.uuid(id.value());
        call.list(row -> ended.remove(new JobId(row.uuid())));
      }
    }
    return ended;
  }

  private static void delete(Link link, List<String> tables, List<JobId> doomed) throws SQLException {
    for (String table : tables) {
      try (Call call = link.sql("delete from " + table + " where job_id = ?")) {
        for (JobId id : doomed) call.uuid(id.value()).add();
        call.flush();
      }
    }
  }

  /** Leases of jobs that a session holds, for its heartbeat. */
}
