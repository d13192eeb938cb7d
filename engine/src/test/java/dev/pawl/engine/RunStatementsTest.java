package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.DatabaseServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What makes one history out of another is there whole, or not at all. Ids in the names are the job contract's. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class RunStatementsTest extends StatementsFixture {
  RunStatementsTest(DatabaseServer server) {
    super(server, "pawl_chains", "pawl_runs", "pawl_events", "pawl_tasks", "pawl_mailbox", "pawl_requests", "pawl_updates",
        "pawl_step_results");
  }

  @Test
  @DisplayName("CP19: a loop that goes on as new, and a run that is started over, leave a history that can be read, or none")
  void oneHistoryOutOfAnother() {
    Hand hand = new Hand(pawl);
    breakOff("going on as new", i -> {
      end(hand);
      String id = "loop-" + i;
      control.start(start(id));
      WorkerApi.WorkflowTaskGrant grant = hand.run();
      var goOn = new WorkerApi.Report(grant.token(), hand.session, 1, 2,
          List.of(new Command.ContinueAsNew(null, null, null, Map.of(), Map.of(), List.of())), true);
      return new Act(() -> pawl.worker().report(goOn), () -> runs(id) == 2 && history(id).size() == 2);
    });
    breakOff("starting over", i -> {
      end(hand);
      String id = "over-" + i;
      control.start(start(id));
      hand.report(hand.run().token(), 2, true, new Command.RecordStep(1, "a", Outcome.success(Payload.json("1")), 1),
          done("1"));
      return new Act(() -> control.reset(ref(id), 2, "once more", "reset"),
          () -> runs(id) == 2 && history(id).size() == 2);
    });
    end(hand);
    assertThat(control.count("default", "Status = '" + RunStatus.RUNNING + "'")).as("each can be played to its end").isZero();
    // PostgreSQL takes a commit about runs in one statement.
    if (!server.name().equals("postgres")) assertThat(broken).isPositive();
  }

  /** Plays whatever is open to its end. */
  private static void end(Hand hand) {
    for (WorkerApi.WorkflowTaskGrant grant : hand.runs(10)) {
      hand.report(grant.token(), Hand.last(grant.events()), true, done("2"));
    }
  }

  private int runs(String id) {
    return control.runs("default", id).size();
  }
}
