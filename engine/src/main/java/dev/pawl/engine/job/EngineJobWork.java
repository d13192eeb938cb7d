package dev.pawl.engine.job;

import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.RenewLease;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.job.PayloadContracts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code JobWorkApi} of an engine in this process. */
final class EngineJobWork implements JobWorkApi {
  private final JobLanes lanes;
  private final JobPolls polls;
  private final JobTypes types;
  private final Breakers breakers;
  private final AgreedPayloads payloads;

  EngineJobWork(JobLanes lanes, JobPolls polls, JobTypes types, Breakers breakers, AgreedPayloads payloads) {
    this.payloads = payloads;
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
    Map<Integer, JobAnswer<CommitJob.Ack>> refused = new TreeMap<>();
    for (int i = 0; i < reports.size(); i++) {
      Report report = reports.get(i);
      try {
        requests.add(new CommitJob(report.job(), report.epoch(), report.session(), report.outcome(), report.digest(),
            report.spawn().stream().map(payloads::agreed).toList()));
      } catch (JobRefusedException no) {
        refused.put(i, new JobAnswer.Refused<>(no.code(), "a job that it brings about: " + no.why(), no.pointer()));
      }
    }
    List<JobAnswer<CommitJob.Ack>> answers = lanes.submitAll(requests);
    if (refused.isEmpty()) return answers;
    List<JobAnswer<CommitJob.Ack>> all = new ArrayList<>(answers);
    refused.forEach(all::add);
    return all;
  }

  @Override
  public PayloadContracts contracts() {
    return payloads.contracts();
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
