package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.fault.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A node that cannot reach the store. */
class NoStoreNoWorkTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  static Stream<DatabaseServer> servers() {
    return Stream.of(Databases.postgres(), Databases.mariadb());
  }

  @ParameterizedTest
  @MethodSource("servers")
  @DisplayName("O5: without the store there is no grant, no accepted report, no acknowledged submission")
  void getsNoWorkAndSaysNothing(DatabaseServer server) {
    Database database = server.fresh();
    StoreConfig hasty = new StoreConfig(2, 4, true, SHORT, SHORT, SHORT, SHORT,
        StoreConfig.STANDARD.maxGroupBytes());
    JobState held;
    try (FaultProxy proxy = FaultProxy.before(database);
        Store store = Stores.open(proxy.database().jdbcUrl(), proxy.database().user(), proxy.database().password(),
            hasty, StoreClock.of(new TestClock(NOON)))) {
      JobStore jobs = store.jobs();
      jobs.commit(List.of(SampleJobs.born("held-before")));
      held = jobs.claim(SampleJobs.claim(1)).getFirst();
      jobs.commit(List.of(SampleJobs.born("waits-before")));
      proxy.close();
      JobState mine = held;
      assertThatThrownBy(() -> jobs.claim(SampleJobs.claim(5))).isInstanceOf(StoreException.class);
      assertThatThrownBy(() -> jobs.commit(List.of(SampleJobs.report(mine, new JobOutcome.Ok(null)))))
          .isInstanceOf(StoreException.class);
      assertThatThrownBy(() -> jobs.commit(List.of(SampleJobs.born("never-acknowledged"))))
          .isInstanceOf(StoreException.class);
    }
    try (Store again = Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(new TestClock(NOON)))) {
      JobStore jobs = again.jobs();
      assertThat(jobs.load(List.of(held.id()))).containsEntry(held.id(), held);
      assertThat(jobs.byKey(List.of(new JobStore.Key("default", SampleJobs.TYPE, "waits-before"))).values())
          .singleElement().matches(job -> job.phase() == JobPhase.READY && job.epoch() == 0);
      assertThat(jobs.byKey(List.of(new JobStore.Key("default", SampleJobs.TYPE, "never-acknowledged")))).isEmpty();
    }
  }
}
