package dev.pawl.examples.versioned;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.RunEvent.StepCompleted;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.testkit.Replay;
import dev.pawl.testkit.TestPawl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private final AtomicReference<Supplier<Workflow<String, String>>> code =
      new AtomicReference<>(OldParcelWorkflow::new);
  private final TestPawl pawl = TestPawl.onSqlite().workflow("parcel", () -> code.get().get()).start();

  @AfterEach
  void close() {
    pawl.close();
  }

  private void deploy(Supplier<Workflow<String, String>> next) {
    pawl.awaitQuiet();
    pawl.stopWorkers();
    code.set(next);
    pawl.startWorker();
  }

  @Test
  void parcelsUnderWayKeepTheOldOrder() {
    var old = pawl.start("parcel", "parcel-1", "one");
    deploy(ParcelWorkflow::new);
    pawl.skipTime(Duration.ofHours(12));
    assertThat(old.result(String.class)).isEqualTo("label of one, handed over");
    assertThat(steps(old)).containsExactly("pack", "label", "hand-over");

    var fresh = pawl.start("parcel", "parcel-2", "two");
    pawl.skipTime(Duration.ofHours(12));
    assertThat(fresh.result(String.class)).isEqualTo("label of two, handed over");
    assertThat(steps(fresh)).containsExactly("label", "pack", "hand-over");
  }

  @Test
  void withoutAVersionTheRunIsBlockedUntilTheCodeFits() {
    var old = pawl.start("parcel", "parcel-3", "three");
    deploy(CarelessParcelWorkflow::new);
    pawl.skipTime(Duration.ofHours(12));
    assertThat(old.explain().summary()).as("another worker may have code that fits").contains("backs off");
    pawl.skipTime(Duration.ofMinutes(4));
    assertThat(old.describe().displayed()).isEqualTo("BLOCKED");
    // tag::message[]
    assertThat(old.describe().blockedReason())
        .startsWith("HistoryDiverged: At event 3 your code asks for step 'label' (step 1), ")
        .contains("but history holds step 'pack'. Was the code before ParcelTest.java:")
        .endsWith("changed while this run was open? Guard the change with Pawl.version(\"label-changed\", 1, 2).");
    // end::message[]

    deploy(ParcelWorkflow::new);
    old.unblock("the guarded code is deployed");
    assertThat(old.result(String.class)).isEqualTo("label of three, handed over");
  }

  @Test
  void runsThatABadDeployBlockedAreFreedTogether() {
    for (int i = 0; i < 3; i++) pawl.start("parcel", "many-" + i, "parcel " + i);
    deploy(CarelessParcelWorkflow::new);
    pawl.skipTime(Duration.ofHours(13));
    deploy(ParcelWorkflow::new);
    PawlClient client = pawl.client();
    // tag::free[]
    var found = client.bulk(ControlApi.Bulk.Action.UNBLOCK, "BlockedReason starts with 'HistoryDiverged'",
        "code that fits is deployed", 10_000, true); // true: a dry run
    // end::free[]
    assertThat(found.matched()).isEqualTo(3);
    assertThat(client.count("Status = 'BLOCKED'")).isEqualTo(3);
    assertThat(client.bulk(ControlApi.Bulk.Action.UNBLOCK, "BlockedReason starts with 'HistoryDiverged'",
        "code that fits is deployed", 10_000, false).done()).isEqualTo(3);
    pawl.awaitQuiet();
    assertThat(client.count("Status = 'COMPLETED'")).isEqualTo(3);
  }

  // tag::replay[]
  @Test
  void theNewCodeStillUnderstandsWhatTheOldCodeRecorded() {
    Replay.of(ParcelWorkflow::new, "parcel").against("histories/parcel-before-labels.json").matches();
  }
  // end::replay[]

  @Test
  void aReplayFindsTheCarelessChangeBeforeItIsDeployed() {
    var careless = Replay.of(CarelessParcelWorkflow::new, "parcel").against("histories/parcel-before-labels.json");
    assertThatThrownBy(careless::matches).isInstanceOf(AssertionError.class)
        .hasMessageContaining("history holds step 'pack'");
  }

  /** How the recorded history came about, and that it could come about again. */
  @Test
  void recordsAHistory(@TempDir Path folder) {
    Path file = folder.resolve("parcel.json");
    var old = pawl.start("parcel", "parcel-0", "zero");
    // tag::record[]
    pawl.history(old).save(file);
    // end::record[]
    Replay.of(ParcelWorkflow::new, "parcel").against(file).matches();
    if (System.getProperty("pawl.record") != null) copy(file, Path.of(System.getProperty("pawl.record")));
  }

  private static void copy(Path from, Path to) {
    try {
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> steps(WorkflowHandle parcel) {
    return parcel.history().stream().map(event -> event.fact()).filter(StepCompleted.class::isInstance)
        .map(fact -> ((StepCompleted) fact).name()).toList();
  }
}
