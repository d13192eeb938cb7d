package dev.pawl.testbed.check;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run: its row and its events in order. */
public record History(Row run, List<HistoryEvent> events) {

  public String id() {
    return run.text("run_id");
  }

  public boolean open() {
    return run.text("status").equals("RUNNING");
  }

  /** For a person who has to look for it. */
  public String subject() {
    return "run %s (%s)".formatted(id(), run.text("workflow_id"));
  }

  public List<HistoryEvent> all(String... types) {
    return events.stream().filter(event -> event.is(types)).toList();
  }

  public @Nullable HistoryEvent started() {
    return events.stream().filter(event -> event.is("WorkflowStarted")).findFirst().orElse(null);
  }

  /** The last event, if it ends the run. */
  public @Nullable HistoryEvent closing() {
    return events.isEmpty() || !events.getLast().closing() ? null : events.getLast();
  }

  /** Written when the run was born: of a reset, all that was copied. */
  public boolean atBirth(HistoryEvent event) {
    return event.commit() == events.getFirst().commit();
  }

  /** Begins with a copy of another run's events. */
  public boolean copied() {
    HistoryEvent started = started();
    return started != null && started.text("resetOf") != null;
  }
}
