package dev.pawl.core.schedule;

/** A {@link ScheduleFlaw} on its way to the caller. */
public final class InvalidSchedule extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ScheduleFlaw flaw;

  public InvalidSchedule(ScheduleCode code, String field, String message) {
    super("%s: %s (at %s)".formatted(code.wire(), message, field));
    this.flaw = new ScheduleFlaw(code, field, message);
  }

  public ScheduleFlaw flaw() {
    return flaw;
  }
}
