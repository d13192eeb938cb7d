package dev.pawl.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.RunEvent.UpdateAccepted;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Saga;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.failure.PayloadTooLargeException;
import dev.pawl.testkit.TestPawl;
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
      pawl.awaitUntil(() -> DONE.contains("did one"));
      run.cancel("changed our mind");
      pawl.awaitQuiet();
      assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
      assertThat(DONE).contains("undid one");
    }
  }

  @Test
  void terminatingRunsNoCompensation() {
    try (var pawl = waiting()) {
      var run = pawl.client().start("waiting", "w-2", "two");
      pawl.awaitUntil(() -> DONE.contains("did two"));
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
      assertThat(pawl.control().runs("default", "w-3")).hasSize(1);
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
      pawl.history(run).has(UpdateAccepted.class);
      run.signal("say", "stop");
      run.result(String.class);
      assertThatThrownBy(() -> run.awaitUpdate(update, String.class, Duration.ofSeconds(5)))
          .isInstanceOf(RuntimeException.class).hasMessageNotContaining("wait_timed_out");
    }
  }

  @Test
  void aValueThatIsTooLargeCanBeCaught() {
    try (var pawl = TestPawl.onSqlite().workflow("large", Integer.class, bytes -> {
      try {
        return Pawl.step("make", () -> "x".repeat(bytes)).length();
      } catch (RuntimeException e) {
        return e instanceof PayloadTooLargeException || e.getCause() instanceof PayloadTooLargeException ? -1 : -2;
      }
    }).start()) {
      assertThat(pawl.client().start("large", "l-1", 1_000_000).result(Integer.class)).isEqualTo(1_000_000);
      assertThat(pawl.client().start("large", "l-2", 3_000_000).result(Integer.class)).isEqualTo(-1);
    }
  }

  @Test
  void aStartMayBeDelayed() {
    try (var pawl = waiting()) {
      var run = pawl.client().start("waiting", "w-8", "eight", opts -> opts.delay(Duration.ofHours(2)));
      run.signal("say", "stop");
      pawl.skipTime(Duration.ofMinutes(119));
      assertThat(run.status().closed()).isFalse();
      pawl.skipTime(Duration.ofMinutes(1));
      assertThat(run.result(String.class)).isEqualTo("stop");
    }
  }

  @Test
  void aRunThatTakesTooLongIsTimedOut() {
    try (var pawl = waiting()) {
      var run = pawl.client().start("waiting", "w-10", "ten", opts -> opts.executionTimeout(Duration.ofDays(1)));
      pawl.skipTime(Duration.ofDays(1));
      assertThat(run.status()).isEqualTo(RunStatus.TIMED_OUT);
    }
  }

  @Test
  void aBackupOfSqliteGoesOn(@TempDir Path folder) throws Exception {
    Path original = folder.resolve("original.db");
    Path copy = folder.resolve("copy.db");
    try (TestPawl pawl = TestPawl.on("jdbc:sqlite:" + original).workflow("waiting", Waiting::new).start()) {
      pawl.start("waiting", "w-9", "nine").signal("say", "a");
      pawl.awaitQuiet();
      try (var connection = DriverManager.getConnection("jdbc:sqlite:" + original);
          var statement = connection.createStatement()) {
        statement.executeUpdate("backup to '" + copy + "'"); // what the shell's .backup does
      }
    }
    try (TestPawl pawl = TestPawl.on("jdbc:sqlite:" + copy).workflow("waiting", Waiting::new).start()) {
      pawl.handle("w-9").signal("say", "stop");
      assertThat(pawl.handle("w-9").result(String.class)).isEqualTo("astop");
      assertThat(DONE.stream().filter("did nine"::equals)).hasSize(1);
    }
  }

  private static TestPawl waiting() {
    return TestPawl.onSqlite().workflow("waiting", Waiting::new).start();
  }
}
