package dev.pawl.core.task;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One activity that is open: a row from the moment it is scheduled to the moment its last outcome is recorded. The row
 * is the truth about its lease; the run only knows that the step is open.
 *
 * @param attempt business attempt, from 1
 * @param losses lost leases of this attempt
 * @param epoch number of the newest lease, over all attempts
 * @param session holder of the lease, when LEASED
 * @param scheduledAt when the first attempt was scheduled
 * @param visibleAt WAITING: not handed out before
 * @param leasedAt when the newest lease was granted
 * @param heartbeatAt the holder's last sign of life for this task
 * @param details the last heartbeat's details, handed to the next attempt
 * @param cancelRequested the holder is told with its next heartbeat
 * @param ambiguous an earlier attempt may have had its effect without a report; verify first
 * @param lastFailure of the attempt before
 */
public record ActivityTask(
    TaskId id,
    String namespace,
    String workflowId,
    String workflowType,
    String activityType,
    @Nullable Payload input,
    Map<String, Payload> header,
    ActivityOptions options,
    Phase phase,
    int attempt,
    int losses,
    long epoch,
    @Nullable SessionId session,
    Instant scheduledAt,
    Instant visibleAt,
    @Nullable Instant leasedAt,
    @Nullable Instant heartbeatAt,
    @Nullable Payload details,
    boolean cancelRequested,
    boolean ambiguous,
    @Nullable Failure lastFailure) {

  public enum Phase {
    /** In the queue, perhaps not due yet. */
    WAITING,
    /** A worker has it. */
    LEASED,
    /** The worker left; somebody will report by token. */
    AWAITING
  }

  /** An activity's first attempt, for everybody who serves its queue. */
  public static ActivityTask scheduled(TaskId id, String namespace, String workflowId, String workflowType,
      String activityType, @Nullable Payload input, Map<String, Payload> header, ActivityOptions options, Instant now) {
    return new ActivityTask(id, namespace, workflowId, workflowType, activityType, input, header, options,
        Phase.WAITING, 1, 0, 0, null, now, now, null, null, null, false, false, null);
  }

  public TaskToken token() {
    return new TaskToken(id.run(), id.step(), attempt, epoch);
  }

  /** Stable over all attempts: the key under which an effect must happen once. */
  public String idempotencyKey() {
    return namespace + "/" + id.run() + "/" + id.step() + ":" + activityType;
  }

  public ActivityTask leased(SessionId to, Instant now) {
    return leased(to, now, 0);
  }

  /** A grant. @param epochFloor the epoch becomes higher than this */
  public ActivityTask leased(SessionId to, Instant now, long epochFloor) {
    return with(Phase.LEASED, attempt, losses, Math.max(epoch, epochFloor) + 1, to, visibleAt, now, now, ambiguous, lastFailure);
  }

  /** The worker ended its part; the token stays good. */
  public ActivityTask awaiting(Instant now) {
    return with(Phase.AWAITING, attempt, losses, epoch, null, visibleAt, leasedAt, now, ambiguous, lastFailure);
  }

  /** Given back without a penalty. */
  public ActivityTask abandoned(Instant now) {
    return with(Phase.WAITING, attempt, losses, epoch, null, now, null, null, ambiguous, lastFailure);
  }

  /** The lease ended without the holder's word: the effect may have happened. */
  public ActivityTask lost(Instant due) {
    return with(Phase.WAITING, attempt, losses + 1, epoch, null, due, null, null, true, lastFailure);
  }

  public ActivityTask nextAttempt(Instant due, Failure failure, boolean unsure) {
    return with(Phase.WAITING, attempt + 1, 0, epoch, null, due, null, null, unsure, failure);
  }

  public ActivityTask beaten(Instant now, @Nullable Payload newDetails) {
    return new ActivityTask(id, namespace, workflowId, workflowType, activityType, input, header, options, phase,
        attempt, losses, epoch, session, scheduledAt, visibleAt, leasedAt, now,
        newDetails == null ? details : newDetails, cancelRequested, ambiguous, lastFailure);
  }

  public ActivityTask cancelling() {
    return new ActivityTask(id, namespace, workflowId, workflowType, activityType, input, header, options, phase,
        attempt, losses, epoch, session, scheduledAt, visibleAt, leasedAt, heartbeatAt, details, true, ambiguous,
        lastFailure);
  }

  private ActivityTask with(Phase newPhase, int newAttempt, int newLosses, long newEpoch, @Nullable SessionId holder,
      Instant visible, @Nullable Instant granted, @Nullable Instant beat, boolean unsure, @Nullable Failure failure) {
    return new ActivityTask(id, namespace, workflowId, workflowType, activityType, input, header, options, newPhase,
        newAttempt, newLosses, newEpoch, holder, scheduledAt, visible, granted, beat, details, cancelRequested, unsure,
        failure);
  }

  /** A deadline of an activity, by the name that history gives it. */
  public record Deadline(Instant at, String kind) {}

  /** The next deadline, by the clock of the database; empty if nothing limits it now. */
  public Optional<Deadline> deadline() {
    return Stream.of(
            phase == Phase.WAITING ? after(visibleAt, options.scheduleToStart(), "schedule_to_start") : null,
            phase == Phase.WAITING ? null : after(leasedAt, options.startToClose(), "start_to_close"),
            after(scheduledAt, options.scheduleToClose(), "schedule_to_close"),
            phase == Phase.WAITING ? null : after(heartbeatAt, options.heartbeat(), "heartbeat"))
        .flatMap(Stream::ofNullable)
        .min(java.util.Comparator.comparing(Deadline::at));
  }

  private static @Nullable Deadline after(@Nullable Instant start, @Nullable Duration limit, String kind) {
    return start == null || limit == null ? null : new Deadline(start.plus(limit), kind);
  }
}
