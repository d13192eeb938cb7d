package dev.pawl.examples.demo;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.examples.demo.Journal.Kind;
import dev.pawl.examples.demo.Journal.Line;
import dev.pawl.examples.demo.Timeline.Tone;
import dev.pawl.protocol.control.ControlApi.LedgerLine;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Tells, while it happens, what the orders' histories and the world's journal have to say. */
final class Story {
  private record Told(Instant at, String who, Tone tone, String text) {}

  private final PawlClient client;
  private final Timeline timeline;
  private final Journal journal;
  private final Map<String, WorkflowHandle> orders = new LinkedHashMap<>();
  private final Map<String, List<Event>> histories = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private final Set<String> programs = new HashSet<>();
  private final Set<LedgerLine> ledger = new HashSet<>();
  private List<Line> lines = List.of();

  Story(PawlClient client, Timeline timeline, Journal journal) {
    this.client = client;
    this.timeline = timeline;
    this.journal = journal;
  }

  void follow(WorkflowHandle order) {
    orders.put(order.workflowId(), order);
    histories.put(order.workflowId(), new ArrayList<>());
  }

  List<Event> history(String order) {
    return histories.getOrDefault(order, List.of());
  }

  Map<String, List<Event>> histories() {
    return histories;
  }

  List<Line> lines() {
    return lines;
  }

  boolean saw(Kind kind, String what, String order) {
    return lines.stream()
        .anyMatch(line -> line.kind() == kind && line.what().equals(what) && line.order().equals(order));
  }

  boolean recorded(String order, Class<? extends RunEvent> fact) {
    return history(order).stream().anyMatch(event -> fact.isInstance(event.fact()));
  }

  /** Goes on telling until something has happened. @throws IllegalStateException if it does not happen */
  void until(String what, BooleanSupplier happened, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      tell();
      if (happened.getAsBoolean()) return;
      if (System.nanoTime() - deadline > 0) throw new IllegalStateException("waited %d s in vain for: %s%s".formatted(
          patience.toSeconds(), what, explanations()));
      Thread.sleep(20);
    }
  }

  private String explanations() {
    StringBuilder text = new StringBuilder();
    for (WorkflowHandle order : orders.values()) {
      var explained = order.explain();
      text.append("\n  ").append(order.workflowId()).append(": ").append(explained.summary());
      explained.waitingFor().forEach(each -> text.append("\n    waits for ").append(each));
    }
    return text.toString();
  }

  private void tell() {
    List<Told> news = new ArrayList<>();
    // Histories first: what is recorded by now, the journal surely knows.
    orders.forEach((id, order) -> {
      List<Event> known = history(id);
      for (Event event : order.history().stream().skip(known.size()).toList()) {
        known.add(event);
        String text = text(id, event.fact());
        if (text != null) news.add(new Told(event.at(), id, Tone.RECORD, "%2d  %s".formatted(event.seq(), text)));
      }
      for (LedgerLine line : client.control().ledger(RunRef.current("default", id), 100)) {
        if (ledger.add(line)) news.add(told(id, line));
      }
    });
    List<Line> now = journal.lines();
    for (Line line : now.subList(lines.size(), now.size())) {
      Told told = told(line);
      if (told != null) news.add(told);
    }
    lines = now;
    news.stream().sorted(Comparator.comparing(Told::at))
        .forEach(each -> timeline.at(each.at(), each.who(), each.tone(), each.text()));
  }

  private static Told told(String order, LedgerLine line) {
    String what = line.what().equals("LEASE_REVOKED")
        ? "    lease of the dead worker taken back (%s): the activity is handed out again".formatted(line.cause())
        : "    " + line.what();
    return new Told(line.at(), order, Tone.LOOK, what);
  }

  private @Nullable Told told(Line line) {
    String worker = "worker " + line.worker();
    return switch (line.kind()) {
      case PROGRAM -> programs.add(line.order())
          ? new Told(line.at(), worker, Tone.WORK, "    runs the program of " + line.order())
          : new Told(line.at(), worker, Tone.LOOK,
              "    replays the program of %s from %d events: what is recorded is not done again".formatted(
                  line.order(), history(line.order()).size()));
      case ASKED -> null;
      case DONE -> new Told(line.at(), worker, Tone.WORK, "    %s %s: %s".formatted(
          line.what(), line.order(), line.text()));
      case KNOWN -> new Told(line.at(), worker, Tone.LOOK,
          "    %s %s: asked again with the same key, so the world does nothing".formatted(line.what(), line.order()));
      case REFUSED -> new Told(line.at(), worker, Tone.LOOK, "    %s %s: %s".formatted(
          line.what(), line.order(), line.text()));
    };
  }

  private @Nullable String text(String order, RunEvent fact) {
    if (fact instanceof RunEvent.ActivityScheduled a) names.put(order + a.step(), a.activityType());
    return switch (fact) {
      case RunEvent.WorkflowStarted e -> "started as " + e.workflowType();
      case RunEvent.StepCompleted e -> "step '%s' recorded".formatted(e.name());
      case RunEvent.SignalReceived e -> "signal '%s' received".formatted(e.name());
      case RunEvent.ActivityScheduled e -> "activity '%s' handed out".formatted(e.activityType());
      case RunEvent.ActivityCompleted e -> "activity '%s' recorded".formatted(names.get(order + e.step()));
      case RunEvent.ActivityFailed e -> "activity '%s' failed: %s".formatted(
          names.get(order + e.step()), e.failure().type());
      case RunEvent.TimerScheduled e -> "sleeps for %d s".formatted(e.delay().toSeconds());
      case RunEvent.TimerFired e -> "wakes up";
      case RunEvent.WorkflowCompleted e -> "completed";
      case RunEvent.WorkflowFailed e -> "failed, after taking back what it had done";
      default -> null;
    };
  }
}
