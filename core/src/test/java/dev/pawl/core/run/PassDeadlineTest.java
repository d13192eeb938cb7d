package dev.pawl.core.run;

import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.complete;
import static dev.pawl.core.run.Requests.options;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class PassDeadlineTest {
  @TestFactory
  Stream<DynamicTest> inEveryState() {
    return Summary.inEveryState(w -> new PassDeadline(Mail.Key.deadline(Samples.run(w), "run"), "run"), """
        ABSENT, CLOSED: takes the mail
        DELAYED, READY, FIRST_LEASE: WorkflowTimedOut → NONE
        WAITING, LEASED, PAUSED, BLOCKED: WorkflowTimedOut; closes activity 1; posts TerminateOther; update u-1 COMPLETED → NONE""");
  }

  @Test
  void closesTheRunAndTakesTheOtherDeadlineBack() {
    World world = new World();
    Duration hour = Duration.ofHours(1);
    RunId run = world.did(start(world, ORDER, options(hour.multipliedBy(2), hour, null, Duration.ZERO))).run();
    world.grant(run, World.ANN);
    ReportTask late = world.reportOf(run, true, complete());
    given(world).pass(hour).when(w -> Deliveries.of(w.mails.get(Mail.Key.deadline(run, "run"))))
        .then(new RunEvent.WorkflowTimedOut("run"))
        .satisfies(w -> {
          assertThat(w.run(run).state().status()).isEqualTo(RunStatus.TIMED_OUT);
          assertThat(w.mails).isEmpty();
        })
        .when(w -> late).rejected(Code.RUN_CLOSED).saying("TIMED_OUT");
  }
}
