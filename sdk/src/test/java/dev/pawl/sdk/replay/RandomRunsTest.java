package dev.pawl.sdk.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunState;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.payload.JsonConverter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random programs in a random world: events come from outside at any moment. Whatever happened live, the same history must
 * bring about the same commands again, from every point at which the run could have been taken over.
 */
@Timeout(120)
class RandomRunsTest {
  static IntStream seeds() {
    return IntStream.rangeClosed(1, 150);
  }

  private static ReplayEnvironment environment(int seed, List<String> trace) {
    Definitions definitions = new Definitions();
    definitions.add(new WorkflowDefinition("it", null, Integer.class, () -> (Workflow<Integer, String>) in -> {
      List<String> own = new RandomProgram(seed).run();
      trace.clear();
      trace.addAll(own);
      return String.join("\n", own);
    }, List.of()));
    return new ReplayEnvironment(definitions, JsonConverter.standard());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void replayBringsAboutTheSameFromEveryPoint(int seed) throws Exception {
    for (boolean memory : new boolean[] {true, false}) {
      List<String> live = Collections.synchronizedList(new ArrayList<>());
      RandomWorld world = new RandomWorld(seed, environment(seed, live), memory);
      world.play();
      List<Event> history = world.history();
      assertThat(world.problem()).as("seed %d, memory %s:%n%s", seed, memory, lines(history)).isNull();
      RunState state = RunState.fold(Histories.RUN, "default", "it-1", history);
      assertThat(state.open()).isFalse();

      for (RandomWorld.Reported report : world.reports()) {
        // A program that ends in the middle of news has not seen what its own last report wrote: no point to take over at.
        if (history.subList((int) report.seen(), (int) report.firstSeq() - 1).stream().anyMatch(e -> e.seen() > 0)) continue;
        List<Event> before = history.subList(0, (int) report.seen());
        try (Replay replay = Histories.replay(environment(seed, new ArrayList<>()), before)) {
          assertThat(replay.problem()).as("seed %d, memory %s, up to %d:%n%s", seed, memory, report.seen(), lines(history))
              .isEmpty();
          assertThat(told(replay.wants())).as("seed %d, memory %s, up to %d:%n%s", seed, memory, report.seen(), lines(history))
              .isEqualTo(told(upToFirstResult(report.commands())));
        }
      }
      List<String> again = new ArrayList<>();
      try (Replay replay = Histories.replay(environment(seed, again), history)) {
        assertThat(replay.problem()).as("seed %d, whole:%n%s", seed, lines(history)).isEmpty();
      }
      assertThat(again).isEqualTo(live);
    }
  }

  /** Results of bodies and updates are news to a replay; what stands in front of them it must ask for again by itself. */
  private static List<Command> upToFirstResult(List<Command> commands) {
    List<Command> front = new ArrayList<>();
    for (Command command : commands) {
      if (command instanceof Command.RecordStep || command instanceof Command.RetryStep
          || command instanceof Command.AcceptUpdate || command instanceof Command.RejectUpdate) break;
      front.add(command);
    }
    return front;
  }

  /** Ends of what had ended already leave no event, so a replay may say them again. */
  private static List<String> told(List<Command> commands) {
    return commands.stream()
        .filter(c -> !(c instanceof Command.CancelTimer) && !(c instanceof Command.CancelActivity)
            && !(c instanceof Command.CompleteUpdate) && !(c instanceof Command.RecordSideEffect))
        .map(Object::toString).toList();
  }

  private static String oneLine(String text) {
    return text.lines().findFirst().orElse("").substring(0, Math.min(110, text.lines().findFirst().orElse("").length()));
  }

  private static String lines(List<Event> history) {
    StringBuilder text = new StringBuilder();
    history.forEach(event -> text.append(event.seq()).append(" (").append(event.seen()).append(") ")
        .append(oneLine(event.fact().toString())).append('\n'));
    return text.toString();
  }
}
