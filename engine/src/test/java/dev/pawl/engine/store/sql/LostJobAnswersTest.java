package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.engine.store.JobStore;
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
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that break when jobs are committed: what landed is told, and landed once. */
class LostJobAnswersTest {
  static Stream<Arguments> cuts() {
    List<Arguments> all = new ArrayList<>();
    for (DatabaseServer server : List.of(Databases.postgres(), Databases.mariadb())) {
      for (int nth = 1; nth <= 3; nth++) {
        When when = new When.Nth(nth);
        for (Fault fault : List.of(Fault.cutBeforeCommit(when), Fault.cutAfterCommit(when),
            Fault.lateCommit(when, Duration.ofMillis(300)))) {
          // Elsewhere a group is one transaction.
          if (nth == 1 || server.name().equals("postgres")) {
            all.add(Arguments.argumentSet(server.name() + " " + fault.name() + " " + nth, server, fault));
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("cuts")
  @DisplayName("F5, CP7, CP14, CP15, CP17: a group whose answer is lost lands once, and the store knows")
  void aGroupLandsOnceAndTheStoreKnows(DatabaseServer server, Fault fault) {
    try (FaultProxy proxy = FaultProxy.before(server.fresh());
        Store store = Stores.open(proxy.database().jdbcUrl(), proxy.database().user(), proxy.database().password(),
            StoreConfig.STANDARD, StoreClock.of(new TestClock(NOON)))) {
      JobStore jobs = store.jobs();
      for (String key : List.of("ends-well", "fails-once", "is-given-back")) jobs.commit(List.of(SampleJobs.born(key)));
      jobs.commit(List.of(SampleJobs.born("dies-at-once", BackoffProfile.NONE)));
      Map<String, JobState> held = jobs.claim(SampleJobs.claim(10)).stream()
          .collect(Collectors.toMap(job -> job.spec().key(), job -> job));
      jobs.commit(List.of(SampleJobs.born("is-parked")));
      JobState ends = held.get("ends-well");
      JobState fails = held.get("fails-once");
      JobState dies = held.get("dies-at-once");
      JobState given = held.get("is-given-back");
      JobState parked = byKey(jobs, "is-parked");
      JobOutcome failed = new JobOutcome.ErrRetry(new JobError("UWER-5000", "x", null, true, null), null);
      List<JobStore.Write> group = List.of(SampleJobs.born("newcomer"),
          SampleJobs.report(ends, new JobOutcome.Ok(null)), SampleJobs.report(fails, failed),
          SampleJobs.report(dies, failed), SampleJobs.report(given, new JobOutcome.Abandon()), SampleJobs.hold(parked));

      Armed armed = proxy.arm(fault);
      assertThat(jobs.commit(group)).containsOnly(new Landed());
      assertThat(armed.fired()).isEqualTo(1);
      proxy.heal();
      assertThat(store.counters().unknownOutcomes.sum()).isEqualTo(1);
      assertThat(jobs.commit(group)).containsOnly(new Conflict());
      assertThat(jobs.load(List.of(ends.id())).get(ends.id()).phase()).isEqualTo(JobPhase.SUCCEEDED);
      assertThat(jobs.load(List.of(fails.id())).get(fails.id()).attempt()).isEqualTo(2);
      assertThat(jobs.ledger(ends.id(), 10)).hasSize(2);
      assertThat(jobs.ledger(fails.id(), 10)).hasSize(2);
      assertThat(jobs.ledger(given.id(), 10)).hasSize(2);
      assertThat(jobs.ledger(parked.id(), 10)).as("CP15: the act and who did it are one").hasSize(2)
          .last().matches(line -> line.papers() != null);
      assertThat(byKey(jobs, "is-parked").phase()).isEqualTo(JobPhase.HELD);
      assertThat(jobs.letters(new JobStore.LetterQuery("default", null, null, 10, null)))
          .as("CP14: one cause, one row").singleElement().matches(letter -> letter.job().equals(dies.id()));
      assertThat(byKey(jobs, "newcomer").phase()).isEqualTo(JobPhase.READY);
    }
  }

  private static JobState byKey(JobStore jobs, String key) {
    return jobs.byKey(List.of(new JobStore.Key("default", SampleJobs.TYPE, key))).values().iterator().next();
  }
}
