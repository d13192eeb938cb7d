package dev.pawl.testkit;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.protocol.json.HistoryJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a test says about a history. Every check that fails shows the history, readable.
 *
 * <pre>{@code
 * pawl.history(order)
 *     .has(StepCompleted.class, step -> step.name().equals("reserve"))
 *     .hasNot(ActivityFailed.class)
 *     .inOrder(ActivityScheduled.class, ActivityCompleted.class, WorkflowCompleted.class);
 * }</pre>
 */
public final class HistoryCheck {
  private final HistoryJson.Recorded history;
  private final List<Event> events;

  HistoryCheck(HistoryJson.Recorded history) {
    this.history = history;
    this.events = history.events();
  }

  /** The history with what names it, for {@link Replay}. */
  public HistoryJson.Recorded recorded() {
    return history;
  }

  /** Writes it to a file of JSON that {@link Replay} reads: the corpus for tests of later builds. */
  public HistoryCheck save(Path file) {
    try {
      Files.writeString(file, HistoryJson.write(history));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** The events themselves, in order. */
  public List<Event> events() {
    return events;
  }

  /** The facts of one type, in order. */
  public <E extends RunEvent> List<E> all(Class<E> type) {
    return events.stream().map(Event::fact).filter(type::isInstance).map(type::cast).collect(Collectors.toList());
  }

  /** There is at least one. */
  public HistoryCheck has(Class<? extends RunEvent> type) {
    if (all(type).isEmpty()) throw wrong("expected a " + type.getSimpleName() + ", but there is none");
    return this;
  }

  /** There is at least one for which {@code that} holds. */
  public <E extends RunEvent> HistoryCheck has(Class<E> type, Predicate<? super E> that) {
    List<E> found = all(type);
    if (found.stream().noneMatch(that)) {
      throw wrong("expected a certain %s, but none of the %d is it".formatted(type.getSimpleName(), found.size()));
    }
    return this;
  }

  /** There is none. */
  public HistoryCheck hasNot(Class<? extends RunEvent> type) {
    return has(type, 0);
  }

  /** There are so many. */
  public HistoryCheck has(Class<? extends RunEvent> type, int count) {
    int found = all(type).size();
    if (found != count) {
      throw wrong("expected %d of %s, but there are %d".formatted(count, type.getSimpleName(), found));
    }
    return this;
  }

  /** These come in this order; others may stand between them. */
  @SafeVarargs
  public final HistoryCheck inOrder(Class<? extends RunEvent>... types) {
    int at = 0;
    for (Class<? extends RunEvent> type : types) {
      while (at < events.size() && !type.isInstance(events.get(at).fact())) at++;
      if (at == events.size()) {
        throw wrong("expected in order %s, but there is no %s after the ones before it"
            .formatted(names(types), type.getSimpleName()));
      }
      at++;
    }
    return this;
  }

  /** The whole history is of these types, in this order. */
  @SafeVarargs
  public final HistoryCheck isExactly(Class<? extends RunEvent>... types) {
    List<String> found = new ArrayList<>();
    for (Event event : events) found.add(event.fact().type());
    if (!found.equals(names(types))) throw wrong("expected exactly " + names(types));
    return this;
  }

  private static List<String> names(Class<?>[] types) {
    return Arrays.stream(types).map(Class::getSimpleName).toList();
  }

  private AssertionError wrong(String what) {
    return new AssertionError(what + "\n" + this);
  }

  /** The history as people read it. */
  @Override
  public String toString() {
    return "history of '" + history.workflowId() + "':\n" + HistoryText.of(events);
  }
}
