package dev.pawl.examples.versioned;

import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import java.time.Duration;

// tag::workflow[]
/** Used to pack, then print the label. Since the change it prints first; parcels under way keep the old order. */
public final class ParcelWorkflow implements Workflow<String, String> {
  @Override
  public String run(String parcel) {
    // tag::version[]
    String label;
    if (Pawl.version("label-first", 1, 2) == 1) {
      Pawl.step("pack", () -> "packed " + parcel);
      label = Pawl.step("label", () -> "label of " + parcel);
    } else {
      label = Pawl.step("label", () -> "label of " + parcel);
      Pawl.step("pack", () -> "packed " + parcel);
    }
    // end::version[]
    Pawl.sleep(Duration.ofHours(12)); // the van comes in the evening
    return Pawl.step("hand-over", () -> label + ", handed over");
  }
}
// end::workflow[]
