package dev.pawl.sdk.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Program;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.sdk.Pawl;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Java workflow driven by hand, through the interface that the engine's rules know. */
@Timeout(180)
class JavaProgramTest {
  private final ReplayEnvironment environment = Histories.serving(Integer.class, n -> {
    int doubled = Pawl.step("double", () -> 2 * n);
    Pawl.sleep(Duration.ofMinutes(5));
    return doubled + Pawl.receive("more", Integer.class);
  });

  private static Event event(long seq, long seen, RunEvent fact) {
    return new Event(seq, Histories.NOON.plusSeconds(seq), seen, fact);
  }

  @Test
  void eventsInCommandsOut() {
    try (JavaProgram java = new JavaProgram(environment, "default", "it-1", Histories.RUN)) {
      Program program = java;
      assertThat(program.advance(Histories.started("21").events())).containsExactly(
          new Command.RecordStep(1, "double", Outcome.success(Payload.json("42")), 1),
          new Command.StartTimer(2, Duration.ofMinutes(5)));
      assertThat(program.advance(List.of(
          event(3, 2, Histories.stepDone(1, "double", "42")), event(4, 2, Histories.timer(2))))).isEmpty();
      assertThat(program.advance(List.of(event(5, 0, new RunEvent.TimerFired(2))))).isEmpty();
      assertThat(program.advance(List.of(event(6, 0, Histories.signal("more", "8")))))
          .containsExactly(new Command.CompleteRun(Payload.json("50"), List.of()));
    }
  }

  @Test
  void aHistoryThatDoesNotFitIsAnException() {
    try (JavaProgram program = new JavaProgram(environment, "default", "it-1", Histories.RUN)) {
      List<Event> foreign = Histories.started("1").worker(2, Histories.activity(1, "charge")).events();
      assertThatThrownBy(() -> program.advance(foreign)).hasMessageContaining("At event 3 your code asks for step 'double'");
    }
  }
}
