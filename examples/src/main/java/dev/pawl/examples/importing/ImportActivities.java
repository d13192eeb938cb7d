package dev.pawl.examples.importing;

import dev.pawl.sdk.ActivityName;

/** Long work on a file. */
@ActivityName("import")
public interface ImportActivities {
  /** @return how many rows there were */
  long rows(String file);
}
