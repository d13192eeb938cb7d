package dev.pawl.examples.quotes;

import dev.pawl.sdk.ActivityName;

/** Carriers that say what they would take. */
@ActivityName("carriers")
public interface CarrierActivities {
  Quote quote(String carrier, int grams);
}
