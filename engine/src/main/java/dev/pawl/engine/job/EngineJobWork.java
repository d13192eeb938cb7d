package dev.pawl.engine.job;

import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.RenewLease;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code JobWorkApi} of an engine in this process. */
final class EngineJobWork implements JobWorkApi {
  private final JobLanes lanes;
  private final JobPolls polls;
  private final JobTypes types;
  private final Breakers breakers;

  EngineJobWork(JobLanes lanes, JobPolls polls, JobTypes types, Breakers breakers) {
    this.lanes = lanes;
    this.polls = polls;
    this.types = types;
    this.breakers = breakers;
  }

  @Override
  public List<JobGrant> poll(Poll poll) {
    return polls.poll(poll);
  }

  @Override
  public List<JobAnswer<CommitJob.Ack>> report(List<Report> reports) {
    List<CommitJob> requests = new ArrayList<>(reports.size());
    for (Report report : reports) {
      requests.add(new CommitJob(report.job(), report.epoch(), report.session(), report.outcome(), report.digest(),
          report.spawn()));
    }
    return lanes.submitAll(requests);
  }

  @Override
  public List<JobAnswer<RenewLease.Renewed>> progress(List<Progress> progress) {
    List<RenewLease> requests = new ArrayList<>(progress.size());
    for (Progress one : progress) {
      requests.add(new RenewLease(one.job(), one.epoch(), one.session(), one.count()));
    }
    return lanes.submitAll(requests);
  }

  @Override
  public void followDead(String namespace, List<String> some) {
    for (String type : some) types.follow(namespace, type);
  }

  @Override
  public void need(String namespace, Map<String, String> dependencies) {
    types.need(namespace, dependencies);
  }

  @Override
  public void unavailable(String namespace, String dependency, String why) {
    breakers.failed(namespace, dependency, why);
  }
}
