package dev.pawl.sdk;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The work of a step. It runs outside of the workflow's rules: clocks, I/O and threads are allowed. It may run more than
 * once, its result is recorded once.
 *
 * <p>Serializable only so that the result's type can be read from the lambda; nothing is ever serialized.
 */
@FunctionalInterface
public interface StepBody<T extends @Nullable Object> extends Serializable {
  /** Does the work. An exception fails the attempt. */
  T run() throws Exception;
}
