package dev.pawl.core.run;

import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.cancel;
import static dev.pawl.core.run.Transcript.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Rejection.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CancelRunTest {
  private static final RunEvent ASKED = new RunEvent.CancelRequested("not needed", null);

  @ParameterizedTest
  @EnumSource(State.class)
  void isTakenInEveryOpenState(State state) {
    Transcript t = given(state).when(w -> cancel(ORDER, null));
    if (state == State.ABSENT) {
      t.rejected(Code.RUN_NOT_FOUND).saying("never started");
    } else if (state == State.CLOSED) {
      t.rejected(Code.RUN_CLOSED).saying("COMPLETED");
    } else {
      t.then(ASKED).isLeft(switch (state) {
        case DELAYED, READY, WAITING -> Phase.READY;
        case FIRST_LEASE, LEASED -> Phase.LEASED;
        case PAUSED -> Phase.IDLE;
        default -> Phase.BLOCKED;
      });
    }
  }

  @Test
  void theSecondOneChangesNothing() {
    given(State.WAITING).when(w -> cancel(ORDER, null)).when(w -> cancel(ORDER, null)).unchanged()
        .satisfies(w -> assertThat(w.current(ORDER).state().cancelRequested()).isTrue());
  }

  @Test
  void theSameRequestIdIsAnsweredEvenAfterTheEnd() {
    given(State.WAITING).when(w -> cancel(ORDER, "r-1"))
        .and(w -> w.did(Requests.terminate(ORDER, null)))
        .when(w -> cancel(ORDER, "r-1")).unchanged();
  }

  @Test
  void anotherContentUnderTheSameRequestIdIsAConflict() {
    given(State.WAITING).when(w -> cancel(ORDER, "r-1"))
        .when(w -> new CancelRun(World.NS, ORDER, null, "other", "r-1", "other digest", "ops"))
        .rejected(Code.REQUEST_CONFLICT).saying("r-1");
  }

  @Test
  void aDelayedRunStaysDelayed() {
    given(State.DELAYED).when(w -> cancel(ORDER, null)).satisfies(w ->
        assertThat(w.current(ORDER).task().visibleAt()).isEqualTo(World.NOON.plusSeconds(3600)));
  }

  @Test
  void anotherTenantsRunIsNotThere() {
    given(State.WAITING)
        .when(w -> new CancelRun("other", ORDER, w.current(ORDER).id(), "mine now", null, "d", "eve"))
        .rejected(Code.RUN_NOT_FOUND);
  }

  @Test
  void anEndlessReasonIsRefused() {
    given(State.WAITING).when(w -> new CancelRun(World.NS, ORDER, null, "x".repeat(1001), null, "d", "ops"))
        .rejectedAt(Code.LIMIT_EXCEEDED, "reason");
  }
}
