package dev.pawl.testkit;

/** Unwinds the code of a worker that has crashed. An Error, so that user code lets it pass. */
public final class WorkerCrash extends Error {
  private static final long serialVersionUID = 1L;

  public WorkerCrash() {
    super("this worker has crashed", null, false, false);
  }
}
