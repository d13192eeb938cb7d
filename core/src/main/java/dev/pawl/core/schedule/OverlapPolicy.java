package dev.pawl.core.schedule;

import java.util.Locale;

/** What becomes of a fire while a run of the schedule is open. */
public enum OverlapPolicy {
  /** It is left out, and that is recorded. */
  SKIP,
  /** It waits for the run's end; at most one does. */
  BUFFER_ONE,
  /** It waits for the run's end, in line, up to {@link Schedule#LONGEST_LINE}. */
  BUFFER_ALL,
  /** The open runs are asked to stop, and it waits until they have. A newer such fire takes its place. */
  CANCEL_OTHER,
  /** The open runs are ended, and it starts at once. */
  TERMINATE_OTHER,
  /** It starts beside them. */
  ALLOW_ALL;

  /** The policy as it travels, for example {@code buffer_one}. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
