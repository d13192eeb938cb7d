package dev.pawl.engine.work;

import dev.pawl.core.run.Command;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.store.Store;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ledger of late reports: what happened after all, for people. Bounded in size and number. */
final class LateReports {
  private static final Logger LOG = LoggerFactory.getLogger(LateReports.class);
  private static final int MOST_CHARACTERS = 64 * 1024;
  private static final int MOST_PER_RUN = 100;

  private final Store store;
  private final Lanes lanes;

  LateReports(Store store, Lanes lanes) {
    this.store = store;
    this.lanes = lanes;
  }

  static boolean isLate(Rejection.Code code) {
    return code == Rejection.Code.LEASE_LOST || code == Rejection.Code.RUN_CLOSED
        || code == Rejection.Code.TASK_NOT_FOUND;
  }

  void keep(TaskToken token, List<Command> commands, Rejection why) {
    keep(token, "workflow", commands.stream().map(LateReports::text).collect(Collectors.joining("\n")), why);
  }

  void keep(TaskToken token, Outcome outcome, Rejection why) {
    keep(token, "activity", text(outcome), why);
  }

  /** The refusal is the answer, whatever becomes of the late report. */
  private void keep(TaskToken token, String kind, String body, Rejection why) {
    try {
      if (store.visibility().lateReports(token.run(), MOST_PER_RUN).size() >= MOST_PER_RUN) return;
      String kept = body.length() <= MOST_CHARACTERS ? body : body.substring(0, MOST_CHARACTERS);
      lanes.submit(new KeepReport(token, kind, legible(kept), why.code().wire() + ": " + legible(why.message())));
    } catch (RuntimeException e) {
      LOG.debug("the late report {} could not be kept", token, e);
    }
  }

  private static String text(Command command) {
    return command instanceof Command.RecordStep step
        ? "RecordStep %d '%s' after %d attempts: %s".formatted(
            step.step(), step.name(), step.attempts(), text(step.outcome()))
        : command.toString();
  }

  private static String text(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Success s -> s.result().utf8().orElse("(" + s.result().size() + " bytes)");
      case Outcome.Failed f -> text(f.failure());
    };
  }

  private static String text(Failure failure) {
    return "failed: " + failure.type() + ": " + failure.message();
  }

  /** NUL and lone surrogates are no text to every database. */
  private static String legible(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair = Character.isHighSurrogate(c) && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1));
      boolean bad = c == 0 || (Character.isSurrogate(c) && !pair);
      if (bad && clean == null) clean = new StringBuilder(text.substring(0, i));
      if (clean != null) clean.append(bad ? '\uFFFD' : c);
      if (pair) {
        i++;
        if (clean != null) clean.append(text.charAt(i));
      }
    }
    return clean == null ? text : clean.toString();
  }
}
