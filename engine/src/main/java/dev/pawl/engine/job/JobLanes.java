package dev.pawl.engine.job;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.engine.commit.Batch;
import dev.pawl.engine.commit.Inboxes;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The lanes of a node's jobs. All requests about one job that is there meet in one lane. */
final class JobLanes {
  /** Requests in a group: beyond that a larger one is no cheaper. */
  private static final int GROUP = 1_000;

  private final Inboxes<PendingJob<?>> inboxes;

  JobLanes(Store store, HeldJobs held, JobBell bell, JobTypes types, Breakers breakers,
      AgreedPayloads payloads, int count, int bound) {
    inboxes = new Inboxes<>(IntStream.range(0, count)
        .mapToObj(i -> new JobLane(i, store, held, bell, types, breakers, payloads, GROUP, bound).inbox()).toList());
  }

  void start() {
    inboxes.start();
  }

  <A> JobAnswer<A> submit(JobRequest<A> request) {
    return submitAll(List.of(request)).getFirst();
  }

  /** Decides and commits requests. One answer each, in order, after the commits. */
  <A> List<JobAnswer<A>> submitAll(List<? extends JobRequest<A>> requests) {
    if (requests.isEmpty()) return List.of();
    Batch batch = new Batch(requests.size(), null);
    List<PendingJob<A>> all = new ArrayList<>(requests.size());
    List<List<PendingJob<A>>> parts = new ArrayList<>(inboxes.size());
    for (int i = 0; i < inboxes.size(); i++) parts.add(new ArrayList<>(requests.size() / inboxes.size() + 8));
    int first = lane(requests.getFirst().job());
    for (JobRequest<A> request : requests) {
      PendingJob<A> pending = new PendingJob<>(request, batch);
      // Nobody else can ask about a job that is not there yet: a batch of births stays together, in full groups.
      int lane = request instanceof SubmitJob
          ? (first + all.size() / GROUP) % inboxes.size()
          : lane(request.job());
      all.add(pending);
      parts.get(lane).add(pending);
    }
    for (int i = 0; i < parts.size(); i++) if (!parts.get(i).isEmpty()) inboxes.get(i).offer(parts.get(i));
    batch.await();
    List<JobAnswer<A>> answers = new ArrayList<>(all.size());
    for (PendingJob<A> pending : all) answers.add(pending.result());
    return answers;
  }

  private int lane(JobId job) {
    return (int) Long.remainderUnsigned(job.value().getLeastSignificantBits() * 0x9E3779B97F4A7C15L >>> 32, inboxes.size());
  }

  int waiting() {
    return inboxes.waiting();
  }

  Duration stuck() {
    return inboxes.stuck();
  }

  /** Finishes what was accepted, then ends. */
  void close() {
    inboxes.close();
  }
}
