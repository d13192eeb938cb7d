package dev.pawl.server.wire;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunEvent.ActivityScheduled;
import dev.pawl.core.run.RunEvent.ChildWorkflowScheduled;
import dev.pawl.core.run.RunEvent.ConditionWaitOpened;
import dev.pawl.core.run.RunEvent.TimerScheduled;
import dev.pawl.core.run.RunEvent.UpdateAccepted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the events of a history refer back to: the events that opened a step or an update. Whoever reads a history in pages
 * takes the places of those that are still open from one page to the next, and reads again only those that a page names.
 */
final class Openings {
  /** Opened events of one range are read together if no more than so many others lie between them. */
  private static final int GAP = 16;

  /** An update has no step. */
  private static final int UPDATE = 0;

  private final Map<Integer, ActivityScheduled> activities = new HashMap<>();
  private final Map<Integer, ChildWorkflowScheduled> children = new HashMap<>();
  private final Map<Integer, TimerScheduled> timers = new HashMap<>();
  private final Map<Integer, ConditionWaitOpened> waits = new HashMap<>();
  private final Map<String, UpdateAccepted> updates = new HashMap<>();
  private final Map<String, Long> updatePlaces = new HashMap<>();
  private final Set<Integer> satisfied = new HashSet<>();

  /** What is open: the number of the event that opened it, and its step. */
  private final TreeMap<Long, Integer> open = new TreeMap<>();
  private final Map<Integer, NavigableSet<Long>> places = new HashMap<>();

  @Nullable ActivityScheduled activity(int step) {
    return activities.get(step);
  }

  @Nullable ChildWorkflowScheduled child(int step) {
    return children.get(step);
  }

  @Nullable TimerScheduled timer(int step) {
    return timers.get(step);
  }

  @Nullable ConditionWaitOpened waiting(int step) {
    return waits.get(step);
  }

  @Nullable UpdateAccepted update(String id) {
    return updates.get(id);
  }

  // ---- reading on

  /** The next event of the history; what it opens is open from now on. */
  void begin(Event event) {
    if (!remember(event)) return;
    if (event.fact() instanceof UpdateAccepted update) {
      updatePlaces.put(update.updateId(), event.seq());
      put(event.seq(), UPDATE);
    } else if (event.fact() instanceof RunEvent.OfStep opened) {
      put(event.seq(), opened.step());
    }
  }

  /** Keeps what later events want to know of this one; false: they want nothing. */
  boolean remember(Event event) {
    switch (event.fact()) {
      case ActivityScheduled e -> activities.put(e.step(), e);
      case ChildWorkflowScheduled e -> children.put(e.step(), e);
      case TimerScheduled e -> timers.put(e.step(), e);
      case ConditionWaitOpened e -> waits.put(e.step(), e);
      case UpdateAccepted e -> updates.put(e.updateId(), e);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void put(long place, int step) {
    open.put(place, step);
    places.computeIfAbsent(step, any -> new TreeSet<>()).add(place);
  }

  /** The event has been shown; what it closes is referred to no more. */
  void end(Event event) {
    switch (event.fact()) {
      case RunEvent.ActivityCompleted e -> close(e.step());
      case RunEvent.ActivityFailed e -> close(e.step());
      case RunEvent.ActivityTimedOut e -> close(e.step());
      case RunEvent.ActivityCancelled e -> close(e.step());
      case RunEvent.ChildRunCompleted e -> close(e.step());
      case RunEvent.ChildRunFailed e -> close(e.step());
      case RunEvent.ChildRunCancelled e -> close(e.step());
      case RunEvent.ChildRunTerminated e -> close(e.step());
      case RunEvent.TimerFired e -> close(e.step());
      case RunEvent.TimerCancelled e -> timerGone(e.step());
      case RunEvent.ConditionWaitSatisfied e -> waitGone(e.step());
      case RunEvent.UpdateCompleted e -> {
        Long place = updatePlaces.remove(e.updateId());
        if (place != null) close(UPDATE, place);
      }
      default -> {
        // It closes nothing.
      }
    }
  }

  /** A wait and its timer share a step, and end in any order. */
  private void timerGone(int step) {
    NavigableSet<Long> both = places.get(step);
    if (both == null || both.size() < 2 || satisfied.remove(step)) close(step);
    else close(step, both.last());
  }

  private void waitGone(int step) {
    NavigableSet<Long> both = places.get(step);
    if (both != null && both.size() > 1) satisfied.add(step);
    else close(step);
  }

  private void close(int step) {
    NavigableSet<Long> all = places.remove(step);
    if (all != null) all.forEach(open::remove);
  }

  private void close(int step, long place) {
    open.remove(place);
    NavigableSet<Long> all = places.get(step);
    if (all != null && all.remove(place) && all.isEmpty()) places.remove(step);
  }

  // ---- from page to page

  /** What is open, in short: {@code event.step}, and {@code event.step.count} where both count on together. */
  String text() {
    StringBuilder text = new StringBuilder();
    long place = 0;
    int step = 0;
    int count = 0;
    for (Map.Entry<Long, Integer> one : open.entrySet()) {
      if (count > 0 && step != UPDATE && one.getKey() == place + count && one.getValue() == step + count) {
        count++;
        continue;
      }
      write(text, place, step, count);
      place = one.getKey();
      step = one.getValue();
      count = 1;
    }
    write(text, place, step, count);
    return text.toString();
  }

  private static void write(StringBuilder text, long place, int step, int count) {
    if (count == 0) return;
    if (!text.isEmpty()) text.append(',');
    text.append(Long.toString(place, 36)).append('.').append(Integer.toString(step, 36));
    if (count > 1) text.append('.').append(Integer.toString(count, 36));
  }

  /** Takes up what {@link #text} wrote. */
  void resume(String text) {
    if (text.isEmpty()) return;
    for (String run : text.split(",")) {
      String[] part = run.split("\\.");
      int count = part.length == 2 ? 1 : Integer.parseInt(part[2], 36);
      for (int i = 0; i < count; i++) put(Long.parseLong(part[0], 36) + i, Integer.parseInt(part[1], 36) + i);
    }
  }

  /** Reads again what these events, which come next, refer to. */
  void look(List<Event> page, HistorySource source) {
    TreeSet<Long> wanted = new TreeSet<>();
    for (Event event : page) {
      if (event.fact() instanceof RunEvent.OfStep of) wanted.addAll(places.getOrDefault(of.step(), new TreeSet<>()));
    }
    wanted.addAll(places.getOrDefault(UPDATE, new TreeSet<>()));
    for (List<Long> range : ranges(wanted)) {
      long first = range.getFirst();
      for (Event event : source.read(first - 1, (int) (range.getLast() - first + 1))) {
        if (wanted.contains(event.seq()) && remember(event) && event.fact() instanceof UpdateAccepted update) {
          updatePlaces.put(update.updateId(), event.seq());
        }
      }
    }
  }

  private static List<List<Long>> ranges(TreeSet<Long> places) {
    List<List<Long>> ranges = new ArrayList<>();
    for (long place : places) {
      List<Long> last = ranges.isEmpty() ? List.of() : ranges.getLast();
      if (!last.isEmpty() && place - last.getLast() <= GAP) last.add(place);
      else ranges.add(new ArrayList<>(List.of(place)));
    }
    return ranges;
  }
}
