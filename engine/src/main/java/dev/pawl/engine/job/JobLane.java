package dev.pawl.engine.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.CancelJob;
import dev.pawl.core.job.CompleteBatch;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobEffect;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSituation;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.Transition;
import dev.pawl.core.job.UwerCode;
import dev.pawl.engine.commit.Inbox;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreException;
import dev.pawl.protocol.uwer.TraceContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides and commits what comes into one inbox of jobs. */
final class JobLane implements Inbox.Groups<PendingJob<?>> {
  private static final Logger LOG = LoggerFactory.getLogger(JobLane.class);

  private final Store store;
  private final JobStore jobs;
  private final HeldJobs held;
  private final JobBell bell;
  private final JobTypes types;
  private final Breakers breakers;
  private final AgreedPayloads payloads;
  private final Inbox<PendingJob<?>> inbox;

  /**
   * @param most requests in a group
   * @param bound requests that may wait
   */
  JobLane(int number, Store store, HeldJobs held, JobBell bell, JobTypes types, Breakers breakers,
      AgreedPayloads payloads, int most, int bound) {
    this.store = store;
    this.jobs = store.jobs();
    this.held = held;
    this.bell = bell;
    this.types = types;
    this.breakers = breakers;
    this.payloads = payloads;
    this.inbox = new Inbox<>("pawl-jobs-" + number, most, bound, this);
  }

  Inbox<PendingJob<?>> inbox() {
    return inbox;
  }

  @Override
  public void round(List<PendingJob<?>> group) {
    new Round(group).run();
  }

  @Override
  public void forget() {
    held.clear();
  }

  private static final Actor DEBOUNCE = new Actor(Actor.Kind.POLICY, "debounce");

  /** What one request comes to: its changes, the job's own first, and its answer when they have landed. */
  private record Decided(PendingJob<?> pending, List<JobDecision.Change<?>> changes, Runnable answer) {}

  /** One group: load, decide, commit, answer, wake. */
  private final class Round {
    private final List<PendingJob<?>> group;
    /** Before anything is looked at. */
    private final long timeline = store.timeline();
    private final Instant now = store.now();
    private final Map<JobId, JobState> known = new HashMap<>();
    private final Map<JobStore.Key, JobState> byKey = new HashMap<>();
    private Map<JobStore.LeaseKey, LeaseEnd> ends = Map.of();
    private final JobTieLook ties = new JobTieLook(jobs);
    private final List<Decided> decided = new ArrayList<>();
    private final Set<JobId> touched = new HashSet<>();
    private final List<JobStore.Refused> refusals = new ArrayList<>(0);
    /** Answers that are given when their lines are in the audit. */
    private final List<Runnable> refused = new ArrayList<>(0);

    Round(List<PendingJob<?>> group) {
      this.group = group;
    }

    void run() {
      load();
      for (PendingJob<?> pending : group) {
        try {
          decide(pending);
        } catch (StoreException e) {
          throw e;
        } catch (RuntimeException defect) {
          LOG.error("{} could not be decided", pending.request.event(), defect);
          pending.fail(new IllegalStateException(pending.request.event() + " could not be decided: " + defect, defect));
        }
      }
      if (!decided.isEmpty()) commit();
      if (!refusals.isEmpty()) jobs.note(refusals);
      refused.forEach(Runnable::run);
    }

    private void load() {
      Set<JobId> wanted = new LinkedHashSet<>();
      Set<JobStore.Key> keys = new LinkedHashSet<>();
      for (PendingJob<?> pending : group) {
        if (pending.request instanceof SubmitJob submit) {
          // A new job has a new key, mostly: what is not so falls out and comes again.
          if (pending.fresh() || submit.spec().ties().binding()) keys.add(key(submit.spec()));
          ties.want(submit.spec());
          continue;
        }
        if (pending.request instanceof CompleteBatch complete) ties.want(complete);
        JobId id = pending.request.job();
        JobState job = pending.fresh() ? null : held.get(id);
        if (job != null) known.put(id, job);
        else wanted.add(id);
      }
      if (!keys.isEmpty()) byKey.putAll(jobs.byKey(keys));
      if (!wanted.isEmpty()) known.putAll(jobs.load(wanted));
      ties.load();
      Set<JobStore.LeaseKey> over = new LinkedHashSet<>();
      for (PendingJob<?> pending : group) {
        OptionalLong epoch = pending.request.endOf();
        if (epoch.isEmpty()) continue;
        JobState job = known.get(pending.request.job());
        boolean stands = job != null && job.leased() && job.epoch() == epoch.getAsLong();
        if (!stands) over.add(new JobStore.LeaseKey(pending.request.job(), epoch.getAsLong()));
      }
      if (!over.isEmpty()) ends = jobs.ends(over);
    }

    private <A> void decide(PendingJob<A> pending) {
      JobId id = pending.request.job();
      JobState job = pending.request instanceof SubmitJob submit ? byKey.get(key(submit.spec())) : known.get(id);
      OptionalLong epoch = pending.request.endOf();
      LeaseEnd end = epoch.isEmpty() ? null : ends.get(new JobStore.LeaseKey(id, epoch.getAsLong()));
      switch (pending.request.decide(ties.situation(pending.request, job, end, now))) {
        case JobDecision.Unchanged<A> same -> pending.answer(same.answer());
        case JobDecision.Refused<A> no -> {
          boolean guessed = !pending.fresh() && job != null && held.get(id) == job;
          if (guessed) {
            // What was remembered may be old: a "no" is only said about what is there.
            held.forget(id);
            again(pending);
            return;
          }
          Transition line = no.audit();
          if (line != null) refusals.add(new JobStore.Refused(line, LateBody.of(pending.request)));
          refused.add(() -> pending.refuse(no.code(), no.message(), no.pointer()));
        }
        case JobDecision.Change<A> change -> {
          if (!touched.add(change.after().id())) {
            again(pending); // after the one before it, on what that one leaves
            return;
          }
          List<JobDecision.Change<?>> all = withFollowers(pending, change);
          if (all != null) decided.add(new Decided(pending, all, () -> pending.answer(change.answer())));
        }
      }
    }

    private void again(PendingJob<?> pending) {
      pending.refresh();
      inbox.postpone(pending);
    }

    /** The change itself, and the jobs that it brings about. Null: one of them is refused, and the request with it. */
    private @Nullable List<JobDecision.Change<?>> withFollowers(PendingJob<?> pending, JobDecision.Change<?> change) {
      List<SubmitJob> children = new ArrayList<>(0);
      List<JobDecision.Change<?>> others = new ArrayList<>(0);
      List<JobEffect> own = new ArrayList<>(change.effects().size());
      for (JobEffect effect : change.effects()) {
        if (effect instanceof JobEffect.Spawned child) {
          Actor actor = new Actor(Actor.Kind.NODE, child.by() + "/" + child.epoch());
          children.add(new SubmitJob(JobId.next(now, ThreadLocalRandom.current()),
              TraceContext.inherited(child.spec(), change.after().spec()), null, actor));
          continue;
        }
        if (effect instanceof JobEffect.Superseded older) {
          // In the same commit: somebody who began with it meanwhile makes both fall out.
          if (!touched.add(older.job().id())
              || !(new CancelJob(older.job().id(), DEBOUNCE).decide(JobSituation.of(older.job(), now))
                  instanceof JobDecision.Change<?> cancelled)) {
            again(pending);
            return null;
          }
          others.add(cancelled);
          continue;
        }
        own.add(effect);
        if (effect instanceof JobEffect.Buried letter && types.followsDead(letter.job().spec())) {
          children.add(new SubmitJob(JobId.next(now, ThreadLocalRandom.current()),
              TraceContext.inherited(payloads.made(AfterDeath.job(letter.job(), letter.cause(), now)), letter.job().spec()),
              null, AfterDeath.ACTOR));
        }
      }
      if (children.isEmpty() && others.isEmpty()) return List.of(change);
      List<JobDecision.Change<?>> all = new ArrayList<>(1 + children.size());
      all.add(new JobDecision.Change<>(change.before(), change.after(), own, change.answer()));
      all.addAll(others);
      if (children.isEmpty()) return all;
      JobTieLook childTies = new JobTieLook(jobs);
      for (SubmitJob child : children) childTies.want(child.spec());
      childTies.load();
      Map<JobStore.Key, JobState> there = pending.fresh()
          ? jobs.byKey(children.stream().map(child -> key(child.spec())).toList())
          : Map.of();
      for (SubmitJob child : children) {
        switch (child.decide(childTies.situation(child, there.get(key(child.spec())), null, now))) {
          case JobDecision.Change<?> born -> {
            if (born.effects().stream().anyMatch(JobEffect.Superseded.class::isInstance)) {
              pending.refuse(UwerCode.ILLEGAL_TRANSITION, "a job that is debounced cannot be spawned", null);
              return null;
            }
            all.add(born);
          }
          case JobDecision.Unchanged<?> same -> {}
          case JobDecision.Refused<?> no -> {
            pending.refuse(no.code(), "a job that it brings about: " + no.message(), no.pointer());
            return null;
          }
        }
      }
      return all;
    }

    private void commit() {
      List<JobStore.Write> writes = new ArrayList<>(decided.size());
      for (Decided one : decided) {
        writes.add(new JobStore.Write(one.changes()));
        for (JobDecision.Change<?> change : one.changes()) {
          if (change.before() == null) types.comes(change.after().spec());
        }
      }
      Failpoint.COMMIT_BEFORE.reach();
      List<Store.Outcome> outcomes = jobs.commit(writes, timeline);
      Failpoint.COMMIT_BEFORE_ANSWER.reach();
      Set<JobBell.Type> ring = new HashSet<>(2);
      for (int i = 0; i < outcomes.size(); i++) {
        Decided one = decided.get(i);
        switch (outcomes.get(i)) {
          case Store.Outcome.Landed landed -> {
            for (JobDecision.Change<?> change : one.changes()) {
              JobState after = change.after();
              JobState before = change.before();
              if (before == null && !(one.pending().request instanceof SubmitJob)) payloads.born(List.of(after));
              if (before != null) held.keep(after);
              boolean freed = before != null && before.leased() && !after.leased()
                  && types.seenLimited(after.spec().namespace(), after.spec().type());
              if (freed && after.phase() == JobPhase.SUCCEEDED) breakers.succeeded(after.spec());
              if (freed || !after.leased() && !after.phase().terminal() && after.phase() != JobPhase.HELD) {
                ring.add(new JobBell.Type(after.spec().namespace(), after.spec().type()));
              }
            }
            one.answer().run();
          }
          case Store.Outcome.Conflict conflict -> conflicted(one);
          case Store.Outcome.Refused refused -> {
            held.forget(one.pending().request.job());
            if (refused.byDatabase() && one.pending().unstorable(refused.why())) {
              LOG.error("what job {} came to cannot be stored: {}", one.pending().request.job(), refused.why());
              inbox.postpone(one.pending());
              continue;
            }
            one.pending().refuse(UwerCode.SCHEMA_VIOLATION, "the database refuses this data: " + refused.why(), null);
          }
        }
      }
      Failpoint.COMMIT_BEFORE_WAKE.reach();
      // Wake after the commit: a poll woken earlier would look, see nothing, and sleep through its own job.
      if (!ring.isEmpty()) bell.ring(ring);
    }

    private void conflicted(Decided one) {
      PendingJob<?> pending = one.pending();
      held.forget(pending.request.job());
      if (!pending.fellOut()) {
        pending.refuse(UwerCode.ADMISSION_REFUSED,
            "%s lost %d times against other writers of the same job; nothing was stored, try again"
                .formatted(pending.request.event(), pending.conflicts()), null);
        return;
      }
      inbox.postpone(pending);
    }
  }

  static JobStore.Key key(JobSpec spec) {
    return new JobStore.Key(spec.namespace(), spec.type(), spec.key());
  }
}
