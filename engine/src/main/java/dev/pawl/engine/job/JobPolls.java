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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
  private final AtomicLong typeTurn = new AtomicLong();
  private final AtomicLong namespaceTurn = new AtomicLong();

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
    try (JobBell.Waiter waiter = bell.waiter(poll.namespaces(), poll.types(), poll.session())) {
      while (true) {
        waiter.listen(); // before asking, so that a session that ends in between does not go unheard
        if (closing.getAsBoolean() || !sessions.get().takesWork(poll.session())) return List.of();
        takeover.unlessLately(poll.patience().isZero(), every.toNanos());
        Failpoint.CLAIM_AFTER_TAKEOVER.reach();
        Look look = new Look(poll);
        List<JobState> granted = look.claim();
        if (!granted.isEmpty()) return grants(granted);
        long rest = deadline - System.nanoTime();
        if (rest <= 0) return List.of();
        if (!waiter.await(Math.min(rest, look.untilNext())) && Thread.currentThread().isInterrupted()) {
          return List.of();
        }
      }
    }
  }

  /** One look of a poll, in all of its namespaces. */
  private final class Look {
    private final JobWorkApi.Poll poll;
    private final Map<String, List<String>> awake = new LinkedHashMap<>(2);
    private @Nullable Instant again;

    Look(JobWorkApi.Poll poll) {
      this.poll = poll;
      for (String namespace : inTurn(poll.namespaces(), namespaceTurn)) {
        awake.put(namespace, inTurn(types.awake(namespace, poll.types()), typeTurn));
      }
    }

    /** An equal share for each namespace, then what is left for those that have more. */
    List<JobState> claim() {
      List<JobState> granted = new ArrayList<>();
      List<String> more = new ArrayList<>(0);
      int turns = awake.size();
      for (String namespace : awake.keySet()) {
        int share = Math.ceilDiv(poll.max() - granted.size(), turns--);
        if (share == 0) break;
        List<JobState> some = claim(namespace, share);
        granted.addAll(some);
        if (some.size() == share) more.add(namespace);
      }
      for (String namespace : more) {
        int left = poll.max() - granted.size();
        if (left == 0) break;
        granted.addAll(claim(namespace, left));
      }
      return granted;
    }

    /** Types without limits in one claim, those with limits one by one; a limited type whose turn it is goes first. */
    private List<JobState> claim(String namespace, int max) {
      List<String> some = awake.getOrDefault(namespace, List.of());
      if (some.isEmpty()) return List.of();
      List<String> free = some.stream().filter(type -> !types.limited(namespace, type)).toList();
      if (free.size() == some.size()) return free(namespace, free, max);
      List<JobState> granted = new ArrayList<>();
      boolean freeFirst = free.contains(some.getFirst());
      if (freeFirst) granted.addAll(free(namespace, free, max));
      for (String type : some) {
        if (free.contains(type) || granted.size() >= max) continue;
        JobStore.Within one = jobs.claimWithin(namespace, type, poll.session(), max - granted.size());
        granted.addAll(one.granted());
        Instant then = one.again();
        if (then != null && (again == null || then.isBefore(again))) again = then;
      }
      if (!freeFirst && granted.size() < max) granted.addAll(free(namespace, free, max - granted.size()));
      return granted;
    }

    private List<JobState> free(String namespace, List<String> some, int max) {
      return jobs.claim(new JobStore.Claim(namespace, some, poll.session(), max));
    }

    /** In nanoseconds: when the next look is worth while, at the latest after {@link #every}. */
    long untilNext() {
      Instant next = again;
      for (Map.Entry<String, List<String>> one : awake.entrySet()) {
        if (one.getValue().isEmpty()) continue;
        Instant due = jobs.nextDue(one.getKey(), one.getValue()).orElse(null);
        if (due != null && (next == null || due.isBefore(next))) next = due;
      }
      if (next == null) return every.toNanos();
      Duration until = Duration.between(store.now(), next);
      return until.compareTo(every) > 0 ? every.toNanos() : Math.max(1, until.toNanos());
    }
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

  /** Each goes first in its turn, so that none starves behind one that is always full. */
  private static List<String> inTurn(List<String> all, AtomicLong turn) {
    if (all.size() < 2) return all;
    List<String> turned = new ArrayList<>(all);
    Collections.rotate(turned, (int) (turn.getAndIncrement() % all.size()));
    return turned;
  }

  private static void check(JobWorkApi.Poll poll) {
    if (poll.max() < 1 || poll.max() > 10_000) {
      throw new RejectedException(Rejection.invalid("max", "expected 1 to 10000, got " + poll.max()));
    }
    if (poll.patience().isNegative() || poll.patience().toMinutes() > 5) {
      throw new RejectedException(Rejection.invalid("patience", "expected 0 s to 5 min, got " + poll.patience()));
    }
    if (poll.namespaces().isEmpty() || poll.namespaces().size() > 100
        || Set.copyOf(poll.namespaces()).size() != poll.namespaces().size()) {
      throw new RejectedException(Rejection.invalid("namespaces", "expected 1 to 100 different ones, got " + poll.namespaces()));
    }
    if (poll.types().isEmpty() || poll.types().size() > 200) {
      throw new RejectedException(Rejection.invalid("types", "expected 1 to 200, got " + poll.types().size()));
    }
  }
}
