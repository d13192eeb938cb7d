package dev.pawl.core.task;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a run needs a worker, and which worker has it. Lives in the run's own row: a run has at most one workflow
 * task at a time, so none is born and none dies. Not part of history.
 *
 * @param phase what is displayed as waiting, running ... is derived from it
 * @param epoch number of the newest lease; raised at each grant and whenever the holder must not write any more
 * @param session holder of the lease, when LEASED
 * @param since when it became READY, or when the lease was granted
 * @param visibleAt READY: not handed out before; may lie in the future (delayed start, back-off after a loss)
 * @param seen the last event that a recorded report had looked at
 * @param sticky the session that has the run or parked it, preferred for the next task
 * @param report number of the newest accepted report of the current epoch, from 1; 0 before the first
 * @param reportSeq number of the first event that this report appended; of a parked run, which counts as having seen
 *     nothing, the first event that it had not seen
 * @param losses lost leases in a row, since the last accepted report
 * @param failures failed workflow tasks in a row, since the last accepted report
 * @param admitted updates that wait for the program's word
 * @param reason why it is BLOCKED, or the last failure while it backs off; for people
 */
public record WorkflowTask(
    Phase phase,
    long epoch,
    @Nullable SessionId session,
    Instant since,
    Instant visibleAt,
    long seen,
    @Nullable SessionId sticky,
    int report,
    long reportSeq,
    int losses,
    int failures,
    int admitted,
    @Nullable String reason) {

  public enum Phase {
    /** Nothing to do until an event comes. */
    IDLE,
    /** Waits for a worker. */
    READY,
    /** A worker has it. */
    LEASED,
    /** Handed to nobody until an operator or a deploy fixes the reason. */
    BLOCKED,
    /** The run is closed. */
    NONE
  }

  public static WorkflowTask first(Instant now, Instant visibleAt) {
    return new WorkflowTask(Phase.READY, 0, null, now, visibleAt, 0, null, 0, 0, 0, 0, 0, null);
  }

  public WorkflowTask ready(Instant now, Instant due) {
    return new WorkflowTask(
        Phase.READY, epoch, null, now, due, seen, sticky, report, reportSeq, losses, failures, admitted, reason);
  }

  public WorkflowTask idle(Instant now) {
    return new WorkflowTask(
        Phase.IDLE, epoch, null, now, now, seen, sticky, report, reportSeq, losses, failures, admitted, reason);
  }

  /**
   * A grant: the next epoch, no report of it yet. Whoever has the lease will have the run in memory; said here and not
   * by its first report, so that this one changes no column that an index looks at.
   *
   * @param epochFloor the epoch becomes higher than this
   */
  public WorkflowTask leased(SessionId to, Instant now, long epochFloor) {
    return new WorkflowTask(
        Phase.LEASED, Math.max(epoch, epochFloor) + 1, to, now, visibleAt, seen, to, 0, 0, losses, failures, admitted, reason);
  }

  public WorkflowTask leased(SessionId to, Instant now) {
    return leased(to, now, 0);
  }

  /**
   * An accepted report clears what went wrong before it.
   *
   * @param by the session that has the program in memory; null: nobody keeps it
   */
  public WorkflowTask reported(int number, long firstSeq, long lookedAt, @Nullable SessionId by) {
    return new WorkflowTask(
        phase, epoch, session, since, visibleAt, lookedAt, by, number, firstSeq, 0, 0, admitted, null);
  }

  /** The lease ended without the holder's word. */
  public WorkflowTask lost(Instant now, Instant due) {
    return new WorkflowTask(
        Phase.READY, epoch, null, now, due, seen, null, report, reportSeq, losses + 1, failures, admitted, reason);
  }

  public WorkflowTask failed(Instant now, Instant due, String why) {
    return new WorkflowTask(
        Phase.READY, epoch, null, now, due, seen, null, report, reportSeq, losses, failures + 1, admitted, why);
  }

  public WorkflowTask blocked(Instant now, String why) {
    return new WorkflowTask(
        Phase.BLOCKED, epoch + 1, null, now, now, seen, null, 0, 0, losses, failures, admitted, why);
  }

  /** The run closed: whoever holds it must not write any more. The newest report can still be repeated. */
  public WorkflowTask closed(Instant now) {
    return new WorkflowTask(
        Phase.NONE, epoch + 1, null, now, now, seen, null, report, reportSeq, losses, failures, 0, null);
  }

  /**
   * Taken out of the queue while the run is paused. Whoever holds it must not write any more. A due time in the future
   * stays, and the program counts as having seen nothing, so that the run is made ready again when it is resumed, even
   * if its worker was between two steps.
   */
  public WorkflowTask parked(Instant now) {
    return new WorkflowTask(Phase.IDLE, epoch + 1, null, now, visibleAt, 0, null, 0, Math.max(seen + 1, reportSeq), losses,
        failures, admitted, reason);
  }

  /** Given back without a penalty. */
  public WorkflowTask released(Instant now) {
    return new WorkflowTask(
        Phase.READY, epoch, null, now, now, seen, null, report, reportSeq, losses, failures, admitted, reason);
  }

  /** An operator or a deploy removed the reason: a new start of all budgets. */
  public WorkflowTask unblocked(Instant now) {
    return new WorkflowTask(Phase.READY, epoch, null, now, now, seen, null, 0, 0, 0, 0, admitted, null);
  }

  /**
   * Whether a report under {@code grant} with this number was accepted before. A close raises the epoch by one, and
   * nothing is granted after it.
   */
  public boolean repeats(long grant, int number) {
    return number > 0 && number <= report && grant == (phase == Phase.NONE ? epoch - 1 : epoch);
  }

  public WorkflowTask withAdmitted(int count) {
    return new WorkflowTask(
        phase, epoch, session, since, visibleAt, seen, sticky, report, reportSeq, losses, failures, count, reason);
  }

  public WorkflowTask seenUpTo(long seq) {
    return new WorkflowTask(
        phase, epoch, session, since, visibleAt, seq, sticky, report, reportSeq, losses, failures, admitted, reason);
  }
}
