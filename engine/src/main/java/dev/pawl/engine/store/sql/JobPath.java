package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobState;
import dev.pawl.engine.store.JobStore;
import java.sql.SQLException;
import java.util.List;

/** How a group of changes of jobs is committed, and how jobs are claimed. */
interface JobPath {
  /** Writes with equal values may be in one group; others are committed apart. */
  Object together(PackedJobs write);

  /** Commits writes that go together in one transaction, each write whole or not at all. @return which landed */
  boolean[] commit(Link link, List<PackedJobs> group) throws SQLException;

  List<JobState> claim(Link link, JobStore.Claim claim) throws SQLException;
}
