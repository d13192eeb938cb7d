package dev.pawl.engine.store.sql;

import dev.pawl.core.job.Allowance;
import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobState;
import dev.pawl.core.task.SessionId;
import dev.pawl.engine.store.JobStore.Claim;
import dev.pawl.engine.store.JobStore.Within;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Claims of a type that has limits. The row of the limits is locked first, so that nodes grant one after another; what
 * runs is counted, {@link Allowance} decides, and leases, slots and rates are written together.
 */
final class LimitedClaims {
  private static final int PAGE = 500;
  private static final int PAGES = 20;

  /** More keys than this are not named in a query; their jobs are looked at again and again refused. */
  private static final int NAMED = 512;

  private static final String LIMITS = """
      select running, running_per_key, rate_permits, rate_period, rate_burst, key_permits, key_period, key_burst
      from pawl_job_limits{by key} where namespace = ? and type = ?{for update}""";
  private static final String SWEEP = """
      delete from pawl_job_slots where namespace = ? and type = ? and not exists (
        select 1 from pawl_open_jobs o where o.job_id = pawl_job_slots.job_id and o.epoch = pawl_job_slots.epoch
          and o.session is not null)""";
  private static final String TAKEN = """
      select limit_key, count(*) from pawl_job_slots where namespace = ? and type = ? group by limit_key""";
  private static final String TAKE = """
      insert into pawl_job_slots (job_id, namespace, type, limit_key, epoch) values (?, ?, ?, ?, ?)""";
  private static final String RATES = """
      select limit_key, next_at from pawl_job_rates where namespace = ? and type = ? and limit_key in (%s)""";
  private static final String MOVE = """
      insert into pawl_job_rates (namespace, type, limit_key, next_at) values (?, ?, ?, ?)""";

  static final String WAITING = """
      select * from (select o.job_id, o.limit_key, o.priority, {job at} as due from pawl_open_jobs o
        where {waiting job} and o.namespace = ? and o.type = ? and o.priority = ?
          and (o.look_at is null or o.look_at > {due})%s
        order by {job at} limit ?) level_%d""";

  /** A claim of one type. */
  record One(String namespace, String type, SessionId session, int max) {}

  private record Waiting(JobId job, String key) {}

  Within claim(Link link, One claim) throws SQLException {
    Claim look = new Claim(claim.namespace(), List.of(claim.type()), claim.session(), 1);
    if (GuardedJobs.candidates(link, look, 1).isEmpty()) return new Within(List.of(), null);
    return GuardedJobs.transaction(link, in -> inTransaction(in, claim));
  }

  private static Within inTransaction(Link link, One claim) throws SQLException {
    Allowance allowance = allowance(link, claim);
    List<JobState> granted = new ArrayList<>();
    if (allowance == null) return new Within(granted, null);
    for (int page = 0; page < PAGES && granted.size() < claim.max() && !allowance.closed(); page++) {
      Set<String> full = allowance.full();
      List<Waiting> waiting = waiting(link, claim, full);
      allowance.know(rates(link, claim, waiting.stream().map(Waiting::key).distinct().toList()));
      int room = claim.max() - granted.size();
      int[] given = {0};
      List<JobState> some = GuardedJobs.grant(link,
          GuardedJobs.lock(link, waiting.stream().map(Waiting::job).toList()), claim.session(), job -> {
            if (given[0] >= room || !allowance.grant(job.spec().ties().limitKey())) return false;
            given[0]++;
            return true;
          });
      granted.addAll(some);
      // What is left on this page cannot be had; the next one is another one only if something has changed.
      if (waiting.size() < PAGE || (some.isEmpty() && allowance.full().equals(full))) break;
    }
    write(link, claim, granted, allowance);
    return new Within(granted, allowance.again());
  }

  /** Null: what the type needs is down. */
  private static @Nullable Allowance allowance(Link link, One claim) throws SQLException {
    JobLimits limits;
    try (Call call = link.sql(LIMITS)) {
      limits = call.text(claim.namespace()).text(claim.type()).first(JobLimitRows::read);
    }
    Instant now = Queues.now(link);
    JobLimits within = narrowed(limits == null ? JobLimits.NONE : limits,
        BreakerRows.ofType(link, claim.namespace(), claim.type()), now);
    if (within == null) return null;
    try (Call sweep = link.sql(SWEEP)) {
      sweep.text(claim.namespace()).text(claim.type()).update();
    }
    Map<String, Integer> running = new HashMap<>();
    try (Call call = link.sql(TAKEN)) {
      call.text(claim.namespace()).text(claim.type()).list(row -> running.put(row.text(), row.integer()));
    }
    Allowance allowance = new Allowance(within, running, now);
    allowance.know(rates(link, claim, List.of(Allowance.TYPE)));
    return allowance;
  }

  private static @Nullable JobLimits narrowed(JobLimits limits, @Nullable Breaker breaker, Instant now) {
    Integer most = breaker == null ? null : breaker.at(now).most();
    if (most == null) return limits;
    if (most == 0) return null;
    Integer running = limits.running();
    return running != null && running <= most ? limits : limits.running(most);
  }

  private static Map<String, Instant> rates(Link link, One claim, List<String> keys) throws SQLException {
    Map<String, Instant> found = new HashMap<>();
    for (List<String> part : GuardedJobs.parts(keys)) {
      try (Call call = link.sql(RATES.formatted(Link.marks(part.size())))) {
        call.text(claim.namespace()).text(claim.type());
        for (String key : Link.padded(part)) call.text(key);
        call.list(row -> found.put(row.text(), row.instant()));
      }
    }
    return found;
  }

  /** In the order in which they are served: lowest priority number first, then the oldest. */
  private static List<Waiting> waiting(Link link, One claim, Set<String> full) throws SQLException {
    List<String> left = full.stream().sorted().limit(NAMED).toList();
    String others = left.isEmpty()
        ? "" : " and (o.limit_key is null or o.limit_key not in (" + Link.marks(left.size()) + "))";
    List<Waiting> all = new ArrayList<>();
    for (int priority = 0; priority <= 9 && all.size() < PAGE; priority++) {
      try (Call call = link.sql(WAITING.formatted(others, priority))) {
        call.text(claim.namespace()).text(claim.type()).number(priority);
        if (!left.isEmpty()) for (String key : Link.padded(left)) call.text(key);
        all.addAll(call.number(PAGE - all.size()).list(row -> {
          JobId job = new JobId(row.uuid());
          String key = row.textOrNull();
          return new Waiting(job, key == null ? Allowance.TYPE : key);
        }));
      }
    }
    return all;
  }

  private static void write(Link link, One claim, List<JobState> granted, Allowance allowance) throws SQLException {
    if (granted.isEmpty()) return;
    try (Call take = link.sql(TAKE);
        Call move = link.sql(MOVE + link.dialect().onDuplicate("namespace, type, limit_key", "next_at"))) {
      for (JobState job : granted) {
        String key = job.spec().ties().limitKey();
        take.uuid(job.id().value()).text(claim.namespace()).text(claim.type()).text(key == null ? Allowance.TYPE : key)
            .number(job.epoch()).add();
      }
      take.flush();
      for (Map.Entry<String, Instant> one : allowance.moved().entrySet()) {
        move.text(claim.namespace()).text(claim.type()).text(one.getKey()).instant(one.getValue()).add();
      }
      move.flush();
    }
  }
}
