package dev.pawl.examples.importing;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Workflow;
import java.time.Duration;

// tag::workflow[]
/** Gives the import an hour, but only ten seconds of silence. */
public final class ImportWorkflow implements Workflow<String, Long> {
  private final ImportActivities imports = Activities.stub(ImportActivities.class,
      opts -> opts.startToClose(Duration.ofHours(1)).heartbeat(Duration.ofSeconds(10)));

  @Override
  public Long run(String file) {
    return imports.rows(file);
  }
}
// end::workflow[]
