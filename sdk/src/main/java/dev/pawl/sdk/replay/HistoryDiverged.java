package dev.pawl.sdk.replay;

import dev.pawl.core.value.Failure;

/** The code asks for something that contradicts the run's history. Nothing was written. */
public final class HistoryDiverged extends RunBroken {
  private static final long serialVersionUID = 1L;

  /** The type under which it is reported. */
  public static final String TYPE = "HistoryDiverged";

  HistoryDiverged(String message) {
    super(Failure.of(TYPE, message));
  }
}
