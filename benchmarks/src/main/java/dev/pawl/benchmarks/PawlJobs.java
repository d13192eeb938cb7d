package dev.pawl.benchmarks;

import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.job.NewJob;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/** Pawl's jobs, embedded: with keys, leases, fencing and the ledger, as always. */
final class PawlJobs implements JobSubject {
  private final PawlEngine engine;
  private final Jobs jobs;

  PawlJobs(Database database) {
    engine = PawlEngine.open(database.dataSource());
    jobs = Jobs.on(engine.jobs());
  }

  @Override
  public String system() {
    return "pawl";
  }

  private static NewJob job(long number) {
    return Jobs.job("bench.trivial", "bench-" + number, number);
  }

  @Override
  public void enqueue(long number) {
    jobs.enqueue(job(number));
  }

  @Override
  public boolean enqueueAll(long from, int count) {
    List<NewJob> all = LongStream.range(from, from + count).mapToObj(PawlJobs::job).toList();
    for (var answer : jobs.enqueueAll(all)) answer.get();
    return true;
  }

  @Override
  public int mostWorkers() {
    return 2;
  }

  @Override
  public AutoCloseable work(int workers, LongConsumer ran) {
    List<JobWorker> all = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      all.add(JobWorker.on(engine.worker(), engine.jobWork())
          .handler(Jobs.handler("bench.trivial", Long.class, (job, number) -> ran.accept(number)))
          .start());
    }
    return () -> all.forEach(JobWorker::close);
  }

  @Override
  public void close() {
    engine.close();
  }
}
