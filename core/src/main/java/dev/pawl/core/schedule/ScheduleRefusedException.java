package dev.pawl.core.schedule;

/** A {@link ScheduleFlaw} on its way to the caller. Expected; nothing was changed. */
public final class ScheduleRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ScheduleFlaw flaw;

  public ScheduleRefusedException(ScheduleCode code, String field, String message) {
    this(new ScheduleFlaw(code, field, message));
  }

  public ScheduleRefusedException(ScheduleFlaw flaw) {
    super("%s: %s (at %s)".formatted(flaw.code().wire(), flaw.message(), flaw.field()));
    this.flaw = flaw;
  }

  public ScheduleFlaw flaw() {
    return flaw;
  }

  public ScheduleCode code() {
    return flaw.code();
  }
}
