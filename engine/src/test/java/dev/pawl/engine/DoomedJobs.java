package dev.pawl.engine;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.RetryTerms;
import java.util.concurrent.locks.LockSupport;

/** An engine with a worker of jobs and somebody who hands them in, in a process that halts at a failpoint. */
final class DoomedJobs {
  private static final long PAUSE = 1_000_000;
  /** Far more than any process needs to get to its point. */
  private static final int MOST = 20_000;

  private DoomedJobs() {}

  /** @param args the database's address, and how the keys of its jobs begin */
  public static void main(String[] args) {
    PawlEngine pawl = PawlEngine.open(args[0], DoomedProcess::settings);
    LiveJobs worker = new LiveJobs(pawl);
    System.out.println("begins");
    for (int i = 0; i < MOST; i++) {
      JobId job = JobHand.submit(pawl, JobHand.retrying(args[1] + i, RetryTerms.of(BackoffProfile.FAST)));
      System.out.println("acknowledged " + job);
      // Some points are passed only when somebody else's leases have run out.
      if (i > 200) LockSupport.parkNanos(PAUSE);
    }
    System.out.println("survived");
    worker.close();
  }
}
