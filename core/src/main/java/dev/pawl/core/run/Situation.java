package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything a decision may look at.
 *
 * @param run the run that the request is about; null if there is none
 * @param chain the chain's current run; null if the workflow id was never used, or the request is anchored at a run
 * @param tasks the open tasks that the request named; absent means not open
 * @param updates the updates that the request named
 * @param events the events that the request named, in order
 * @param remembered the earlier answers to the request ids that the request named
 * @param now the engine's reading of the database's clock, microseconds
 * @param epochFloor a lease that is granted now has a higher epoch than this, 0 or more: lower ones may have been granted
 *     in a time that the database has lost
 * @param unreadLimit a run whose program has not looked at so many events takes no messages from outside, 1 or more
 */
public record Situation(
    @Nullable Run run,
    @Nullable Chain chain,
    Map<TaskId, ActivityTask> tasks,
    Map<String, Effect.Update> updates,
    List<Event> events,
    Map<String, Effect.Remembered> remembered,
    Instant now,
    long epochFloor,
    int unreadLimit) {

  /** In a database that has never lost anything, and without a limit. */
  public Situation(@Nullable Run run, @Nullable Chain chain, Map<TaskId, ActivityTask> tasks,
      Map<String, Effect.Update> updates, List<Event> events, Map<String, Effect.Remembered> remembered, Instant now) {
    this(run, chain, tasks, updates, events, remembered, now, 0, Integer.MAX_VALUE);
  }

  /** A workflow id's newest run. */
  public record Chain(String namespace, String workflowId, RunId run, int runNumber) {}

  public static Situation of(@Nullable Run run, Instant now) {
    return of(run, now, 0);
  }

  public static Situation of(@Nullable Run run, Instant now, long epochFloor) {
    return new Situation(run, null, Map.of(), Map.of(), List.of(), Map.of(), now, epochFloor, Integer.MAX_VALUE);
  }
}
