package dev.pawl.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.examples.LocalPawl;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Saga;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.failure.PayloadTooLargeException;
import dev.pawl.sdk.worker.Worker;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages say in words and no example shows. */
class ClaimsTest {
  private static final List<String> DONE = new CopyOnWriteArrayList<>();

  /** Waits until it is told to stop; undoes what it did, whatever ends it. */
  static final class Waiting implements Workflow<String, String> {
    private String word = "";

    @Override
    public String run(String input) {
      Pawl.onSignal("say", String.class, said -> word += said);
      Pawl.onQuery("word", () -> word);
      Pawl.onUpdate("slow", String.class, unused -> {
        Pawl.sleep(Duration.ofHours(1));
        return "never";
      });
      return Saga.run(saga -> {
        Pawl.step("do", () -> DONE.add("did " + input));
        saga.onFailure(() -> Pawl.step("undo", () -> {
          DONE.add("undid " + input);
        }));
        Pawl.await(() -> word.endsWith("stop"));
        return word;
      });
    }
  }

  @Test
  void compensationsRunWhenTheWorkflowIsCancelled() {
    try (var pawl = waiting()) {
      var run = pawl.client().start("waiting", "w-1", "one");
      LocalPawl.await(() -> DONE.contains("did one"));
      run.cancel("changed our mind");
      LocalPawl.await(() -> run.status().closed());
      assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(DONE).contains("undid one");
    }
  }

  @Test
  void terminatingRunsNoCompensation() {
    try (var pawl = waiting()) {
      var run = pawl.client().start("waiting", "w-2", "two");
      LocalPawl.await(() -> DONE.contains("did two"));
      run.terminate("at once");
      assertThat(run.status()).isEqualTo(RunStatus.TERMINATED);
      assertThat(DONE).doesNotContain("undid two");
    }
  }

  @Test
  void aSignalComesAlongWithAStartOrGoesToTheRunThatIsThere() {
    try (var pawl = waiting()) {
      var client = pawl.client();
      client.start("waiting", "w-3", "three", opts -> opts.withSignal("say", "a"));
      client.start("waiting", "w-3", "three",
          opts -> opts.onConflict(ConflictPolicy.USE_EXISTING).withSignal("say", "stop"));
      assertThat(client.handle("w-3").result(String.class)).isEqualTo("astop");
      assertThat(pawl.engine().control().runs("default", "w-3")).hasSize(1);
    }
  }

  @Test
  void aSecondStartOfAnOpenIdIsRefused() {
    try (var pawl = waiting()) {
      pawl.client().start("waiting", "w-4", "four");
      assertThatThrownBy(() -> pawl.client().start("waiting", "w-4", "four")).isInstanceOfSatisfying(
          RejectedException.class, no -> assertThat(no.code()).isEqualTo(Rejection.Code.WORKFLOW_ALREADY_STARTED));
    }
  }

  @Test
  void aSignalWithAnIdIsReceivedOnce() {
    try (var pawl = waiting()) {
      var run = pawl.client().start("waiting", "w-5", "five");
      assertThat(run.signal("id-1", "say", "a")).isTrue();
      assertThat(run.signal("id-1", "say", "a")).isFalse();
      run.signal("say", "stop");
      assertThat(run.result(String.class)).isEqualTo("astop");
    }
  }

  @Test
  void queriesWorkOnClosedRuns() {
    try (var pawl = waiting()) {
      var run = pawl.client().start("waiting", "w-6", "six");
      run.signal("say", "stop");
      run.result(String.class);
      assertThat(run.query("word", String.class)).isEqualTo("stop");
    }
  }

  @Test
  void aRunThatEndsAnswersTheUpdatesItHasNotFinished() {
    try (var pawl = waiting()) {
      var run = pawl.client().start("waiting", "w-7", "seven");
      String update = run.startUpdate(null, "slow", "x");
      LocalPawl.await(() -> run.history().stream().anyMatch(event -> event.fact().type().equals("UpdateAccepted")));
      run.signal("say", "stop");
      run.result(String.class);
      assertThatThrownBy(() -> run.awaitUpdate(update, String.class, Duration.ofSeconds(5)))
          .isInstanceOf(RuntimeException.class).hasMessageNotContaining("wait_timed_out");
    }
  }

  @Test
  void aValueThatIsTooLargeCanBeCaught() {
    try (var pawl = LocalPawl.serving(worker -> worker.workflow("large", Integer.class, bytes -> {
      try {
        return Pawl.step("make", () -> "x".repeat(bytes)).length();
      } catch (RuntimeException e) {
        return e instanceof PayloadTooLargeException || e.getCause() instanceof PayloadTooLargeException ? -1 : -2;
      }
    }))) {
      assertThat(pawl.client().start("large", "l-1", 1_000_000).result(Integer.class)).isEqualTo(1_000_000);
      assertThat(pawl.client().start("large", "l-2", 3_000_000).result(Integer.class)).isEqualTo(-1);
    }
  }

  @Test
  void aBackupOfSqliteGoesOn(@TempDir Path folder) throws Exception {
    Path copy = folder.resolve("copy.db");
    try (var pawl = waiting()) {
      var run = pawl.client().start("waiting", "w-9", "nine");
      run.signal("say", "a");
      LocalPawl.await(() -> "a".equals(run.query("word", String.class)));
      try (var connection = DriverManager.getConnection("jdbc:sqlite:" + pawl.database());
          var statement = connection.createStatement()) {
        statement.executeUpdate("backup to '" + copy + "'"); // what the shell's .backup does
      }
    }
    try (PawlEngine engine = PawlEngine.open("jdbc:sqlite:" + copy);
        Worker worker = Worker.on(engine.worker()).workflow("waiting", Waiting::new).start()) {
      var run = PawlClient.on(engine.control()).handle("w-9");
      run.signal("say", "stop");
      assertThat(run.result(String.class)).isEqualTo("astop");
      assertThat(DONE.stream().filter("did nine"::equals)).hasSize(1);
    }
  }

  private static LocalPawl waiting() {
    return LocalPawl.serving(worker -> worker.workflow("waiting", Waiting::new));
  }
}
