package dev.pawl.examples.hello;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;

// tag::main[]
/** An engine, a worker and a client in one process, on one file. */
public final class Hello {
  private Hello() {}

  public static void main(String[] args) {
    String id = args.length > 0 ? args[0] : "hello-1";
    try (PawlEngine engine = PawlEngine.open("jdbc:sqlite:hello.db");
        Worker worker = Worker.on(engine.worker()).workflow("hello", HelloWorkflow::new).start()) {
      PawlClient client = PawlClient.on(engine.control());
      WorkflowHandle hello = client.start("hello", id, "world", opts -> opts.onConflict(ConflictPolicy.USE_EXISTING));
      System.out.println(hello.result(String.class));
    }
  }
}
// end::main[]
