package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobId;
import java.sql.SQLException;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets jobs apart whose rows cannot be read: dead letters with cause HISTORY_CORRUPT. The rules cannot be asked about what
 * nobody can read, so this is SQL alone. Left in the queue, such a job would be found first by every claim.
 */
final class DamagedJobs {
  private static final Logger LOG = LoggerFactory.getLogger(DamagedJobs.class);

  private static final String LINE = """
      insert into pawl_job_ledger (job_id, version, ord, namespace, at, event, from_phase, to_phase, epoch, actor,
        end_kind, session, granted_at, cause)
      select o.job_id, o.version + 1, 0, o.namespace, {now}, 'GIVE_UP', o.phase, 'DEAD_LETTERED', o.epoch,
        'dispatcher:damaged', case when o.session is null then null else 'REVOKE' end, o.session, o.granted_at,
        'HISTORY_CORRUPT'
      from pawl_open_jobs o where o.job_id = ?""";
  private static final String LETTER = """
      insert into pawl_dead_letters (job_id, namespace, type, cause, at)
      select o.job_id, o.namespace, o.type, 'HISTORY_CORRUPT', {now} from pawl_open_jobs o where o.job_id = ?""";
  private static final String GONE = "delete from pawl_open_jobs where job_id = ?";

  private DamagedJobs() {}

  /** In the caller's transaction. */
  static void setApart(Link link, Collection<JobId> damaged) throws SQLException {
    for (JobId job : damaged) {
      LOG.error("job {} cannot be read and is a dead letter", job);
      for (String sql : new String[] {LINE, LETTER, GONE}) {
        try (Call call = link.sql(sql)) {
          call.uuid(job.value()).update();
        }
      }
    }
  }
}
