package dev.pawl.sdk.job;

/**
 * All jobs of a batch are over: the payload of its callback.
 *
 * @param batch its id
 */
public record BatchDone(String batch, long succeeded, long failed, long deadLettered, long cancelled) {}
