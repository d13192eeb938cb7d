package dev.pawl.core.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that are waited for together. It is opened, jobs join it with their {@linkplain JobTies#batch() tie}, it is closed,
 * and when all of them are over one job, the callback, is born in the same commit that says so: exactly one, whoever dies.
 * A job that ends in any way is over; what is driven again later changes nothing any more.
 *
 * @param id chosen by the caller, unique in its namespace, 1 to 128 characters
 * @param callback the type of the callback
 * @param closedAt no more jobs join; null: it is open
 * @param callbackJob born when all were over; null: they are not
 */
public record JobBatch(String namespace, String id, String callback, Instant openedAt, @Nullable Instant closedAt,
    @Nullable JobId callbackJob) {
  public JobBatch {
    JobTies.named("batch", id);
    JobTies.named("callback", callback);
  }

  public boolean open() {
    return closedAt == null;
  }

  public boolean done() {
    return callbackJob != null;
  }

  /** No more jobs join. Saying it again is harmless. */
  public JobBatch close(Instant now) {
    return open() ? new JobBatch(namespace, id, callback, openedAt, now, callbackJob) : this;
  }

  /** How many of its jobs are over, and how. */
  public record Tally(long succeeded, long failed, long deadLettered, long cancelled) {
    public static final Tally NOTHING = new Tally(0, 0, 0, 0);

    public Tally plus(JobPhase phase, long jobs) {
      return switch (phase) {
        case SUCCEEDED -> new Tally(succeeded + jobs, failed, deadLettered, cancelled);
        case FAILED -> new Tally(succeeded, failed + jobs, deadLettered, cancelled);
        case DEAD_LETTERED -> new Tally(succeeded, failed, deadLettered + jobs, cancelled);
        case CANCELLED -> new Tally(succeeded, failed, deadLettered, cancelled + jobs);
        case SCHEDULED, READY, AWAITING, HELD -> this;
      };
    }
  }
}
