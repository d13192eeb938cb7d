package dev.pawl.core.schedule;

import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Payload;
import org.jspecify.annotations.Nullable;

/** What a fire of a schedule starts. */
public sealed interface ScheduleAction {

  /** Its type, for people and for finding schedules. */
  String type();

  /**
   * A workflow, under an id that the schedule makes from its own and the fire's nominal time.
   *
   * @param queue where workers look for it
   * @param input the arguments; null: none
   * @param cancelAtOnce whether {@link OverlapPolicy#CANCEL_OTHER} closes a run, for programs that cannot be asked;
   *     else the program is asked, and may clean up
   */
  record StartWorkflow(String workflowType, String queue, @Nullable Payload input, StartOptions options,
      boolean cancelAtOnce)
      implements ScheduleAction {
    @Override
    public String type() {
      return workflowType;
    }
  }

  /**
   * A job, under a key that the schedule makes from its own id and the fire's nominal time. It is there in the commit of
   * the fire. Its end is not told: it is looked for when a fire has to know, see {@link Schedule#LOOK_AGAIN}.
   *
   * @param digest of type, namespace and payload, as every job has one
   * @param priority 0 first to 9 last
   */
  record EnqueueJob(String jobType, Payload payload, String digest, int priority, LeaseTerms lease, RetryTerms retry,
      CheckTerms check) implements ScheduleAction {
    @Override
    public String type() {
      return jobType;
    }
  }
}
