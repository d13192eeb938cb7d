package dev.pawl.testkit;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Stands in for an activity, a child or a step. Serializable only so that the type of its argument can be read. */
@FunctionalInterface
public interface MockBody<A extends @Nullable Object, R extends @Nullable Object> extends Serializable {
  R answer(A argument) throws Exception;
}
