package dev.pawl.core.run;

import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to be delivered at an instant: timers, deadlines and everything one run says to another. Delivery deletes
 * the row in the same commit that has its effect, so each mail counts exactly once.
 *
 * @param due not delivered before; by the clock of the database
 */
public record Mail(Key key, Instant due, Message message) {

  /**
   * @param owner the run or the schedule that posted it
   * @param item distinguishes the mails of one run, for example {@code timer/4}
   */
  public record Key(RunId owner, String item) {
    public static Key timer(RunId run, int step) {
      return new Key(run, "timer/" + step);
    }

    public static Key deadline(RunId run, String kind) {
      return new Key(run, "deadline/" + kind);
    }

    public static Key toChild(RunId run, int step, String what) {
      return new Key(run, "child/" + step + "/" + what);
    }

    public static Key toParent(RunId run, String what) {
      return new Key(run, "parent/" + what);
    }

    public static Key external(RunId run, int step) {
      return new Key(run, "external/" + step);
    }

    /** The answer to a parent whose child could not be started; there is no child to own it. */
    public static Key refusedChild(RunId parent, int step) {
      return new Key(parent, "child/" + step + "/refused");
    }

    /** The answer to a reset parent whose child runs already. */
    public static Key adoptedChild(RunId parent, int step) {
      return new Key(parent, "child/" + step + "/adopted");
    }

    /** A mail that the delivery of another brings about. */
    public static Key because(Key taken, String what) {
      return new Key(taken.owner(), taken.item() + "/" + what);
    }

    /** What a run says to the schedule that started its chain. */
    public static Key toSchedule(RunId run) {
      return new Key(run, "schedule/ended");
    }

    /** When a schedule has to be looked at. */
    public static Key wake(RunId schedule) {
      return new Key(schedule, "wake");
    }

    /** What a schedule says to a workflow. @param what for example {@code start} */
    public static Key fromSchedule(RunId schedule, String what, long version, int number) {
      return new Key(schedule, what + "/" + version + "/" + number);
    }

    /** A request that was written in the caller's own transaction. */
    public static Key fromOutside(RunId id) {
      return new Key(id, "outside");
    }

    /** The answer to an external signal or cancel goes back under the sender's own name. */
    public static Key answer(RunId sender, int step) {
      return new Key(sender, "answer/" + step);
    }
  }

  public sealed interface Message {}

  /** To the owner itself: timer or step retry {@code step} is due. */
  public record TimerDue(int step) implements Message {}

  /** To the owner itself. @param kind {@code execution} or {@code run} */
  public record DeadlineDue(String kind) implements Message {}

  /**
   * To a chain that may not exist yet.
   *
   * @param afterReset the parent was born by a reset, so that the child may run already, started by the run before it
   * @param executionDeadline the child's chain gives up at the latest then, because its parent does
   */
  public record StartChild(
      ParentLink parent,
      String namespace,
      String workflowId,
      String workflowType,
      String queue,
      @Nullable Payload input,
      StartOptions options,
      ParentClosePolicy parentClose,
      boolean afterReset,
      @Nullable Instant executionDeadline)
      implements Message {}

  /**
   * To the parent's chain. Tells a parent that has closed meanwhile of a child it has to treat by its policy.
   *
   * @param child first run of the child's chain
   */
  public record ChildStarted(ParentLink parent, String workflowId, RunId child, ParentClosePolicy parentClose)
      implements Message {}

  /**
   * To the parent's chain: the child's chain ended, or never began.
   *
   * @param firstRun of the child's chain, as {@link ChildStarted} named it; null: it could not be started
   * @param child the run that ended; null: it could not be started
   * @param status why, if it did not complete or fail
   */
  public record ChildEnded(ParentLink parent, String workflowId, @Nullable RunId firstRun, @Nullable RunId child,
      RunStatus status, Outcome outcome)
      implements Message {}

  /** To a chain that may not exist yet: a start that was written in the caller's own transaction, or by a schedule. */
  public record StartOther(StartRun start) implements Message {}

  /** To another chain. @param sender whom to tell the outcome, and under which step; null: nobody */
  public record SignalOther(
      @Nullable ParentLink sender, String namespace, String workflowId, String name, @Nullable Payload input,
      Map<String, Payload> header)
      implements Message {}

  /**
   * To another chain.
   *
   * @param sender whom to tell the outcome; null: nobody (parent-close policy)
   * @param onlyRun counts only if the current run is this one or goes back to it as its first run; null: any
   * @param atOnce whether the run closes as cancelled, for programs that cannot be asked
   */
  public record CancelOther(@Nullable ParentLink sender, String namespace, String workflowId, @Nullable RunId onlyRun,
      String reason, boolean atOnce)
      implements Message {
    /** Leaves it to the program how and when it stops. */
    public CancelOther(@Nullable ParentLink sender, String namespace, String workflowId, @Nullable RunId onlyRun,
        String reason) {
      this(sender, namespace, workflowId, onlyRun, reason, false);
    }
  }

  /** To another chain: parent-close policy. @param onlyRun as in {@link CancelOther} */
  public record TerminateOther(String namespace, String workflowId, @Nullable RunId onlyRun, String reason)
      implements Message {}

  /** To a schedule. */
  public sealed interface ToSchedule extends Message {
    ScheduleLink schedule();
  }

  /** To the schedule itself: it may have to fire. */
  public record ScheduleDue(ScheduleLink schedule) implements ToSchedule {}

  /** A chain that the schedule started has ended. */
  public record ScheduledRunEnded(ScheduleLink schedule, String workflowId) implements ToSchedule {}

  /** A workflow that the schedule wanted could not be started. @param reason for people */
  public record ScheduledStartRefused(ScheduleLink schedule, String workflowId, String reason) implements ToSchedule {}

  /** Back to the sender of {@link SignalOther} or {@link CancelOther}. @param problem null: delivered */
  public record ExternalAnswered(ParentLink sender, @Nullable Failure problem) implements Message {}
}
