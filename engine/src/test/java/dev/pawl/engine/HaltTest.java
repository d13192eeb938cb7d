package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunStatus;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.process.JavaProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process ends at a crash point as SIGKILL would end it; another one finishes everything that was acknowledged. */
@Tag("long")
class HaltTest {

  @ParameterizedTest
  @EnumSource(value = Failpoint.class,
      names = {"COMMIT_BEFORE", "COMMIT_BEFORE_ANSWER", "COMMIT_BEFORE_WAKE", "START_BEFORE_REPLY",
          "GRANT_BEFORE_REPLY"})
  @Timeout(120)
  void whatWasAcknowledgedIsFinishedByTheNext(Failpoint point) {
    String url = Databases.sqlite().fresh().jdbcUrl();
    List<String> acknowledged;
    try (JavaProcess doomed = JavaProcess.of(DoomedProcess.class).args(url)
        .property("pawl.failpoints", point.name().toLowerCase(java.util.Locale.ROOT) + "=halt@40").start()) {
      assertThat(doomed.awaitExit(Duration.ofSeconds(60))).isEqualTo(137);
      acknowledged = doomed.lines().stream().filter(line -> line.startsWith("acknowledged "))
          .map(line -> line.substring("acknowledged ".length())).toList();
      assertThat(doomed.lines()).doesNotContain("survived");
    }
    assertThat(acknowledged).isNotEmpty();
    try (PawlEngine pawl = PawlEngine.open(url, DoomedProcess::settings);
        LiveWorker worker = new LiveWorker(pawl, 2, 3)) {
      for (String id : acknowledged) {
        RunRef ref = RunRef.current("default", id);
        // A worker of one program: what the dead one had recorded already, it records no second time.
        var result = pawl.control().awaitResult(ref, Duration.ofSeconds(60));
        assertThat(result.status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(Hand.types(pawl.control().history(ref, 0, 100, Duration.ZERO))).containsExactly("StartAccepted",
            "WorkflowStarted", "StepCompleted", "StepCompleted", "StepCompleted", "WorkflowCompleted");
      }
      assertThat(pawl.verify()).isEmpty();
    }
  }
}
