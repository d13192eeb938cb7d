package dev.pawl.core.run;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.SearchValue;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    Map<String, String> updates) {

  /** @param run null until the child has started */
  public record OpenChild(String workflowId, ParentClosePolicy policy, @Nullable RunId run) {}

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
            Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of())
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

  /** The state after more events. */
  public RunState after(List<Event> events) {
    if (events.isEmpty()) return this;
    Folding folding = new Folding(this);
    for (Event event : events) folding.apply(event);
    return folding.done();
  }

  /** A copy that is changed in place while events are applied; copies each map only when it is touched. */
  private static final class Folding {
    private final RunState from;
    private RunStatus status;
    private @Nullable Instant closedAt;
    private long lastSeq;
    private Instant lastAt;
    private long lastWake;
    private int nextStep;
    private boolean cancelRequested;
    private boolean paused;
    private Map<String, SearchValue> searchAttributes;
    private Map<String, Payload> memo;
    private Map<Integer, String> activities;
    private Map<Integer, Instant> timers;
    private Map<Integer, OpenChild> children;
    private Map<Integer, String> externals;
    private Map<String, String> updates;

    Folding(RunState s) {
      from = s;
      status = s.status;
      closedAt = s.closedAt;
      lastSeq = s.lastSeq;
      lastAt = s.lastAt;
      lastWake = s.lastWake;
      nextStep = s.nextStep;
      cancelRequested = s.cancelRequested;
      paused = s.paused;
      searchAttributes = s.searchAttributes;
      memo = s.memo;
      activities = s.activities;
      timers = s.timers;
      children = s.children;
      externals = s.externals;
      updates = s.updates;
    }

    void apply(Event event) {
      if (event.seq() != lastSeq + 1) {
        throw new CorruptHistory("run %s: event %d follows %d".formatted(from.id, event.seq(), lastSeq));
      }
      if (status.closed()) {
        throw new CorruptHistory("run %s: event %d (%s) follows the end".formatted(from.id, event.seq(),
            event.fact().type()));
      }
      lastSeq = event.seq();
      lastAt = event.at();
      if (event.fact().wakes()) lastWake = event.seq();
      if (event.fact() instanceof RunEvent.OfStep ofStep) nextStep = Math.max(nextStep, ofStep.step() + 1);
      switch (event.fact()) {
        case RunEvent.StartAccepted e -> {}
        case RunEvent.WorkflowStarted e -> {
          searchAttributes = merged(Map.of(), e.options().searchAttributes());
          memo = e.options().memo();
        }
        case RunEvent.CancelRequested e -> cancelRequested = true;
        case RunEvent.WorkflowPaused e -> paused = true;
        case RunEvent.WorkflowResumed e -> paused = false;
        case RunEvent.WorkflowCompleted e -> close(RunStatus.COMPLETED, event);
        case RunEvent.WorkflowFailed e -> close(RunStatus.FAILED, event);
        case RunEvent.WorkflowCancelled e -> close(RunStatus.CANCELLED, event);
        case RunEvent.WorkflowTerminated e -> close(RunStatus.TERMINATED, event);
        case RunEvent.WorkflowTimedOut e -> close(RunStatus.TIMED_OUT, event);
        case RunEvent.WorkflowContinuedAsNew e -> close(RunStatus.CONTINUED, event);
        case RunEvent.WorkflowReset e -> close(RunStatus.RESET, event);
        case RunEvent.StepStarted e -> {}
        case RunEvent.StepCompleted e -> endRetryWait(e.step());
        case RunEvent.StepFailed e -> endRetryWait(e.step());
        case RunEvent.StepRetryScheduled e -> timers().put(e.step(), e.fireAt());
        case RunEvent.ActivityScheduled e -> activities().put(e.step(), e.activityType());
        case RunEvent.ActivityRetryScheduled e -> {}
        case RunEvent.ActivityCancelRequested e -> {}
        case RunEvent.ActivityCompleted e -> activities().remove(e.step());
        case RunEvent.ActivityFailed e -> activities().remove(e.step());
        case RunEvent.ActivityTimedOut e -> activities().remove(e.step());
        case RunEvent.ActivityCancelled e -> activities().remove(e.step());
        case RunEvent.TimerScheduled e -> timers().put(e.step(), e.fireAt());
        case RunEvent.TimerFired e -> timers().remove(e.step());
        case RunEvent.TimerCancelled e -> timers().remove(e.step());
        case RunEvent.SignalReceived e -> {}
        case RunEvent.UpdateAccepted e -> updates().put(e.updateId(), e.name());
        case RunEvent.UpdateCompleted e -> updates().remove(e.updateId());
        case RunEvent.ChildWorkflowScheduled e ->
            children().put(e.step(), new OpenChild(e.workflowId(), e.parentClose(), null));
        case RunEvent.ChildRunStarted e -> {
          OpenChild child = children.get(e.step());
          if (child != null) children().put(e.step(), new OpenChild(child.workflowId, child.policy, e.childRun()));
        }
        case RunEvent.ChildRunCompleted e -> children().remove(e.step());
        case RunEvent.ChildRunFailed e -> children().remove(e.step());
        case RunEvent.ChildRunCancelled e -> children().remove(e.step());
        case RunEvent.ChildRunTerminated e -> children().remove(e.step());
        case RunEvent.SignalExternalScheduled e -> externals().put(e.step(), e.workflowId());
        case RunEvent.CancelExternalScheduled e -> externals().put(e.step(), e.workflowId());
        case RunEvent.ExternalDelivered e -> externals().remove(e.step());
        case RunEvent.ExternalFailed e -> externals().remove(e.step());
        case RunEvent.SideEffectRecorded e -> {}
        case RunEvent.VersionMarkerRecorded e -> {}
        case RunEvent.SearchAttributesUpserted e -> searchAttributes = merged(searchAttributes, e.attributes());
        case RunEvent.MemoUpserted e -> {
          Map<String, Payload> merged = new TreeMap<>(memo);
          merged.putAll(e.memo());
          memo = merged;
        }
      }
    }

    private void close(RunStatus to, Event event) {
      status = to;
      closedAt = event.at();
      activities = Map.of();
      timers = Map.of();
      children = Map.of();
      externals = Map.of();
      updates = Map.of();
    }

    /** A step whose wait for the next attempt was cut short. */
    private void endRetryWait(int step) {
      if (timers.containsKey(step)) timers().remove(step);
    }

    // Each map is copied at most once per fold: a fresh HashMap is recognised by identity with the original.
    private Map<Integer, String> activities() {
      return activities == from.activities ? activities = new HashMap<>(activities) : mutable(activities);
    }

    private Map<Integer, Instant> timers() {
      return timers == from.timers ? timers = new HashMap<>(timers) : mutable(timers);
    }

    private Map<Integer, OpenChild> children() {
      return children == from.children ? children = new HashMap<>(children) : mutable(children);
    }

    private Map<Integer, String> externals() {
      return externals == from.externals ? externals = new HashMap<>(externals) : mutable(externals);
    }

    private Map<String, String> updates() {
      return updates == from.updates ? updates = new LinkedHashMap<>(updates) : mutable(updates);
    }

    private static <K, V> Map<K, V> mutable(Map<K, V> map) {
      return map;
    }

    RunState done() {
      return new RunState(from.id, from.namespace, from.workflowId, from.started, status, from.startedAt, closedAt,
          lastSeq, lastAt, lastWake, nextStep, cancelRequested, paused,
          shut(searchAttributes), shut(memo), shut(activities), shut(timers), shut(children), shut(externals),
          shut(updates));
    }

    private static <K, V> Map<K, V> shut(Map<K, V> map) {
      return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(map);
    }
  }
}
