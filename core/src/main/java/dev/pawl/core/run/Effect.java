package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row beside the history that must be true after the commit, or a guard that must hold for the commit to land. */
public sealed interface Effect {

  /** Hand out an activity. Its task may be born leased, when a worker is waiting. */
  record OpenTask(ActivityTask task) implements Effect {}

  /** Guard and change: lands only if the task is open with {@code expectedEpoch}. */
  record ChangeTask(ActivityTask task, long expectedEpoch) implements Effect {}

  /** @param expectedEpoch guard: lands only if the task is open with it; null: no guard */
  record CloseTask(TaskId id, @Nullable Long expectedEpoch) implements Effect {}

  record Post(Mail mail) implements Effect {}

  /** Take a mail back; it may be gone already. */
  record Unpost(Mail.Key key) implements Effect {}

  /** Guard and delete: lands only if the mail is still there. */
  record Take(Mail.Key key) implements Effect {}

  /** Another run of the same chain is born in the same commit. */
  record BearRun(Run run, List<Event> events) implements Effect {}

  /**
   * Guard and change: the chain's current run becomes {@code to}.
   *
   * @param expected the current run, or null if the workflow id was never used
   */
  record PointChain(String namespace, String workflowId, @Nullable RunId expected, RunId to, int runNumber)
      implements Effect {}

  /** The answer to a request id, kept for the retention time. */
  record Remember(Remembered what) implements Effect {}

  /**
   * @param digest of the request's content; another digest under the same id is a conflict
   * @param run the run that it changed
   * @param runNumber of that run in its chain; 0: the run is not kept any more
   */
  record Remembered(
      String namespace, String workflowId, String requestId, String digest, RunId run, int runNumber, Instant at) {}

  /** An update that waits for the program's word: durable before the caller hears of it. */
  record AdmitUpdate(Update update) implements Effect {}

  record SettleUpdate(RunId run, String updateId, UpdatePhase phase, @Nullable Outcome outcome) implements Effect {}

  /**
   * Every update of the run that still waits for the program's word is rejected with {@code why}: the run closed, and
   * no update is ever dropped in silence.
   */
  record RejectAdmitted(RunId run, Failure why) implements Effect {}

  enum UpdatePhase {
    ADMITTED,
    ACCEPTED,
    COMPLETED,
    REJECTED
  }

  record Update(
      RunId run, String updateId, String name, @Nullable Payload input, Map<String, Payload> header,
      UpdatePhase phase, @Nullable Outcome outcome) {}

  /**
   * A line of the append-only ledger: what happened to a task or by an operator, for people and for the invariants.
   *
   * @param what for example {@code LEASE_REVOKED}
   * @param cause for example {@code SESSION_EXPIRED}
   */
  record Note(
      String namespace, RunId run, int step, long epoch, String what, @Nullable String cause, String actor,
      @Nullable String reason, Instant at)
      implements Effect {}

  /** What a worker reported after it had lost its lease: shown, never applied. */
  record KeepLateReport(TaskToken token, String kind, @Nullable String body, String why, Instant at)
      implements Effect {}

  /** A line about what an operator did or tried, sealed into the chain of its namespace by the same commit. */
  record Audit(RunTransition line) implements Effect {}
}
