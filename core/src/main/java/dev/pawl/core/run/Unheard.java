package dev.pawl.core.run;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What was said to a run that closes, and came to nothing. No signal is ever dropped in silence: the closing event lists
 * it, and where the chain goes on, the next run is told.
 *
 * @param events those behind the last one that the program looked at, at least; in order
 * @param looked number of the last event that the program looked at
 * @param untaken ids of signals that it looked at and no handler took; only the program knows
 */
record Unheard(List<Event> events, long looked, List<String> untaken) {

  /**
   * Of a run that is closed without a word of its program. What the program looked at counts as heard, because what it
   * did with it is not known here.
   */
  static Unheard of(Situation situation, Run run) {
    // A pause makes a program look at everything again; its events say how far it had looked before.
    long looked = situation.events().stream().mapToLong(Event::seen).reduce(run.task().seen(), Math::max);
    return new Unheard(situation.events(), looked, List.of());
  }

  /** Ids of all signals that came to nothing, for the closing event. */
  List<String> signals() {
    Set<String> all = new LinkedHashSet<>(untaken);
    for (Event event : events) {
      if (event.seq() > looked && event.fact() instanceof RunEvent.SignalReceived e) all.add(e.signalId());
    }
    return List.copyOf(all);
  }

  /** Signals and a cancel request for the next run of the chain, in the order in which they came. */
  List<RunEvent> goingOn() {
    Set<String> wanted = Set.copyOf(untaken);
    List<RunEvent> all = new ArrayList<>();
    for (Event event : events) {
      boolean unseen = event.seq() > looked;
      boolean goesOn = switch (event.fact()) {
        case RunEvent.SignalReceived e -> unseen || wanted.contains(e.signalId());
        case RunEvent.CancelRequested e -> unseen;
        default -> false;
      };
      if (goesOn) all.add(event.fact());
    }
    return all;
  }
}
