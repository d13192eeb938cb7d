package dev.pawl.core.run;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.SearchValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A state that is changed in place while events are applied, and made a value again at the end; copies each map at most
 * once, when it is touched. A report with ten thousand commands costs ten thousand steps, not their square.
 */
final class Folding {
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
  private Map<Integer, RunState.OpenChild> children;
  private Map<Integer, String> externals;
  private Map<String, String> updates;
  private Map<Integer, RunState.OpenWait> waits;
  private Set<Integer> awaited;
  private List<String> offered;

  Folding(RunState s) {
    from = s;
    status = s.status();
    closedAt = s.closedAt();
    lastSeq = s.lastSeq();
    lastAt = s.lastAt();
    lastWake = s.lastWake();
    nextStep = s.nextStep();
    cancelRequested = s.cancelRequested();
    paused = s.paused();
    searchAttributes = s.searchAttributes();
    memo = s.memo();
    activities = s.activities();
    timers = s.timers();
    children = s.children();
    externals = s.externals();
    updates = s.updates();
    waits = s.waits();
    awaited = s.awaited();
    offered = s.offered();
  }

  long lastSeq() {
    return lastSeq;
  }

  boolean openActivity(int step) {
    return activities.containsKey(step);
  }

  boolean openTimer(int step) {
    return timers.containsKey(step);
  }

  boolean openUpdate(String id) {
    return updates.containsKey(id);
  }

  boolean openWait(int step) {
    return waits.containsKey(step);
  }

  void apply(Event event) {
    if (event.seq() != lastSeq + 1) {
      throw new CorruptHistory("run %s: event %d follows %d".formatted(from.id(), event.seq(), lastSeq));
    }
    if (status.closed()) {
      throw new CorruptHistory("run %s: event %d (%s) follows the end".formatted(from.id(), event.seq(),
          event.fact().type()));
    }
    lastSeq = event.seq();
    lastAt = event.at();
    if (event.fact().wakes()) lastWake = event.seq();
    if (event.fact() instanceof RunEvent.OfStep ofStep) nextStep = Math.max(nextStep, ofStep.step() + 1);
    switch (event.fact()) {
      case RunEvent.StartAccepted e -> {}
      case RunEvent.WorkflowStarted e -> {
        searchAttributes = RunState.merged(Map.of(), e.options().searchAttributes());
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
      case RunEvent.ActivityScheduled e -> {
        activities().put(e.step(), e.activityType());
        await(e.step(), e.bundle());
      }
      case RunEvent.ActivityRetryScheduled e -> {}
      case RunEvent.ActivityCancelRequested e -> {}
      case RunEvent.ActivityCompleted e -> endActivity(e.step());
      case RunEvent.ActivityFailed e -> endActivity(e.step());
      case RunEvent.ActivityTimedOut e -> endActivity(e.step());
      case RunEvent.ActivityCancelled e -> endActivity(e.step());
      case RunEvent.TimerScheduled e -> {
        timers().put(e.step(), e.fireAt());
        await(e.step(), e.bundle());
      }
      case RunEvent.TimerFired e -> {
        timers().remove(e.step());
        if (waits.containsKey(e.step())) waits().remove(e.step());
        there(e.step());
      }
      case RunEvent.TimerCancelled e -> {
        timers().remove(e.step());
        there(e.step());
      }
      case RunEvent.ConditionWaitOpened e -> waits().put(e.step(), new RunState.OpenWait(e.key(), e.fingerprint()));
      case RunEvent.ConditionWaitSatisfied e -> waits().remove(e.step());
      case RunEvent.SignalReceived e -> {}
      case RunEvent.UpdateAccepted e -> {
        updates().put(e.updateId(), e.name());
        if (event.seen() == 0) offered = with(offered, e.updateId());
      }
      case RunEvent.UpdateApplied e -> {}
      case RunEvent.UpdateCompleted e -> {
        updates().remove(e.updateId());
        offered = without(offered, e.updateId());
      }
      case RunEvent.ChildWorkflowScheduled e -> {
        children().put(e.step(), new RunState.OpenChild(e.workflowId(), e.parentClose(), null));
        await(e.step(), e.bundle());
      }
      case RunEvent.ChildRunStarted e -> {
        RunState.OpenChild child = children.get(e.step());
        if (child != null) {
          children().put(e.step(), new RunState.OpenChild(child.workflowId(), child.policy(), e.childRun()));
        }
      }
      case RunEvent.ChildRunCompleted e -> endChild(e.step());
      case RunEvent.ChildRunFailed e -> endChild(e.step());
      case RunEvent.ChildRunCancelled e -> endChild(e.step());
      case RunEvent.ChildRunTerminated e -> endChild(e.step());
      case RunEvent.SignalExternalScheduled e -> externals().put(e.step(), e.workflowId());
      case RunEvent.CancelExternalScheduled e -> externals().put(e.step(), e.workflowId());
      case RunEvent.ExternalDelivered e -> externals().remove(e.step());
      case RunEvent.ExternalFailed e -> externals().remove(e.step());
      case RunEvent.SideEffectRecorded e -> {}
      case RunEvent.VersionMarkerRecorded e -> {}
      case RunEvent.SearchAttributesUpserted e -> searchAttributes = RunState.merged(searchAttributes, e.attributes());
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
    waits = Map.of();
    awaited = Set.of();
    offered = List.of();
  }

  private void endActivity(int step) {
    activities().remove(step);
    there(step);
  }

  private void endChild(int step) {
    children().remove(step);
    there(step);
  }

  private void await(int step, @Nullable Bundle bundle) {
    if (bundle == null) return;
    if (awaited == from.awaited() || awaited.isEmpty()) awaited = new HashSet<>(awaited);
    awaited.add(step);
  }

  private void there(int step) {
    if (!awaited.contains(step)) return;
    if (awaited == from.awaited()) awaited = new HashSet<>(awaited);
    awaited.remove(step);
  }

  private static List<String> with(List<String> ids, String id) {
    List<String> more = new ArrayList<>(ids);
    more.add(id);
    return List.copyOf(more);
  }

  private static List<String> without(List<String> ids, String id) {
    return ids.contains(id) ? ids.stream().filter(other -> !other.equals(id)).toList() : ids;
  }

  /** A step whose wait for the next attempt was cut short. */
  private void endRetryWait(int step) {
    if (timers.containsKey(step)) timers().remove(step);
  }

  // A map of our own is recognised by not being the original.
  private Map<Integer, String> activities() {
    if (activities == from.activities()) activities = new HashMap<>(activities);
    return activities;
  }

  private Map<Integer, Instant> timers() {
    if (timers == from.timers()) timers = new HashMap<>(timers);
    return timers;
  }

  private Map<Integer, RunState.OpenChild> children() {
    if (children == from.children()) children = new HashMap<>(children);
    return children;
  }

  private Map<Integer, String> externals() {
    if (externals == from.externals()) externals = new HashMap<>(externals);
    return externals;
  }

  private Map<String, String> updates() {
    if (updates == from.updates()) updates = new LinkedHashMap<>(updates);
    return updates;
  }

  private Map<Integer, RunState.OpenWait> waits() {
    if (waits == from.waits()) waits = new HashMap<>(waits);
    return waits;
  }

  RunState done() {
    return new RunState(from.id(), from.namespace(), from.workflowId(), from.started(), status, from.startedAt(),
        closedAt,
        lastSeq, lastAt, lastWake, nextStep, cancelRequested, paused,
        shut(searchAttributes), shut(memo), shut(activities), shut(timers), shut(children), shut(externals),
        shut(updates), shut(waits), awaited.isEmpty() ? Set.of() : Collections.unmodifiableSet(awaited), offered);
  }

  private static <K, V> Map<K, V> shut(Map<K, V> map) {
    return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(map);
  }
}
