package dev.pawl.core.run;

import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.cancel;
import static dev.pawl.core.run.Requests.complete;
import static dev.pawl.core.run.Requests.options;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Requests.signalEvent;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.timer;
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
        .then(new RunEvent.WorkflowTimedOut("run", List.of()))
        .satisfies(w -> {
          assertThat(w.run(run).state().status()).isEqualTo(RunStatus.TIMED_OUT);
          assertThat(w.mails).isEmpty();
        })
        .when(w -> late).rejected(Code.RUN_CLOSED).saying("TIMED_OUT");
  }

  @Test
  void listsTheSignalsThatNobodyLookedAt() {
    World world = new World();
    Duration hour = Duration.ofHours(1);
    RunId run = world.did(start(world, ORDER, options(null, hour, null, Duration.ZERO))).run();
    world.did(signal(ORDER, "looked-at"));
    world.turn(run, timer(1, Duration.ofDays(1)));
    world.did(signal(ORDER, "unseen"));
    given(world).pass(hour).when(w -> Deliveries.of(w.mails.get(Mail.Key.deadline(run, "run"))))
        .then(new RunEvent.WorkflowTimedOut("run", List.of("unseen")));
  }

  // ---- a run with a retry policy

  private static World retrying(Duration execution, Duration run) {
    World world = new World();
    world.did(start(world, ORDER, options(execution, run, Requests.TWICE, Duration.ZERO)));
    return world;
  }

  @Test
  void aRunThatRanOutOfItsTimeStartsOverAndThenStaysTimedOut() {
    Duration hour = Duration.ofHours(1);
    World world = retrying(null, hour);
    RunId first = world.current(ORDER).id();
    world.turn(first, timer(1, Duration.ofDays(1)));
    world.did(signal(ORDER, "unseen"));
    given(world).pass(hour).when(w -> Deliveries.of(w.mails.get(Mail.Key.deadline(first, "run"))))
        .noted("RUN_RETRIED", "TimedOut");
    Run second = world.current(ORDER);
    assertThat(world.facts(first).getLast())
        .isEqualTo(new RunEvent.WorkflowContinuedAsNew(second.id(), List.of("unseen")));
    assertThat(second.state().started().attempt()).isEqualTo(2);
    assertThat(second.task().visibleAt()).isEqualTo(world.now.plusSeconds(10));
    assertThat(second.state().started().runDeadline()).isEqualTo(world.now.plusSeconds(10).plus(hour));
    assertThat(world.facts(second.id()).getLast()).as("said again").isEqualTo(signalEvent("unseen"));
    assertThat(world.mails.keySet()).containsExactly(Mail.Key.deadline(second.id(), "run"));

    given(world).pass(hour.plusSeconds(10)).when(w -> Deliveries.of(w.mails.get(Mail.Key.deadline(second.id(), "run"))))
        .then(new RunEvent.WorkflowTimedOut("run", List.of("unseen")));
  }

  @Test
  void whenTheChainsTimeIsOverNothingStartsOver() {
    Duration hour = Duration.ofHours(1);
    World world = retrying(hour, null);
    RunId run = world.current(ORDER).id();
    given(world).pass(hour).when(w -> Deliveries.of(w.mails.get(Mail.Key.deadline(run, "execution"))))
        .then(new RunEvent.WorkflowTimedOut("execution", List.of()));
    World late = retrying(hour, hour.minusSeconds(5));
    RunId other = late.current(ORDER).id();
    given(late).pass(hour.minusSeconds(5)).when(w -> Deliveries.of(w.mails.get(Mail.Key.deadline(other, "run"))))
        .then(new RunEvent.WorkflowTimedOut("run", List.of()));
  }

  @Test
  void aRunThatWasAskedToCancelDoesNotStartOver() {
    Duration hour = Duration.ofHours(1);
    World world = retrying(null, hour);
    RunId run = world.current(ORDER).id();
    world.did(cancel(ORDER, null));
    given(world).pass(hour).when(w -> Deliveries.of(w.mails.get(Mail.Key.deadline(run, "run"))))
        .then(new RunEvent.WorkflowTimedOut("run", List.of()));
  }
}
