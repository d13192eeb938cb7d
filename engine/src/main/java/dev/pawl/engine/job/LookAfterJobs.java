package dev.pawl.engine.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.AutoRedrive;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.ExpireHold;
import dev.pawl.core.job.GiveUp;
import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobLease;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.PassDeadline;
import dev.pawl.core.job.RevokeLease;
import dev.pawl.engine.duty.Duty;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What time does to jobs, besides making them due: lost sessions, handlers that run too long or get nowhere, deadlines,
 * holds and graces that end, dead letters that the policy drives again, types that nobody serves, batches that are
 * complete, jobs that the engine made and that break their contract, bulk redrives whose node is gone. Each is a request like
 * any other; whoever finds it first brings it about.
 */
public final class LookAfterJobs implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(LookAfterJobs.class);
  private static final Duration ALERT_EVERY = Duration.ofMinutes(1);
  private static final int PORTION = 500;
  private static final Actor CLOCK = new Actor(Actor.Kind.CLOCK, "duty");
  private static final Actor POLICY = new Actor(Actor.Kind.POLICY, "redrive");

  private final Store store;
  private final JobLanes lanes;
  private final JobTakeover takeover;
  private final AgreedPayloads payloads;
  private final EngineJobs jobs;
  private final Duration every;
  private final AtomicReference<Watch> watch = new AtomicReference<>(new Watch(Instant.EPOCH, Instant.EPOCH));

  private volatile Set<String> unserved = Set.of();
  private Instant nextAlert = Instant.MIN;

  private record Watch(Instant since, Instant last) {}

  LookAfterJobs(Store store, JobLanes lanes, JobTakeover takeover, AgreedPayloads payloads, EngineJobs jobs,
      Duration every) {
    this.store = store;
    this.jobs = jobs;
    this.payloads = payloads;
    this.lanes = lanes;
    this.takeover = takeover;
    this.every = every;
  }

  @Override
  public Duration every() {
    return every;
  }

  @Override
  public int tick(Instant now) {
    int done = takeover.abandoned();
    List<JobRequest<JobPhase>> requests = new ArrayList<>();
    for (JobState job : store.jobs().overdue(PORTION)) add(requests, overdue(job, now));
    for (JobState job : store.jobs().toLookAt(PORTION)) add(requests, due(job, now));
    Duration watched = watchedFor(now);
    if (watched.compareTo(GiveUp.UNCLAIMED_ALERT) >= 0) alert(now);
    if (watched.compareTo(GiveUp.UNCLAIMED_MAX) >= 0) {
      for (JobState job : store.jobs().unclaimed(now.minus(GiveUp.UNCLAIMED_MAX), PORTION)) {
        requests.add(new GiveUp(job.id(), DeadLetterCause.UNREGISTERED_TYPE, CLOCK));
      }
    }
    for (JobBatch batch : store.jobs().completeBatches(PORTION)) {
      requests.add(BatchCallback.of(batch, store.jobs().tally(batch.namespace(), batch.id()), now));
    }
    requests.addAll(payloads.poisoned());
    done += submit(requests);
    return done + redrive() + jobs.adoptRedrives(now);
  }

  /** How long this node has looked without a gap: after an outage nobody has asked for anything, and that says nothing. */
  private Duration watchedFor(Instant now) {
    Watch next = watch.updateAndGet(there -> now.isAfter(there.last().plus(GiveUp.UNCLAIMED_ALERT))
        ? new Watch(now, now)
        : new Watch(there.since(), now));
    return Duration.between(next.since(), now);
  }

  /** Types whose jobs wait although nobody has asked for them for five minutes, while this node was there to see it. */
  public Set<String> unserved() {
    return unserved;
  }

  private void alert(Instant now) {
    if (now.isBefore(nextAlert) && now.plus(ALERT_EVERY).isAfter(nextAlert)) return;
    nextAlert = now.plus(ALERT_EVERY);
    Set<String> found = new TreeSet<>();
    for (JobState job : store.jobs().unclaimed(now.minus(GiveUp.UNCLAIMED_ALERT), PORTION)) {
      found.add(job.spec().namespace() + "/" + job.spec().type());
    }
    for (String type : found) {
      if (!unserved.contains(type)) LOG.warn("no worker has asked for jobs of {} for {}", type, GiveUp.UNCLAIMED_ALERT);
    }
    unserved = Set.copyOf(found);
  }

  private int redrive() {
    List<JobRequest<JobPhase>> requests = new ArrayList<>();
    for (JobState job : store.jobs().redrivable(PORTION)) requests.add(new AutoRedrive(job.id(), POLICY));
    if (requests.isEmpty()) return 0;
    Failpoint.REDRIVE_BEFORE.reach();
    int done = submit(requests);
    Failpoint.REDRIVE_AFTER.reach();
    return done;
  }

  private static void add(List<JobRequest<JobPhase>> requests, @Nullable JobRequest<JobPhase> one) {
    if (one != null) requests.add(one);
  }

  private static @Nullable JobRequest<JobPhase> overdue(JobState job, Instant now) {
    JobLease lease = job.lease();
    if (lease == null) return null;
    if (!now.isBefore(lease.executionDeadline())) {
      return new RevokeLease(job.id(), job.epoch(), JobEvent.EXEC_TIMEOUT, CLOCK);
    }
    if (!now.isBefore(lease.progressAt().plus(job.spec().lease().progressTimeout()))) {
      return new RevokeLease(job.id(), job.epoch(), JobEvent.PROGRESS_TIMEOUT, CLOCK);
    }
    return null;
  }

  private static @Nullable JobRequest<JobPhase> due(JobState job, Instant now) {
    Instant deadline = job.deadlineAt();
    if (deadline != null && !job.deadlinePassed() && !now.isBefore(deadline)) return new PassDeadline(job.id(), CLOCK);
    if (job.phase() == JobPhase.HELD) return new ExpireHold(job.id(), CLOCK);
    Instant cancel = job.cancelRequestedAt();
    if (cancel != null && job.leased() && !now.isBefore(cancel.plus(JobState.CANCEL_GRACE))) {
      return new RevokeLease(job.id(), job.epoch(), JobEvent.CANCEL_GRACE_OVER, CLOCK);
    }
    return null;
  }

  private int submit(List<JobRequest<JobPhase>> requests) {
    int done = 0;
    for (JobAnswer<JobPhase> answer : lanes.submitAll(requests)) if (answer.ok()) done++;
    return done;
  }
}
