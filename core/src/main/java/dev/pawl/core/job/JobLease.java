package dev.pawl.core.job;

import dev.pawl.core.task.SessionId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who works on a job, beside its phase.
 *
 * @param epoch fencing number; always the job's
 * @param node name of the holder's node, for people
 * @param expiresAt when it may be revoked; null: the lease is listed in its session's heartbeats and the session's row
 *     expires for all of them
 * @param executionDeadline hard limit of this attempt
 * @param progress the handler's own count, as last reported
 * @param progressAt when that count last rose, or the grant
 */
public record JobLease(
    long epoch,
    SessionId session,
    String node,
    Stage stage,
    Instant grantedAt,
    @Nullable Instant expiresAt,
    Instant executionDeadline,
    long progress,
    Instant progressAt) {}
