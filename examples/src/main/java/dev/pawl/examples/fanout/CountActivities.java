package dev.pawl.examples.fanout;

import dev.pawl.sdk.ActivityName;

/** Counts words. */
@ActivityName("count")
public interface CountActivities {
  long words(int page);
}
