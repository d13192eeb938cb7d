package dev.pawl.examples.versioned;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunEvent.StepCompleted;
import dev.pawl.examples.LocalPawl;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.WorkflowHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ParcelTest {
  /** The code as it was before the change. */
  static final class OldParcelWorkflow implements Workflow<String, String> {
    @Override
    public String run(String parcel) {
      Pawl.step("pack", () -> "packed " + parcel);
      String label = Pawl.step("label", () -> "label of " + parcel);
      Pawl.sleep(Duration.ofHours(12));
      return Pawl.step("hand-over", () -> label + ", handed over");
    }
  }

  /** Somebody forgot to ask for the version. */
  static final class CarelessParcelWorkflow implements Workflow<String, String> {
    @Override
    public String run(String parcel) {
      String label = Pawl.step("label", () -> "label of " + parcel);
      Pawl.step("pack", () -> "packed " + parcel);
      Pawl.sleep(Duration.ofHours(12));
      return Pawl.step("hand-over", () -> label + ", handed over");
    }
  }

  private final AtomicReference<Supplier<Workflow<String, String>>> deployed =
      new AtomicReference<>(OldParcelWorkflow::new);

  @Test
  void parcelsUnderWayKeepTheOldOrder() {
    try (var pawl = pawl()) {
      var old = pawl.client().start("parcel", "parcel-1", "one");
      LocalPawl.await(() -> steps(old).size() == 2);

      deployed.set(ParcelWorkflow::new);
      pawl.skip(Duration.ofHours(12));
      assertThat(old.result(String.class)).isEqualTo("label of one, handed over");
      assertThat(steps(old)).containsExactly("pack", "label", "hand-over");

      var fresh = pawl.client().start("parcel", "parcel-2", "two");
      pawl.skip(Duration.ofHours(12));
      assertThat(fresh.result(String.class)).isEqualTo("label of two, handed over");
      assertThat(steps(fresh)).containsExactly("label", "pack", "hand-over");
    }
  }

  @Test
  void withoutAVersionTheRunIsBlockedUntilTheCodeFits() {
    try (var pawl = pawl()) {
      var old = pawl.client().start("parcel", "parcel-3", "three");
      LocalPawl.await(() -> steps(old).size() == 2);

      deployed.set(CarelessParcelWorkflow::new);
      pawl.skip(Duration.ofHours(12));
      LocalPawl.await(() -> old.describe().displayed().equals("BLOCKED"));
      // tag::message[]
      assertThat(old.describe().blockedReason())
          .startsWith("HistoryDiverged: At event 3 your code asks for step 'label' (step 1), ")
          .contains("but history holds step 'pack'. Was the code before ParcelTest.java:")
          .endsWith("changed while this run was open? Guard the change with Pawl.version(\"label-changed\", 1, 2).");
      // end::message[]

      deployed.set(ParcelWorkflow::new);
      pawl.restartWorker();
      old.unblock("the guarded code is deployed");
      assertThat(old.result(String.class)).isEqualTo("label of three, handed over");
    }
  }

  private LocalPawl pawl() {
    return LocalPawl.serving(worker -> worker.workflow("parcel", () -> deployed.get().get()));
  }

  private static List<String> steps(WorkflowHandle parcel) {
    return parcel.history().stream().map(event -> event.fact()).filter(StepCompleted.class::isInstance)
        .map(fact -> ((StepCompleted) fact).name()).toList();
  }
}
