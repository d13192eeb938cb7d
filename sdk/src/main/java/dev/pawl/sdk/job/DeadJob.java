package dev.pawl.sdk.job;

import org.jspecify.annotations.Nullable;

/**
 * A job that automation gave up on.
 *
 * @param job its id
 * @param cause one of the contract's causes, such as {@code ATTEMPTS_EXHAUSTED}
 * @param code of the last error; null: there was none
 * @param title of the last error
 * @param detail of the last error, with its stack
 */
public record DeadJob(
    String job, String cause, @Nullable String code, @Nullable String title, @Nullable String detail) {}
