package dev.pawl.sdk.replay;

/** Unwinds the coroutines of a run that this worker does not run any more. An Error, so that user code lets it pass. */
final class RunDropped extends Error {
  private static final long serialVersionUID = 1L;

  RunDropped() {
    super("this worker does not run this workflow any more", null, false, false);
  }
}
