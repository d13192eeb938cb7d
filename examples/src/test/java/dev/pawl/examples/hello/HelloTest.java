package dev.pawl.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.examples.LocalPawl;
import org.junit.jupiter.api.Test;

class HelloTest {
  @Test
  void greetsAndParts() {
    try (var pawl = LocalPawl.serving(worker -> worker.workflow("hello", HelloWorkflow::new))) {
      var hello = pawl.client().start("hello", "hello-1", "world");
      assertThat(hello.result(String.class)).isEqualTo("Hello, world! Goodbye, world.");
    }
  }
}
