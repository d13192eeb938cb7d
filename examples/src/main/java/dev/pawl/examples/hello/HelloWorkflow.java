package dev.pawl.examples.hello;

import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import java.time.Duration;

// tag::workflow[]
/** Greets, waits, and says goodbye, whatever happens to the machine in between. */
public final class HelloWorkflow implements Workflow<String, String> {
  @Override
  public String run(String name) {
    String greeting = Pawl.step("greet", () -> "Hello, " + name + "!");
    Pawl.sleep(Duration.ofSeconds(10));
    String goodbye = Pawl.step("part", () -> "Goodbye, " + name + ".");
    return greeting + " " + goodbye;
  }
}
// end::workflow[]
