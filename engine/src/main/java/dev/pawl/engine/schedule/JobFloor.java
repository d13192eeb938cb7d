package dev.pawl.engine.schedule;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import java.util.List;

/** What schedules need of those who look after jobs. */
public interface JobFloor {
  /** Whether its payload keeps what is agreed. @throws dev.pawl.protocol.job.JobRefusedException it does not */
  void agreed(JobSpec spec);

  /** The job as it is made: under the contract that its payload keeps, if there is one. */
  JobSpec made(JobSpec spec);

  /** Jobs like these are about to be stored. */
  void expect(List<JobSpec> specs);

  /** They are there: whoever waits for them may look. */
  void born(List<JobState> made);

  /** A job is wanted no more; it may be over already. */
  void cancel(String namespace, JobId job);
}
