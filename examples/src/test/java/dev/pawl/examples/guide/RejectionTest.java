package dev.pawl.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.examples.hello.HelloWorkflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.testkit.TestPawl;
import org.junit.jupiter.api.Test;

class RejectionTest {
  private static WorkflowHandle greet(PawlClient client, String name) {
    // tag::code[]
    try {
      return client.start("hello", "hello-" + name, name);
    } catch (RejectedException no) {
      if (no.code() == Rejection.Code.WORKFLOW_ALREADY_STARTED) return client.handle("hello-" + name);
      throw no;
    }
    // end::code[]
  }

  @Test
  void whoIsGreetedAlreadyIsNotGreetedTwice() {
    try (TestPawl pawl = TestPawl.onSqlite().workflow("hello", HelloWorkflow::new).autoSkip().start()) {
      WorkflowHandle first = greet(pawl.client(), "ann");
      WorkflowHandle second = greet(pawl.client(), "ann");
      assertThat(second.result(String.class)).isEqualTo(first.result(String.class));
      assertThat(pawl.client().count("")).isEqualTo(1);
    }
  }
}
