package dev.pawl.sdk.worker;

import org.jspecify.annotations.Nullable;

/** The work of an activity with one argument. */
@FunctionalInterface
public interface ActivityBody<A extends @Nullable Object, R extends @Nullable Object> {
  /** Does the work. An exception fails the attempt. */
  R run(A argument) throws Exception;
}
