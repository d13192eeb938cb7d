package dev.pawl.protocol.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.OperateJob;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.Transition;
import dev.pawl.core.value.Payload;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What callers and operators ask about jobs. Every answer is given after the commit. Refusals of single items are
 * {@link JobAnswer.Refused}; a database that cannot be reached is a
 * {@link dev.pawl.core.value.RejectedException} with {@code STORE_UNAVAILABLE}. Safe for any number of threads.
 */
public interface JobApi {

  /**
   * Hands jobs in, all in as few commits as possible; each is accepted or refused alone. A job whose key came before with
   * the same digest is the one that is there.
   */
  List<JobAnswer<SubmitJob.Submitted>> submit(List<Submission> jobs);

  /**
   * @param original bytes of a legacy submission, kept for disputes
   * @param actor who hands it in; null: the engine's own ingress
   */
  record Submission(JobSpec spec, @Nullable Payload original, @Nullable Actor actor) {
    public static Submission of(JobSpec spec) {
      return new Submission(spec, null, null);
    }
  }

  /**
   * Submissions that exist if and only if the transaction of this connection commits; empty when the engine is not in the
   * caller's process. The connection leads to the engine's database and stays the caller's.
   */
  default Optional<Joined> inTransaction(Connection connection) {
    return Optional.empty();
  }

  /** Submissions in a transaction of the caller's. Workers find the jobs within about a second of its commit. */
  interface Joined {
    /**
     * Writes the job into the transaction.
     *
     * @throws JobRefusedException nothing was written
     */
    SubmitJob.Submitted submit(Submission job);
  }

  /** Open or finished; empty: there is none in this namespace. */
  Optional<JobState> get(String namespace, JobId job);

  Optional<JobState> find(String namespace, String type, String key);

  /** Jobs of a namespace, newest first. */
  Page<JobState> list(Listing query);

  /**
   * @param type null: any
   * @param phase null: any
   * @param limit 1 to 1,000; a page of finished jobs may have fewer and go on all the same
   * @param after {@link Page#next()} of the page before; null: the newest
   */
  record Listing(
      String namespace, @Nullable String type, @Nullable JobPhase phase, int limit, @Nullable String after) {}

  /** The bytes of a legacy submission; empty: it was none, or there is no such job. */
  Optional<Payload> original(String namespace, JobId job);

  /** What happened to it, oldest first. */
  List<Transition> ledger(String namespace, JobId job, int limit);

  /** What workers reported after they had lost their leases, oldest first: kept and shown, never applied. */
  List<LateReport> lateReports(String namespace, JobId job, int limit);

  /** @param body the result, the error or the reference that the report carried, up to 256 KiB */
  record LateReport(Transition line, Payload body) {}

  /** A caller wants it no more. */
  JobAnswer<JobPhase> cancel(String namespace, JobId job, Actor actor);

  /** The outside says how an effect came out. */
  JobAnswer<JobPhase> callback(Callback callback);

  /**
   * @param digest of the content, {@code sha-256:} and 64 hex digits
   * @param error why it did not come about; null: it did
   */
  record Callback(
      CallbackToken token, String digest, @Nullable Payload result, @Nullable JobError error, Actor actor) {}

  /** Names the lease whose work brought the effect about. */
  record CallbackToken(JobId job, long epoch) {
    @Override
    public String toString() {
      return job + "." + epoch;
    }

    /** Reads what {@link #toString()} wrote. @throws IllegalArgumentException if it did not */
    public static CallbackToken parse(String text) {
      int dot = text.lastIndexOf('.');
      if (dot < 0) throw new IllegalArgumentException("expected a job's id, a dot and a number, got '" + text + "'");
      return new CallbackToken(JobId.parse(text.substring(0, dot)), Long.parseLong(text.substring(dot + 1)));
    }
  }

  // ---- batches

  /**
   * Opens a batch, which jobs join with {@link dev.pawl.core.job.JobTies#batch()}. Opening it again is harmless.
   *
   * @param id unique in its namespace, 1 to 128 characters
   * @param callback type of the one job that is born, with key {@code batch:id}, when the batch is closed and all of its
   *     jobs are over; its payload tells how they ended
   */
  JobAnswer<Batch> openBatch(String namespace, String id, String callback);

  /** No more jobs join. Closing it again is harmless. */
  JobAnswer<Batch> closeBatch(String namespace, String id);

  Optional<Batch> batch(String namespace, String id);

  /**
   * @param closedAt null: jobs may join
   * @param callbackJob null: not all are over
   * @param jobs how many there are
   * @param ended how they ended, as far as they have
   */
  record Batch(String id, String callback, Instant openedAt, @Nullable Instant closedAt, @Nullable JobId callbackJob,
      long jobs, JobBatch.Tally ended) {}

  // ---- operators

  /** A manual transition of one job. */
  JobAnswer<OperateJob.Operated> operate(
      String namespace, JobId job, OperatorAct act, OperatorPapers papers, long expectedEpoch, boolean dryRun);

  /**
   * The same manual transition of many jobs, each decided and audited alone.
   *
   * @throws JobRefusedException if the papers do not do, or the order names too many jobs or was never rehearsed
   */
  ActReport operateMany(ActOrder order);

  /**
   * @param jobs which; null: all of {@code type} in {@code phase}, up to {@code BulkOrder.CAP}
   * @param type null: any
   * @param phase an open one, or {@code FAILED} or {@code DEAD_LETTERED}; not null without {@code jobs}
   * @param dryRun only looks; without one before it, more than one job is not touched
   * @param rehearsed the same order was a dry run before
   */
  record ActOrder(String namespace, @Nullable List<JobId> jobs, @Nullable String type, @Nullable JobPhase phase,
      OperatorAct act, OperatorPapers papers, boolean dryRun, boolean rehearsed) {}

  /**
   * @param matched jobs, or runs, that the order names
   * @param done how many were changed; in a dry run, how many would be
   * @param refused how many could not be, with the reason of the first
   */
  record ActReport(int matched, int done, int refused, @Nullable String firstRefusal) {}

  /** Dead letters, newest first. */
  Page<DeadLetter> deadLetters(DeadLetters query);

  /**
   * @param type null: any
   * @param cause null: any
   * @param limit 1 to 1,000
   * @param after {@link Page#next()} of the page before; null: the newest
   */
  record DeadLetters(
      String namespace, @Nullable String type, @Nullable DeadLetterCause cause, int limit, @Nullable String after) {}

  /** @param redriveAt when the policy drives it again by itself; null: it waits for a person */
  record DeadLetter(
      JobId job, String type, DeadLetterCause cause, Instant at, @Nullable JobError error,
      @Nullable Instant redriveAt) {}

  /** @param next null: there is no more */
  record Page<T>(List<T> items, @Nullable String next) {
    public Page {
      items = List.copyOf(items);
    }
  }

  /**
   * Drives dead letters again, a few first. A dry run writes nothing and says what would happen.
   *
   * @throws JobRefusedException if the papers do not do
   */
  RedriveReport redrive(RedriveOrder order);

  /**
   * @param jobs which letters; null: all that {@code query} finds, up to {@code BulkOrder.CAP}
   * @param dryRun only looks; without one before it, more than one letter is not driven again
   * @param rehearsed the same order was a dry run before
   * @param canary how many are driven first, as a share, 0 to 1; the rest follows when they have ended well. 0: all at
   *     once
   * @param perSecond at most so many; 0: as fast as it goes
   * @param haltAbove the rest stays where it is when more than this share of the canary has died again, or on the way of
   *     the last thousand that were driven, as far as they have ended; 0 to 1
   * @param patience how long the canary may take
   */
  record RedriveOrder(
      DeadLetters query, @Nullable List<JobId> jobs, OperatorPapers papers, boolean dryRun, boolean rehearsed,
      double canary, double perSecond, double haltAbove, java.time.Duration patience) {}

  /**
   * @param matched letters that the order names
   * @param redriven how many were driven again; in a dry run, how many would be
   * @param refused how many could not be, with the reason of the first
   * @param halted why the rest was left alone; null: it was not
   */
  record RedriveReport(int matched, int redriven, int refused, @Nullable String firstRefusal, @Nullable String halted) {}

  /**
   * The same in the background: answers at once. What it does is written down, and can be asked for and halted at any node.
   *
   * @throws JobRefusedException if the papers do not do
   */
  RedriveOperation startRedrive(RedriveOrder order);

  /** Known for 30 days after its end; empty: there is none. */
  Optional<RedriveOperation> redriveOperation(String namespace, String id);

  /** Newest first. */
  List<RedriveOperation> redriveOperations(String namespace);

  /** It ends before its next portion; what was driven stays so. False: it is over. */
  boolean haltRedrive(String namespace, String id, String operator);

  /**
   * A bulk redrive on its way, or after its end.
   *
   * @param at when this was last written down
   * @param report as far as it is
   */
  record RedriveOperation(
      String id, State state, String operator, Instant startedAt, Instant at, RedriveReport report) {
    public enum State {
      RUNNING,
      /** All were driven, or refused. */
      DONE,
      /** The rest was left alone; the report says why. */
      HALTED,
      /** It broke off; the report says why. */
      FAILED,
      /** Nobody has written about it for a minute; a node that is there takes it over within seconds. */
      LOST
    }
  }

  /** Removes a dead letter and its job for good. The papers are kept in the ledger of the namespace. */
  JobAnswer<Boolean> discard(String namespace, JobId job, OperatorPapers papers);

  /**
   * Computes the chain of hashes over what operators did and tried in a namespace again: a line that was changed, dropped
   * or moved breaks it.
   */
  AuditReport verifyAudit(String namespace);

  /**
   * @param lines that are sound, from the beginning
   * @param brokenAt the number of the first that is not; null: all are
   */
  record AuditReport(long lines, @Nullable Long brokenAt, @Nullable String why) {}

  /**
   * Computes the chain over the ledgers of jobs that are over again; they are sealed by a duty, within minutes. Lines of the
   * report are jobs here. Reads all that is kept.
   */
  AuditReport verifyLedgers(String namespace);

  /**
   * Sealed lines of a namespace, oldest first, to be kept elsewhere. A number that is left out is a line that is gone.
   *
   * @param after the number of the last one that is known; 0: from the first
   * @param limit 1 to 10,000
   */
  List<AuditLine> audit(String namespace, long after, int limit);

  /**
   * @param number in the chain of its namespace, from 1
   * @param hash of the line and of everything before it, 64 hex digits
   */
  record AuditLine(long number, String hash, Transition line) {}

  // ---- types

  /** In the place of a type: all types of the namespace, those that come later too. */
  String ALL_TYPES = "*";

  /** A type, or {@link #ALL_TYPES}, is not handed out any more, within a second; who works goes on. */
  void pause(String namespace, String type, String actor, String reason);

  /** False if it was not paused. A type that is paused itself stays so when all types are resumed. */
  boolean resume(String namespace, String type);

  List<Pause> pauses(String namespace);

  record Pause(String type, Instant at, String actor, String reason) {}

  /**
   * Limits how many jobs of a type run at once and how fast they start, over all nodes, in force within a second;
   * {@link JobLimits#NONE} takes the limits away. What runs already counts, and is not stopped.
   */
  void limit(String namespace, String type, JobLimits limits);

  /** The limits of the namespace's types, by type; types without limits are not among them. */
  Map<String, JobLimits> limits(String namespace);

  /** What is known of dependencies that were ever found down; see {@link JobWorkApi#need}. */
  List<Breaker> breakers(String namespace);

  /** A dependency is down, until somebody {@linkplain #probe closes} it: jobs that need it wait. */
  Breaker trip(String namespace, String dependency, String why);

  /** A dependency may be back: a few of the jobs that need it are tried, and more with every success. */
  Breaker probe(String namespace, String dependency);

  /** How many open jobs there are, by type and phase. */
  List<Count> counts(String namespace);

  /** @param leased somebody works on them: "running" is displayed, never stored */
  record Count(String type, JobPhase phase, boolean leased, long jobs) {}
}
