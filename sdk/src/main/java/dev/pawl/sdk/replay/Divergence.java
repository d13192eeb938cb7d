package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import org.jspecify.annotations.Nullable;

/** The words of a divergence: the event, what was expected, what came, the line, and the cure. */
final class Divergence {
  private Divergence() {}

  /** The program asks for something else than history holds under the number. */
  static HistoryDiverged atCall(Ask ask, Event event) {
    return new HistoryDiverged("At event %d your code asks for %s (step %d), but history holds %s. %s".formatted(
        event.seq(), ask.describe(), ask.step, Facts.describe(event.fact()), cure(ask.where, ask.name)));
  }

  /** History goes on with something that the program did not ask for. */
  static HistoryDiverged unasked(Event event, @Nullable String where) {
    String step = event.fact() instanceof RunEvent.OfStep fact ? " (step " + fact.step() + ")" : "";
    String name = event.fact() instanceof RunEvent.OfStep fact ? Facts.begun(fact).name() : "";
    return new HistoryDiverged("At event %d history holds %s%s, but your code does not ask for it; it %s. %s".formatted(
        event.seq(), Facts.describe(event.fact()), step, where == null ? "has ended" : "waits at " + where,
        cure(where, name)));
  }

  /** The program asks for something that history should hold by now and does not. */
  static HistoryDiverged unrecorded(Command command, @Nullable Ask ask, long seq, @Nullable String where) {
    String wanted = ask != null ? ask.describe() + " (step " + ask.step + ")" : describe(command);
    String line = ask != null && ask.where != null ? ask.where : where;
    return new HistoryDiverged("Up to event %d your code asks for %s, but history went on without it. %s".formatted(
        seq, wanted, cure(line, ask == null ? "" : ask.name)));
  }

  private static String describe(Command command) {
    return switch (command) {
      case Command.CompleteRun c -> "the end of the run";
      case Command.FailRun c -> "the failure of the run (%s: %s)".formatted(c.failure().type(), c.failure().message());
      case Command.CancelRun c -> "the cancellation of the run";
      case Command.ContinueAsNew c -> "a continue-as-new";
      default -> command.getClass().getSimpleName();
    };
  }

  private static String cure(@Nullable String where, String name) {
    String before = where == null ? "Was the code" : "Was the code before " + where;
    String id = name.isEmpty() ? "what-changed" : name.replace(' ', '-') + "-changed";
    return "%s changed while this run was open? Guard the change with Pawl.version(\"%s\", 1, 2).".formatted(before, id);
  }
}
