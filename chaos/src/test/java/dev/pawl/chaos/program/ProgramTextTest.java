package dev.pawl.chaos.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs, their text and their answers. */
class ProgramTextTest {
  @Test
  void whatIsWrittenIsReadAgain() {
    var draw = new Draw(new SplittableRandom(5), true);
    for (int i = 0; i < 500; i++) {
      List<Op> program = i % 5 == 0 ? draw.endless() : draw.program();
      assertThat(ProgramText.read(ProgramText.write(program))).isEqualTo(program);
    }
  }

  @Test
  void theSameSeedDrawsTheSamePrograms() {
    assertThat(new Draw(new SplittableRandom(9), true).program())
        .isEqualTo(new Draw(new SplittableRandom(9), true).program())
        .isNotEqualTo(new Draw(new SplittableRandom(10), true).program());
  }

  @Test
  void theAnswerIsTheSumOfWhatIsDone() {
    Answer answer = Answer.to(ProgramText.read(
        "carry 1 pay 2 0 0 again charge 4 1 beside 2 { child { toil 8 5 } } { book 16 } undo 1000 await s 32 expire 5 64"));
    assertThat(answer.total()).isEqualTo(127);
    assertThat(answer.moved()).isEqualTo(2 + 4 + 8);
    assertThat(answer.effects()).isEqualTo(3 + 4);
    assertThat(answer.booked()).isEqualTo(1);
    assertThat(answer.signals()).containsOnlyKeys("s");
    assertThat(Answer.to(ProgramText.read("pay 1 0 0 forever")).endless()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dance 1", "pay 1", "child { pay 1 0 0", "beside 2 { pay 1 0 0 }", "pay one 0 0"})
  void whatIsNoProgramIsRefused(String text) {
    assertThatThrownBy(() -> ProgramText.read(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
