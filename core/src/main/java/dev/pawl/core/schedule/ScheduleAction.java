package dev.pawl.core.schedule;

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
}
