package dev.pawl.sdk.job;

/** The work of a job. */
@FunctionalInterface
public interface JobBody<P> {
  /**
   * Does the work. It returns: done, or set going elsewhere ({@link JobContext#awaits}). It throws: the attempt has failed
   * and is tried again, unless the exception is a {@link dev.pawl.sdk.failure.ApplicationException} that says otherwise.
   */
  void process(JobContext job, P payload) throws Exception;
}
