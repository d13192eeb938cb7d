package dev.pawl.sdk;

import org.jspecify.annotations.Nullable;

/** Starts children of one type. */
public interface ChildStub<I extends @Nullable Object, O extends @Nullable Object> {
  /** Starts a child and waits for its result. */
  O run(I input);

  /** Starts a child and goes on. */
  ChildHandle<O> start(I input);
}
