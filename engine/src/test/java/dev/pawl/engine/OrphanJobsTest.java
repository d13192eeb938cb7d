package dev.pawl.engine;

import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether an orphan would be seen: one is planted, because the rules make none. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class OrphanJobsTest extends EngineFixture {
  OrphanJobsTest(DatabaseServer server) {
    super(server);
  }

  @Test
  @DisplayName("O1: a job that nobody will look at again is found within a minute, and counted once")
  void anOrphanIsSeen() throws Exception {
    PawlEngine watcher = engine(config -> {});
    JobId job = submit(pawl, spec("key-of-orphan"));
    pawl.jobs().operate("default", job, new OperatorAct.Hold(OperatorAct.Hold.STANDARD), JobHand.papers(), 0, false).get();
    watcher.tick(clock.instant());
    assertThat(watcher.orphanJobs()).isZero();

    // As if a duty had forgotten it a day ago.
    try (Connection connection = database.dataSource().getConnection(); Statement sql = connection.createStatement()) {
      long eightDays = Duration.ofDays(8).toNanos() / 1_000;
      sql.executeUpdate("update pawl_open_jobs set look_at = null, visible_at = visible_at - " + eightDays);
    }
    clock.pass(Duration.ofMinutes(1));
    watcher.tick(clock.instant());
    assertThat(watcher.orphanJobs()).isEqualTo(1);
    assertThat(watcher.metrics().orphans()).isEqualTo(1);
    clock.pass(Duration.ofMinutes(1));
    watcher.tick(clock.instant());
    assertThat(watcher.metrics().orphans()).isEqualTo(1);

    pawl.jobs().operate("default", job, new OperatorAct.Release(), JobHand.papers(), 0, false).get();
    clock.pass(Duration.ofMinutes(1));
    watcher.tick(clock.instant());
    assertThat(watcher.orphanJobs()).isZero();
  }
}
