package dev.pawl.engine.job;

import dev.pawl.core.job.BulkOrder;
import dev.pawl.core.job.JobEnding;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.OperateJob;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One bulk redrive: a few first, then the rest at its rate, unless the few have died again. What was driven is looked after
 * all the way: when too much of it dies, what is left stays where it is.
 */
final class Redrive {
  private static final int PORTION = 500;
  private static final int WATCHED = 1_000;

  /** Of fewer that have ended nothing can be said. */
  private static final int TELLING = 20;
  private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(100);

  private final Store store;
  private final JobLanes lanes;
  private final EngineJobs jobs;
  private final JobApi.RedriveOrder order;
  /** The newest of those that were driven, which tell how it goes. */
  private final ArrayDeque<JobId> driven = new ArrayDeque<>();
  private List<JobId> all = List.of();
  /** When somebody else began with it; null: nobody did. */
  private @Nullable Instant since;
  private Function<JobApi.RedriveReport, @Nullable String> between = soFar -> null;
  private volatile int redriven;
  private volatile int refused;
  private volatile @Nullable String firstRefusal;

  Redrive(Store store, JobLanes lanes, EngineJobs jobs, JobApi.RedriveOrder order) {
    this.store = store;
    this.lanes = lanes;
    this.jobs = jobs;
    this.order = order;
  }

  /** Finds what the order names. @throws JobRefusedException the papers do not do */
  void prepare() {
    List<JobId> named = order.jobs();
    all = named == null ? jobs.matching(order.query()) : named;
    boolean bulk = named == null || named.size() > 1;
    new BulkOrder(new OperatorAct.Redrive(), order.papers(), all.size(), order.rehearsed() || !bulk)
        .refusal(order.dryRun()).ifPresent(no -> {
          throw new JobRefusedException(no.code(), no.message(), no.pointer());
        });
  }

  /** The letters that the order came to. */
  List<JobId> letters() {
    return all;
  }

  /** Goes on with what somebody else began. How far that came is read from the letters themselves. */
  void takeOver(Instant begun) {
    all = order.jobs() == null ? List.of() : order.jobs();
    since = begun;
  }

  JobApi.RedriveReport run() {
    prepare();
    return proceed(soFar -> null);
  }

  /** How far it is. @param halted why the rest is left alone; null: it is not */
  JobApi.RedriveReport report(@Nullable String halted) {
    return new JobApi.RedriveReport(all.size(), redriven, refused, firstRefusal, halted);
  }

  /** @param look asked between portions why it should end; null: it goes on */
  JobApi.RedriveReport proceed(Function<JobApi.RedriveReport, @Nullable String> look) {
    between = look;
    int few = order.dryRun() ? 0 : (int) Math.ceil(all.size() * Math.min(1, Math.max(0, order.canary())));
    String halted = null;
    if (few > 0 && few < all.size()) {
      halted = drive(all.subList(0, few));
      if (halted == null) halted = watch(all.subList(0, few));
    } else {
      few = 0;
    }
    if (halted == null) halted = drive(all.subList(few, all.size()));
    return report(halted);
  }

  /** @return why what is left was left alone; null: all were driven */
  private @Nullable String drive(List<JobId> some) {
    int portion = order.perSecond() <= 0 ? PORTION : (int) Math.max(1, Math.min(PORTION, order.perSecond() / 10));
    for (int from = 0; from < some.size(); from += portion) {
      List<JobId> part = some.subList(from, Math.min(some.size(), from + portion));
      String wanted = between.apply(report(null));
      if (wanted != null) return wanted;
      String trouble = order.dryRun() ? null : trouble();
      if (trouble != null) return trouble;
      long began = System.nanoTime();
      Map<JobId, JobState> there = store.jobs().load(part);
      List<OperateJob> requests = new ArrayList<>();
      for (JobId id : part) {
        JobState job = there.get(id);
        if (job == null || !job.spec().namespace().equals(order.query().namespace())) {
          refuse("there is no job " + id);
          continue;
        }
        if (drivenBefore(job)) {
          driven(id);
          continue;
        }
        requests.add(new OperateJob(id, new OperatorAct.Redrive(), order.papers(), job.epoch(), order.dryRun()));
      }
      List<JobAnswer<OperateJob.Operated>> answers = lanes.submitAll(requests);
      for (int i = 0; i < answers.size(); i++) {
        if (answers.get(i) instanceof JobAnswer.Refused<OperateJob.Operated> no) {
          refuse(no.message());
          continue;
        }
        driven(requests.get(i).job());
      }
      if (order.perSecond() > 0 && !order.dryRun() && from + portion < some.size()) {
        long until = began + (long) (part.size() / order.perSecond() * 1e9);
        LockSupport.parkNanos(Math.max(0, until - System.nanoTime()));
      }
    }
    return null;
  }

  private void driven(JobId id) {
    redriven++;
    driven.add(id);
    if (driven.size() > WATCHED) driven.poll();
  }

  /** A letter that is alive since the order began, or has died since, was driven by whoever began. */
  private boolean drivenBefore(JobState job) {
    Instant begun = since;
    JobEnding ending = job.ending();
    return begun != null && (!diedAgain(job) || ending == null || ending.at().isAfter(begun));
  }

  /** Why the rest should be left alone; null: of those that have ended, enough have ended well. */
  private @Nullable String trouble() {
    if (driven.isEmpty() || order.haltAbove() >= 1) return null;
    int ended = 0;
    int dead = 0;
    for (JobState job : store.jobs().load(List.copyOf(driven)).values()) {
      if (job.phase().terminal()) ended++;
      if (diedAgain(job)) dead++;
    }
    return ended >= TELLING && dead > order.haltAbove() * ended
        ? "%d of the last %d that have ended have died again".formatted(dead, ended)
        : null;
  }

  private static boolean diedAgain(JobState job) {
    return job.phase() == JobPhase.DEAD_LETTERED || job.phase() == JobPhase.FAILED;
  }

  private void refuse(String why) {
    refused++;
    if (firstRefusal == null) firstRefusal = why;
  }

  /** Waits for the end of the canary. @return why the rest is left alone; null: it has done well */
  private @Nullable String watch(List<JobId> canary) {
    Instant until = store.now().plus(order.patience());
    while (true) {
      int open = 0;
      int dead = 0;
      for (JobState job : store.jobs().load(canary).values()) {
        if (!job.phase().terminal()) open++;
        else if (diedAgain(job)) dead++;
      }
      if (dead > order.haltAbove() * canary.size()) {
        return "%d of the first %d have died again".formatted(dead, canary.size());
      }
      if (open == 0) return null;
      String wanted = between.apply(report(null));
      if (wanted != null) return wanted;
      if (!store.now().isBefore(until)) {
        return "%d of the first %d had not ended after %s".formatted(open, canary.size(), shown(order.patience()));
      }
      LockSupport.parkNanos(LOOK_EVERY);
    }
  }

  private static String shown(Duration time) {
    return time.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
