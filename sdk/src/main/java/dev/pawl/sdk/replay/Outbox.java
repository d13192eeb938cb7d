package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the program wants and nobody has been told yet, in order. Live it becomes the next report; in replay it is what the
 * events of the worker are matched with.
 */
final class Outbox {
  private final List<Command> commands = new ArrayList<>(4);

  void add(Command command) {
    commands.add(command);
  }

  boolean isEmpty() {
    return commands.isEmpty();
  }

  /** All of them, for a report; they stay until {@link #clear}. */
  List<Command> all() {
    return List.copyOf(commands);
  }

  void clear() {
    commands.clear();
  }

  /** Takes the first one of its kind. In replay that is nearly always the first one at all. */
  <C extends Command> @Nullable C take(Class<C> type, Predicate<C> which) {
    for (Iterator<Command> i = commands.iterator(); i.hasNext();) {
      Command command = i.next();
      if (type.isInstance(command) && which.test(type.cast(command))) {
        i.remove();
        return type.cast(command);
      }
    }
    return null;
  }

  /** Takes back the command of a step that nobody was told of. @return whether it was here */
  boolean takeBack(int step) {
    return commands.removeIf(command -> command instanceof Command.OfStep ofStep && ofStep.step() == step);
  }

  /** Forgets what the engine may have had no event for: ends of things that had ended already. */
  void forgetUnrecorded() {
    commands.removeIf(command -> command instanceof Command.CancelTimer || command instanceof Command.CancelActivity
        || command instanceof Command.CompleteUpdate || command instanceof Command.RejectUpdate);
  }

  @Nullable Command first() {
    return commands.isEmpty() ? null : commands.get(0);
  }
}
