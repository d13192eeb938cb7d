package dev.pawl.server.standalone;

import dev.pawl.core.run.Bundle;
import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The program of a run that hosts one activity: schedules it, and ends as it ended. */
final class HostProgram {
  /** Its workflow type. */
  static final String TYPE = "pawl.activity";
  /** The queue on which servers look for such runs. */
  static final String QUEUE = "pawl.activities";
  /** Where the run's start carries what the activity is, see {@link ActivitySpec}. */
  static final String SPEC = "activity";

  private HostProgram() {}

  /** What the program wants next. @param history of its run, whole */
  static Command next(List<Event> history) {
    RunEvent.WorkflowStarted started = started(history);
    for (Event event : history) {
      switch (event.fact()) {
        case RunEvent.ActivityCompleted e -> {
          return new Command.CompleteRun(e.result(), List.of());
        }
        case RunEvent.ActivityFailed e -> {
          return new Command.FailRun(e.failure(), List.of());
        }
        case RunEvent.ActivityTimedOut e -> {
          return new Command.FailRun(Failure.of(Failure.TIMED_OUT,
              "attempt %d ran into its %s timeout".formatted(e.attempt(), e.kind())), List.of());
        }
        case RunEvent.ActivityCancelled e -> {
          return new Command.CancelRun("the activity was cancelled", List.of());
        }
        default -> {}
      }
    }
    try {
      ActivitySpec spec = spec(started);
      return new Command.ScheduleActivity(
          0, spec.activityType(), started.input(), spec.options(), Map.of(), Bundle.ALONE);
    } catch (Refusal e) {
      return new Command.FailRun(Failure.of("InvalidActivity", e.message()).asNonRetryable(), List.of());
    }
  }

  static RunEvent.WorkflowStarted started(List<Event> history) {
    if (history.size() > 1 && history.get(1).fact() instanceof RunEvent.WorkflowStarted started) return started;
    throw new IllegalStateException("a history without a beginning");
  }

  /** @throws Refusal if somebody else started the run with something else */
  static ActivitySpec spec(RunEvent.WorkflowStarted started) {
    Payload said = started.options().header().get(SPEC);
    Map<String, @Nullable Object> fields = said == null ? Json.of() : Json.stored(said.text());
    return ActivitySpec.of(fields);
  }
}
