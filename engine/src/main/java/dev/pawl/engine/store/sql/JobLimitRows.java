package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobRate;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The limits of types. */
final class JobLimitRows {
  private static final String DELETE = "delete from pawl_job_limits where namespace = ? and type = ?";
  private static final String INSERT = """
      insert into pawl_job_limits (namespace, type, running, running_per_key, rate_permits, rate_period, rate_burst,
        key_permits, key_period, key_burst)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";
  private static final String FREE_ALL = "delete from pawl_job_slots where namespace = ? and type = ?";

  /** What runs already counts. */
  private static final String ADOPT = """
      insert into pawl_job_slots (job_id, namespace, type, limit_key, epoch)
      select o.job_id, o.namespace, o.type, coalesce(o.limit_key, ''), o.epoch from pawl_open_jobs o
      where o.session is not null and o.namespace = ? and o.type = ?""";

  private final Access access;

  JobLimitRows(Access access) {
    this.access = access;
  }

  void limit(String namespace, String type, JobLimits limits) {
    access.change(link -> {
      try (Call delete = link.sql(DELETE); Call free = link.sql(FREE_ALL)) {
        delete.text(namespace).text(type).update();
        free.text(namespace).text(type).update();
      }
      if (limits.none()) return true;
      try (Call insert = link.sql(INSERT); Call adopt = link.sql(ADOPT)) {
        write(insert.text(namespace).text(type), limits).update();
        adopt.text(namespace).text(type).update();
      }
      return true;
    });
  }

  private static Call write(Call call, JobLimits limits) throws SQLException {
    call.numberOrNull(wide(limits.running())).numberOrNull(wide(limits.runningPerKey()));
    return rate(rate(call, limits.rate()), limits.ratePerKey());
  }

  private static @Nullable Long wide(@Nullable Integer value) {
    return value == null ? null : (Long) value.longValue();
  }

  private static Call rate(Call call, @Nullable JobRate rate) throws SQLException {
    return rate == null
        ? call.numberOrNull(null).numberOrNull(null).numberOrNull(null)
        : call.number(rate.permits()).number(JobRows.micros(rate.period())).number(rate.burst());
  }

  /** Reads the eight columns of the limits; all null: none. */
  static JobLimits read(Row row) throws SQLException {
    Integer running = row.integerOrNull();
    Integer perKey = row.integerOrNull();
    JobRate rate = rate(row);
    return new JobLimits(running, perKey, rate, rate(row));
  }

  private static @Nullable JobRate rate(Row row) throws SQLException {
    Integer permits = row.integerOrNull();
    Long period = row.numberOrNull();
    Integer burst = row.integerOrNull();
    return permits == null || period == null || burst == null
        ? null
        : new JobRate(permits, Duration.ofNanos(period * 1_000), burst);
  }
}
