package dev.pawl.core.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of the append-only audit: what happened to a job and by whom. The store gives it its number, and a duty seals
 * the lines into a chain of hashes.
 *
 * @param from null: there was no job before
 * @param end the lease that ended with it; null: none did
 * @param refused nothing was changed, for this reason; null: it was done
 * @param papers of an operator, otherwise null
 */
public record Transition(
    JobId job,
    String namespace,
    Instant at,
    Actor actor,
    JobEvent event,
    @Nullable JobPhase from,
    long fromEpoch,
    JobPhase to,
    long toEpoch,
    @Nullable LeaseEnd end,
    @Nullable DeadLetterCause cause,
    @Nullable UwerCode refused,
    @Nullable OperatorPapers papers) {}
