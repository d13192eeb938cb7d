package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Event;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Code changes while runs are open. */
@Timeout(180)
class DeployTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private final Place place = new Place();

  @AfterEach
  void close() {
    place.close();
  }

  private Worker serving(Workflow<String, String> code) {
    return place.worker(with -> with.workflow("parcel", String.class, code));
  }

  private static String first(String in) {
    String packed = Pawl.step("pack", () -> "packed " + in);
    String word = Pawl.receive("go", String.class);
    return Pawl.step("send", () -> packed + ", sent " + word);
  }

  @Test
  void divergingCodeWritesNothingAndTheRunGoesOnUnderGoodCode() {
    Worker good = serving(DeployTest::first);
    WorkflowHandle run = place.client.start("parcel", "p", "book");
    StructureTest.awaitEvent(run, "StepCompleted");
    good.close(Duration.ofSeconds(5));
    List<Event> before = run.history();

    Worker bad = serving(in -> {
      String weighed = Pawl.step("weigh", () -> "1 kg");
      return weighed + first(in);
    });
    run.signal("go", "now");
    awaitExplained(run, "HistoryDiverged");
    assertThat(run.explain().toString()).contains("At event 3 your code asks for step 'weigh' (step 1), but history holds "
        + "step 'pack'", "Pawl.version(");
    bad.close(Duration.ofSeconds(5));
    assertThat(run.history()).as("nothing but the signal was written").hasSize(before.size() + 1);

    serving(in -> {
      String weighed = Pawl.patched("weigh-first") ? Pawl.step("weigh", () -> "1 kg") : "";
      return weighed + first(in);
    });
    if (run.describe().blockedReason() != null) run.unblock("good code is there");
    assertThat(run.result(String.class, SOON)).isEqualTo("packed book, sent now");
    assertThat(place.client.start("parcel", "p2", "pen").workflowId()).isEqualTo("p2");
    place.client.handle("p2").signal("go", "soon");
    assertThat(place.client.handle("p2").result(String.class, SOON)).isEqualTo("1 kgpacked pen, sent soon");
  }

  private static void awaitExplained(WorkflowHandle run, String word) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (!run.explain().toString().contains(word)) {
      if (System.nanoTime() > deadline) throw new AssertionError(run.explain().toString());
      Thread.onSpinWait();
    }
  }
}
