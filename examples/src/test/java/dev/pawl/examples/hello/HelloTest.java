package dev.pawl.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testkit.TestPawl;
import org.junit.jupiter.api.Test;

class HelloTest {
  @Test
  void greetsAndParts() {
    try (TestPawl pawl = TestPawl.onSqlite().workflow("hello", HelloWorkflow::new).autoSkip().start()) {
      var hello = pawl.start("hello", "hello-1", "world");
      assertThat(hello.result(String.class)).isEqualTo("Hello, world! Goodbye, world.");
    }
  }
}
