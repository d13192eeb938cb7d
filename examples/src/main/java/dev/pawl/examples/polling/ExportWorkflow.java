package dev.pawl.examples.polling;

import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Workflow;
import java.time.Duration;

// tag::workflow[]
/** Asks after 1 s, 2 s, 4 s ... and then every 5 minutes; no thread and no worker is held while it waits. */
public final class ExportWorkflow implements Workflow<String, String> {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private final Exports exports;

  public ExportWorkflow(Exports exports) {
    this.exports = exports;
  }

  @Override
  public String run(String table) {
    String id = Pawl.step("request", () -> exports.request(table, Step.context().idempotencyKey()));
    Duration pause = Duration.ofSeconds(1);
    while (true) {
      Pawl.sleep(pause);
      String location = Pawl.step("look", () -> exports.location(id));
      if (!location.isEmpty()) return location;
      pause = pause.multipliedBy(2).compareTo(LONGEST) < 0 ? pause.multipliedBy(2) : LONGEST;
    }
  }
}
// end::workflow[]
