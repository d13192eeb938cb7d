package dev.pawl.server.control;

import dev.pawl.core.job.JobBound;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.server.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How long work rests at most after something went wrong, computed from the timings that the server runs with. */
public final class RecoveryBound {
  private RecoveryBound() {}

  /**
   * In seconds, by what went wrong: {@code node_crash} at a first loss, {@code registered_worker_crash} for workers whose
   * registration holds their leases, {@code hang} of a handler, {@code lost_wake_up}; and {@code worst} of a job with
   * standard terms, at whatever loss.
   */
  public static Map<String, Long> seconds(LeaseTimings timings) {
    JobBound jobs = JobBound.of(timings, LeaseTerms.STANDARD);
    Map<String, Long> bounds = new LinkedHashMap<>();
    bounds.put("node_crash", timings.recoveryBound().toSeconds());
    bounds.put("registered_worker_crash", LeaseTimings.REGISTRATION.recoveryBound().toSeconds());
    bounds.put("hang", jobs.hang().toSeconds());
    bounds.put("lost_wake_up", jobs.wakeUp().toSeconds());
    bounds.put("worst", jobs.worst().toSeconds());
    return bounds;
  }

  /** What nodes have to know before they begin. */
  public static Map<String, @Nullable Object> ofJobs(LeaseTimings timings) {
    return Json.of("envelope_version", "5.0", "legacy_version", "4.2", "heartbeat_interval_ms",
        timings.heartbeat().toMillis(), "lease_timeout_ms", timings.leaseTime().toMillis(), "self_fence_margin_ms",
        timings.selfFenceMargin().toMillis(), "takeover_poll_ms", timings.takeoverPoll().toMillis(), "wait_recheck_ms",
        timings.recheck().toMillis(), "recovery_bound_seconds", new LinkedHashMap<>(seconds(timings)), "schemas",
        Json.of("envelope", "/api/schemas/uwer/envelope-5.0.json", "legacy_task", "/api/schemas/uwer/task-4.2.xsd"));
  }
}
