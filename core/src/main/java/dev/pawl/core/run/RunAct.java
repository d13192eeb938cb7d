package dev.pawl.core.run;

import dev.pawl.core.value.RunId;
import org.jspecify.annotations.Nullable;

/** What an operator can do to a run by hand, with papers. */
public sealed interface RunAct {

  /** Its name in the audit. */
  String event();

  /** Stops it at once; whoever works on it is fenced. */
  record Terminate() implements RunAct {
    @Override
    public String event() {
      return "TERMINATE";
    }
  }

  /** Starts it over behind one of its events, as a new run of the chain. @param toSeq the last event that is kept */
  record Reset(long toSeq) implements RunAct {
    @Override
    public String event() {
      return "RESET";
    }
  }

  /** Hands it to nobody until it is resumed; whoever works on it is fenced. */
  record Pause() implements RunAct {
    @Override
    public String event() {
      return "PAUSE";
    }
  }

  record Resume() implements RunAct {
    @Override
    public String event() {
      return "RESUME";
    }
  }

  /** The request that carries it out. */
  default Request<?> on(String namespace, String workflowId, @Nullable RunId run, String reason,
      String actor) {
    return switch (this) {
      case Terminate act -> new TerminateRun(namespace, workflowId, run, reason, null, "", actor);
      case Reset act -> new ResetRun(namespace, workflowId, run, act.toSeq(), reason, null, "", actor);
      case Pause act -> new PauseRun(namespace, workflowId, run, reason, null, "", actor);
      case Resume act -> new ResumeRun(namespace, workflowId, run, reason, null, "", actor);
    };
  }
}
