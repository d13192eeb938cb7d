package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LeaveActivityTest {
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
    return Summary.inEveryState(w -> new LeaveActivity(token(w), World.BOB), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE: `task_not_found`
        WAITING, PAUSED: activity 1 AWAITING → IDLE
        LEASED: activity 1 AWAITING → LEASED
        BLOCKED: activity 1 AWAITING → BLOCKED
        CLOSED: `run_closed`""");
  }

  @Test
  void noLeaseStandsAndTheTimeoutsDo() {
    given(State.WAITING).when(w -> new LeaveActivity(token(w), World.BOB))
        .satisfies(w -> assertThat(task(w).session()).isNull())
        .when(w -> new LeaveActivity(token(w), World.BOB)).unchanged()
        .when(w -> new LoseActivity(task(w).id(), task(w).epoch(), "SESSION_EXPIRED")).unchanged()
        .pass(Duration.ofSeconds(10))
        .when(w -> new TimeOutActivity(task(w).id())).thenTypes("ActivityRetryScheduled");
  }
}
