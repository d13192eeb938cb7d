package dev.pawl.examples.demo;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.examples.demo.Journal.Kind;
import dev.pawl.examples.demo.Journal.Line;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares what the world did with what should have been done and with what is recorded. */
final class Effects {
  /** What an order should have done to the world, once each. */
  record Expected(String order, String what) {}

  /**
   * @param asked attempts that asked the world for it
   * @param done how often the world did it: should be 1
   * @param recorded results in history: should be 1
   */
  record Counted(Expected effect, long asked, long done, long recorded) {
    boolean right() {
      return done == 1 && recorded == 1 && asked >= 1;
    }
  }

  private final List<Line> journal;
  private final Map<String, List<Event>> histories;

  Effects(List<Line> journal, Map<String, List<Event>> histories) {
    this.journal = journal;
    this.histories = histories;
  }

  List<Counted> count(List<Expected> expected) {
    return expected.stream().map(each -> new Counted(each, lines(Kind.ASKED, each), lines(Kind.DONE, each),
        recorded(histories.getOrDefault(each.order(), List.of()), each.what()))).toList();
  }

  /** Everything that is wrong; empty if each expected effect was done and recorded once, and nothing else was done. */
  List<String> wrong(List<Expected> expected) {
    List<String> wrong = new ArrayList<>();
    for (Counted each : count(expected)) {
      if (!each.right()) {
        wrong.add("%s of %s was done %d times and recorded %d times, expected once".formatted(
            each.effect().what(), each.effect().order(), each.done(), each.recorded()));
      }
    }
    for (Line line : journal) {
      if (line.kind() == Kind.DONE && !expected.contains(new Expected(line.order(), line.what()))) {
        wrong.add("nobody expected the effect %s of %s".formatted(line.what(), line.order()));
      }
    }
    return wrong;
  }

  private long lines(Kind kind, Expected effect) {
    return journal.stream().filter(line -> line.kind() == kind && line.order().equals(effect.order())
        && line.what().equals(effect.what())).count();
  }

  private static long recorded(List<Event> history, String what) {
    Map<Integer, String> names = new HashMap<>();
    long count = 0;
    for (Event event : history) {
      switch (event.fact()) {
        case RunEvent.ActivityScheduled scheduled -> names.put(scheduled.step(), lastPart(scheduled.activityType()));
        case RunEvent.StepCompleted step -> count += step.name().equals(what) ? 1 : 0;
        case RunEvent.ActivityCompleted activity -> count += what.equals(names.get(activity.step())) ? 1 : 0;
        default -> {}
      }
    }
    return count;
  }

  private static String lastPart(String activityType) {
    return activityType.substring(activityType.lastIndexOf('.') + 1);
  }
}
