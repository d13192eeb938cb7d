package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobState;
import dev.pawl.core.task.SessionId;
import dev.pawl.engine.store.JobStore.Claim;
import dev.pawl.engine.store.JobStore.LeaseKey;
import dev.pawl.engine.store.JobStore.Type;
import dev.pawl.engine.store.JobStore.Within;
import dev.pawl.engine.store.StoreCounters;
import dev.pawl.protocol.job.JobApi;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which open jobs somebody has to look at: to claim them, or because a time has come. */
final class JobQueues {
  private static final int RETRIES = 30;

  /** Progress timeouts begin here: a lease that is younger need not be looked at. */
  private static final long SHORTEST_PROGRESS = JobRows.micros(Duration.ofMinutes(1));

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
  private static final String ORPHANS = """
      select o.job_id from pawl_open_jobs o
      where (o.session is not null and o.visible_at < {now} - ?)
        or (o.phase = 'HELD' and o.visible_at < {now} - ?) or o.look_at < {now} - ?
      limit ?""";
  static final String UNCLAIMED_LEVEL = """
      select * from (select o.job_id from pawl_open_jobs o where {waiting job} and o.namespace = ? and o.type = ?
        and o.priority = ? and {job at} < ? order by {job at} limit ?) level_%d""";

  private final Access access;
  private final JobPath path;
  private final LimitedClaims limited = new LimitedClaims();
  private final JobLoading loading;
  private final StoreCounters counters;

  JobQueues(Access access, JobPath path, JobLoading loading, StoreCounters counters) {
    this.access = access;
    this.path = path;
    this.loading = loading;
    this.counters = counters;
  }

  List<JobState> claim(Claim claim) {
    if (claim.types().isEmpty() || claim.max() <= 0) return List.of();
    return granted(link -> path.claim(link, claim), List::isEmpty);
  }

  Within claimWithin(String namespace, String type, SessionId session, int max) {
    if (max <= 0) return new Within(List.of(), null);
    return granted(link -> limited.claim(link, new LimitedClaims.One(namespace, type, session, max)),
        within -> within.granted().isEmpty());
  }

  private <T> T granted(Access.Work<T> claim, Predicate<T> nothing) {
    for (int trial = 1; ; trial++) {
      try {
        T granted = access.writer(claim);
        if (!nothing.test(granted)) counters.commits.increment();
        return granted;
      } catch (SQLException e) {
        // After a lost answer the grants are nobody's: their session will not list them, and they are taken back.
        if (access.dialect().classify(e) != Trouble.RETRY || trial >= RETRIES) throw Failures.of(access.dialect(), e);
        counters.retries.increment();
        Failures.pauseAfter(trial);
      }
    }
  }

  Optional<Instant> nextDue(String namespace, List<String> types) {
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

  List<LeaseKey> abandoned(int limit) {
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
    return List.copyOf(loading.load(ids).values());
  }

  List<JobState> overdue(int limit) {
    return found(OVERDUE, limit, SHORTEST_PROGRESS);
  }

  List<JobState> toLookAt(int limit) {
    return found(TO_LOOK_AT, limit, null);
  }

  List<LeaseKey> cancelled(SessionId session) {
    List<JobId> ids = access.read(link -> {
      try (Call call = link.sql(MARKED)) {
        return call.uuid(session.value()).list(row -> new JobId(row.uuid()));
      }
    });
    return loading.load(ids).values().stream().filter(job -> job.cancelRequested() && job.leased())
        .map(job -> new LeaseKey(job.id(), job.epoch())).toList();
  }

  List<JobState> redrivable(int limit) {
    return found(REDRIVABLE, limit, null);
  }

  List<JobId> orphans(Duration bound, int limit) {
    long micros = JobRows.micros(bound);
    return access.read(link -> {
      try (Call call = link.sql(ORPHANS)) {
        return call.number(micros).number(micros).number(micros).number(limit).list(row -> new JobId(row.uuid()));
      }
    });
  }

  /** @param types all that are known */
  List<JobState> unclaimed(List<Type> types, Instant before, int limit) {
    List<JobId> ids = new ArrayList<>();
    Set<String> resting = types.stream().filter(type -> type.type().equals(JobApi.ALL_TYPES) && type.pause() != null)
        .map(Type::namespace).collect(Collectors.toSet());
    for (Type type : types) {
      Instant served = type.servedAt();
      if (type.pause() != null || resting.contains(type.namespace()) || (served != null && !served.isBefore(before))) continue;
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
    return List.copyOf(loading.load(ids.subList(0, Math.min(limit, ids.size()))).values());
  }
}
