package dev.pawl.engine;

import static dev.pawl.engine.JobHand.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What tests about jobs share: after each of them no job is forgotten. */
abstract class JobFixture extends EngineFixture {
  static final Actor CALLER = new Actor(Actor.Kind.CALLER, "test");

  JobFixture(DatabaseServer server) {
    super(server);
  }

  @AfterEach
  void nothingIsForgotten() {
    assertThat(pawl.store().jobs().orphans(Duration.ofHours(1), 10)).as("I4").isEmpty();
  }

  List<String> events(JobId id) {
    return pawl.jobs().ledger("default", id, 1_000).stream().map(line -> line.event().name()).toList();
  }

  JobAnswer<dev.pawl.core.job.OperateJob.Operated> redrive(JobId id, OperatorPapers papers) {
    return pawl.jobs().operate("default", id, new OperatorAct.Redrive(), papers, state(pawl, id).epoch(), false);
  }

  static OperatorPapers papers() {
    return JobHand.papers();
  }
}
