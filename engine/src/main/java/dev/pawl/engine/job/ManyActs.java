package dev.pawl.engine.job;

import dev.pawl.core.job.BulkOrder;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.OperateJob;
import dev.pawl.core.job.UwerCode;
import dev.pawl.engine.store.JobStore;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobRefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One manual transition of many jobs, under the epoch that each has when its turn comes. */
final class ManyActs {
  private static final int PORTION = 500;

  private final JobStore jobs;
  private final JobLanes lanes;
  private final JobApi api;
  private final JobApi.ActOrder order;
  private int done;
  private int refused;
  private @Nullable String firstRefusal;

  ManyActs(JobStore jobs, JobLanes lanes, JobApi api, JobApi.ActOrder order) {
    this.jobs = jobs;
    this.lanes = lanes;
    this.api = api;
    this.order = order;
  }

  JobApi.ActReport run() {
    List<JobId> named = order.jobs();
    List<JobId> all = named == null ? matching() : named;
    boolean bulk = named == null || named.size() > 1;
    new BulkOrder(order.act(), order.papers(), all.size(), order.rehearsed() || !bulk).refusal(order.dryRun())
        .ifPresent(no -> {
          throw new JobRefusedException(no.code(), no.message(), no.pointer());
        });
    for (int from = 0; from < all.size(); from += PORTION) {
      portion(all.subList(from, Math.min(all.size(), from + PORTION)));
    }
    return new JobApi.ActReport(all.size(), done, refused, firstRefusal);
  }

  /** One more than an order may name, if there are so many. */
  private List<JobId> matching() {
    JobPhase phase = order.phase();
    if (phase == null) {
      throw new JobRefusedException(UwerCode.SCHEMA_VIOLATION, "expected task ids, or a phase", "/phase");
    }
    List<JobId> all = new ArrayList<>();
    String after = null;
    do {
      JobApi.Page<JobState> page =
          api.list(new JobApi.Listing(order.namespace(), order.type(), phase, 1_000, after));
      page.items().forEach(job -> all.add(job.id()));
      after = page.next();
    } while (after != null && all.size() <= BulkOrder.CAP);
    return all;
  }

  private void portion(List<JobId> some) {
    Map<JobId, JobState> there = jobs.load(some);
    List<OperateJob> requests = new ArrayList<>(some.size());
    for (JobId id : some) {
      JobState job = there.get(id);
      if (job == null || !job.spec().namespace().equals(order.namespace())) refuse("there is no job " + id);
      else requests.add(new OperateJob(id, order.act(), order.papers(), job.epoch(), order.dryRun()));
    }
    for (JobAnswer<OperateJob.Operated> answer : lanes.submitAll(requests)) {
      if (answer instanceof JobAnswer.Refused<OperateJob.Operated> no) refuse(no.message());
      else done++;
    }
  }

  private void refuse(String why) {
    refused++;
    if (firstRefusal == null) firstRefusal = why;
  }
}
