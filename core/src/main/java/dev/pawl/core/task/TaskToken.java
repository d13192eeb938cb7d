package dev.pawl.core.task;

import dev.pawl.core.value.RunId;

/**
 * What a worker shows to prove that it may report.
 *
 * @param step 0 for the workflow task of the run, otherwise the activity's step
 * @param attempt business attempt, from 1
 * @param epoch fencing number of the lease
 */
public record TaskToken(RunId run, int step, int attempt, long epoch) {
  public TaskId id() {
    return new TaskId(run, step);
  }

  @Override
  public String toString() {
    return run + "/" + step + "/" + attempt + "/" + epoch;
  }

  /** Reads what {@link #toString()} wrote. */
  public static TaskToken parse(String text) {
    String[] part = text.split("/", -1);
    if (part.length != 4) throw new IllegalArgumentException("expected run/step/attempt/epoch, got '" + text + "'");
    return new TaskToken(
        RunId.parse(part[0]), Integer.parseInt(part[1]), Integer.parseInt(part[2]), Long.parseLong(part[3]));
  }
}
