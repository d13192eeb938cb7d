package dev.pawl.core.run;

import java.util.List;

/**
 * A workflow as the engine's rules see it: shown new events, it says what it wants next. Java code replayed on a
 * virtual thread and a declarative definition implement the same method; nobody else can tell them apart.
 */
public interface Program {
  /**
   * Shows events in order, one activation per event, and returns the commands that came out, in order.
   *
   * @throws RuntimeException if the program cannot go on (divergence, a defect); nothing was recorded
   */
  List<Command> advance(List<Event> events);
}
