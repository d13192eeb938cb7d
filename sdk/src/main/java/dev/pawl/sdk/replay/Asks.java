package dev.pawl.sdk.replay;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives numbers to what the program asks for, and compares each with what history holds under that number. */
final class Asks {
  private final RunRuntime run;
  private final Map<Integer, Ask> open = new HashMap<>();
  private Recorded recorded = new Recorded(List.of());
  private int next = 1;

  Asks(RunRuntime run) {
    this.run = run;
  }

  void recorded(List<Event> history) {
    recorded = new Recorded(history);
  }

  Recorded recorded() {
    return recorded;
  }

  /** The number that the next call would take. */
  int next() {
    return next;
  }

  /**
   * Takes the next number.
   *
   * @throws HistoryDiverged if history holds something else under it
   */
  Ask begin(Ask.Kind kind, String name) {
    run.mayAct();
    // A version marker that nobody asks for any more: the change was made for good. Its number stays taken.
    while (kind != Ask.Kind.VERSION && recorded.isMarker(next)) next++;
    int step = next++;
    Event event = recorded.step(step);
    String where = event == null ? null : Source.here();
    Ask ask = new Ask(step, kind, name, new Deferred<>(run), kind == Ask.Kind.CHILD ? new Deferred<>(run) : null, where);
    if (event != null) compare(ask, event);
    open.put(step, ask);
    return ask;
  }

  private void compare(Ask ask, Event event) {
    Facts.Begun begun = Facts.begun((RunEvent.OfStep) event.fact());
    if (begun.kind() == ask.kind && begun.name().equals(ask.name)) return;
    throw run.broken(Divergence.atCall(ask, event));
  }

  /** What was asked for under a number and is not over. */
  @Nullable Ask open(int step) {
    return open.get(step);
  }

  /** It is over; later news about it have nobody to go to. */
  void close(Ask ask) {
    open.remove(ask.step);
    ask.ended();
  }
}
