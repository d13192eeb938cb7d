package dev.pawl.sdk.replay;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.RunId;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.payload.JsonConverter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Histories written by hand. */
final class Histories {
  static final Instant NOON = Instant.parse("2027-01-01T12:00:00Z");
  static final RunId RUN = RunId.parse("01941f29-7c00-7000-8000-000000000001");

  private final List<Event> events = new ArrayList<>();

  /** StartAccepted and WorkflowStarted of the workflow {@code it}. */
  static Histories started(String inputJson) {
    return new Histories().outside(new RunEvent.StartAccepted(null)).outside(new RunEvent.WorkflowStarted("it", "default",
        Payload.json(inputJson), StartOptions.PLAIN, 1, 1, RUN, null, null, null, null));
  }

  Histories outside(RunEvent fact) {
    return add(0, fact);
  }

  /** @param seen the last event that the program had been shown */
  Histories worker(long seen, RunEvent fact) {
    return add(seen, fact);
  }

  private Histories add(long seen, RunEvent fact) {
    long seq = events.size() + 1;
    events.add(new Event(seq, NOON.plusSeconds(seq), seen, fact));
    return this;
  }

  List<Event> events() {
    return List.copyOf(events);
  }

  static RunEvent timer(int step) {
    return new RunEvent.TimerScheduled(step, Duration.ofMinutes(5), NOON.plusSeconds(300));
  }

  static RunEvent activity(int step, String type) {
    return new RunEvent.ActivityScheduled(step, type, Payload.json("1"),
        new ActivityOptions("default", null, Duration.ofMinutes(10), null, null, RetryPolicy.EXPONENTIAL, 5), Map.of());
  }

  static RunEvent stepDone(int step, String name, String json) {
    return new RunEvent.StepCompleted(step, name, Payload.json(json), 1);
  }

  static RunEvent signal(String name, String json) {
    return new RunEvent.SignalReceived("id-" + name + "-" + json.hashCode(), name, Payload.json(json), Map.of());
  }

  /** An environment that serves {@code it}. */
  static <I, O> ReplayEnvironment serving(Class<I> input, Workflow<I, O> workflow) {
    Definitions definitions = new Definitions();
    definitions.add(new WorkflowDefinition("it", null, input, () -> workflow, List.of()));
    return new ReplayEnvironment(definitions, JsonConverter.standard());
  }

  static Replay replay(ReplayEnvironment environment, List<Event> history) {
    try {
      return Replay.of(environment, "default", "it-1", RUN, history, Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
