package dev.pawl.sdk.replay;

import dev.pawl.core.value.Failure;

/** The code asks for something that contradicts the run's history. Nothing was written. An Error: nobody should go on. */
public final class HistoryDiverged extends Error {
  private static final long serialVersionUID = 1L;

  /** The type under which it is reported. */
  public static final String TYPE = "HistoryDiverged";

  HistoryDiverged(String message) {
    super(message);
  }

  public Failure failure() {
    return Failure.of(TYPE, String.valueOf(getMessage()));
  }
}
