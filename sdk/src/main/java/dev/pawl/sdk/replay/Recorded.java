package dev.pawl.sdk.replay;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What history holds under each number, so that a call can be compared where it is made. */
final class Recorded {
  private final Map<Integer, Event> byStep = new HashMap<>();
  private final Map<String, RunEvent.VersionMarkerRecorded> versions = new HashMap<>();
  private int last;

  Recorded(List<Event> history) {
    for (Event event : history) {
      if (!(event.fact() instanceof RunEvent.OfStep fact)) continue;
      if (Facts.begun(fact).kind() == null) continue;
      byStep.putIfAbsent(fact.step(), event);
      last = Math.max(last, fact.step());
      if (fact instanceof RunEvent.VersionMarkerRecorded marker) versions.putIfAbsent(marker.changeId(), marker);
    }
  }

  /** The event that began the step; null if history does not know it. */
  @Nullable Event step(int step) {
    return byStep.get(step);
  }

  /** Whether history goes on at or behind this number: the code was past it before. */
  boolean reaches(int step) {
    return step <= last;
  }

  RunEvent.@Nullable VersionMarkerRecorded version(String changeId) {
    return versions.get(changeId);
  }

  boolean isMarker(int step) {
    Event event = byStep.get(step);
    return event != null && event.fact() instanceof RunEvent.VersionMarkerRecorded;
  }
}
