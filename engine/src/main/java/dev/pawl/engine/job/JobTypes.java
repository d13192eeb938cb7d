package dev.pawl.engine.job;

import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.JobSpec;
import dev.pawl.engine.store.JobStore;
import dev.pawl.protocol.job.JobApi;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What is known of types, not older than a second; and what this node's workers ask for, told every ten seconds. */
final class JobTypes {
  private static final long FRESH = TimeUnit.SECONDS.toNanos(1);
  private static final long TOLD = TimeUnit.SECONDS.toNanos(10);

  private final JobStore jobs;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<JobBell.Type, Long> told = new HashMap<>();
  private final Set<JobBell.Type> followed = new HashSet<>();
  private final Set<JobBell.Type> come = ConcurrentHashMap.newKeySet();
  private volatile Map<JobBell.Type, JobStore.Type> known = Map.of();
  private volatile Map<Breakers.Name, Breaker> breakers = Map.of();
  private volatile long readAt;
  private volatile boolean read;

  /** @param clock of the store */
  JobTypes(JobStore jobs, InstantSource clock) {
    this.jobs = jobs;
    this.clock = clock;
  }

  /** A job of this type is about to be stored: from then on somebody looks whether the type is served. */
  void comes(JobSpec spec) {
    JobBell.Type type = new JobBell.Type(spec.namespace(), spec.type());
    if (come.contains(type)) return;
    jobs.know(spec.namespace(), spec.type());
    come.add(type);
  }

  /** Workers of this node want a job after each dead letter of this type. */
  void follow(String namespace, String type) {
    lock.lock();
    try {
      followed.add(new JobBell.Type(namespace, type));
    } finally {
      lock.unlock();
    }
  }

  /** Workers of this node say what jobs of these types need. */
  void need(String namespace, Map<String, String> dependencies) {
    for (String type : dependencies.keySet()) jobs.know(namespace, type);
    jobs.need(namespace, dependencies);
    changed();
  }

  boolean followsDead(JobSpec spec) {
    JobStore.Type type = known().get(new JobBell.Type(spec.namespace(), spec.type()));
    return type != null && type.followsDead();
  }

  /** Of the types that a worker asks for, those that are handed out. */
  List<String> awake(String namespace, List<String> types) {
    tell(namespace, types);
    Map<JobBell.Type, JobStore.Type> now = known();
    JobStore.Type all = now.get(new JobBell.Type(namespace, JobApi.ALL_TYPES));
    if (all != null && all.pause() != null) return List.of();
    return types.stream().filter(name -> {
      JobStore.Type type = now.get(new JobBell.Type(namespace, name));
      return type == null || (type.pause() == null && !down(type));
    }).toList();
  }

  /** Whether jobs of this type are granted one by one, within limits. */
  boolean limited(String namespace, String name) {
    return limited(known().get(new JobBell.Type(namespace, name)));
  }

  /** The same as far as this node's polls have lately seen: looks nothing up, for a lane's thread. */
  boolean seenLimited(String namespace, String name) {
    return limited(known.get(new JobBell.Type(namespace, name)));
  }

  private boolean limited(JobStore.@Nullable Type type) {
    return type != null && (!type.limits().none() || breaker(type) != null);
  }

  /** What a type needs, if that was down lately. */
  @Nullable String needs(String namespace, String name) {
    JobStore.Type type = known().get(new JobBell.Type(namespace, name));
    return type != null && breaker(type) != null ? type.needs() : null;
  }

  private boolean down(JobStore.Type type) {
    Breaker breaker = breaker(type);
    Integer most = breaker == null ? null : breaker.at(clock.instant()).most();
    return most != null && most == 0;
  }

  /** Of what it needs, if that was down lately. */
  private @Nullable Breaker breaker(JobStore.Type type) {
    String needs = type.needs();
    return needs == null ? null : breakers.get(new Breakers.Name(type.namespace(), needs));
  }

  private Map<JobBell.Type, JobStore.Type> known() {
    if (read && System.nanoTime() - readAt < FRESH) return known;
    if (!lock.tryLock()) {
      if (read) return known; // somebody reads it right now
      lock.lock();
    }
    try {
      if (read && System.nanoTime() - readAt < FRESH) return known;
      Map<JobBell.Type, JobStore.Type> found = new HashMap<>();
      for (JobStore.Type type : jobs.types()) found.put(new JobBell.Type(type.namespace(), type.type()), type);
      Map<Breakers.Name, Breaker> broken = new HashMap<>();
      if (found.values().stream().anyMatch(type -> type.needs() != null)) {
        for (Breaker one : jobs.breakers()) {
          boolean calm = one.state() == Breaker.State.CLOSED && one.failures() == 0;
          if (!calm) broken.put(new Breakers.Name(one.namespace(), one.name()), one);
        }
      }
      breakers = broken;
      known = found;
      readAt = System.nanoTime();
      read = true;
      return found;
    } finally {
      lock.unlock();
    }
  }

  /** What was known is old. */
  void changed() {
    read = false;
  }

  private void tell(String namespace, List<String> types) {
    long now = System.nanoTime();
    lock.lock();
    try {
      List<String> news = types.stream().filter(type -> {
        Long at = told.get(new JobBell.Type(namespace, type));
        return at == null || now - at > TOLD;
      }).toList();
      if (news.isEmpty()) return;
      jobs.serve(namespace, news,
          news.stream().filter(type -> followed.contains(new JobBell.Type(namespace, type))).toList());
      for (String type : news) told.put(new JobBell.Type(namespace, type), now);
      read = false;
    } finally {
      lock.unlock();
    }
  }
}
