package dev.pawl.engine.store.sql;

import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.Transition;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store.Outcome;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreCounters;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;

/** Jobs on an SQL database. Each verb is one line here; the noun it belongs to does it. */
final class JobTables implements JobStore {
  private final Access access;
  private final Commits<Write, PackedJobs> commits;
  private final JobCommits kind;
  private final JobLoading loading;
  private final JobQueues queues;
  private final JobTypeRows types;
  private final JobLimitRows limits;
  private final BreakerRows breakers;
  private final JobSeals seals;
  private final SealedJobs sealed;
  private final JobTieRows ties;
  private final JobLetters letters;
  private final JobUpkeep upkeep;
  private final JobEffectRows effects;

  JobTables(Access access, JobPath path, StoreConfig config, StoreCounters counters) {
    this.access = access;
    loading = new JobLoading(access, counters);
    kind = new JobCommits(path, loading);
    commits = new Commits<>(access, kind, config, counters);
    queues = new JobQueues(access, path, loading, counters);
    types = new JobTypeRows(access);
    limits = new JobLimitRows(access);
    breakers = new BreakerRows(access);
    seals = new JobSeals(access);
    sealed = new SealedJobs(access);
    ties = new JobTieRows(access);
    letters = new JobLetters(access);
    upkeep = new JobUpkeep(access, loading);
    effects = new JobEffectRows(access);
  }

  @Override
  public List<Outcome> commit(List<Write> group) {
    return commit(group, access.timelines().changes());
  }

  @Override
  public List<Outcome> commit(List<Write> group, long timeline) {
    return group.isEmpty() ? List.of() : commits.commit(group, timeline);
  }

  @Override
  public Map<JobId, JobState> load(Collection<JobId> ids) {
    return loading.load(ids);
  }

  @Override
  public Map<Key, JobState> byKey(Collection<Key> keys) {
    return loading.byKey(keys);
  }

  @Override
  public Map<LeaseKey, LeaseEnd> ends(Collection<LeaseKey> leases) {
    return loading.ends(leases);
  }

  @Override
  public List<JobState> claim(Claim claim) {
    return queues.claim(claim);
  }

  @Override
  public Within claimWithin(String namespace, String type, SessionId session, int max) {
    return queues.claimWithin(namespace, type, session, max);
  }

  @Override
  public Optional<Instant> nextDue(String namespace, List<String> some) {
    return queues.nextDue(namespace, some);
  }

  @Override
  public List<LeaseKey> abandoned(int limit) {
    return queues.abandoned(limit);
  }

  @Override
  public List<LeaseKey> cancelled(SessionId session) {
    return queues.cancelled(session);
  }

  @Override
  public List<JobState> overdue(int limit) {
    return queues.overdue(limit);
  }

  @Override
  public List<JobState> toLookAt(int limit) {
    return queues.toLookAt(limit);
  }

  @Override
  public List<JobState> redrivable(int limit) {
    return queues.redrivable(limit);
  }

  @Override
  public List<JobState> unclaimed(Instant before, int limit) {
    return queues.unclaimed(types(), before, limit);
  }

  @Override
  public List<JobId> orphans(Duration bound, int limit) {
    return queues.orphans(bound, limit);
  }

  @Override
  public void note(List<Refused> refused) {
    letters.note(refused);
  }

  @Override
  public Optional<Done> effect(JobId job, String step) {
    return effects.find(job, step);
  }

  @Override
  public Map<String, Done> effects(JobId job) {
    return effects.all(job);
  }

  @Override
  public Optional<Done> recordEffect(Doing doing, SessionId session) {
    return effects.record(doing, session);
  }

  @Override
  public Optional<Done> recordEffect(Connection users, Doing doing, SessionId session) throws SQLException {
    return effects.record(users, doing, session);
  }

  @Override
  public AuditReport verifyAudit(String namespace) {
    return seals.verify(namespace);
  }

  @Override
  public SealWalk sealJobs(UUID from, int rows) {
    return sealed.seal(from, rows);
  }

  @Override
  public SealPage verifySeals(String namespace, long after, int limit) {
    return sealed.verify(namespace, after, limit);
  }

  @Override
  public AuditReport verifySeals(String namespace) {
    return sealed.verify(namespace);
  }

  @Override
  public int forgetSeals(String namespace, int limit) {
    return sealed.forget(namespace, limit);
  }

  @Override
  public List<Sealed> audit(String namespace, long after, int limit) {
    return seals.audit(namespace, after, limit);
  }

  @Override
  public List<Refused> late(JobId job, int limit) {
    return letters.late(job, limit);
  }

  @Override
  public List<Transition> ledger(JobId job, int limit) {
    return loading.ledger(job, limit);
  }

  @Override
  public List<JobState> list(ListQuery query) {
    return List.copyOf(load(access.read(link -> JobListing.ids(link, query))).values());
  }

  @Override
  public Optional<Payload> original(JobId job) {
    JobRows.Spec spec = loading.specs(List.of(job)).get(job);
    return spec == null ? Optional.empty() : Optional.ofNullable(spec.terms().original());
  }

  @Override
  public List<Letter> letters(LetterQuery query) {
    return letters.letters(query);
  }

  @Override
  public List<Count> counts(String namespace) {
    return letters.counts(namespace);
  }

  @Override
  public List<Type> types() {
    return types.types();
  }

  @Override
  public void know(String namespace, String type) {
    types.know(namespace, type);
  }

  @Override
  public boolean know(Connection users, String namespace, String type) throws SQLException {
    return types.know(users, namespace, type);
  }

  @Override
  public void serve(String namespace, Collection<String> some, Collection<String> followed) {
    types.serve(namespace, some, followed);
  }

  @Override
  public void pause(String namespace, String type, Pause pause) {
    types.pause(namespace, type, pause);
  }

  @Override
  public boolean resume(String namespace, String type) {
    return types.resume(namespace, type);
  }

  @Override
  public void limit(String namespace, String type, JobLimits some) {
    limits.limit(namespace, type, some);
  }

  @Override
  public Map<SingletonKey, Stand> singletons(Collection<SingletonKey> keys) {
    return ties.singletons(keys);
  }

  @Override
  public Optional<JobBatch> batch(String namespace, String id) {
    return ties.batch(namespace, id);
  }

  @Override
  public JobBatch openBatch(JobBatch batch) {
    return ties.open(batch);
  }

  @Override
  public Optional<JobBatch> closeBatch(String namespace, String id) {
    return ties.close(namespace, id);
  }

  @Override
  public List<JobBatch> completeBatches(int limit) {
    return ties.complete(limit);
  }

  @Override
  public JobBatch.Tally tally(String namespace, String batch) {
    return ties.tally(namespace, batch);
  }

  @Override
  public long members(String namespace, String batch) {
    return ties.members(namespace, batch);
  }

  @Override
  public List<Breaker> breakers() {
    return breakers.all();
  }

  @Override
  public Breaker changeBreaker(String namespace, String name, BiFunction<Breaker, Instant, Breaker> decision) {
    return breakers.change(namespace, name, decision);
  }

  @Override
  public void need(String namespace, Map<String, String> needs) {
    breakers.need(namespace, needs);
  }

  @Override
  public int prune(String namespace, Instant endedBefore, int limit) {
    return upkeep.prune(namespace, endedBefore, limit);
  }

  @Override
  public boolean discard(Transition line) {
    return upkeep.discard(line);
  }

  @Override
  public boolean submit(Connection users, JobDecision.Change<?> birth) throws SQLException {
    PackedJobs write = new PackedJobs(0, new Write(List.of(birth)));
    String problem = kind.problemOf(write);
    if (problem != null) throw new IllegalArgumentException(problem);
    JobSheet sheet = write.only();
    if (sheet.tied()) {
      throw new IllegalArgumentException("a singleton, or a job of a batch, cannot be written in a transaction of yours");
    }
    try (Call look = access.onUsers(users, JobLoading.BY_KEY)) {
      Key key = sheet.key();
      if (look.text(key.namespace()).text(key.type()).text(key.key()).first(Row::uuid) != null) return false;
    }
    try (Call job = access.onUsers(users, JobRows.INSERT_JOB); Call open = access.onUsers(users, JobRows.INSERT_OPEN)) {
      JobRows.job(job, sheet).update();
      JobRows.insertOpen(open, sheet).update();
    }
    return true;
  }
}
