package dev.pawl.engine.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.JobBound;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.task.SessionId;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.schedule.JobFloor;
import dev.pawl.engine.session.Sessions;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.job.PayloadContracts;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Everything of a node that is about jobs, put together. */
public final class JobDesk implements JobFloor {
  /** Requests that may wait in one lane. */
  private static final int BOUND = 100_000;

  /** The longest terms that a job may ask for. */
  private static final LeaseTerms LONGEST =
      new LeaseTerms(Duration.ofMinutes(15), Duration.ofMinutes(30), Duration.ofDays(1));

  private final JobLanes lanes;
  private final JobBell bell;
  private final JobTakeover takeover;
  private final EngineJobs jobs;
  private final JobTypes types;
  private final EngineJobWork work;
  private final LookAfterJobs lookAfter;
  private final FindOrphanJobs orphans;
  private final Breakers breakers;
  private final Duration bound;
  private final SealJobs seal;
  private final AgreedPayloads payloads;

  /**
   * Puts it together.
   *
   * @param sessions asked when a poll comes in, not before
   * @param others told by namespace and type of jobs that wait; does not block
   */
  public JobDesk(Store store, int laneCount, LeaseTimings timings, Supplier<Sessions> sessions,
      Consumer<String> namespaceKnown, EngineMetrics metrics, BiConsumer<String, String> others,
      BooleanSupplier closing) {
    bell = new JobBell(type -> others.accept(type.namespace(), type.name()));
    HeldJobs held = new HeldJobs();
    store.whenTimelineIsNew(held::clear);
    types = new JobTypes(store.jobs(), store::now);
    breakers = new Breakers(store.jobs(), types, bell);
    payloads = new AgreedPayloads(store.jobs());
    lanes = new JobLanes(store, held, bell, types, breakers, payloads, laneCount, BOUND);
    takeover = new JobTakeover(store, lanes, metrics);
    jobs = new EngineJobs(store, lanes, types, breakers, bell, namespaceKnown, payloads);
    JobPolls polls = new JobPolls(store, held, bell, types, takeover, sessions, timings.takeoverPoll(), closing);
    work = new EngineJobWork(store.jobs(), lanes, polls, types, breakers, payloads);
    bound = JobBound.of(timings, LONGEST).worst();
    orphans = new FindOrphanJobs(store.jobs(), bound, metrics);
    seal = new SealJobs(store, lanes::waiting, metrics);
    lookAfter = new LookAfterJobs(store, lanes, takeover, payloads, jobs, timings.takeoverPoll());
  }

  /** From now on jobs are held to these. */
  public void holdTo(PayloadContracts contracts) {
    payloads.holdTo(contracts);
  }

  public void start() {
    lanes.start();
  }

  public JobApi jobs() {
    return jobs;
  }

  public JobWorkApi work() {
    return work;
  }

  public JobTakeover takeover() {
    return takeover;
  }

  /** Looks for jobs that nobody will ever look at again. */
  public FindOrphanJobs orphans() {
    return orphans;
  }

  /** Seals what is over. */
  public SealJobs seal() {
    return seal;
  }

  /** How long a job may rest at most. */
  public Duration bound() {
    return bound;
  }

  /** What is heard of dependencies, to be written down. */
  public Breakers breakers() {
    return breakers;
  }

  /** The background work of jobs. */
  public LookAfterJobs lookAfter() {
    return lookAfter;
  }

  /** Another node says that a job waits. */
  public void ready(String namespace, String type) {
    bell.wake(Set.of(new JobBell.Type(namespace, type)));
  }

  // ---- for schedules

  @Override
  public void expect(List<JobSpec> specs) {
    specs.forEach(types::comes);
  }

  @Override
  public void agreed(JobSpec spec) {
    payloads.agreed(spec);
  }

  @Override
  public JobSpec made(JobSpec spec) {
    return payloads.made(spec);
  }

  @Override
  public void born(List<JobState> made) {
    payloads.born(made);
    bell.ring(made.stream().map(job -> new JobBell.Type(job.spec().namespace(), job.spec().type()))
        .collect(Collectors.toSet()));
  }

  @Override
  public void cancel(String namespace, JobId job) {
    // It may have ended in between: then nobody has to be asked any more.
    jobs.cancel(namespace, job, SCHEDULE);
  }

  private static final Actor SCHEDULE = new Actor(Actor.Kind.POLICY, "schedule");

  /** Polls look up and see whether they should end. */
  public void wakePolls() {
    bell.ringAll();
  }

  /** Those of a session. */
  public void wakePolls(SessionId session) {
    bell.wake(session);
  }

  public int waiting() {
    return lanes.waiting();
  }

  public Duration stuck() {
    return lanes.stuck();
  }

  public void close() {
    jobs.close();
    bell.ringAll();
    lanes.close();
  }
}
