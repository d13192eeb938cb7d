package dev.pawl.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void aTextThatIsTooLongIsCutAndNeverRefused() {
    Failure failure = new Failure("Bug", "m".repeat(10_000_000), "s".repeat(40_000), false, null, null, null);
    assertThat(failure.message()).hasSize(Failure.MAX_TEXT).endsWith("m ... (cut)");
    assertThat(failure.stack()).hasSize(Failure.MAX_TEXT).endsWith("s ... (cut)");
    assertThat(Failure.of("Bug", failure.message()).message()).as("cutting once is enough").isEqualTo(failure.message());
  }

  @Test
  void theLongestTextStaysAsItIs() {
    String longest = "x".repeat(Failure.MAX_TEXT);
    assertThat(Failure.of("Bug", longest).message()).isEqualTo(longest);
  }

  @Test
  void noCharacterIsCutInHalf() {
    for (String start : new String[] {"", "x"}) {
      String message = Failure.of("Bug", start + "\ud83d\ude00".repeat(20_000)).message();
      assertThat(message.codePoints().filter(c -> c >= 0xD800 && c <= 0xDFFF)).isEmpty();
      assertThat(message.length()).isBetween(Failure.MAX_TEXT - 1, Failure.MAX_TEXT);
    }
  }

  @Test
  void copiesKeepTheRest() {
    Failure why = Failure.of("Io", "connection reset");
    Failure failure = Failure.of("Bug", "b").causedBy(why).asNonRetryable();
    assertThat(failure.cause()).isEqualTo(why);
    assertThat(failure.nonRetryable()).isTrue();
    assertThat(failure.message()).isEqualTo("b");
  }
}
