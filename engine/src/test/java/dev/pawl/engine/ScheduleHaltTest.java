package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleEvent.Triggered;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.protocol.schedule.ScheduleApi;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.process.JavaProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A process with schedules ends at a crash point as SIGKILL would end it; another one goes on without a hole. */
@Tag("long")
class ScheduleHaltTest {
  private static final int ENOUGH = 5;

  static Stream<Arguments> points() {
    List<Arguments> all = new ArrayList<>();
    for (Failpoint point : List.of(Failpoint.SCHEDULE_BEFORE, Failpoint.SCHEDULE_AFTER, Failpoint.COMMIT_BEFORE)) {
      all.add(Arguments.argumentSet(point + " on postgres", point, Databases.postgres()));
    }
    all.add(Arguments.argumentSet("SCHEDULE_AFTER on sqlite", Failpoint.SCHEDULE_AFTER, Databases.sqlite()));
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("points")
  @DisplayName("I13: each nominal time has started exactly one run or job, whoever died in between")
  @Timeout(120)
  void eachTimeHasItsOne(Failpoint point, DatabaseServer server) {
    Database database = server.fresh();
    String url = server.name().equals("sqlite") ? database.jdbcUrl()
        : database.jdbcUrl() + (database.jdbcUrl().contains("?") ? "&" : "?") + "user=" + database.user() + "&password="
            + database.password();
    // Two schedules are made, then they fire.
    String at = "%s=halt@%d".formatted(point.name().toLowerCase(Locale.ROOT), point == Failpoint.COMMIT_BEFORE ? 2 : 4);
    try (JavaProcess doomed = JavaProcess.of(DoomedSchedules.class).args(url).property("pawl.failpoints", at).start()) {
      assertThat(doomed.awaitExit(Duration.ofSeconds(60))).isEqualTo(137);
    }
    try (PawlEngine pawl = PawlEngine.open(url, DoomedProcess::settings)) {
      for (String id : List.of(DoomedSchedules.RUNS, DoomedSchedules.JOBS)) {
        List<ScheduleApi.Entry> fires = fires(pawl, id);
        Instant expected = null;
        for (ScheduleApi.Entry entry : fires) {
          Triggered fire = (Triggered) entry.event().fact();
          if (expected != null) assertThat(fire.nominal()).as("without a hole, and once").isEqualTo(expected);
          expected = fire.nominal().plusSeconds(1);
        }
      }
      for (ScheduleApi.Entry entry : fires(pawl, DoomedSchedules.JOBS)) {
        assertThat(pawl.jobs().get("default", new JobId(entry.run().value()))).isPresent();
      }
      for (ScheduleApi.Entry entry : fires(pawl, DoomedSchedules.RUNS)) {
        String workflowId = ((Triggered) entry.event().fact()).workflowId();
        await(() -> pawl.control().runs("default", workflowId).size() == 1);
        assertThat(pawl.control().runs("default", workflowId)).hasSize(1).first()
            .satisfies(run -> assertThat(run.run()).isEqualTo(entry.run()));
      }
    }
  }

  private static List<ScheduleApi.Entry> fires(PawlEngine pawl, String id) {
    await(() -> pawl.schedules().describe("default", id).counts().started() >= ENOUGH);
    List<ScheduleApi.Entry> all = pawl.schedules().history("default", id, 0, 1_000);
    assertThat(all).noneMatch(entry -> entry.event().fact() instanceof ScheduleEvent.TriggerSkipped);
    return all.stream().filter(entry -> entry.event().fact() instanceof Triggered).toList();
  }

  private static void await(BooleanSupplier enough) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!enough.getAsBoolean() && System.nanoTime() < deadline) LockSupport.parkNanos(20_000_000);
    assertThat(enough.getAsBoolean()).isTrue();
  }
}
