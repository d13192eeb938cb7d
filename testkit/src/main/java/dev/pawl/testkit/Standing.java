package dev.pawl.testkit;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How everything stands at one instant, out of one snapshot of the database.
 *
 * @param tasks workflow tasks that are ready or leased, and all open activities
 * @param dueMails how many timers, deadlines and messages are due
 * @param nextMail when the next one is due after now
 */
record Standing(Instant now, List<Task> tasks, long dueMails, @Nullable Instant nextMail, List<Lease> sessions) {

  /**
   * @param step 0 for the workflow task of a run
   * @param deadline of an activity, if it has one
   */
  record Task(
      RunId run, int step, int attempt, long epoch, @Nullable SessionId session, String namespace, String queue,
      String type, String workflowId, String phase, Instant visibleAt, @Nullable Instant deadline) {

    TaskToken token() {
      return new TaskToken(run, step, attempt, epoch);
    }

    boolean isWorkflow() {
      return step == 0;
    }

    boolean isWaiting() {
      return phase.equals("READY") || phase.equals("WAITING");
    }

    @Override
    public String toString() {
      return isWorkflow()
          ? "the program of '%s' (%s)".formatted(workflowId, type)
          : "activity %s of '%s' (attempt %d)".formatted(type, workflowId, attempt);
    }
  }

  /** A session whose leases count until {@code expiresAt}. */
  record Lease(SessionId session, Instant expiresAt) {}

  /**
   * What goes on or is about to, without time having to pass.
   *
   * @param alive sessions of workers that run
   * @param served whether a worker that runs would take a task
   * @param sleeping activities that wait for the test's clock
   */
  List<Task> moving(Set<SessionId> alive, Predicate<Task> served, Set<TaskToken> sleeping) {
    List<Task> moving = new ArrayList<>();
    for (Task task : tasks) {
      boolean runs = task.session != null && alive.contains(task.session) && !sleeping.contains(task.token());
      boolean starts = task.isWaiting() && !task.visibleAt.isAfter(now) && served.test(task);
      if (runs || starts) moving.add(task);
    }
    return moving;
  }

  /** Whether the duties have something to do now. */
  boolean hasDue(Set<SessionId> alive) {
    if (dueMails > 0) return true;
    for (Task task : tasks) {
      if (task.deadline != null && !task.deadline.isAfter(now)) return true;
      if (task.session != null && !alive.contains(task.session) && !stillCounts(task.session)) return true;
    }
    return false;
  }

  private boolean stillCounts(SessionId session) {
    for (Lease lease : sessions) if (lease.session.equals(session)) return lease.expiresAt.isAfter(now);
    return false;
  }

  /** The next instant at which something happens by itself; null: never. */
  @Nullable Instant next(Set<SessionId> alive) {
    Instant next = nextMail;
    for (Task task : tasks) {
      if (task.isWaiting()) next = earlier(next, task.visibleAt);
      next = earlier(next, task.deadline);
      if (task.session == null || alive.contains(task.session)) continue;
      for (Lease lease : sessions) if (lease.session.equals(task.session)) next = earlier(next, lease.expiresAt);
    }
    return next;
  }

  private @Nullable Instant earlier(@Nullable Instant known, @Nullable Instant other) {
    if (other == null || !other.isAfter(now)) return known;
    return known == null || other.isBefore(known) ? other : known;
  }
}
