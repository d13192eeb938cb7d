package dev.pawl.engine.commit;

import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import org.jspecify.annotations.Nullable;

/** Roughly how many bytes an event adds to a transaction: its payloads and a little. */
final class Weight {
  private Weight() {}

  static int of(RunEvent fact) {
    return 200 + switch (fact) {
      case RunEvent.WorkflowStarted e -> size(e.input());
      case RunEvent.WorkflowCompleted e -> size(e.output());
      case RunEvent.StepCompleted e -> size(e.result());
      case RunEvent.ActivityScheduled e -> 2 * size(e.input()); // also in the task's row
      case RunEvent.ActivityCompleted e -> size(e.result());
      case RunEvent.SignalReceived e -> size(e.input());
      case RunEvent.UpdateAccepted e -> size(e.input());
      case RunEvent.UpdateCompleted e -> e.outcome() instanceof Outcome.Success s ? size(s.result()) : 0;
      case RunEvent.ChildWorkflowScheduled e -> 2 * size(e.input()); // also in the mail
      case RunEvent.ChildRunCompleted e -> size(e.result());
      case RunEvent.SignalExternalScheduled e -> 2 * size(e.input());
      case RunEvent.SideEffectRecorded e -> size(e.result());
      default -> 0;
    };
  }

  private static int size(@Nullable Payload payload) {
    return payload == null ? 0 : payload.size();
  }
}
