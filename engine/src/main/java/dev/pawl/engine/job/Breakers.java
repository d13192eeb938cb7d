package dev.pawl.engine.job;

import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.JobSpec;
import dev.pawl.engine.duty.Duty;
import dev.pawl.engine.store.JobStore;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this node hears of dependencies. A failure is written at once. Successes matter only while a breaker is on its way
 * back, and are gathered for a second: the node that dies in between has only seen fewer of them.
 */
public final class Breakers implements Duty {
  record Name(String namespace, String dependency) {}

  private final JobStore jobs;
  private final JobTypes types;
  private final JobBell bell;
  private final Map<Name, Integer> succeeded = new ConcurrentHashMap<>();

  Breakers(JobStore jobs, JobTypes types, JobBell bell) {
    this.jobs = jobs;
    this.types = types;
    this.bell = bell;
  }

  void failed(String namespace, String dependency, String why) {
    jobs.changeBreaker(namespace, dependency, (there, now) -> there.failed(why, now));
    types.changed();
  }

  /** A job of this type, which needs something that was down lately, has succeeded. */
  void succeeded(JobSpec spec) {
    String needs = types.needs(spec.namespace(), spec.type());
    if (needs != null) succeeded.merge(new Name(spec.namespace(), needs), 1, Integer::sum);
  }

  @Override
  public int tick(Instant unused) {
    int changed = 0;
    for (Name name : succeeded.keySet()) {
      Integer count = succeeded.remove(name);
      if (count == null) continue;
      jobs.changeBreaker(name.namespace(), name.dependency(), (there, now) -> there.succeeded(count, now));
      changed++;
    }
    if (changed > 0) {
      types.changed();
      bell.ringAll();
    }
    return changed;
  }

  Breaker trip(String namespace, String dependency, String why) {
    return operated(jobs.changeBreaker(namespace, dependency, (there, now) -> there.trip(why, now)));
  }

  Breaker probe(String namespace, String dependency) {
    return operated(jobs.changeBreaker(namespace, dependency, (there, now) -> there.probe(now)));
  }

  private Breaker operated(Breaker after) {
    types.changed();
    bell.ringAll();
    return after;
  }
}
