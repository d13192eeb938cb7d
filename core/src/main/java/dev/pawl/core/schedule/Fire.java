package dev.pawl.core.schedule;

import java.time.Instant;

/**
 * One time at which a schedule fires.
 *
 * @param nominal the instant that its spec names; it identifies the fire
 * @param at when it is due, with jitter: not before {@code nominal}, and before the next fire's nominal time
 */
public record Fire(Instant nominal, Instant at) {}
