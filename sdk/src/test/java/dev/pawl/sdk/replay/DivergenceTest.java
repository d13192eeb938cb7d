package dev.pawl.sdk.replay;

import static dev.pawl.sdk.replay.Histories.activity;
import static dev.pawl.sdk.replay.Histories.replay;
import static dev.pawl.sdk.replay.Histories.serving;
import static dev.pawl.sdk.replay.Histories.signal;
import static dev.pawl.sdk.replay.Histories.started;
import static dev.pawl.sdk.replay.Histories.stepDone;
import static dev.pawl.sdk.replay.Histories.timer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Scope;
import dev.pawl.sdk.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which code and history can disagree, and the words for it. */
class DivergenceTest {

  private static Arguments row(String what, Histories history, Workflow<Integer, Object> code, String... words) {
    return Arguments.of(what, history.events(), code, words);
  }

  static Stream<Arguments> disagreements() {
    return Stream.of(
        row("another kind of call", started("1").worker(2, timer(1)),
            in -> Activities.call("charge", opts -> {}, String.class, in),
            "At event 3 your code asks for activity 'charge' (step 1), but history holds a timer of PT5M.",
            "Was the code before DivergenceTest.java:", "Pawl.version(\"charge-changed\", 1, 2)"),
        row("another activity", started("1").worker(2, activity(1, "reserve")),
            in -> Activities.call("charge", opts -> {}, String.class, in),
            "At event 3", "activity 'charge'", "activity 'reserve'"),
        row("another step", started("1").worker(2, stepDone(1, "reserve", "1")),
            in -> Pawl.step("charge", () -> 1), "At event 3", "step 'charge'", "step 'reserve'"),
        row("a step where a timer was", started("1").worker(2, timer(1)),
            in -> Pawl.step("charge", () -> 1), "At event 3", "step 'charge'", "a timer of PT5M"),
        row("a timer where a step was", started("1").worker(2, stepDone(1, "charge", "1")),
            in -> { Pawl.sleep(Duration.ofSeconds(1)); return 1; }, "At event 3", "a timer", "step 'charge'"),
        row("two steps changed places",
            started("1").worker(2, stepDone(1, "a", "1")).worker(3, stepDone(2, "b", "1")),
            in -> Pawl.step("b", () -> 1) + Pawl.step("a", () -> 1), "At event 3", "step 'b'", "step 'a'"),
        row("history goes on, the code waits", started("1").worker(2, timer(1)),
            in -> Pawl.receive("go", String.class),
            "At event 3 history holds a timer of PT5M (step 1), but your code does not ask for it; it waits at "
                + "DivergenceTest.java:"),
        row("history goes on, the code ends", started("1").worker(2, stepDone(1, "a", "1")).worker(3, timer(2)),
            in -> Pawl.step("a", () -> 1), "Up to event 3 your code asks for the end of the run"),
        row("a step left out at the end", started("1").worker(2, stepDone(1, "a", "1")).worker(3, stepDone(2, "b", "1")),
            in -> { Pawl.step("a", () -> 1); return Pawl.receive("go", String.class); },
            "At event 4 history holds step 'b'"),
        row("the code asks for more than the report held",
            started("1").worker(2, activity(1, "a")),
            in -> {
              Activities.callAsync("a", opts -> {}, String.class, in);
              Activities.callAsync("b", opts -> {}, String.class, in);
              return Pawl.receive("go", String.class);
            },
            "Up to event 3 your code asks for activity 'b' (step 2), but history went on without it."),
        row("the code ends earlier than history",
            started("1").worker(2, activity(1, "a")).outside(signal("go", "1")),
            in -> { Activities.callAsync("a", opts -> {}, String.class, in); return 1; },
            "Up to event 3 your code asks for the end of the run, but history went on without it."),
        row("another child", started("1").worker(2, new RunEvent.ChildWorkflowScheduled(1, "ship", "c", "default", null,
                dev.pawl.core.run.StartOptions.PLAIN, dev.pawl.core.run.ParentClosePolicy.ABANDON)),
            in -> Pawl.child("bill", opts -> {}, in, String.class).result().get(), "child workflow 'bill'", "'ship'"),
        row("a signal to somebody else", started("1")
                .worker(2, new RunEvent.SignalExternalScheduled(1, "default", "joe", "hi", null, Map.of())),
            in -> { Pawl.external("jim").signal("hi", 1); return 1; }, "signal to 'jim/hi'", "'joe/hi'"),
        row("a cancellation of somebody else", started("1")
                .worker(2, new RunEvent.CancelExternalScheduled(1, "default", "joe", "why")),
            in -> { Pawl.external("jim").cancel("why"); return 1; }, "cancellation of 'jim'", "'joe'"),
        row("a side effect where a step was", started("1").worker(2, stepDone(1, "a", "1")),
            in -> Pawl.sideEffect(() -> 1), "a side effect", "step 'a'"),
        row("search attributes where a memo was", started("1")
                .worker(2, new RunEvent.MemoUpserted(1, Map.of("x", Payload.json("1")))),
            in -> { Pawl.upsertSearchAttributes(Map.of()); return Pawl.receive("go", String.class); },
            "a search attributes", "a memo"),
        row("a timer that nobody cancels", started("1").worker(2, timer(1)).outside(signal("go", "1"))
                .worker(4, new RunEvent.TimerCancelled(1)),
            in -> { Pawl.timer(Duration.ofMinutes(5)); Pawl.receive("go", String.class); return Pawl.receive("x", String.class); },
            "At event 5 history holds the end of timer 1"),
        row("an activity that nobody cancels", started("1").worker(2, activity(1, "a")).outside(signal("go", "1"))
                .worker(4, new RunEvent.ActivityCancelRequested(1)),
            in -> { Activities.callAsync("a", opts -> {}, String.class, in); Pawl.receive("go", String.class);
              return Pawl.receive("x", String.class); },
            "At event 5 history holds a request to cancel activity 1"),
        row("an update that does not end", started("1")
                .worker(2, new RunEvent.UpdateAccepted("u1", "add", Payload.json("1"), Map.of()))
                .worker(2, new RunEvent.UpdateCompleted("u1", dev.pawl.core.value.Outcome.success(Payload.json("2")))),
            in -> {
              Pawl.onUpdate("add", Integer.class, n -> Pawl.receive("never", Integer.class));
              return Pawl.receive("x", String.class);
            },
            "At event 4 history holds the end of update u1"),
        row("another end", started("1").worker(2, new RunEvent.WorkflowCompleted(Payload.json("1"), List.of())),
            in -> Pawl.continueAsNew(2), "At event 3 history holds the end of the run"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("disagreements")
  void isFoundBeforeAnythingIsWritten(
      String what, List<Event> history, Workflow<Integer, Object> code, String[] words) {
    try (Replay replay = replay(serving(Integer.class, code), history)) {
      Failure why = replay.problem().orElseThrow(() -> new AssertionError("no divergence; it wants " + replay.wants()));
      assertThat(why.type()).isEqualTo("HistoryDiverged");
      assertThat(why.message()).contains(words).contains("Pawl.version(");
    }
  }

  @Test
  void codeThatSwallowsADivergenceGetsNoFurther() {
    List<Event> history = started("1").worker(2, timer(1)).events();
    Workflow<Integer, Object> code = in -> {
      for (int i = 0; i < 3; i++) {
        try {
          Pawl.step("charge", () -> 1);
        } catch (Throwable swallowed) {
          continue;
        }
      }
      return 1;
    };
    try (Replay replay = replay(serving(Integer.class, code), history)) {
      assertThat(replay.problem()).isPresent();
    }
  }

  private static void fits(Histories history, Workflow<Integer, Object> code) {
    try (Replay replay = replay(serving(Integer.class, code), history.events())) {
      assertThat(replay.problem()).isEmpty();
    }
  }

  @Test
  void whatDoesNotMatterIsNotCompared() {
    // A timer of another length: the recorded one counts.
    fits(started("1").worker(2, timer(1)).outside(new RunEvent.TimerFired(1)),
        in -> { Pawl.sleep(Duration.ofSeconds(7)); return 1; });
    // An open activity whose input changed.
    fits(started("1").worker(2, activity(1, "a")), in -> Activities.call("a", opts -> {}, String.class, "other"));
  }

  @Test
  void aRunFromBeforeAChangeTakesVersionOne() {
    Workflow<Integer, Object> code = in -> Pawl.version("order", 1, 2) == 1
        ? Pawl.step("old", () -> 1) + Pawl.step("then", () -> 1)
        : Pawl.step("new", () -> 1) + Pawl.step("then", () -> 1);
    fits(started("1").worker(2, stepDone(1, "old", "1")), code);
    fits(started("1").worker(2, new RunEvent.VersionMarkerRecorded(1, "order", 2, 1, 2))
        .worker(2, stepDone(2, "new", "1")), code);
  }

  @Test
  void aVersionThatNobodyAsksForAnyMoreKeepsItsNumber() {
    fits(started("1").worker(2, new RunEvent.VersionMarkerRecorded(1, "order", 2, 1, 2))
        .worker(2, stepDone(2, "new", "1")), in -> Pawl.step("new", () -> 1) + Pawl.step("then", () -> 1));
  }

  @Test
  void aVersionThatTheCodeHasNoMoreIsSaid() {
    List<Event> history = started("1").worker(2, stepDone(1, "old", "1")).events();
    Workflow<Integer, Object> code = in -> Pawl.version("order", 2, 3);
    try (Replay replay = replay(serving(Integer.class, code), history)) {
      assertThat(replay.problem().orElseThrow().type()).isEqualTo("UnsupportedVersion");
      assertThat(replay.problem().orElseThrow().message())
          .contains("this run took version 1 of 'order'", "DivergenceTest.java:", "2 to 3");
    }
  }

  @Test
  void eventsFromOutsideAreShownWhereSeenSays() {
    // The signal is event 4, in front of the worker's events; the program had not been shown it when it asked for the step.
    List<Event> history = started("1")
        .worker(2, activity(1, "a"))
        .outside(signal("go", "1"))
        .worker(3, stepDone(2, "before", "1"))
        .worker(5, stepDone(3, "after", "1"))
        .events();
    Workflow<Integer, Object> code = in -> {
      boolean[] came = {false};
      Pawl.onSignal("go", Integer.class, n -> came[0] = true);
      Activities.callAsync("a", opts -> {}, String.class, in);
      Pawl.step(came[0] ? "wrong" : "before", () -> 1);
      Pawl.await(() -> came[0]);
      Pawl.step("after", () -> 1);
      return Pawl.receive("end", String.class);
    };
    try (Replay replay = replay(serving(Integer.class, code), history)) {
      assertThat(replay.problem()).isEmpty();
      assertThat(replay.wants()).isEmpty();
    }
  }

  @Test
  void timeIsThatOfTheLastEventShown() {
    List<Event> history = started("1").worker(2, stepDone(1, "a", "1")).worker(2, timer(2))
        .outside(new RunEvent.TimerFired(2)).events();
    Workflow<Integer, Object> code = in -> {
      Instant first = Pawl.now();
      Pawl.step("a", () -> 1);
      Instant second = Pawl.now();
      Pawl.sleep(Duration.ofMinutes(5));
      return List.of(first, second, Pawl.now()).toString();
    };
    try (Replay replay = replay(serving(Integer.class, code), history)) {
      assertThat(replay.problem()).isEmpty();
      assertThat(replay.wants().toString()).contains(
          "[2027-01-01T12:00:02Z, 2027-01-01T12:00:02Z, 2027-01-01T12:00:05Z]");
    }
  }

  @Test
  void scopesCancelWhatIsOpenInThem() {
    List<Event> history = started("1").worker(2, timer(1)).worker(2, activity(2, "a"))
        .outside(new RunEvent.CancelRequested("enough", null)).events();
    Workflow<Integer, Object> code = in -> {
      Pawl.timer(Duration.ofMinutes(5));
      Scope.detached().async(() -> Activities.call("a", opts -> {}, String.class, in));
      return Pawl.receive("x", String.class);
    };
    try (Replay replay = replay(serving(Integer.class, code), history)) {
      assertThat(replay.problem()).isEmpty();
      assertThat(replay.wants().stream().map(c -> c.getClass().getSimpleName()))
          .containsExactly("CancelTimer", "CancelRun");
    }
  }
}
