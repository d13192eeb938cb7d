package dev.pawl.engine;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.StartOptions;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A workflow that goes on as new, starts a child and ends while the child is open, in a process that halts at a
 * failpoint; and how whoever comes after it plays the same workflow to its end.
 */
final class DoomedKin {
  static final String PARENT = "parent";
  static final String CHILD = "child";

  private DoomedKin() {}

  /** @param args the database's address */
  public static void main(String[] args) {
    var clock = new OwnedClock();
    PawlEngine pawl = PawlEngine.open(args[0], config -> {
      config.clock = clock;
      config.duties = false;
    });
    pawl.control().start(EngineFixture.start(PARENT));
    System.out.println("acknowledged");
    play(pawl, clock);
    System.out.println("survived");
  }

  /** Plays on from wherever it stands until nothing happens any more. */
  static void play(PawlEngine pawl, OwnedClock clock) {
    var hand = new Hand(pawl);
    for (int quiet = 0; quiet < 2;) {
      List<WorkerApi.WorkflowTaskGrant> grants = hand.runs(10);
      for (WorkerApi.WorkflowTaskGrant grant : grants) {
        long seen = Hand.last(grant.events());
        RunRef run = new RunRef("default", grant.workflowId(), grant.token().run());
        List<Command> next = next(grant.workflowId(), pawl.control().history(run, 0, 100, Duration.ZERO));
        hand.report(grant.token(), seen, true, next.toArray(Command[]::new));
      }
      quiet = grants.isEmpty() && pawl.tick(clock.instant()) == 0 ? quiet + 1 : 0;
    }
  }

  /** Its history alone says what comes next. */
  private static List<Command> next(String workflowId, List<Event> history) {
    if (workflowId.equals(CHILD)) return List.of();
    if (!has(history, fact -> fact instanceof RunEvent.WorkflowStarted started && started.runNumber() == 2)) {
      return List.of(new Command.ContinueAsNew(null, null, null, Map.of(), Map.of(), List.of()));
    }
    if (!has(history, fact -> fact instanceof RunEvent.ChildWorkflowScheduled)) {
      return List.of(
          new Command.StartChild(1, "Child", CHILD, "q", null, StartOptions.PLAIN, ParentClosePolicy.TERMINATE));
    }
    return has(history, fact -> fact instanceof RunEvent.ChildRunStarted) ? List.of(EngineFixture.done("1")) : List.of();
  }

  private static boolean has(List<Event> history, Predicate<RunEvent> what) {
    return history.stream().anyMatch(event -> what.test(event.fact()));
  }
}
