package dev.pawl.protocol.job;

import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.RenewLease;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The worker's side of jobs. Sessions are opened, kept and closed through the
 * {@link dev.pawl.protocol.worker.WorkerApi}. Safe for any number of threads; every method blocks.
 */
public interface JobWorkApi {

  /**
   * Waits up to {@code patience} for at least one job, and takes up to {@code max}. Empty: nothing came.
   *
   * @throws dev.pawl.core.value.RejectedException {@code SESSION_LOST}, {@code INVALID_ARGUMENT}
   */
  List<JobGrant> poll(Poll poll);

  /**
   * @param namespaces at least one, at most 100. Each gets an equal share of {@code max}, what one does not use goes to the
   *     others, and they take turns at being first: none waits for more polls than there are namespaces
   * @param types at least one, at most 200; of equal priority those that are named first go first
   * @param max 1 to 10,000
   * @param patience 0 s to 5 min
   */
  record Poll(SessionId session, List<String> namespaces, List<String> types, int max, Duration patience) {
    public Poll {
      namespaces = List.copyOf(namespaces);
      types = List.copyOf(types);
    }

    public Poll(SessionId session, String namespace, List<String> types, int max, Duration patience) {
      this(session, List.of(namespace), types, max, patience);
    }
  }

  /** What is agreed about the payloads of what is handed out: a worker looks before it does a job. */
  default PayloadContracts contracts() {
    return PayloadContracts.NONE;
  }

  /** Ends leases with their holders' words, in groups. One answer per report, in order. */
  List<JobAnswer<CommitJob.Ack>> report(List<Report> reports);

  /**
   * @param digest of what is said, {@code sha-256:} and 64 hex digits: the same report again has the same
   * @param spawn jobs that are submitted if and only if the report is accepted
   */
  record Report(
      JobId job, long epoch, SessionId session, JobOutcome outcome, String digest, List<JobSpec> spawn) {
    public Report {
      spawn = List.copyOf(spawn);
    }

    /** A report with the digest of its outcome. */
    public static Report of(JobGrant grant, SessionId session, JobOutcome outcome, List<JobSpec> spawn) {
      return new Report(grant.job().id(), grant.job().epoch(), session, outcome, OutcomeDigest.of(outcome, spawn), spawn);
    }
  }

  /**
   * Workers want to know of dead letters of these types: from now on each brings about a job of type {@code <type>.dead}
   * in the same commit, whose payload says which job died and why.
   */
  void followDead(String namespace, List<String> types);

  /**
   * Workers say what jobs of types need outside: while a dependency is down, none of them is handed out.
   *
   * @param dependencies the name of the dependency, 1 to 128 characters, by type
   */
  void need(String namespace, Map<String, String> dependencies);

  /**
   * A worker found a dependency down. The job that met it is given back with {@code ABANDON}, which spends no attempt.
   *
   * @see dev.pawl.core.job.Breaker
   */
  void unavailable(String namespace, String dependency, String why);

  /** Records that handlers get on; those that do not say so for too long lose their leases. */
  List<JobAnswer<RenewLease.Renewed>> progress(List<Progress> progress);

  /** @param count the handler's own; only a higher one than before counts */
  record Progress(JobId job, long epoch, SessionId session, long count) {}

  // ---- the ledger of effects

  /** What a step of a job came to, in whatever attempt, if that is recorded. */
  Optional<Effect> effect(JobId job, String step);

  /** All that is recorded of a job's steps, by name; the oldest first. */
  Map<String, Effect> effects(JobId job);

  /**
   * Records what a step came to, at most once. What was recorded before stays, and is the answer; nothing is recorded
   * ({@code UWER-4094}) by who does not hold the lease any more.
   */
  JobAnswer<Effect> record(Step step);

  /**
   * The same in a transaction of the caller's, on the engine's own database: it is recorded if and only if that commits.
   * Nobody takes the lease away before it ends.
   */
  JobAnswer<Effect> record(Connection users, Step step) throws SQLException;

  /**
   * @param step name within the job, 1 to 128 characters
   * @param request digest of what was asked for, {@code sha-256:} and 64 hex digits; another one under the same name is a conflict ({@code UWER-4098}). Null:
   *     not looked at
   */
  record Step(JobId job, String step, long epoch, SessionId session, @Nullable String request, Payload response) {}

  /** @param epoch under which it was done */
  record Effect(long epoch, @Nullable String request, Payload response) {}
}
