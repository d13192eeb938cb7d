package dev.pawl.core.run;

/** Stored events contradict themselves. The run is quarantined; everything else goes on. */
public final class CorruptHistory extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CorruptHistory(String message) {
    super(message);
  }

  public CorruptHistory(String message, Throwable cause) {
    super(message, cause);
  }
}
