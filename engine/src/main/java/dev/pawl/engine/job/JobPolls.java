package dev.pawl.engine.job;

import dev.pawl.core.job.JobState;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.session.Sessions;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Long polls for jobs: looks, waits, looks again. One thread per poll, virtual or not. */
final class JobPolls {
  private final Store store;
  private final JobStore jobs;
  private final HeldJobs held;
  private final JobBell bell;
  private final JobTypes types;
  private final JobTakeover takeover;
  private final Supplier<Sessions> sessions;
  private final Duration every;
  private final BooleanSupplier closing;
  private final AtomicLong turn = new AtomicLong();

  /** @param every how often a poll looks, whatever it was told */
  JobPolls(Store store, HeldJobs held, JobBell bell, JobTypes types, JobTakeover takeover, Supplier<Sessions> sessions,
      Duration every, BooleanSupplier closing) {
    this.store = store;
    this.jobs = store.jobs();
    this.held = held;
    this.bell = bell;
    this.types = types;
    this.takeover = takeover;
    this.sessions = sessions;
    this.every = every;
    this.closing = closing;
  }

  List<JobGrant> poll(JobWorkApi.Poll poll) {
    check(poll);
    sessions.get().buildOf(poll.session()); // refuses a session that is not open
    long deadline = System.nanoTime() + poll.patience().toNanos();
    try (JobBell.Waiter waiter = bell.waiter(poll.namespace(), poll.types())) {
      while (!closing.getAsBoolean() && !sessions.get().ended(poll.session())) {
        waiter.listen();
        takeover.unlessLately(poll.patience().isZero(), every.toNanos());
        Failpoint.CLAIM_AFTER_TAKEOVER.reach();
        List<String> awake = inTurn(types.awake(poll.namespace(), poll.types()));
        List<JobState> granted =
            jobs.claim(new JobStore.Claim(poll.namespace(), awake, poll.session(), poll.max()));
        if (!granted.isEmpty()) return grants(granted);
        long rest = deadline - System.nanoTime();
        if (rest <= 0) return List.of();
        if (!waiter.await(Math.min(rest, untilNext(poll.namespace(), awake)))
            && Thread.currentThread().isInterrupted()) {
          return List.of();
        }
      }
    }
    return List.of();
  }

  private List<JobGrant> grants(List<JobState> granted) {
    List<JobGrant> grants = new ArrayList<>(granted.size());
    for (JobState job : granted) {
      held.keep(job);
      grants.add(new JobGrant(job));
    }
    Failpoint.GRANT_BEFORE_REPLY.reach();
    return grants;
  }

  /** Each type goes first in its turn, so that none starves behind one that is always full. */
  private List<String> inTurn(List<String> all) {
    if (all.size() < 2) return all;
    List<String> turned = new ArrayList<>(all);
    Collections.rotate(turned, (int) (turn.getAndIncrement() % all.size()));
    return turned;
  }

  private long untilNext(String namespace, List<String> awake) {
    Instant next = awake.isEmpty() ? null : jobs.nextDue(namespace, awake).orElse(null);
    if (next == null) return every.toNanos();
    Duration until = Duration.between(store.now(), next);
    return until.compareTo(every) > 0 ? every.toNanos() : Math.max(1, until.toNanos());
  }

  private static void check(JobWorkApi.Poll poll) {
    if (poll.max() < 1 || poll.max() > 10_000) {
      throw new RejectedException(Rejection.invalid("max", "expected 1 to 10000, got " + poll.max()));
    }
    if (poll.patience().isNegative() || poll.patience().toMinutes() > 5) {
      throw new RejectedException(Rejection.invalid("patience", "expected 0 s to 5 min, got " + poll.patience()));
    }
    if (poll.types().isEmpty() || poll.types().size() > 200) {
      throw new RejectedException(Rejection.invalid("types", "expected 1 to 200, got " + poll.types().size()));
    }
  }
}
