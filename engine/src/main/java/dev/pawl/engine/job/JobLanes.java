package dev.pawl.engine.job;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The lanes of a node's jobs. All requests about one job that is there meet in one lane. */
final class JobLanes {
  /** Requests in a group: beyond that a larger one is no cheaper. */
  private static final int GROUP = 1_000;

  private final List<JobLane> lanes = new ArrayList<>();

  JobLanes(Store store, HeldJobs held, JobBell bell, JobTypes types, int count, int bound) {
    for (int i = 0; i < count; i++) lanes.add(new JobLane(i, store, held, bell, types, GROUP, bound));
  }

  void start() {
    lanes.forEach(JobLane::start);
  }

  <A> JobAnswer<A> submit(JobRequest<A> request) {
    return submitAll(List.of(request)).getFirst();
  }

  /** Decides and commits requests. One answer each, in order, after the commits. */
  <A> List<JobAnswer<A>> submitAll(List<? extends JobRequest<A>> requests) {
    if (requests.isEmpty()) return List.of();
    CountDownLatch batch = new CountDownLatch(requests.size());
    List<PendingJob<A>> all = new ArrayList<>(requests.size());
    List<List<PendingJob<A>>> parts = new ArrayList<>(lanes.size());
    for (int i = 0; i < lanes.size(); i++) parts.add(new ArrayList<>(requests.size() / lanes.size() + 8));
    int first = lane(requests.getFirst().job());
    for (JobRequest<A> request : requests) {
      PendingJob<A> pending = new PendingJob<>(request, batch);
      // Nobody else can ask about a job that is not there yet: a batch of births stays together, in full groups.
      int lane = request instanceof SubmitJob
          ? (first + all.size() / GROUP) % lanes.size()
          : lane(request.job());
      all.add(pending);
      parts.get(lane).add(pending);
    }
    for (int i = 0; i < parts.size(); i++) if (!parts.get(i).isEmpty()) lanes.get(i).offer(parts.get(i));
    await(batch);
    List<JobAnswer<A>> answers = new ArrayList<>(all.size());
    for (PendingJob<A> pending : all) answers.add(pending.result());
    return answers;
  }

  private int lane(JobId job) {
    return (int) Long.remainderUnsigned(job.value().getLeastSignificantBits() * 0x9E3779B97F4A7C15L >>> 32, lanes.size());
  }

  private static void await(CountDownLatch batch) {
    try {
      batch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedException(Rejection.because(Rejection.Code.WAIT_TIMED_OUT,
          "interrupted; what was asked may happen all the same"));
    }
  }

  int waiting() {
    return lanes.stream().mapToInt(JobLane::waiting).sum();
  }

  Duration stuck() {
    return lanes.stream().map(JobLane::stuck).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  /** Finishes what was accepted, then ends. */
  void close() {
    lanes.forEach(JobLane::close);
    try {
      for (JobLane lane : lanes) lane.join(Duration.ofSeconds(30));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
