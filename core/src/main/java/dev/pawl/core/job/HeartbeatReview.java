package dev.pawl.core.job;

import dev.pawl.core.task.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a heartbeat's list comes to, against the leases that the store knows for its session.
 *
 * @param renewed listed and held
 * @param cancel of those, the ones whose holder should stop
 * @param lost listed but not held: the node must drop the work
 * @param progress renewals that write something
 * @param revoke held but not listed, and granted long enough ago that the node must know: nobody works on them
 */
public record HeartbeatReview(
    List<Listed> renewed, List<Listed> cancel, List<Listed> lost, List<RenewLease> progress, List<RevokeLease> revoke) {

  /** @param progress the handler's own count; null: it says nothing */
  public record Listed(JobId job, long epoch, @Nullable Long progress) {}

  /**
   * @param held the jobs that the store has leased to the session
   * @param heartbeat the interval; an unlisted lease is spared for two of them after its grant, because the grant's
   *     answer and the heartbeat may have crossed
   */
  public static HeartbeatReview of(SessionId session, List<JobState> held, List<Listed> listed, Duration heartbeat,
      Actor dispatcher, Instant now) {
    Map<JobId, JobState> known = new HashMap<>();
    held.forEach(job -> known.put(job.id(), job));
    Set<JobId> confirmed = new HashSet<>();
    List<Listed> renewed = new ArrayList<>();
    List<Listed> cancel = new ArrayList<>();
    List<Listed> lost = new ArrayList<>();
    List<RenewLease> progress = new ArrayList<>();
    for (Listed each : listed) {
      JobState job = known.get(each.job());
      JobLease lease = job == null ? null : job.lease();
      if (job == null || lease == null || lease.epoch() != each.epoch() || !lease.session().equals(session)) {
        lost.add(each);
        continue;
      }
      if (!confirmed.add(each.job())) continue; // listed twice
      renewed.add(each);
      if (job.cancelRequested()) cancel.add(each);
      boolean forward = each.progress() != null && each.progress() > lease.progress();
      if (forward || lease.expiresAt() != null) {
        progress.add(new RenewLease(each.job(), each.epoch(), session, each.progress()));
      }
    }
    List<RevokeLease> revoke = new ArrayList<>();
    for (JobState job : held) {
      JobLease lease = job.lease();
      if (lease == null || confirmed.contains(job.id()) || !lease.session().equals(session)) continue;
      if (!now.isBefore(lease.grantedAt().plus(heartbeat.multipliedBy(2)))) {
        revoke.add(new RevokeLease(job.id(), lease.epoch(), JobEvent.LEASE_UNLISTED, dispatcher));
      }
    }
    return new HeartbeatReview(List.copyOf(renewed), List.copyOf(cancel), List.copyOf(lost), List.copyOf(progress),
        List.copyOf(revoke));
  }
}
