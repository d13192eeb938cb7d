package dev.pawl.core.job;

import dev.pawl.core.value.Payload;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The one terminal record of a job.
 *
 * @param cause of a dead letter, otherwise null
 * @param digest of the result, when somebody reported one; a repeated callback is recognised by it
 * @param error why it failed or was given up, if somebody said so
 */
public record JobEnding(
    Instant at,
    @Nullable DeadLetterCause cause,
    @Nullable String digest,
    @Nullable Payload result,
    @Nullable JobError error) {}
