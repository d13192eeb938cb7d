package dev.pawl.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.Payload;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prints what the hot path pays; asserts nothing about it, because machines differ. */
@Tag("long")
class TimingTest {
  @Test
  void hotPath() {
    var step = new RunEvent.StepCompleted(4, "reserve", Payload.json("{\"id\":42,\"ok\":true}"), 1);
    String stepJson = EventJson.write(step);
    var state = Samples.smallState();
    String stateJson = RunStateJson.write(state);
    String moving = RunStateJson.moving(state);
    print("StepCompleted write", stepJson.length(), () -> EventJson.write(step));
    print("StepCompleted read", stepJson.length(), () -> EventJson.read("StepCompleted", stepJson));
    print("small state write", stateJson.length(), () -> RunStateJson.write(state));
    print("small state, moving part, write", moving.length(), () -> RunStateJson.moving(state));
    print("small state read", stateJson.length(), () -> RunStateJson.read(stateJson));
    assertThat(RunStateJson.read(stateJson)).isEqualTo(state);
  }

  private static void print(String what, int chars, Supplier<?> work) {
    int rounds = 200_000;
    long took = Long.MAX_VALUE;
    for (int block = 0; block < 5; block++) {
      long start = System.nanoTime();
      for (int i = 0; i < rounds; i++) if (work.get() == null) throw new AssertionError();
      took = Math.min(took, System.nanoTime() - start);
    }
    System.out.printf("%-34s %4d characters %6d ns%n", what, chars, took / rounds);
  }
}
