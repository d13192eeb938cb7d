package dev.pawl.engine.metrics;

import dev.pawl.core.value.Rejection;
import java.time.Duration;

/**
 * Called where things happen, on the thread that does them: an implementation must be fast, must not block and must not
 * throw. Every method does nothing by default. Run ids and workflow ids are never passed: they are no labels.
 */
public interface EngineMetrics {
  EngineMetrics NONE = new EngineMetrics() {};

  /**
   * A lane finished a group.
   *
   * @param requests decided in it
   * @param writes rows of runs that it changed
   */
  default void group(int lane, int requests, int writes, Duration took) {}

  /** Requests of a group met a version that had moved; they are decided again. */
  default void conflicts(int requests) {}

  default void rejected(Rejection.Code code) {}

  /** @param eager in the same commit that made the task ready, without a look at the database */
  default void granted(boolean activity, boolean eager, int tasks) {}

  /** @param late between the instant a mail was due and its delivery */
  default void delivered(Duration late) {}

  default void revoked(String cause, int leases) {}

  default void sessionsLost(int sessions) {}

  default void pruned(int runs) {}

  /** Fires of schedules started something. */
  default void scheduleStarted(int fires) {}

  /** A fire of a schedule, or a whole range of them, was left out. @param reason for example {@code missed} */
  default void scheduleSkipped(String reason) {}

  /** Open runs were found that nothing will ever move: a defect. */
  default void orphans(int runs) {}

  /** Rows were found that break an invariant: somebody else wrote to the database, or a defect. */
  default void damaged(int rows) {}

  /** The clock that counts jumped. @param by ahead; back, if negative */
  default void clockJumped(Duration by) {}

  /** A duty threw; it is tried again. */
  default void dutyFailed(String duty) {}
}
