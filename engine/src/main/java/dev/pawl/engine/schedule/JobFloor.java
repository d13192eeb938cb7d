package dev.pawl.engine.schedule;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobSpec;
import java.util.List;

/** What schedules need of those who look after jobs. */
public interface JobFloor {
  /** Jobs like these are about to be stored. */
  void expect(List<JobSpec> specs);

  /** They are there: whoever waits for them may look. */
  void born(List<JobSpec> specs);

  /** A job is wanted no more; it may be over already. */
  void cancel(String namespace, JobId job);
}
