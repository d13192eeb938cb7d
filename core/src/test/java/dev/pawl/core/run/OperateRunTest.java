package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.operate;
import static dev.pawl.core.run.Requests.papers;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.OperatorPapers.Standing;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Rejection.Code;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** U1 to U3 for runs: papers first, then the epoch, then what the run allows; done or refused, it is a line of the audit. */
class OperateRunTest {
  private static OperatorPapers shown(@Nullable String ticket, Standing standing, String reason) {
    return new OperatorPapers("ada", "admin", "console", ticket, standing, reason, "req-1", null);
  }

  private static RunTransition line(Decision<?> decision) {
    return ((Decision.Change<?>) decision).effects().stream().filter(Effect.Audit.class::isInstance)
        .map(it -> ((Effect.Audit) it).line()).reduce((one, two) -> { throw new AssertionError("two lines"); })
        .orElseThrow();
  }

  @TestFactory
  Stream<DynamicTest> resumesInEveryState() {
    return Summary.inEveryState(w -> operate(w, new RunAct.Resume(), papers()), """
        ABSENT: `UWER-4040`
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED, BLOCKED: same
        PAUSED: WorkflowResumed; audited → IDLE
        CLOSED: audited: `UWER-4095`""");
  }

  @Test
  void pausesFencesAndWritesOneLine() {
    World world = State.LEASED.world();
    Run before = world.current(ORDER);
    ReportTask late = world.reportOf(before.id(), true, Requests.complete());
    Transcript told = given(world).when(w -> operate(w, new RunAct.Pause(), papers()))
        .then(new RunEvent.WorkflowPaused("the provider is gone")).noted("RUN_PAUSED", null).isLeft(Phase.IDLE);
    Run after = world.current(ORDER);
    assertThat(after.task().epoch()).isGreaterThan(before.task().epoch());
    told.answers(new OperateRun.Operated(before.id(), "RUNNING", "PAUSED", after.task().epoch(), null, false, null));
    assertThat(line(told.change())).isEqualTo(new RunTransition(before.id(), World.NS, ORDER, world.now, "PAUSE",
        "RUNNING", before.task().epoch(), "PAUSED", after.task().epoch(), null, null, papers()));
    told.when(w -> late).rejected(Code.LEASE_LOST);
  }

  @Test
  void resetsAndNamesTheNewRun() {
    World world = State.WAITING.world();
    Run old = world.current(ORDER);
    Transcript told = given(world).when(w -> operate(w, new RunAct.Reset(2), papers()));
    RunTransition line = line(told.change());
    assertThat(line.newRun()).isEqualTo(world.current(ORDER).id()).isNotEqualTo(old.id());
    assertThat(line.to()).isEqualTo("RESET");
    assertThat(line.run()).isEqualTo(old.id());
  }

  @Test
  void aPlaceThatIsNoneIsRefusedWithItsPath() {
    Transcript told = given(State.WAITING).when(w -> operate(w, new RunAct.Reset(4_711), papers()));
    assertThat(told.change().answer()).isInstanceOfSatisfying(OperateRun.Refused.class, no -> {
      assertThat(no.code()).isEqualTo(UwerCode.SCHEMA_VIOLATION);
      assertThat(no.pointer()).isEqualTo("/to_sequence");
    });
  }

  @Test
  void whatIsRefusedChangesNothingAndIsALine() {
    refused(shown(null, Standing.NOT_ASKED, "a good reason"), UwerCode.TICKET_MISSING, "/ticket");
    refused(shown("ops-1", Standing.NOT_ASKED, "a good reason"), UwerCode.TICKET_REFUSED, "/ticket");
    refused(shown("OPS-1", Standing.NOT_OPEN, "a good reason"), UwerCode.TICKET_REFUSED, "/ticket");
    refused(shown("OPS-1", Standing.OPEN, "because"), UwerCode.SCHEMA_VIOLATION, "/reason");
  }

  private static void refused(OperatorPapers shown, UwerCode code, String pointer) {
    World world = State.LEASED.world();
    Run before = world.current(ORDER);
    Transcript told = given(world).when(w -> operate(w, new RunAct.Terminate(), shown));
    assertThat(told.change().answer()).isInstanceOfSatisfying(OperateRun.Refused.class, no -> {
      assertThat(no.code()).isEqualTo(code);
      assertThat(no.pointer()).isEqualTo(pointer);
    });
    RunTransition line = line(told.change());
    assertThat(line.refused()).isEqualTo(code);
    assertThat(line.to()).isEqualTo(line.from());
    assertThat(line.papers()).isEqualTo(shown);
    assertThat(world.current(ORDER)).isEqualTo(before);
  }

  @Test
  void anotherEpochMeansThatSomethingHappened() {
    World world = State.LEASED.world();
    Run before = world.current(ORDER);
    long old = before.task().epoch() - 1;
    Transcript told = given(world).when(w ->
        new OperateRun(World.NS, ORDER, null, new RunAct.Terminate(), papers(), old, false));
    assertThat(line(told.change()).refused()).isEqualTo(UwerCode.STALE_EPOCH);
    assertThat(world.current(ORDER)).isEqualTo(before);
  }

  @Test
  void aDryRunSaysWhatWouldHappen() {
    World world = State.LEASED.world();
    Run before = world.current(ORDER);
    given(world).when(w -> new OperateRun(World.NS, ORDER, null, new RunAct.Terminate(), papers(),
            before.task().epoch(), true)).unchanged()
        .answers(new OperateRun.Operated(before.id(), "RUNNING", "TERMINATED", before.task().epoch() + 1, null, true, null));
    assertThat(world.current(ORDER)).isEqualTo(before);
  }

  @Test
  void aTrackerThatDoesNotAnswerIsAWarning() {
    Transcript told = given(State.WAITING)
        .when(w -> operate(w, new RunAct.Pause(), shown("OPS-1", Standing.UNREACHABLE, "a good reason")));
    assertThat(((OperateRun.Operated) told.thenTypes("WorkflowPaused").change().answer()).warning()).contains("OPS-1");
  }
}
