package dev.pawl.core.run;

import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.failure;
import static dev.pawl.core.run.Requests.signalEvent;
import static org.assertj.core.api.Assertions.assertThat;

class RunStateTest {
  private static final RunId RUN = Samples.NOBODY;
  private static final Instant AT = World.NOON;

  private static final RunEvent.WorkflowStarted STARTED = new RunEvent.WorkflowStarted("Order", "orders", null,
      new StartOptions(null, null, Duration.ofSeconds(10), null, Duration.ZERO, 5, null, Map.of(),
          Map.of("m", Payload.json("1")), Map.of("A", new dev.pawl.core.value.SearchValue.Int(1))),
      1, 1, RUN, null, null, null, null);

  private static List<Event> history(RunEvent... more) {
    List<Event> history = new ArrayList<>(List.of(
        new Event(1, AT, 0, new RunEvent.StartAccepted(null)), new Event(2, AT, 0, STARTED)));
    for (RunEvent fact : more) history.add(new Event(history.size() + 1L, AT.plusSeconds(history.size()), 0, fact));
    return history;
  }

  private static RunState fold(RunEvent... more) {
    return RunState.fold(RUN, World.NS, ORDER, history(more));
  }

  @Test
  void aNewRun() {
    RunState state = fold();
    assertThat(state.status()).isEqualTo(RunStatus.RUNNING);
    assertThat(state.lastSeq()).isEqualTo(2);
    assertThat(state.lastWake()).isEqualTo(2);
    assertThat(state.nextStep()).isEqualTo(1);
    assertThat(state.searchAttributes()).containsKey("A");
    assertThat(state.memo()).containsKey("m");
    assertThat(state.startedAt()).isEqualTo(AT);
  }

  @Test
  void foldingInPartsIsFoldingAtOnce() {
    List<Event> all = World.NOON == null ? List.of() : State.CLOSED.world().histories.values().iterator().next();
    RunState whole = RunState.fold(RUN, World.NS, ORDER, all);
    for (int cut = 2; cut <= all.size(); cut++) {
      RunState parts = RunState.fold(RUN, World.NS, ORDER, all.subList(0, cut)).after(all.subList(cut, all.size()));
      assertThat(parts).isEqualTo(whole);
    }
    RunState oneByOne = RunState.fold(RUN, World.NS, ORDER, all.subList(0, 2));
    for (Event event : all.subList(2, all.size())) oneByOne = oneByOne.after(List.of(event));
    assertThat(oneByOne).isEqualTo(whole);
  }

  @Test
  void theStateBeforeIsNotTouched() {
    RunState before = fold(new RunEvent.TimerScheduled(1, Duration.ofHours(1), AT));
    RunState copy = fold(new RunEvent.TimerScheduled(1, Duration.ofHours(1), AT));
    before.after(List.of(new Event(4, AT.plusSeconds(9), 0, new RunEvent.TimerFired(1))));
    assertThat(before).isEqualTo(copy);
    assertThat(before.after(List.of())).isSameAs(before);
  }

  @TestFactory
  Stream<DynamicTest> opensAndCloses() {
    ActivityOptions options = Requests.activityOptions(Requests.TWICE);
    RunEvent scheduled = new RunEvent.ActivityScheduled(1, "charge", null, options, Map.of());
    RunEvent child = new RunEvent.ChildWorkflowScheduled(
        1, "Shipment", "ship-42", "shipping", null, StartOptions.PLAIN, ParentClosePolicy.ABANDON);
    RunEvent tell = new RunEvent.SignalExternalScheduled(1, World.NS, "stock", "approve", null, Map.of());
    RunEvent stop = new RunEvent.CancelExternalScheduled(1, World.NS, "stock", "not needed");
    RunEvent timer = new RunEvent.TimerScheduled(1, Duration.ofHours(1), AT);
    RunEvent wait = new RunEvent.StepRetryScheduled(1, "reserve", failure("Busy"), 1, AT);
    RunEvent accepted = new RunEvent.UpdateAccepted("u", "addItem", null, Map.of());
    return Stream.of(
        pair(scheduled, new RunEvent.ActivityCompleted(1, null, 1)),
        pair(scheduled, new RunEvent.ActivityFailed(1, failure("Busy"), 1)),
        pair(scheduled, new RunEvent.ActivityTimedOut(1, "heartbeat", 1, null)),
        pair(scheduled, new RunEvent.ActivityCancelled(1, 1)),
        pair(timer, new RunEvent.TimerFired(1)),
        pair(timer, new RunEvent.TimerCancelled(1)),
        pair(wait, new RunEvent.TimerFired(1)),
        pair(wait, new RunEvent.StepCompleted(1, "reserve", null, 2)),
        pair(wait, new RunEvent.StepFailed(1, "reserve", failure("Busy"), 2)),
        pair(child, new RunEvent.ChildRunCompleted(1, RUN, null)),
        pair(child, new RunEvent.ChildRunFailed(1, null, failure("Lost"))),
        pair(child, new RunEvent.ChildRunCancelled(1, RUN, "asked")),
        pair(child, new RunEvent.ChildRunTerminated(1, RUN, "asked")),
        pair(tell, new RunEvent.ExternalDelivered(1)),
        pair(stop, new RunEvent.ExternalFailed(1, failure("RunClosed"))),
        pair(accepted, new RunEvent.UpdateCompleted("u", Outcome.success(Payload.NULL))));
  }

  private static DynamicTest pair(RunEvent opens, RunEvent closes) {
    return DynamicTest.dynamicTest(opens.type() + " " + closes.type(), () -> {
      assertThat(open(fold(opens))).isEqualTo(1);
      assertThat(open(fold(opens, closes))).isZero();
      if (opens instanceof RunEvent.OfStep) assertThat(fold(opens).nextStep()).isEqualTo(2);
      RunState end = fold(opens, new RunEvent.WorkflowTerminated("by hand", List.of()));
      assertThat(open(end)).as("nothing is open after the end").isZero();
    });
  }

  private static int open(RunState s) {
    return s.activities().size() + s.timers().size() + s.children().size() + s.externals().size() + s.updates().size();
  }

  @TestFactory
  Stream<DynamicTest> everyEnd() {
    return Stream.of(
        Map.entry(new RunEvent.WorkflowCompleted(null, List.of()), RunStatus.COMPLETED),
        Map.entry(new RunEvent.WorkflowFailed(failure("Bug"), List.of()), RunStatus.FAILED),
        Map.entry(new RunEvent.WorkflowCancelled("asked", List.of()), RunStatus.CANCELLED),
        Map.entry(new RunEvent.WorkflowTerminated("by hand", List.of()), RunStatus.TERMINATED),
        Map.entry(new RunEvent.WorkflowTimedOut("run", List.of()), RunStatus.TIMED_OUT),
        Map.entry(new RunEvent.WorkflowContinuedAsNew(RUN, List.of()), RunStatus.CONTINUED),
        Map.entry(new RunEvent.WorkflowReset(RUN, 2, "bad deploy", List.of()), RunStatus.RESET))
        .map(end -> DynamicTest.dynamicTest(end.getValue().name(), () -> {
          RunState state = fold((RunEvent) end.getKey());
          assertThat(state.status()).isEqualTo(end.getValue());
          assertThat(state.closedAt()).isEqualTo(AT.plusSeconds(2));
          assertThat(state.open()).isFalse();
          assertThat(end.getValue().endsChain())
              .isEqualTo(end.getValue() != RunStatus.CONTINUED && end.getValue() != RunStatus.RESET);
          org.assertj.core.api.Assertions.assertThatThrownBy(
              () -> fold((RunEvent) end.getKey(), new RunEvent.TimerFired(1)))
              .isInstanceOf(CorruptHistory.class).hasMessageContaining("follows the end");
        }));
  }

  @Test
  void attributesAreMergedAndTakenAway() {
    RunState state = fold(new RunEvent.SearchAttributesUpserted(1, Map.of(
        "A", new dev.pawl.core.value.SearchValue.Unset(), "B", new dev.pawl.core.value.SearchValue.Bool(true))));
    assertThat(state.searchAttributes()).containsOnlyKeys("B");
    assertThat(fold(new RunEvent.MemoUpserted(1, Map.of("n", Payload.json("2")))).memo()).containsOnlyKeys("m", "n");
  }

  @Test
  void onlyWhatComesFromOutsideWakes() {
    assertThat(fold(new RunEvent.TimerScheduled(1, Duration.ofHours(1), AT)).lastWake()).isEqualTo(2);
    assertThat(fold(signalEvent("s")).lastWake()).isEqualTo(3);
    assertThat(fold(new RunEvent.WorkflowPaused("maintenance")).lastWake()).isEqualTo(2);
  }

  @Test
  void aHistoryThatContradictsItselfIsRefused() {
    List<Event> gap = history();
    gap.add(new Event(4, AT, 0, new RunEvent.TimerFired(1)));
    for (List<Event> bad : List.of(gap, history().subList(0, 1), List.<Event>of(), List.of(
        new Event(1, AT, 0, STARTED), new Event(2, AT, 0, new RunEvent.StartAccepted(null))))) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> RunState.fold(RUN, World.NS, ORDER, bad))
          .isInstanceOf(CorruptHistory.class).hasMessageContaining(RUN.toString());
    }
  }

  @Test
  void theMapsCannotBeChangedFromOutside() {
    RunState state = fold(new RunEvent.TimerScheduled(1, Duration.ofHours(1), AT));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> state.timers().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
