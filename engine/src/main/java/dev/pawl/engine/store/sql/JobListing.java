package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.engine.store.JobStore;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which jobs a list shows. Ids rise with time, so the newest have the highest. */
final class JobListing {
  /** What waits or is worked on is few rows; what is submitted may be very many. */
  private static final String OPEN = "select x.job_id from pawl_open_jobs x where x.namespace = ?";
  private static final String ALL = "select x.job_id from pawl_jobs x where x.namespace = ?";
  private static final String OVER =
      " and not exists (select 1 from pawl_open_jobs o where o.job_id = x.job_id)";

  private JobListing() {}

  /** Newest first. */
  static List<JobId> ids(Link link, JobStore.ListQuery query) throws SQLException {
    String type = query.type();
    JobPhase phase = query.phase();
    JobId before = query.before();
    String sql = (phase == null ? ALL : OPEN)
        + (phase == null ? "" : " and x.phase = ?")
        + (type == null ? "" : " and x.type = ?")
        + (before == null ? "" : " and x.job_id < ?")
        + (query.finished() ? OVER : "")
        + " order by x.job_id desc limit ?";
    try (Call call = link.sql(sql)) {
      call.text(query.namespace());
      if (phase != null) call.text(phase.name());
      if (type != null) call.text(type);
      if (before != null) call.uuid(before.value());
      return call.number(query.limit()).list(row -> new JobId(row.uuid()));
    }
  }
}
