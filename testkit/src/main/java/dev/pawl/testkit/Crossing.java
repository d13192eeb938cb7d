package dev.pawl.testkit;

import dev.pawl.core.run.Command;
import dev.pawl.core.task.TaskToken;
import java.util.List;
import java.util.function.Supplier;

/** What becomes of a report on its way from a worker to the engine and back. */
@FunctionalInterface
public interface Crossing {
  /** Nothing happens to it. */
  Crossing SAFE = new Crossing() {
    @Override
    public <T> T cross(Report report, Supplier<T> send) {
      return send.get();
    }
  };

  /**
   * A worker says something that the engine will commit.
   *
   * @param kind {@code report}, {@code fail}, {@code completeActivity}, {@code cancelledActivity} ...
   * @param number of the report within its lease, from 1; 0 where there is none
   * @param commands of a report on a run; empty otherwise
   */
  record Report(String kind, TaskToken token, int number, List<Command> commands) {}

  /** @param send delivers it and waits for the answer; may be called never, once, or again */
  <T> T cross(Report report, Supplier<T> send);
}
