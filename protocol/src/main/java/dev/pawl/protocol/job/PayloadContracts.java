package dev.pawl.protocol.job;

import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobSpec;
import java.util.Optional;

/** What is agreed about the payloads of job types. Looked at where jobs come in, and again before they are worked on. */
@FunctionalInterface
public interface PayloadContracts {
  PayloadContracts NONE = job -> Optional.empty();

  /** Why this payload breaks its contract, so that no attempt can ever use it; empty: it keeps it, or there is none. */
  Optional<JobError> objection(JobSpec job);
}
