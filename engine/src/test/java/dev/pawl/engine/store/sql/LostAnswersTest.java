package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.effects;
import static dev.pawl.engine.store.sql.Samples.plus;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunState;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.Store.Write;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.fault.Armed;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.fault.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that break at the commit, before it, after it, or while it is still under way. */
class LostAnswersTest {

  static Stream<Arguments> servers() {
    return Stream.of(Databases.postgres(), Databases.mariadb())
        .map((DatabaseServer server) -> Arguments.argumentSet(server.name(), server));
  }

  static Stream<Arguments> cuts() {
    When first = new When.Nth(1);
    return Stream.of(Databases.postgres(), Databases.mariadb()).flatMap((DatabaseServer server) -> Stream.of(
            Fault.cutBeforeCommit(first), Fault.cutAfterCommit(first), Fault.lateCommit(first, Duration.ofMillis(300)))
        .map(fault -> Arguments.argumentSet(server.name() + " " + fault.name(), server, fault)));
  }

  private static Store open(Database database, StoreConfig config) {
    return Stores.open(database.jdbcUrl(), database.user(), database.password(), config,
        StoreClock.of(new TestClock(NOON)));
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void groupLandsOnceAndTheStoreKnows(DatabaseServer server, Fault fault) {
    try (FaultProxy proxy = FaultProxy.before(server.fresh());
        Store store = open(proxy.database(), StoreConfig.STANDARD)) {
      Run old = Samples.start("old").run();
      store.commit(List.of(Samples.start("other").write(), new Write(0, old, Samples.start("old").write().events(),
          List.of())));
      Samples.Made made = Samples.start("known");
      store.commit(List.of(made.write()));
      Run run = made.run();
      Samples.Made signal = Samples.signal(run, "s1");
      Samples.Made stale = Samples.signal(run, "never");
      Mail mail = new Mail(Mail.Key.timer(run.id(), 1), NOON, new Mail.TimerDue(1));
      Samples.Made birth = Samples.start("born");

      Armed armed = proxy.arm(fault);
      assertThat(store.commit(List.of(plus(signal.write(), new Effect.Post(mail)), birth.write())))
          .containsExactly(new Landed(), new Landed());
      assertThat(armed.fired()).isEqualTo(1);
      proxy.heal();
      assertThat(store.counters().unknownOutcomes.sum()).isEqualTo(1);
      assertThat(store.commit(List.of(stale.write()))).containsExactly(new Conflict());
      assertThat(store.events(run.id(), 0, 100)).hasSize(3).last()
          .satisfies(e -> assertThat(((RunEvent.SignalReceived) e.fact()).signalId()).isEqualTo("s1"));
      assertThat(store.events(birth.run().id(), 0, 100)).hasSize(2);
      assertThat(store.dueMails(10)).containsExactly(mail);
      assertThat(store.load(Samples.wanted(run.id())).runs()).containsValue(signal.run());
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void conflictStaysAConflictWhenTheAnswerIsLost(DatabaseServer server) {
    try (FaultProxy proxy = FaultProxy.before(server.fresh());
        Store store = open(proxy.database(), StoreConfig.STANDARD)) {
      Samples.Made made = Samples.start("contested");
      store.commit(List.of(made.write()));
      Samples.Made theirs = Samples.signal(made.run(), "theirs");
      Samples.Made ours = Samples.signal(made.run(), "ours");
      store.commit(List.of(theirs.write()));
      proxy.arm(Fault.cutAfterCommit(new When.Nth(1)));
      assertThat(store.commit(List.of(ours.write(), Samples.start("new").write())))
          .containsExactly(new Conflict(), new Landed());
      assertThat(store.events(made.run().id(), 0, 10)).hasSize(3);
    }
  }

  /** Two nodes fight over a few runs while commits break in all three ways: what landed is in history, exactly once. */
  @ParameterizedTest
  @MethodSource("servers")
  @Tag("long")
  void historyHoldsExactlyWhatLanded(DatabaseServer server) throws Exception {
    Database direct = server.fresh();
    try (FaultProxy proxy = FaultProxy.before(direct);
        Store one = open(proxy.database(), StoreConfig.STANDARD);
        Store two = open(proxy.database(), StoreConfig.STANDARD);
        Store witness = open(direct, StoreConfig.STANDARD)) {
      List<Run> runs = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        Samples.Made made = Samples.start("run-" + i);
        witness.commit(List.of(made.write()));
        runs.add(made.run());
      }
      proxy.arm(Fault.cutBeforeCommit(new When.Chance(0.05, 1)));
      proxy.arm(Fault.cutAfterCommit(new When.Chance(0.05, 2)));
      proxy.arm(Fault.lateCommit(new When.Chance(0.05, 3), Duration.ofMillis(20)));
      List<Map<String, Boolean>> told = Race.of(() -> fight(one, witness, runs, "one"),
          () -> fight(two, witness, runs, "two"));
      proxy.heal();
      Map<String, Boolean> landed = new HashMap<>(told.get(0));
      landed.putAll(told.get(1));
      List<String> inHistory = new ArrayList<>();
      for (Run run : runs) {
        List<Event> history = witness.events(run.id(), 0, 10_000);
        history.stream().skip(2).forEach(e -> inHistory.add(((RunEvent.SignalReceived) e.fact()).signalId()));
        assertThat(witness.load(Samples.wanted(run.id())).runs().get(run.id()).state())
            .isEqualTo(RunState.fold(run.id(), NS, run.state().workflowId(), history));
      }
      assertThat(inHistory).doesNotHaveDuplicates()
          .containsExactlyInAnyOrderElementsOf(landed.keySet().stream().filter(landed::get).toList());
      assertThat(proxy.neverFired()).isEmpty();
      assertThat(one.counters().unknownOutcomes.sum() + two.counters().unknownOutcomes.sum()).isPositive();
    }
  }

  /** What the store said became of each signal. */
  private static Map<String, Boolean> fight(Store store, Store witness, List<Run> runs, String name) {
    Map<String, Boolean> told = new HashMap<>();
    for (int round = 0; round < 60; round++) {
      Store.Loaded now = witness.load(
          Samples.wanted(runs.stream().map(Run::id).toArray(dev.pawl.core.value.RunId[]::new)));
      List<Write> group = new ArrayList<>();
      List<String> ids = new ArrayList<>();
      for (Run run : now.runs().values()) {
        String id = name + "-" + round + "-" + run.state().workflowId();
        ids.add(id);
        group.add(Samples.signal(run, id).write());
      }
      List<Store.Outcome> outcomes = store.commit(group);
      for (int i = 0; i < ids.size(); i++) told.put(ids.get(i), outcomes.get(i) instanceof Landed);
    }
    return told;
  }

  @ParameterizedTest
  @MethodSource("servers")
  void brokenConnectionsInThePoolAreNotNoticed(DatabaseServer server) {
    try (FaultProxy proxy = FaultProxy.before(server.fresh());
        Store store = open(proxy.database(), StoreConfig.STANDARD)) {
      Samples.Made made = Samples.start("a");
      store.commit(List.of(made.write()));
      store.load(Samples.wanted(made.run().id()));
      proxy.arm(Fault.reset());
      assertThat(store.load(Samples.wanted(made.run().id())).runs()).hasSize(1);
      proxy.arm(Fault.reset());
      assertThat(store.commit(List.of(Samples.start("b").write()))).containsExactly(new Landed());
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void databaseThatIsAwayIsUnavailableAndWorkGoesOnWhenItIsBack(DatabaseServer server) {
    try (FaultProxy proxy = FaultProxy.before(server.fresh()); Store store = open(proxy.database(),
        StoreConfig.STANDARD.withPatience(Duration.ofMillis(400), Duration.ofMillis(400)))) {
      Run run = Samples.start("a").run();
      assertThat(store.commit(List.of(effects(new Effect.Remember(
          new Effect.Remembered(NS, "a", "1", "", run.id(), 1, NOON)))))).containsExactly(new Landed());
      Armed away = proxy.arm(Fault.refuse());
      proxy.arm(Fault.reset());
      unavailable(() -> store.load(Samples.wanted(run.id())));
      unavailable(() -> store.commit(List.of(Samples.start("b").write())));
      unavailable(() -> store.commit(List.of(Samples.start("c").write())));
      unavailable(() -> store.nextDue());
      assertThat(away.fired()).isPositive();
      proxy.heal();
      assertThat(eventually(() -> store.commit(List.of(Samples.start("d").write())))).containsExactly(new Landed());
      // The pool tries again at growing distances, at most seconds apart.
      assertThat(eventually(() -> store.load(Samples.wanted(run.id())).runs())).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  @Tag("long")
  void killedServerLosesNothingThatWasAcknowledged(DatabaseServer server) {
    Database database = server.fresh();
    Duration soon = Duration.ofMillis(400);
    try (Store store = open(database, StoreConfig.STANDARD.withPatience(soon, soon))) {
      List<Run> landed = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Samples.Made made = Samples.start("before-" + i);
        assertThat(store.commit(List.of(made.write()))).containsExactly(new Landed());
        landed.add(made.run());
      }
      database.kill();
      unavailable(() -> store.commit(List.of(Samples.start("during").write())));
      database.restart();
      Samples.Made after = Samples.start("after");
      assertThat(eventually(() -> store.commit(List.of(after.write())))).containsExactly(new Landed());
      landed.add(after.run());
      for (Run run : landed) assertThat(eventually(() -> store.events(run.id(), 0, 10))).hasSize(2);
    }
  }

  private static <T> T eventually(java.util.function.Supplier<T> call) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        return call.get();
      } catch (StoreException notYet) {
        if (System.nanoTime() > end) throw notYet;
      }
    }
  }

  private static void unavailable(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(StoreException.class)
        .satisfies(e -> assertThat(((StoreException) e).code()).isEqualTo(Rejection.Code.STORE_UNAVAILABLE));
  }
}
