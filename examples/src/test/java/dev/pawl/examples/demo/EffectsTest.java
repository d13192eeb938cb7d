package dev.pawl.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.examples.demo.Effects.Expected;
import dev.pawl.examples.demo.Journal.Kind;
import dev.pawl.examples.demo.Journal.Line;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's judge finds what it should find. */
class EffectsTest {
  private static final Instant NOON = Instant.parse("2027-01-01T12:00:00Z");
  private static final List<Expected> RESERVE = List.of(new Expected("order-1", "reserve"));

  @Test
  void onceIsRight() {
    assertThat(judge(1, 1)).isEmpty();
  }

  @Test
  void twiceIsWrong() {
    assertThat(judge(2, 1)).containsExactly("reserve of order-1 was done 2 times and recorded 1 times, expected once");
  }

  @Test
  void neverIsWrong() {
    assertThat(judge(0, 1)).hasSize(1);
  }

  @Test
  void unrecordedIsWrong() {
    assertThat(judge(1, 0)).hasSize(1);
  }

  @Test
  void whatNobodyExpectedIsWrong() {
    Line refund = new Line(NOON, 1, Kind.DONE, "refund", "order-1", "key", "");
    assertThat(new Effects(List.of(refund), Map.of()).wrong(List.of()))
        .containsExactly("nobody expected the effect refund of order-1");
  }

  @Test
  void theJournalReadsWhatItWrote(@TempDir Path folder) {
    Journal journal = new Journal(folder.resolve("effects.tsv"));
    assertThat(journal.lines()).isEmpty();
    Line line = new Line(NOON, 2, Kind.KNOWN, "charge", "order-1", "default/run/3:charge", "4900 cents");
    journal.add(line);
    journal.add(line);
    assertThat(journal.lines()).containsExactly(line, line);
  }

  private static List<String> judge(int done, int recorded) {
    Line asked = new Line(NOON, 1, Kind.ASKED, "reserve", "order-1", "key", "");
    Line effect = new Line(NOON, 1, Kind.DONE, "reserve", "order-1", "key", "");
    List<Line> lines = new java.util.ArrayList<>(List.of(asked));
    for (int i = 0; i < done; i++) lines.add(effect);
    Event event = new Event(3, NOON, 2, new RunEvent.StepCompleted(1, "reserve", null, 1));
    return new Effects(lines, Map.of("order-1", recorded == 1 ? List.of(event) : List.of())).wrong(RESERVE);
  }
}
