package dev.pawl.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleCode;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.sdk.client.ScheduleHandle;
import dev.pawl.sdk.client.Schedules;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.remote.RemotePawl;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testkit.TestPawl;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private final List<String> sent = new ArrayList<>();

  // A Wednesday.
  private TestPawl pawl() {
    return TestPawl.onSqlite().at("2026-12-23T00:00Z")
        .workflow("report", ReportWorkflow::new)
        .activities("reports", ReportActivities.class, title -> {
          sent.add(title);
          return title;
        })
        .start();
  }

  // tag::test[]
  @Test
  void aReportIsSentOnWorkingDays() {
    try (TestPawl pawl = pawl()) {
      ScheduleHandle daily = ReportSchedules.create(pawl.schedules());
      pawl.skipTime(Duration.ofDays(7));
      // Christmas is a Friday, Boxing Day and the Sunday are no working days.
      assertThat(sent).containsExactly("eu 2026-12-23", "eu 2026-12-24", "eu 2026-12-28", "eu 2026-12-29");
      assertThat(daily.next(2)).containsExactly(
          Instant.parse("2026-12-30T06:30:00Z"), Instant.parse("2026-12-31T06:30:00Z"));
    }
  }
  // end::test[]

  @Test
  void whatFallsIntoAPauseIsLeftOutAndAnUpdateKeepsTheRest() {
    try (TestPawl pawl = pawl()) {
      ScheduleHandle daily = ReportSchedules.create(pawl.schedules());
      pawl.skipTime(Duration.ofHours(12));
      ReportSchedules.holdBackWhileTheSourceMoves(pawl.schedules());
      pawl.skipTime(Duration.ofDays(1));
      assertThat(sent).containsExactly("eu 2026-12-23", "eu 2026-12-23", "eu 2026-12-24");
      Schedule now = daily.describe();
      assertThat(now.terms().overlap()).isEqualTo(OverlapPolicy.BUFFER_ONE);
      assertThat(now.standing().note()).isEqualTo("the new source is ready at nine");
      assertThat(daily.next(1)).containsExactly(Instant.parse("2026-12-28T08:00:00Z"));
      assertThat(daily.history(0, 100)).extracting(entry -> entry.event().fact().type()).containsExactly(
          "ScheduleCreated", "ScheduleTriggered", "SchedulePaused", "ScheduleUpdated", "ScheduleResumed",
          "ScheduleTriggered", "ScheduleTriggered");
    }
  }

  @Test
  void theSameOverHttp(@TempDir Path folder) {
    ServerConfig config = ServerConfig.of(List.of("--database", "jdbc:sqlite:" + folder.resolve("pawl.db"), "--port", "0",
        "--auth-token", "sesame", "--host", "127.0.0.1"), Map.of());
    try (PawlServer server = PawlServer.open(config, said -> {});
        RemotePawl pawl = RemotePawl.connect("http://127.0.0.1:" + server.port(), "sesame")) {
      Schedules schedules = Schedules.on(pawl.schedules());
      ScheduleHandle daily = ReportSchedules.create(schedules);
      ReportSchedules.holdBackWhileTheSourceMoves(schedules);
      Schedule now = daily.describe();
      assertThat(now).isEqualTo(server.engine().schedules().describe("default", "daily-report"));
      assertThat(now.counts().started()).isEqualTo(1);
      assertThat(pawl.control().runs("default", now.open().getFirst().workflowId())).hasSize(1);
      assertThat(daily.next(3)).hasSize(3);
      assertThat(daily.history(0, 10)).hasSize(5);
      assertThat(schedules.list()).containsExactly(now);
      assertThatThrownBy(() -> ReportSchedules.create(schedules)).isInstanceOfSatisfying(ScheduleRefusedException.class,
          e -> assertThat(e.code()).isEqualTo(ScheduleCode.SCHEDULE_ALREADY_EXISTS));
      daily.delete();
      assertThat(schedules.list()).isEmpty();
    }
  }

  @Test
  void aJobComesEverySixHoursUnlessOneIsStillThere() {
    try (TestPawl pawl = pawl()) {
      ScheduleHandle cleanUp = ReportSchedules.cleanUp(pawl.schedules());
      pawl.skipTime(Duration.ofHours(13));
      assertThat(Jobs.on(pawl.engine().jobs()).find("reports.clean-up", "clean-up-2026-12-23T06:00:00Z"))
          .hasValueSatisfying(job -> assertThat(job.spec().priority()).isEqualTo(8));
      assertThat(cleanUp.describe().counts()).isEqualTo(new Schedule.Counts(1, 0, 1, null));
    }
  }

  @Test
  void aBackfillRunsOneAfterAnother() {
    try (TestPawl pawl = pawl()) {
      ScheduleHandle daily = ReportSchedules.create(pawl.schedules());
      ReportSchedules.makeUpFor(
          pawl.schedules(), Instant.parse("2026-12-14T00:00:00Z"), Instant.parse("2026-12-19T00:00:00Z"));
      pawl.awaitQuiet();
      assertThat(sent).hasSize(5);
      assertThat(daily.describe().counts().started()).isEqualTo(5);
      assertThat(daily.history(0, 100)).filteredOn(entry -> entry.event().fact() instanceof ScheduleEvent.Triggered)
          .extracting(entry -> ((ScheduleEvent.Triggered) entry.event().fact()).cause())
          .containsOnly(Schedule.Cause.BACKFILL);
      assertThat(pawl.schedules().list()).hasSize(1);
      daily.delete();
      assertThat(pawl.schedules().list()).isEmpty();
    }
  }
}
