package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunStatus;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.process.JavaProcess;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A process ends in the middle of what concerns two runs; the next one finishes it. */
@Tag("long")
class KinHaltTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  static Stream<Arguments> deaths() {
    List<Failpoint> points = List.of(Failpoint.CONTINUE_AS_NEW, Failpoint.CHILD_START, Failpoint.PARENT_CLOSE);
    return EngineFixture.servers().flatMap(server -> points.stream().flatMap(point -> IntStream.of(1, 2)
        .mapToObj(time -> Arguments.argumentSet(
            "%s %s on %s".formatted(point, time == 1 ? "before the commit" : "behind it", server.name()),
            server, point, time))));
  }

  @ParameterizedTest
  @MethodSource("deaths")
  @DisplayName("A7: killed while it goes on as new, starts a child, or ends while its child is open")
  @Timeout(120)
  void neverTwoOpenRunsNorAChildWithoutAParent(DatabaseServer server, Failpoint point, int time) {
    String url = JobHaltTest.address(server.fresh());
    try (JavaProcess doomed = JavaProcess.of(DoomedKin.class).args(url)
        .property("pawl.failpoints", "%s=halt@%d".formatted(point.name().toLowerCase(Locale.ROOT), time)).start()) {
      doomed.awaitLine("acknowledged", SOON);
      assertThat(doomed.awaitExit(SOON)).as(doomed.lines().toString()).isEqualTo(137);
    }
    var clock = new OwnedClock();
    clock.pass(Duration.ofMinutes(1));
    try (PawlEngine pawl = PawlEngine.open(url, config -> {
      config.clock = clock;
      config.duties = false;
    })) {
      ControlApi control = pawl.control();
      assertOneOpenRunEach(control);
      pawl.store().expireSessions();
      DoomedKin.play(pawl, clock);
      assertOneOpenRunEach(control);
      assertThat(control.runs("default", DoomedKin.PARENT)).extracting(run -> run.status())
          .containsExactly(RunStatus.CONTINUED, RunStatus.COMPLETED);
      assertThat(control.runs("default", DoomedKin.CHILD)).singleElement()
          .satisfies(run -> assertThat(run.status()).isEqualTo(RunStatus.TERMINATED));
      assertThat(types(control, DoomedKin.PARENT)).containsExactly("StartAccepted", "WorkflowStarted",
          "ChildWorkflowScheduled", "ChildRunStarted", "WorkflowCompleted");
      var born = (RunEvent.WorkflowStarted) control.history(EngineFixture.ref(DoomedKin.CHILD), 0, 10, Duration.ZERO)
          .get(1).fact();
      assertThat(born.parent()).isNotNull();
      assertThat(born.parent().runId()).isEqualTo(control.describe(EngineFixture.ref(DoomedKin.PARENT)).run());
      assertThat(pawl.verify()).isEmpty();
      assertThat(pawl.examine()).filteredOn(damage -> !damage.late()).isEmpty();
    }
  }

  private static void assertOneOpenRunEach(ControlApi control) {
    for (String id : List.of(DoomedKin.PARENT, DoomedKin.CHILD)) {
      assertThat(control.runs("default", id)).filteredOn(run -> !run.status().closed()).as(id).hasSizeLessThan(2);
    }
  }

  private static List<String> types(ControlApi control, String id) {
    return Hand.types(control.history(EngineFixture.ref(id), 0, 100, Duration.ZERO));
  }
}
