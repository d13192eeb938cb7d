package dev.pawl.testkit.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Everything that goes wrong or comes in between in one run; empty: a calm run. Its text is its seed. */
record Schedule(List<Incident> incidents) {
  static final Schedule CALM = new Schedule(List.of());

  Schedule {
    incidents = List.copyOf(incidents);
  }

  static Schedule of(Incident incident) {
    return new Schedule(List.of(incident));
  }

  static Schedule parse(String text) {
    List<Incident> incidents = new ArrayList<>();
    for (String one : text.split(";")) if (!one.isBlank()) incidents.add(Incident.parse(one));
    return new Schedule(incidents);
  }

  Schedule without(int index) {
    List<Incident> rest = new ArrayList<>(incidents);
    rest.remove(index);
    return new Schedule(rest);
  }

  String explained() {
    return incidents.isEmpty()
        ? "  (nothing goes wrong)"
        : incidents.stream().map(incident -> "  " + incident.explained()).collect(Collectors.joining("\n"));
  }

  @Override
  public String toString() {
    return incidents.stream().map(Incident::toString).collect(Collectors.joining("; "));
  }
}
