package dev.pawl.examples.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pawl.examples.guide.Outputs;
import dev.pawl.examples.hello.HelloWorkflow;
import dev.pawl.testkit.TestPawl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

class WaitTest {
  /** Starts over a network have ids that are made up, and the page shows none. */
  @DisabledIfSystemProperty(named = "pawl.test.remote", matches = "true")
  @Test
  void aWaitForWhatOnlyTimeCanBringFailsAtOnce() {
    try (TestPawl pawl = TestPawl.onSqlite().at("2027-01-01T00:00Z").workflow("hello", HelloWorkflow::new).start()) {
      var hello = pawl.start("hello", "hello-1", "world");
      Throwable failure = catchThrowable(() -> hello.result(String.class));
      assertThat(failure).isInstanceOf(AssertionError.class);
      Outputs.matches("wait.txt", failure.getMessage());
    }
  }
}
