package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.activity;
import static dev.pawl.core.run.Requests.cancel;
import static dev.pawl.core.run.Requests.child;
import static dev.pawl.core.run.Requests.complete;
import static dev.pawl.core.run.Requests.options;
import static dev.pawl.core.run.Requests.reset;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Requests.signalEvent;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.step;
import static dev.pawl.core.run.Requests.tell;
import static dev.pawl.core.run.Requests.timer;
import static dev.pawl.core.run.Requests.update;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

class ResetRunTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TestFactory
  Stream<DynamicTest> toTheBeginningInEveryState() {
    return Summary.inEveryState(w -> reset(ORDER, 2), """
        ABSENT: `run_not_found`
        DELAYED, READY, FIRST_LEASE: WorkflowReset; a new run: StartAccepted, WorkflowStarted → READY → NONE
        WAITING, PAUSED, BLOCKED: WorkflowReset; closes activity 1; update u-1 COMPLETED; update u-1 ADMITTED; a new run: StartAccepted, WorkflowStarted → READY → NONE
        LEASED: WorkflowReset; closes activity 1; update u-1 COMPLETED; update u-1 ADMITTED; a new run: StartAccepted, WorkflowStarted, SignalReceived → READY → NONE
        CLOSED: a new run: StartAccepted, WorkflowStarted, SignalReceived; update u-1 ADMITTED → READY""");
  }

  // ---- where a history may be cut

  /** 3, 4: first report; 5: a signal; 6, 7: second report; 8, 9, 10: third report with an outside event inside. */
  private static World cuttable() {
    World world = State.FIRST_LEASE.world();
    RunId run = Samples.run(world);
    world.report(run, true, activity(1), timer(2, HOUR));
    world.pass(Duration.ofSeconds(1)).did(signal(ORDER, "s-1"));
    world.pass(Duration.ofSeconds(1)).turn(run, step(3), step(4));
    world.did(signal(ORDER, "s-2"));
    world.pass(Duration.ofSeconds(1)).turn(run, new Command.CancelActivity(1), step(5));
    return world;
  }

  @TestFactory
  Stream<DynamicTest> mayBeCutBehindAReportOnly() {
    World world = cuttable();
    List<String> types = world.facts(Samples.run(world)).stream().map(RunEvent::type).toList();
    assertThat(types).containsExactly("StartAccepted", "WorkflowStarted", "ActivityScheduled", "TimerScheduled",
        "SignalReceived", "StepCompleted", "StepCompleted", "SignalReceived", "ActivityCancelRequested",
        "ActivityCancelled", "StepCompleted");
    List<Long> good = List.of(2L, 4L, 7L, 11L);
    return Stream.iterate(-1L, i -> i <= 13, i -> i + 1).map(at -> DynamicTest.dynamicTest("at " + at, () -> {
      Decision<ResetRun.Reset> decision = world.decide(reset(ORDER, at));
      if (good.contains(at)) {
        assertThat(decision).isInstanceOf(Decision.Change.class);
      } else {
        assertThat(decision).isInstanceOfSatisfying(Decision.Rejected.class, no -> {
          assertThat(no.rejection().code()).isEqualTo(Code.INVALID_ARGUMENT);
          assertThat(no.rejection().field()).isEqualTo("toSeq");
        });
      }
    }));
  }

  @Test
  void neverBehindTheEnd() {
    World world = State.FIRST_LEASE.world();
    world.report(Samples.run(world), true, complete());
    given(world).when(w -> reset(ORDER, 3)).rejectedAt(Code.INVALID_ARGUMENT, "toSeq").saying("WorkflowCompleted");
  }

  @Test
  void twoReportsInOneMicrosecondAreToldApartByWhatTheySaw() {
    World world = State.FIRST_LEASE.world();
    RunId run = Samples.run(world);
    world.report(run, false, step(1));
    world.report(run, true, step(2));
    given(world).when(w -> reset(ORDER, 3)).thenTypes("WorkflowReset");
  }

  // ---- what the new run is

  @Test
  void theCopyKeepsNumbersAndTimesAndTheChainGoesOn() {
    World world = cuttable();
    RunId old = Samples.run(world);
    world.pass(HOUR);
    RunId born = world.did(reset(ORDER, 7)).newRun();
    assertThat(world.current(ORDER).id()).isEqualTo(born);
    for (int i = 2; i < 7; i++) assertThat(world.histories.get(born).get(i)).isEqualTo(world.histories.get(old).get(i));
    RunEvent.WorkflowStarted started = world.run(born).state().started();
    assertThat(started.runNumber()).isEqualTo(2);
    assertThat(started.resetOf()).isEqualTo(old);
    assertThat(started.continuedFrom()).isEqualTo(old);
    assertThat(started.firstRun()).isEqualTo(old);
    assertThat(world.facts(old).getLast()).isEqualTo(new RunEvent.WorkflowReset(born, 7, "bad deploy", List.of()));
    assertThat(world.run(old).state().status()).isEqualTo(RunStatus.RESET);
    assertThat(world.run(born).task().phase()).isEqualTo(Phase.READY);
    assertThat(world.run(born).task().seen()).isZero();
  }

  @Test
  void whatIsOpenInTheCopyIsOpenedAgain() {
    World world = cuttable();
    RunId old = Samples.run(world);
    world.pass(Duration.ofMinutes(10));
    RunId born = world.did(reset(ORDER, 7)).newRun();
    ActivityTask charge = world.tasks.get(new TaskId(born, 1));
    assertThat(charge.attempt()).isEqualTo(1);
    assertThat(charge.epoch()).isZero();
    assertThat(charge.scheduledAt()).isEqualTo(world.now);
    assertThat(charge.input()).isEqualTo(Payload.json("7"));
    assertThat(world.mails.get(Mail.Key.timer(born, 2)).due()).isEqualTo(World.NOON.plus(HOUR));
    assertThat(world.mails).doesNotContainKey(Mail.Key.timer(old, 2));
    assertThat(world.tasks).hasSize(1);
  }

  @Test
  void anActivityWhoseCancelIsInTheCopyIsNotStartedAgain() {
    // The request to cancel is in the copy, the word that it ended came later.
    World world = State.WAITING.world();
    RunId run = Samples.run(world);
    world.did(signal(ORDER, "s"));
    world.turn(run, new Command.CancelActivity(1));
    long cut = world.run(run).state().lastSeq();
    world.did(new CancelledActivity(world.tasks.get(new TaskId(run, 1)).token(), World.BOB));
    RunId born = world.did(reset(ORDER, cut)).newRun();
    assertThat(world.tasks).isEmpty();
    assertThat(world.facts(born).getLast()).isEqualTo(new RunEvent.ActivityCancelled(1, 1));
  }

  @Test
  void whatWasSaidLaterIsSaidAgainInOrder() {
    World world = cuttable();
    world.did(signal(ORDER, "s-3"));
    world.did(cancel(ORDER, null));
    RunId born = world.did(reset(ORDER, 4)).newRun();
    List<RunEvent> facts = world.facts(born);
    assertThat(facts.subList(4, facts.size()))
        .containsExactly(signalEvent("s-1"), signalEvent("s-2"), signalEvent("s-3"));
    assertThat(world.run(born).state().cancelRequested()).as("a reset revives").isFalse();
  }

  @Test
  void updatesKeepTheirIds() {
    World world = State.READY.world();
    RunId old = Samples.run(world);
    world.did(update(ORDER, "early"));
    world.turn(old, new Command.AcceptUpdate("early"),
        new Command.CompleteUpdate("early", Outcome.success(Payload.json("1"))));
    long cut = world.run(old).state().lastSeq();
    world.did(update(ORDER, "late"));
    world.pass(Duration.ofSeconds(1)).turn(old, new Command.AcceptUpdate("late"));
    RunId born = world.did(reset(ORDER, cut)).newRun();
    assertThat(world.updates.get(new World.UpdateKey(born, "early")).phase()).isEqualTo(Effect.UpdatePhase.COMPLETED);
    assertThat(world.updates.get(new World.UpdateKey(born, "late")).phase()).isEqualTo(Effect.UpdatePhase.ADMITTED);
    assertThat(world.updates.get(new World.UpdateKey(old, "late")).phase()).isEqualTo(Effect.UpdatePhase.COMPLETED);
    given(world).when(w -> update(ORDER, "early")).unchanged();
  }

  @Test
  void deadlinesCountFromNow() {
    World world = new World();
    RunId old = world.did(start(world, ORDER, options(HOUR, HOUR, null, Duration.ZERO))).run();
    world.pass(HOUR).deliver();
    assertThat(world.run(old).state().status()).isEqualTo(RunStatus.TIMED_OUT);
    RunId born = world.did(reset(ORDER, 2)).newRun();
    assertThat(world.run(born).state().started().executionDeadline()).isEqualTo(world.now.plus(HOUR));
    assertThat(world.run(born).state().started().runDeadline()).isEqualTo(world.now.plus(HOUR));
  }

  @Test
  void aPausedCopyStaysPausedAndAnEarlierOneDoesNot() {
    World world = State.PAUSED.world();
    RunId born = world.did(reset(ORDER, 2)).newRun();
    assertThat(world.run(born).state().paused()).isFalse();
  }

  // ---- children

  private static World parentOf(String childId) {
    World world = State.FIRST_LEASE.world();
    world.report(Samples.run(world), true, child(1, childId, ParentClosePolicy.TERMINATE));
    return world;
  }

  @Test
  void aChildInTheCopyStaysTheChild() {
    World world = parentOf("ship-42").deliver();
    RunId shipment = world.current("ship-42").id();
    RunId born = world.did(reset(ORDER, 3)).newRun();
    world.deliver();
    assertThat(world.run(shipment).state().open()).as("its parent lives on").isTrue();
    assertThat(world.run(born).state().children().get(1).run()).isEqualTo(shipment);
    world.turn(shipment, complete());
    world.deliver();
    assertThat(world.facts(born).getLast()).isInstanceOf(RunEvent.ChildRunCompleted.class);
  }

  @Test
  void aResultThatTheOldRunHadIsGivenToTheNewOne() {
    World world = parentOf("ship-42").deliver();
    world.turn(world.current("ship-42").id(), complete());
    world.deliver();
    RunId born = world.did(reset(ORDER, 3)).newRun();
    assertThat(world.facts(born).stream().map(RunEvent::type).skip(3))
        .containsExactly("ChildRunStarted", "ChildRunCompleted");
    assertThat(world.run(born).state().children()).isEmpty();
  }

  @Test
  void aChildWhoseWordIsOnTheWayFindsTheNewRun() {
    World world = parentOf("ship-42");
    RunId born = world.did(reset(ORDER, 3)).newRun();
    world.deliver();
    RunId shipment = world.current("ship-42").id();
    assertThat(world.run(born).state().children().get(1).run()).isEqualTo(shipment);
    RunId twice = world.did(reset(ORDER, 3)).newRun();
    world.turn(shipment, complete());
    world.deliver();
    assertThat(world.run(twice).state().children()).isEmpty();
  }

  @Test
  void theNewRunGetsItsChildBackWhenItAsksAgain() {
    World world = parentOf("ship-42").deliver();
    RunId shipment = world.current("ship-42").id();
    RunId born = world.did(reset(ORDER, 2)).newRun();
    world.turn(born, child(1, "ship-42", ParentClosePolicy.TERMINATE));
    world.deliver();
    assertThat(world.current("ship-42").id()).isEqualTo(shipment);
    assertThat(world.facts(born).getLast()).isEqualTo(new RunEvent.ChildRunStarted(1, shipment));
    world.turn(shipment, complete());
    world.deliver();
    assertThat(world.facts(born).getLast()).isInstanceOf(RunEvent.ChildRunCompleted.class);
  }

  @Test
  void aChildUnderTheOldRunsOwnNameIsTreatedByItsPolicy() {
    World world = parentOf(null).deliver();
    String childId = Samples.run(world) + ".1";
    assertThat(world.current(childId).state().open()).isTrue();
    world.did(reset(ORDER, 2));
    world.deliver();
    assertThat(world.current(childId).state().status()).isEqualTo(RunStatus.TERMINATED);
  }

  @Test
  void anAnswerOfAnotherWorkflowFindsTheNewRun() {
    World world = State.FIRST_LEASE.world();
    world.report(Samples.run(world), true, tell(1, "nobody"), tell(2, "nobody"));
    RunId old = Samples.run(world);
    world.did(Deliveries.of(world.mails.get(Mail.Key.external(old, 1))));
    world.did(Deliveries.of(world.mails.get(Mail.Key.answer(old, 1))));
    RunId born = world.did(reset(ORDER, 4)).newRun();
    world.deliver();
    assertThat(world.facts(born).stream().map(RunEvent::type).skip(4))
        .containsExactly("ExternalFailed", "ExternalFailed");
    assertThat(world.run(born).state().externals()).isEmpty();
  }

  // ---- who may ask

  @Test
  void onlyTheNewestRunOfItsChain() {
    World world = State.CLOSED.world();
    RunId old = Samples.run(world);
    world.did(start(world, ORDER));
    given(world).when(w -> new ResetRun(World.NS, ORDER, old, 2, "bad deploy", null, "d", "ops"))
        .rejected(Code.RUN_CLOSED).saying("was followed by");
  }

  @Test
  void theSameRequestIdGetsTheSameRun() {
    World world = State.WAITING.world();
    ResetRun ask = new ResetRun(World.NS, ORDER, null, 2, "bad deploy", "r-1", "d", "ops");
    RunId born = world.did(ask).newRun();
    given(world).when(w -> ask).unchanged().answers(new ResetRun.Reset(born, false));
  }

  @Test
  void theWorkerOfTheOldRunIsFenced() {
    World world = State.LEASED.world();
    ReportTask late = world.reportOf(Samples.run(world), true, complete());
    world.did(reset(ORDER, 2));
    given(world).when(w -> late).rejected(Code.RUN_CLOSED).saying("RESET");
  }

  @Test
  void theLedgerSaysWho() {
    given(State.WAITING).when(w -> reset(ORDER, 2)).noted("RUN_RESET", null).noted("RUN_BORN_BY_RESET", null);
  }
}
