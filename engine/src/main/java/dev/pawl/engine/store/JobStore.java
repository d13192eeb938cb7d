package dev.pawl.engine.store;

import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.Transition;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a {@link Store}. As there: every verb is atomic on its own, every method throws {@link StoreException} when
 * the database does not work, and "due" is compared inside the database with its own clock.
 */
public interface JobStore {

  /**
   * Commits changes that the rules decided, each guarded by the version it was decided on; those of one write land
   * together or not at all. Writes of one group are independent of one another.
   *
   * @return one outcome per write, in order
   */
  List<Store.Outcome> commit(List<Write> group);

  /** The same; @param timeline the {@link Store#timeline} that the group was decided on */
  List<Store.Outcome> commit(List<Write> group, long timeline);

  /** @param changes the job's own, then those of the jobs that it spawns */
  record Write(List<JobDecision.Change<?>> changes) {
    public Write {
      changes = List.copyOf(changes);
    }
  }

  /** A submission that exists if and only if the user's transaction commits. False: its key is taken. */
  boolean submit(Connection users, JobDecision.Change<?> birth) throws SQLException;

  /** Jobs by id, finished ones as well; absent ids are absent jobs. */
  Map<JobId, JobState> load(Collection<JobId> ids);

  Map<Key, JobState> byKey(Collection<Key> keys);

  record Key(String namespace, String type, String key) {}

  /** Who stands for singletons, or did. A job that is gone since leaves no trace here. */
  Map<SingletonKey, Stand> singletons(Collection<SingletonKey> keys);

  record SingletonKey(String namespace, String type, String key) {}

  /** @param since when the row of jobs began that gave way to one another */
  record Stand(JobId job, Instant since) {}

  /** How leases ended; those that did not are absent. */
  Map<LeaseKey, LeaseEnd> ends(Collection<LeaseKey> leases);

  record LeaseKey(JobId job, long epoch) {}

  /**
   * Grants up to {@code max} due jobs to a session, in one commit: lowest priority number first, then the oldest; of
   * types that are equal in this, the first named goes first. What it comes to is what
   * {@link dev.pawl.core.job.ClaimJob} decides about jobs without a lease and without a passed deadline; the others are
   * left alone.
   *
   * @return with their new leases
   */
  List<JobState> claim(Claim claim);

  record Claim(String namespace, List<String> types, SessionId session, int max) {}

  /**
   * Grants due jobs of one type as its limits allow, in one commit, holding the limits against all other nodes; else as
   * {@link #claim}. Of keys that may have no more, others are looked past.
   */
  Within claimWithin(String namespace, String type, SessionId session, int max);

  /** @param again when a rate allows another one; null: no rate stood in the way */
  record Within(List<JobState> granted, @Nullable Instant again) {}

  /** When the next job of these types can be claimed that can't be now, by the database's clock. */
  Optional<Instant> nextDue(String namespace, List<String> types);

  /** Leases of sessions that are lost, closed or unknown. */
  List<LeaseKey> abandoned(int limit);

  /** Leases of a session whose jobs were asked to stop. */
  List<LeaseKey> cancelled(SessionId session);

  /** Leased jobs that may have run too long, or without progress: their own decision tells. */
  List<JobState> overdue(int limit);

  /** Open jobs with a deadline, a hold or a cancel's grace that is over. */
  List<JobState> toLookAt(int limit);

  /** Dead letters that the policy drives again by now. */
  List<JobState> redrivable(int limit);

  /** Adds lines about attempts that were refused, with what they said. */
  void note(List<Refused> refused);

  /** @param body what a late report said; null: nothing to keep */
  record Refused(Transition line, @Nullable Payload body) {}

  /** Refused reports of a job that said something, oldest first. */
  List<Refused> late(JobId job, int limit);

  /** Computes the chain over what operators did and tried in a namespace again. */
  AuditReport verifyAudit(String namespace);

  /**
   * @param lines that are sound, from the beginning
   * @param brokenAt the number of the first that is not; null: all are
   */
  record AuditReport(long lines, @Nullable Long brokenAt, @Nullable String why) {}

  /** Sealed lines behind a number, oldest first; those that are gone are left out. */
  List<Sealed> audit(String namespace, long after, int limit);

  record Sealed(long number, byte[] hash, Transition line) {}

  /**
   * Seals the ledgers of jobs that are over, among the next rows, into the chains of their namespaces.
   *
   * @param from the key of the last row that was looked at
   */
  SealWalk sealJobs(UUID from, int rows);

  /** @param next null: there are no more rows */
  record SealWalk(int sealed, @Nullable UUID next) {}

  /** Computes the next links of a chain again. @param after {@link SealPage#next} of the page before; 0: the first */
  SealPage verifySeals(String namespace, long after, int limit);

  /**
   * @param jobs whose seals are sound
   * @param through there are no more
   * @param why what is broken; null: nothing
   */
  record SealPage(int jobs, long next, boolean through, @Nullable String why) {}

  /** Computes a whole chain of sealed ledgers again. */
  AuditReport verifySeals(String namespace);

  /** Lets a chain begin behind jobs that retention has taken. @return how many links went */
  int forgetSeals(String namespace, int limit);

  // ---- looking

  /** The ledger of one job, oldest first, the submission included. */
  List<Transition> ledger(JobId job, int limit);

  /** Jobs of a namespace, newest first. */
  List<JobState> list(ListQuery query);

  /**
   * @param phase an open one; null: any
   * @param finished only jobs that are over; then {@code phase} is null
   * @param before only older ones; null: from the newest
   */
  record ListQuery(String namespace, @Nullable String type, @Nullable JobPhase phase, boolean finished, int limit,
      @Nullable JobId before) {}

  /** The bytes of a legacy submission; empty: it was none, or there is no such job. */
  Optional<Payload> original(JobId job);

  /** Dead letters of a namespace, newest first. */
  List<Letter> letters(LetterQuery query);

  /** @param before the cursor of the page before; null: from the newest */
  record LetterQuery(
      String namespace, @Nullable String type, @Nullable DeadLetterCause cause, int limit, @Nullable Cursor before) {}

  record Cursor(Instant at, JobId job) {}

  /** @param redriveAt when the policy drives it again by itself; null: never */
  record Letter(
      JobId job, String namespace, String type, DeadLetterCause cause, Instant at, @Nullable JobError error,
      @Nullable Instant redriveAt) {}

  /** How many open jobs there are, by type and phase; leased ones apart. */
  List<Count> counts(String namespace);

  record Count(String type, JobPhase phase, boolean leased, long jobs) {}

  /** Open jobs that nobody will ever look at again: a defect. */
  List<JobId> orphans(java.time.Duration bound, int limit);

  // ---- types

  /** What is known of types. */
  List<Type> types();

  /**
   * @param servedAt when a worker last asked for it; null: none ever did
   * @param followsDead each of its dead letters brings about a job of its own, see {@link Type#afterDeath}
   * @param pause it is not handed out; null: it is
   * @param limits of what is handed out
   * @param needs the dependency without which its jobs cannot be done; null: none is known
   */
  record Type(String namespace, String type, @Nullable Instant servedAt, boolean followsDead, @Nullable Pause pause,
      JobLimits limits, @Nullable String needs) {

    /** The type of the job that follows a dead letter of {@code type}. */
    public static String afterDeath(String type) {
      return type + ".dead";
    }
  }

  record Pause(Instant at, String actor, String reason) {}

  /** There are, or will be, jobs of this type: it is looked at even if no worker ever asks for it. */
  void know(String namespace, String type);

  /**
   * The same in the caller's transaction, on a database that a writing transaction has to itself: from another connection
   * it would wait for its own caller.
   *
   * @return false: nothing done, this database locks rows only
   */
  boolean know(Connection users, String namespace, String type) throws SQLException;

  /** Workers ask for these types now. */
  void serve(String namespace, Collection<String> types, Collection<String> followed);

  void pause(String namespace, String type, Pause pause);

  /** False if it was not paused. */
  boolean resume(String namespace, String type);

  /**
   * Sets the limits of a type; none takes them away. What runs of it counts from now on, but nothing that runs is stopped.
   */
  void limit(String namespace, String type, JobLimits limits);

  /** Of all dependencies that were ever found down, in any namespace. */
  List<Breaker> breakers();

  /**
   * Changes a breaker in one commit, holding it against all other nodes.
   *
   * @param decision made on what is there, at the database's time; a dependency that nobody knows is CLOSED
   */
  Breaker changeBreaker(String namespace, String name, BiFunction<Breaker, Instant, Breaker> decision);

  /** @param needs the dependency of each of these types */
  void need(String namespace, Map<String, String> needs);

  /** Waiting jobs of types that nobody has asked for since {@code before}, due before that as well. */
  List<JobState> unclaimed(Instant before, int limit);

  // ---- batches

  Optional<JobBatch> batch(String namespace, String id);

  /** Writes it if there is none of this name. @return what is there */
  JobBatch openBatch(JobBatch batch);

  /** What {@link JobBatch#close} makes of it, in one commit. Empty: there is none. */
  Optional<JobBatch> closeBatch(String namespace, String id);

  /** Closed batches without a callback of which no job is open. */
  List<JobBatch> completeBatches(int limit);

  /** How the jobs of a batch ended; those that are open are not counted. */
  JobBatch.Tally tally(String namespace, String batch);

  /** How many jobs a batch has, in any phase. */
  long members(String namespace, String batch);

  // ---- effects

  /** What a step of a job came to, if that is recorded. */
  Optional<Done> effect(JobId job, String step);

  /** The same of all its steps, by name; the oldest first. */
  Map<String, Done> effects(JobId job);

  /**
   * Records what a step came to, at most once. What was recorded before stays, and is answered.
   *
   * @return empty: the job's lease is not this session's under this epoch
   */
  Optional<Done> recordEffect(Doing doing, SessionId session);

  /** The same in a transaction of the user's: it is recorded if and only if that commits. */
  Optional<Done> recordEffect(java.sql.Connection users, Doing doing, SessionId session) throws java.sql.SQLException;

  /** @param request digest of what was asked for; null: not said */
  record Doing(JobId job, String step, long epoch, @Nullable String request, Payload response) {
    public Done done() {
      return new Done(epoch, request, response);
    }
  }

  /** @param epoch under which it was done */
  record Done(long epoch, @Nullable String request, Payload response) {}

  // ---- upkeep

  /** Deletes up to {@code limit} jobs that ended before {@code endedBefore}, with their ledger; their keys are free. */
  int prune(String namespace, Instant endedBefore, int limit);

  /**
   * Deletes a finished job with its letter and its payload for good. Its ledger stays, with {@code line} at the end. False
   * if it is not there or not finished.
   */
  boolean discard(Transition line);
}
