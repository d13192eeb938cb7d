package dev.pawl.engine;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.RetryTerms;

/** An engine with a worker of jobs and somebody who hands them in, in a process that halts at a failpoint. */
final class DoomedJobs {
  private DoomedJobs() {}

  /** @param args the database's address */
  public static void main(String[] args) {
    PawlEngine pawl = PawlEngine.open(args[0], DoomedProcess::settings);
    LiveJobs worker = new LiveJobs(pawl);
    for (int i = 0; i < 500; i++) {
      JobId job = JobHand.submit(pawl, JobHand.retrying("doomed-" + i, RetryTerms.of(BackoffProfile.FAST)));
      System.out.println("acknowledged " + job);
    }
    System.out.println("survived");
    worker.close();
  }
}
