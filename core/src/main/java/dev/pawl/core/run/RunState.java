package dev.pawl.core.run;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the events of a run add up to: exactly the part that decisions look at. {@code fold(events)}; the copy in the
 * database is a cache of it.
 *
 * @param lastSeq number of the newest event
 * @param lastAt its time
 * @param lastWake number of the newest event that a program has to be told of
 * @param nextStep the number the program's next step takes
 * @param activities open activities: step to type
 * @param timers open timers and waiting step retries: step to due time
 * @param children open children: step to child
 * @param externals open signals and cancels to other workflows
 * @param updates accepted and not completed: update id to name
 * @param waits open conditions: step to what is waited for; a timeout is in {@code timers}
 * @param awaited open steps that the program awaits before it does anything else, see {@link Bundle}
 * @param offered updates that were accepted without the program and that it has to be handed: oldest first
 */
public record RunState(
    RunId id,
    String namespace,
    String workflowId,
    RunEvent.WorkflowStarted started,
    RunStatus status,
    Instant startedAt,
    @Nullable Instant closedAt,
    long lastSeq,
    Instant lastAt,
    long lastWake,
    int nextStep,
    boolean cancelRequested,
    boolean paused,
    Map<String, SearchValue> searchAttributes,
    Map<String, Payload> memo,
    Map<Integer, String> activities,
    Map<Integer, Instant> timers,
    Map<Integer, OpenChild> children,
    Map<Integer, String> externals,
    Map<String, String> updates,
    Map<Integer, OpenWait> waits,
    Set<Integer> awaited,
    List<String> offered) {

  /** @param run null until the child has started */
  public record OpenChild(String workflowId, ParentClosePolicy policy, @Nullable RunId run) {}

  /** See {@link RunEvent.ConditionWaitOpened}. */
  public record OpenWait(@Nullable String key, @Nullable String fingerprint) {}

  public boolean open() {
    return !status.closed();
  }

  /** Folds a whole history. */
  public static RunState fold(RunId id, String namespace, String workflowId, List<Event> history) {
    if (history.size() < 2 || !(history.get(1).fact() instanceof RunEvent.WorkflowStarted started)) {
      throw new CorruptHistory("run %s: expected StartAccepted and WorkflowStarted first, got %d events"
          .formatted(id, history.size()));
    }
    Instant at = history.get(0).at();
    return new RunState(id, namespace, workflowId, started, RunStatus.RUNNING, at, null, 0, at, 0, 1, false, false,
            Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Set.of(), List.of())
        .after(history);
  }

  /** Search attributes after an upsert: {@link SearchValue.Unset} takes one away and is never kept. */
  static Map<String, SearchValue> merged(Map<String, SearchValue> old, Map<String, SearchValue> change) {
    Map<String, SearchValue> merged = new TreeMap<>(old);
    change.forEach((name, value) -> {
      if (value instanceof SearchValue.Unset) merged.remove(name);
      else merged.put(name, value);
    });
    return merged;
  }

  /** The task of an activity that this run schedules. */
  ActivityTask task(RunEvent.ActivityScheduled e, Instant now) {
    return ActivityTask.scheduled(new TaskId(id, e.step()), namespace, workflowId, started.workflowType(),
        e.activityType(), e.input(), e.header(), e.options(), now);
  }

  /** The state after more events. */
  public RunState after(List<Event> events) {
    if (events.isEmpty()) return this;
    Folding folding = new Folding(this);
    for (Event event : events) folding.apply(event);
    return folding.done();
  }
}
