package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.ScheduleSamples.created;
import static dev.pawl.engine.store.sql.ScheduleSamples.key;
import static dev.pawl.engine.store.sql.ScheduleSamples.there;
import static dev.pawl.engine.store.sql.ScheduleSamples.triggered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.store.ScheduleStore;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.fault.Armed;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.fault.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that break when schedules are committed: what landed is told, and landed once. */
class LostScheduleAnswersTest {

  static Stream<Arguments> cuts() {
    List<Arguments> all = new ArrayList<>();
    for (DatabaseServer server : List.of(Databases.postgres(), Databases.mariadb())) {
      When first = new When.Nth(1);
      for (Fault fault : List.of(Fault.cutBeforeCommit(first), Fault.cutAfterCommit(first),
          Fault.lateCommit(first, Duration.ofMillis(300)))) {
        all.add(Arguments.argumentSet(server.name() + " " + fault.name(), server, fault));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void aGroupLandsOnceAndTheStoreKnows(DatabaseServer server, Fault fault) {
    try (FaultProxy proxy = FaultProxy.before(server.fresh());
        Store store = Stores.open(proxy.database().jdbcUrl(), proxy.database().user(), proxy.database().password(),
            StoreConfig.STANDARD, StoreClock.of(new TestClock(NOON)))) {
      ScheduleStore schedules = store.schedules();
      schedules.commit(List.of(created("nightly", NOON)));
      List<ScheduleStore.Write> group = List.of(triggered(there(schedules, "nightly")), created("newcomer", NOON));

      Armed armed = proxy.arm(fault);
      assertThat(schedules.commit(group)).containsOnly(new Landed());
      assertThat(armed.fired()).isEqualTo(1);
      proxy.heal();
      assertThat(store.counters().unknownOutcomes.sum()).isEqualTo(1);
      assertThat(schedules.commit(group)).containsOnly(new Conflict());
      assertThat(schedules.history(key("nightly"), 0, 10)).hasSize(2);
      assertThat(schedules.history(key("newcomer"), 0, 10)).hasSize(1);
      assertThat(there(schedules, "nightly").counts().started()).isEqualTo(1);
    }
  }
}
