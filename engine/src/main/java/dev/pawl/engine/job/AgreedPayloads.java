package dev.pawl.engine.job;

import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.engine.store.JobStore;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.job.PayloadContracts;
import dev.pawl.protocol.job.PayloadContracts.Verdict;
import java.util.List;

/** Where every job that comes in, by whatever door, is held against what is agreed about its payload. */
final class AgreedPayloads {
  private final JobStore jobs;
  private volatile PayloadContracts contracts = PayloadContracts.NONE;

  AgreedPayloads(JobStore jobs) {
    this.jobs = jobs;
  }

  void holdTo(PayloadContracts agreed) {
    contracts = agreed;
  }

  PayloadContracts contracts() {
    return contracts;
  }

  /** The job under the contract that its payload keeps. @throws JobRefusedException it keeps none */
  JobSpec agreed(JobSpec spec) {
    PayloadContracts now = contracts;
    if (now == PayloadContracts.NONE) return spec;
    return switch (now.check(spec)) {
      case Verdict.Kept kept -> kept.contract() == null ? spec : spec.under(kept.contract());
      case Verdict.Broken broken -> {
        if (!accepted(spec)) throw new JobRefusedException(broken.code(), broken.why(), broken.pointer());
        yield spec;
      }
    };
  }

  /** What was accepted under an older version is still the same job. */
  private boolean accepted(JobSpec spec) {
    JobStore.Key key = JobLane.key(spec);
    JobState there = jobs.byKey(List.of(key)).get(key);
    return there != null && there.spec().digest().equals(spec.digest());
  }
}
