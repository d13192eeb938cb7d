package dev.pawl.engine.job;

import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.RenewLease;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.JobStore;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.job.PayloadContracts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code JobWorkApi} of an engine in this process. */
final class EngineJobWork implements JobWorkApi {
  private static final int LONGEST_STEP = 128;
  private static final Pattern DIGEST = Pattern.compile("sha-256:[0-9a-f]{64}");

  private final JobLanes lanes;
  private final JobPolls polls;
  private final JobTypes types;
  private final Breakers breakers;
  private final AgreedPayloads payloads;
  private final JobStore jobs;

  EngineJobWork(JobStore jobs, JobLanes lanes, JobPolls polls, JobTypes types, Breakers breakers,
      AgreedPayloads payloads) {
    this.jobs = jobs;
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

  // ---- effects

  @Override
  public Optional<Effect> effect(JobId job, String step) {
    return jobs.effect(job, step).map(EngineJobWork::effect);
  }

  @Override
  public Map<String, Effect> effects(JobId job) {
    Map<String, Effect> all = new LinkedHashMap<>();
    jobs.effects(job).forEach((step, done) -> all.put(step, effect(done)));
    return all;
  }

  private static Effect effect(JobStore.Done done) {
    return new Effect(done.epoch(), done.request(), done.response());
  }

  @Override
  public JobAnswer<Effect> record(Step step) {
    JobAnswer<Effect> wrong = wrong(step);
    return wrong != null ? wrong : answer(step, jobs.recordEffect(doing(step), step.session()));
  }

  @Override
  public JobAnswer<Effect> record(Connection users, Step step) throws SQLException {
    JobAnswer<Effect> wrong = wrong(step);
    return wrong != null ? wrong : answer(step, jobs.recordEffect(users, doing(step), step.session()));
  }

  private static @Nullable JobAnswer<Effect> wrong(Step step) {
    String name = step.step();
    if (name.isBlank() || name.length() > LONGEST_STEP || name.chars().anyMatch(Character::isISOControl)) {
      return new JobAnswer.Refused<>(UwerCode.SCHEMA_VIOLATION,
          "expected 1 to %d characters that can be seen".formatted(LONGEST_STEP), "/step");
    }
    if (step.request() != null && !DIGEST.matcher(step.request()).matches()) {
      return new JobAnswer.Refused<>(UwerCode.SCHEMA_VIOLATION, "expected sha-256: and 64 hex digits", "/request");
    }
    return step.response().size() > Payload.MAX_BYTES
        ? new JobAnswer.Refused<>(UwerCode.TOO_LARGE, "expected %d bytes at most, got %d".formatted(Payload.MAX_BYTES,
            step.response().size()), "/response")
        : null;
  }

  private static JobStore.Doing doing(Step step) {
    return new JobStore.Doing(step.job(), step.step(), step.epoch(), step.request(), step.response());
  }

  private static JobAnswer<Effect> answer(Step step, Optional<JobStore.Done> done) {
    if (done.isEmpty()) {
      return new JobAnswer.Refused<>(UwerCode.STALE_EPOCH, "job %s is not leased to this session under epoch %d".formatted(
          step.job(), step.epoch()), null);
    }
    String before = done.get().request();
    return before != null && step.request() != null && !before.equals(step.request())
        ? new JobAnswer.Refused<>(UwerCode.COMMIT_CONFLICT, "step '%s' of job %s was done for another request".formatted(
            step.step(), step.job()), "/request")
        : new JobAnswer.Done<>(effect(done.get()));
  }
}
