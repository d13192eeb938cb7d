package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.done;
import static dev.pawl.engine.store.sql.Samples.effects;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.plus;
import static dev.pawl.engine.store.sql.Samples.report;
import static dev.pawl.engine.store.sql.Samples.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.UpdateKey;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept beside history: updates, request ids, the ledger, late reports, declarations; on every store. */
abstract class RecordContract extends StoreContract {
  RecordContract(DatabaseServer server) {
    super(server);
  }

  @Test
  void updatesKeepTheirOrderAndTheirOutcome() {
    Run run = land(start("updated"));
    Effect.Update second = new Effect.Update(run.id(), "b", "add", Payload.json("2"), Map.of("k", Payload.json("3")),
        Effect.UpdatePhase.ADMITTED, null);
    Effect.Update first = new Effect.Update(run.id(), "z", "add", null, Map.of(), Effect.UpdatePhase.ADMITTED, null);
    Samples.Made s1 = Samples.signal(run, "1");
    run = land(new Samples.Made(s1.run(), plus(s1.write(), new Effect.AdmitUpdate(first))));
    Samples.Made s2 = Samples.signal(run, "2");
    run = land(new Samples.Made(s2.run(), plus(s2.write(), new Effect.AdmitUpdate(second))));
    assertThat(store.admitted(run.id())).containsExactly(first, second);

    Outcome five = Outcome.success(Payload.json("5"));
    land(new Samples.Made(run, effects(
        new Effect.SettleUpdate(run.id(), "z", Effect.UpdatePhase.ACCEPTED, null),
        new Effect.SettleUpdate(run.id(), "z", Effect.UpdatePhase.COMPLETED, five))));
    assertThat(store.admitted(run.id())).containsExactly(second);
    assertThat(store.visibility().update(run.id(), "z")).contains(
        new Effect.Update(run.id(), "z", "add", null, Map.of(), Effect.UpdatePhase.COMPLETED, five));
    assertThat(store.load(new Store.Wanted(List.of(), List.of(), List.of(), List.of(new UpdateKey(run.id(), "b"),
        new UpdateKey(run.id(), "c")), List.of())).updates()).containsOnlyKeys(new UpdateKey(run.id(), "b"));
    assertThat(store.visibility().update(run.id(), "no\0")).isEmpty();

    Failure closed = Failure.of("RunClosed", "too late");
    land(new Samples.Made(run, effects(new Effect.RejectAdmitted(run.id(), closed))));
    assertThat(store.admitted(run.id())).isEmpty();
    assertThat(store.visibility().update(run.id(), "b")).map(Effect.Update::outcome).contains(Outcome.failed(closed));
    assertThat(store.visibility().update(run.id(), "z")).map(Effect.Update::outcome).contains(five);
  }

  @Test
  void requestIdsAreRememberedUntilForgotten() {
    Run run = land(start("asked"));
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      effects.add(new Effect.Remember(
          new Effect.Remembered(NS, "asked", "r" + i, "digest" + i, run.id(), 1, NOON.plusSeconds(i))));
    }
    land(new Samples.Made(run, effects(effects.toArray(Effect[]::new))));
    Store.RequestKey key = new Store.RequestKey(NS, "asked", "r3");
    assertThat(store.load(new Store.Wanted(List.of(), List.of(), List.of(), List.of(), List.of(key,
        new Store.RequestKey(NS, "asked", "R3")))).requests()).containsOnly(Map.entry(key,
            new Effect.Remembered(NS, "asked", "r3", "digest3", run.id(), 1, NOON.plusSeconds(3))));
    assertThat(store.forgetRequests(NOON.plusSeconds(8), 5)).isEqualTo(5);
    assertThat(store.forgetRequests(NOON.plusSeconds(8), 5)).isEqualTo(3);
    assertThat(store.forgetRequests(NOON.plusSeconds(8), 5)).isZero();

    // A bulk remembers many at one instant.
    effects.clear();
    for (int i = 0; i < 10; i++) {
      effects.add(new Effect.Remember(
          new Effect.Remembered(NS, "asked", "b" + i, "d", run.id(), 1, NOON.plusSeconds(20))));
    }
    land(new Samples.Made(run, effects(effects.toArray(Effect[]::new))));
    assertThat(store.forgetRequests(NOON.plusSeconds(60), 5)).as("what was left").isEqualTo(2);
    assertThat(store.forgetRequests(NOON.plusSeconds(60), 5)).as("all of one instant").isEqualTo(10);
  }

  @Test
  void aRequestIdKnowsTheNumberOfItsRunAsLongAsTheRunIsKept() {
    SessionId session = SessionId.random();
    Run run = land(grant(land(start("kept")), session, NOON));
    land(new Samples.Made(run, effects(
        new Effect.Remember(new Effect.Remembered(NS, "kept", "r", "d", run.id(), 1, NOON)))));
    Store.RequestKey key = new Store.RequestKey(NS, "kept", "r");
    Store.Wanted wanted = new Store.Wanted(List.of(), List.of(), List.of(), List.of(), List.of(key));
    assertThat(store.load(wanted).requests().get(key).runNumber()).isEqualTo(1);
    land(report(run, session, true, done()));
    assertThat(store.prune(NS, NOON.plusSeconds(1), 10)).isEqualTo(1);
    assertThat(store.load(wanted).requests().get(key))
        .isEqualTo(new Effect.Remembered(NS, "kept", "r", "d", run.id(), 0, NOON));
  }

  @Test
  void ledgerAndLateReportsAreKeptInOrder() {
    Run run = land(start("noted"));
    Effect.Note one = new Effect.Note(NS, run.id(), 0, 1, "LEASE_REVOKED", "SESSION_EXPIRED", "node-1", null, NOON);
    Effect.Note two = new Effect.Note(NS, run.id(), 4, 2, "PAUSED", null, "anna", "looks wrong \0", NOON);
    Effect.KeepLateReport late = new Effect.KeepLateReport(new TaskToken(run.id(), 4, 2, 7), "complete", "{\"a\":1}",
        "lease lost", NOON.plusSeconds(1));
    land(new Samples.Made(run, effects(one, two, late)));
    land(new Samples.Made(run, effects(new Effect.Note(NS, run.id(), 0, 3, "RESUMED", null, "anna", null,
        NOON.plusSeconds(2)))));
    assertThat(store.visibility().ledger(run.id(), 10)).hasSize(3).startsWith(one)
        .extracting(Effect.Note::what).containsExactly("LEASE_REVOKED", "PAUSED", "RESUMED");
    assertThat(store.visibility().ledger(run.id(), 1)).containsExactly(one);
    assertThat(store.visibility().lateReports(run.id(), 10)).containsExactly(late);
  }

  @Test
  void declarationsAreKeptPerNamespaceAndKind() {
    var declared = store.declarations();
    declared.put("one", "color", "sky", "blue");
    declared.put("one", "color", "sky", "grey");
    declared.put("two", "color", "sky", "red");
    declared.put("one", "shape", "sky", "round");
    assertThat(declared.find("one", "color", "sky").orElseThrow().data()).isEqualTo("grey");
    assertThat(declared.list("one", "color")).hasSize(1);
    assertThat(declared.putIfAbsent("one", "color", "sky", "black").data()).isEqualTo("grey");
    assertThat(declared.putIfAbsent("one", "color", "sea", "green").data()).isEqualTo("green");
    assertThat(declared.declare("one", "color", "sea", "blue")).isFalse();
    assertThat(declared.declare("one", "shape", "sea", "flat")).isTrue();
    assertThat(declared.find("one", "color", "sea").orElseThrow().data()).isEqualTo("green");
    assertThat(declared.list("one", "color")).extracting(d -> d.name()).containsExactly("sea", "sky");
    assertThat(declared.remove("one", "color", "sky")).isTrue();
    assertThat(declared.remove("one", "color", "sky")).isFalse();
    assertThat(declared.removeAll("one")).isEqualTo(3);
    assertThat(declared.find("two", "color", "sky")).isPresent();
  }

  @Test
  void ofTwoStoresThatDeclareOrAddTheSameOneDoes() throws Exception {
    Store other = open();
    for (int i = 0; i < 20; i++) {
      String name = "n" + i;
      assertThat(Race.of(() -> store.declarations().declare(NS, "color", name, "one"),
          () -> other.declarations().declare(NS, "color", name, "other"))).containsOnlyOnce(true, false);
      assertThat(Race.of(() -> store.addNamespace(new Store.Namespace(name, "one", Duration.ofDays(1))),
          () -> other.addNamespace(new Store.Namespace(name, "other", Duration.ofDays(2))))).containsOnlyOnce(true, false);
    }
    assertThat(store.addNamespace(new Store.Namespace("n1", "late", Duration.ofDays(3)))).isFalse();
    assertThat(store.namespaces()).extracting(Store.Namespace::description).doesNotContain("late");
  }
}
