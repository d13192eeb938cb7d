package dev.pawl.core.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One job: its phase, the lease beside it, and the counters that decide where it goes next.
 *
 * @param prevPhase what a HELD job returns to; null in every other phase
 * @param epoch number of grants so far, over all attempts and redrives; never falls
 * @param lease who works on it; null: nobody
 * @param attempt the business attempt it is in, from 1
 * @param losses lost leases since the last accepted commit
 * @param checks checks that found the external effect still pending
 * @param redrives how often the policy drove it again by itself
 * @param cancelRequestedAt set only while a lease stands: applied when it ends, unless the work succeeded
 * @param deadlinePassed set only while a lease stands: applied when it ends, unless the work succeeded
 * @param visibleAt when somebody looks at it again: due date, next check, end of the hold, or end of the lease
 * @param resumeAt when a HELD job would have been looked at without the hold
 * @param deadlineAt automation gives up then; null: never
 * @param externalRef name of the external effect that is or was outstanding
 * @param externalEpoch the epoch whose commit brought {@code externalRef}; a callback must name it. 0: none
 * @param lastError of the last attempt or check that failed
 * @param ending set in terminal phases, and only there
 * @param version rises with every change of the row
 */
public record JobState(
    JobId id,
    JobSpec spec,
    JobPhase phase,
    @Nullable JobPhase prevPhase,
    long epoch,
    @Nullable JobLease lease,
    int attempt,
    int losses,
    int checks,
    int redrives,
    @Nullable Instant cancelRequestedAt,
    boolean deadlinePassed,
    Instant visibleAt,
    @Nullable Instant resumeAt,
    @Nullable Instant deadlineAt,
    @Nullable String externalRef,
    long externalEpoch,
    @Nullable JobError lastError,
    @Nullable JobEnding ending,
    long version) {

  /** How long the holder of a lease may go on after it was told of a cancel: 30 s. */
  public static final Duration CANCEL_GRACE = Duration.ofSeconds(30);

  public boolean leased() {
    return lease != null;
  }

  public boolean cancelRequested() {
    return cancelRequestedAt != null;
  }

  /** Nobody has begun with it, and nobody holds it: a newer one may take its place. */
  boolean givesWay() {
    return epoch == 0 && (phase == JobPhase.SCHEDULED || phase == JobPhase.READY);
  }

  /** Stable over all attempts and redrives: the key under which the job's effect must happen once. */
  public String effectKey() {
    return spec.namespace() + "/" + spec.type() + "/" + spec.key();
  }

  /**
   * The earliest instant at which an automatic actor has something to do, by the clock of the database; null in terminal
   * phases. A store that indexes this one instant needs no second timer for deadlines, hangs and cancels.
   */
  public @Nullable Instant nextLook() {
    if (phase.terminal()) return null;
    Instant next = visibleAt;
    if (deadlineAt != null && !deadlinePassed) next = earlier(next, deadlineAt);
    if (lease != null) next = earlier(next, lease.progressAt().plus(spec.lease().progressTimeout()));
    if (cancelRequestedAt != null) next = earlier(next, cancelRequestedAt.plus(CANCEL_GRACE));
    return next;
  }

  static Instant earlier(Instant a, Instant b) {
    return b.isBefore(a) ? b : a;
  }
}
