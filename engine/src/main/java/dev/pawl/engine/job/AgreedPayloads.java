package dev.pawl.engine.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.GiveUp;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.engine.store.JobStore;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.job.PayloadContracts;
import dev.pawl.protocol.job.PayloadContracts.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where every job that comes in, by whatever door, or that the engine makes is held against what is agreed about its payload. */
final class AgreedPayloads {
  private static final Logger LOG = LoggerFactory.getLogger(AgreedPayloads.class);
  private static final Actor ACTOR = new Actor(Actor.Kind.POLICY, "contract");

  private final JobStore jobs;
  private final Queue<GiveUp> poisoned = new ConcurrentLinkedQueue<>();
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

  /** The same of a job that the engine itself makes: one that keeps none is made all the same, see {@link #born}. */
  JobSpec made(JobSpec spec) {
    PayloadContracts now = contracts;
    return now != PayloadContracts.NONE && now.check(spec) instanceof Verdict.Kept kept && kept.contract() != null
        ? spec.under(kept.contract())
        : spec;
  }

  /**
   * Looks at jobs that the engine itself has made. What breaks its contract is to be a dead letter, long before a worker asks
   * for it. When this node dies before it comes to that, the worker's side finds the same.
   */
  void born(List<JobState> made) {
    PayloadContracts now = contracts;
    if (now == PayloadContracts.NONE) return;
    for (JobState job : made) {
      now.objection(job.spec()).ifPresent(why -> {
        LOG.error("job {} of type {}, made by the engine, breaks its contract: {}", job.id(), job.spec().type(),
            why.detail());
        poisoned.add(new GiveUp(job.id(), DeadLetterCause.POISON_PAYLOAD, ACTOR, why));
      });
    }
  }

  /** What is to be given up; nobody else gets it. */
  List<GiveUp> poisoned() {
    List<GiveUp> all = new ArrayList<>(0);
    for (GiveUp one = poisoned.poll(); one != null; one = poisoned.poll()) all.add(one);
    return all;
  }

  /** What was accepted under an older version is still the same job. */
  private boolean accepted(JobSpec spec) {
    JobStore.Key key = JobLane.key(spec);
    JobState there = jobs.byKey(List.of(key)).get(key);
    return there != null && there.spec().digest().equals(spec.digest());
  }
}
