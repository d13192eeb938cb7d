package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Transcript.given;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Rejection.Code;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CancelledActivityTest {
  /** The activity's token as its worker has it; something that never was, where there is none. */
  private static TaskToken token(World w) {
    ActivityTask task = task(w);
    return task == null ? new TaskToken(Samples.run(w), 1, 1, 1) : task.token();
  }

  private static ActivityTask task(World w) {
    return w.tasks.get(new TaskId(Samples.run(w), 1));
  }


  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> new CancelledActivity(token(w), World.BOB), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE: `task_not_found`
        WAITING: ActivityCancelled; closes activity 1 → READY
        LEASED: ActivityCancelled; closes activity 1 → LEASED
        PAUSED: ActivityCancelled; closes activity 1 → IDLE
        BLOCKED: ActivityCancelled; closes activity 1 → BLOCKED
        CLOSED: `run_closed`""");
  }

  @Test
  void onlyWhoHoldsItMaySaySo() {
    given(State.WAITING).when(w -> new CancelledActivity(token(w), World.ANN)).rejected(Code.LEASE_LOST)
        .when(w -> new CancelledActivity(token(w), null)).thenTypes("ActivityCancelled");
  }
}
