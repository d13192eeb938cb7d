package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.fail;
import static dev.pawl.core.run.Requests.pause;
import static dev.pawl.core.run.Requests.reset;
import static dev.pawl.core.run.Requests.resume;
import static dev.pawl.core.run.Requests.signal;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.terminate;
import static dev.pawl.core.run.Requests.timer;
import static dev.pawl.core.run.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;

/** However a run ends: its closing event lists the signals that came to nothing. */
class UnheardTest {
  private static World signalled() {
    World world = State.READY.world();
    world.did(signal(ORDER, "looked-at"));
    world.turn(world.current(ORDER).id(), timer(1, Duration.ofHours(1)));
    world.did(signal(ORDER, "unseen-1"));
    world.did(signal(ORDER, "unseen-2"));
    return world;
  }

  private interface End {
    void of(World world, RunId run);
  }

  @TestFactory
  Stream<DynamicTest> everyClose() {
    Map<String, End> ends = Map.of(
        "terminated", (w, run) -> w.did(terminate(ORDER, null)),
        "timed out", (w, run) -> w.did(new PassDeadline(posted(w, run), "run")),
        "replaced by a start", (w, run) ->
            w.did(with(start(w, ORDER), ReusePolicy.ALLOW, ConflictPolicy.TERMINATE_EXISTING)),
        "reset", (w, run) -> w.did(reset(ORDER, 2)),
        "left by its parent", (w, run) ->
            w.did(new DeliverTerminate(posted(w, run), new Mail.TerminateOther(World.NS, ORDER, run, "closed"))),
        "completed", (w, run) -> blind(w, run, new Command.CompleteRun(null, List.of())),
        "failed", (w, run) -> blind(w, run, fail("Bug")),
        "cancelled", (w, run) -> blind(w, run, new Command.CancelRun("asked", List.of())),
        "continued as new", (w, run) -> blind(w, run, Requests.again()));
    return ends.entrySet().stream().map(end -> DynamicTest.dynamicTest(end.getKey(), () -> {
      World world = signalled();
      RunId run = world.current(ORDER).id();
      end.getValue().of(world, run);
      assertThat(world.facts(run).getLast()).isInstanceOfSatisfying(RunEvent.Closing.class,
          closing -> assertThat(closing.unhandled()).containsExactly("unseen-1", "unseen-2"));
    }));
  }

  /** A mail that is there to be taken. */
  private static Mail.Key posted(World world, RunId run) {
    Mail.Key key = Mail.Key.deadline(run, "run");
    world.mails.put(key, new Mail(key, world.now, new Mail.DeadlineDue("run")));
    return key;
  }

  /** The program reports without having looked at the newest signals. */
  private static void blind(World world, RunId run, Command end) {
    world.grant(run, World.ANN);
    long newest = world.run(run).state().lastSeq();
    world.did(new ReportTask(Requests.token(run, world.run(run).task().epoch()), World.ANN, 1, newest - 2, List.of(end),
        true));
  }

  @Test
  void whatAProgramTookUntilItWasPausedIsNotListed() {
    World world = signalled();
    RunId run = world.current(ORDER).id();
    world.turn(run, timer(2, Duration.ofHours(1)));
    world.did(pause(ORDER));
    world.did(signal(ORDER, "while-paused"));
    world.did(resume(ORDER));
    world.did(terminate(ORDER, null));
    assertThat(world.facts(run).getLast())
        .isEqualTo(new RunEvent.WorkflowTerminated("by hand", List.of("while-paused")));
  }

  @Test
  void carriedSignalsAreListedAndGoOn() {
    World world = signalled();
    RunId run = world.current(ORDER).id();
    blind(world, run, new Command.ContinueAsNew(null, null, null, Map.of(), Map.of(),
        List.of(Requests.signalEvent("looked-at"))));
    assertThat(((RunEvent.Closing) world.facts(run).getLast()).unhandled())
        .containsExactly("looked-at", "unseen-1", "unseen-2");
    List<RunEvent> next = world.facts(world.current(ORDER).id());
    assertThat(next.subList(2, next.size())).containsExactly(Requests.signalEvent("looked-at"),
        Requests.signalEvent("unseen-1"), Requests.signalEvent("unseen-2"));
  }
}
