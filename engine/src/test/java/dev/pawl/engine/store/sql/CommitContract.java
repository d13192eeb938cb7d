package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.done;
import static dev.pawl.engine.store.sql.Samples.effects;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.plus;
import static dev.pawl.engine.store.sql.Samples.report;
import static dev.pawl.engine.store.sql.Samples.start;
import static dev.pawl.engine.store.sql.Samples.starting;
import static dev.pawl.engine.store.sql.Samples.step;
import static dev.pawl.engine.store.sql.Samples.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunState;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.Situation;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.ChainKey;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.Store.Outcome.Refused;
import dev.pawl.engine.store.Store.Write;
import dev.pawl.engine.store.StoreException;
import dev.pawl.testbed.DatabaseServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How groups of writes land and fall out, on every store. */
abstract class CommitContract extends StoreContract {
  CommitContract(DatabaseServer server) {
    super(server);
  }

  @Test
  void startedRunComesBackAsItWas() {
    Samples.Made made = start(starting(NS, "order-1", Samples.with(Duration.ZERO, 3, Map.of(
        "customer", new SearchValue.Keyword("Zoë 🐦"), "total", new SearchValue.Real(12.5)))));
    land(made);

    Store.Loaded loaded = store.load(new Store.Wanted(List.of(), List.of(new ChainKey(NS, "order-1"),
        new ChainKey(NS, "order-2")), List.of(), List.of(), List.of()));
    assertThat(loaded.chains()).containsOnlyKeys(new ChainKey(NS, "order-1"));
    assertThat(loaded.chains().values()).containsExactly(new Situation.Chain(NS, "order-1", made.run().id(), 1));
    assertThat(loaded.runs()).containsOnly(Map.entry(made.run().id(), made.run()));
    assertThat(history(made.run().id())).isEqualTo(made.write().events());
    assertThat(RunState.fold(made.run().id(), NS, "order-1", history(made.run().id())))
        .isEqualTo(made.run().state());
  }

  @Test
  void wholeLifeOfARun() {
    SessionId session = SessionId.random();
    Run run = land(start("life"));
    run = land(grant(run, session, NOON.plusSeconds(1)));
    assertThat(loaded(run.id())).isEqualTo(run);
    run = land(report(run, session, false, step(1)));
    run = land(report(run, session, false, step(2), new Command.UpsertSearchAttributes(3,
        Map.of("stage", new SearchValue.Keyword("paid")))));
    assertThat(loaded(run.id())).isEqualTo(run);
    run = land(report(run, session, true, step(4), done()));
    assertThat(loaded(run.id())).isEqualTo(run);
    assertThat(run.state().status()).isEqualTo(RunStatus.COMPLETED);
    assertThat(run.task().phase()).isEqualTo(WorkflowTask.Phase.NONE);
    assertThat(history(run.id())).extracting(Event::seq).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(RunState.fold(run.id(), NS, "life", history(run.id()))).isEqualTo(run.state());
    assertThat(store.events(run.id(), 3, 2)).extracting(Event::seq).containsExactly(4L, 5L);
    assertThat(store.find(run.id(), 0, 7, false)).isEqualTo(1);
    assertThat(store.find(run.id(), 0, 7, true)).isEqualTo(3);
    assertThat(store.find(run.id(), 4, 7, true)).isEqualTo(5);
    assertThat(store.find(run.id(), 0, 2, true)).as("none up to there").isZero();
    assertThat(store.find(run.id(), 2, 7, false)).as("none behind").isZero();
  }

  @Test
  void manyRunsAreReadTogether() throws SQLException {
    SessionId session = SessionId.random();
    Run open = land(report(land(grant(land(start("open")), session, NOON)), session, false, step(1), step(2)));
    Run done = land(report(land(grant(land(start("done")), session, NOON)), session, true, step(1), done()));
    Run spoilt = land(report(land(grant(land(start("spoilt")), session, NOON)), session, false, step(1)));
    try (var connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      statement.executeUpdate("delete from pawl_events where seq = 2 and run_id = "
          + "(select run_id from pawl_runs where workflow_id = 'spoilt')");
    }
    RunId nobody = RunId.next(NS, "nobody", NOON, new Random(1));
    Map<RunId, Long> after = Map.of(open.id(), 2L, done.id(), 0L, spoilt.id(), 0L, nobody, 0L);

    assertThat(store.events(after)).containsOnly(
        Map.entry(open.id(), store.events(open.id(), 2, 100)), Map.entry(done.id(), history(done.id())));
    assertThat(store.underWay(after.keySet())).containsExactlyInAnyOrder(open.id(), spoilt.id());
    assertThat(store.quarantine(spoilt.id(), "an event is missing")).isTrue();
    assertThat(store.underWay(after.keySet())).as("who waits for a blocked run looks closer").containsExactly(open.id());
    assertThat(store.underWay(List.of())).isEmpty();
  }

  @Test
  void staleVersionFallsOutAloneAndItsNeighboursLand() {
    Run a = land(start("a"));
    Run b = land(start("b"));
    Samples.Made stale = grant(b, SessionId.random(), NOON);
    b = land(grant(b, SessionId.random(), NOON));
    SessionId session = SessionId.random();

    assertThat(store.commit(List.of(grant(a, session, NOON).write(),
        plus(stale.write(), new Effect.Post(new Mail(Mail.Key.timer(b.id(), 9), NOON, new Mail.TimerDue(9)))),
        start("c").write()))).containsExactly(new Landed(), new Conflict(), new Landed());
    assertThat(loaded(b.id())).isEqualTo(b);
    assertThat(loaded(a.id()).task().session()).isEqualTo(session);
    assertThat(store.dueMails(10)).isEmpty();
    assertThat(store.counters().conflicts.sum()).isEqualTo(1);
  }

  @Test
  void takenChainKeepsASecondStartOut() {
    Samples.Made first = start("twice");
    Samples.Made second = start("twice");
    Samples.Made other = start("once");
    land(first);
    assertThat(store.commit(List.of(second.write(), other.write()))).containsExactly(new Conflict(), new Landed());
    assertThat(store.load(wanted(second.run().id())).runs()).isEmpty();
    assertThat(history(second.run().id())).isEmpty();
  }

  @Test
  void twoWritesOfOneGroupOnOneChainDoNotBothLand() {
    assertThat(store.commit(List.of(start("twins").write(), start("twins").write())))
        .containsExactly(new Landed(), new Conflict());
  }

  @Test
  void chainMovesOnlyFromTheRunItWasExpectedAt() {
    Run first = land(start("moving"));
    Samples.Made next = Samples.made(starting("moving"), Situation.of(null, NOON));
    Effect to = new Effect.PointChain(NS, "moving", first.id(), next.run().id(), 2);
    Write right = new Write(0, next.run(), next.write().events(), List.of(to));
    RunId wrong = Samples.newId(NS, "moving");
    Samples.Made late = start("moving");
    Write stale = new Write(0, late.run(), late.write().events(),
        List.of(new Effect.PointChain(NS, "moving", wrong, late.run().id(), 2)));
    assertThat(store.commit(List.of(stale))).containsExactly(new Conflict());
    assertThat(store.commit(List.of(right))).containsExactly(new Landed());
    assertThat(store.load(new Store.Wanted(List.of(), List.of(new ChainKey(NS, "moving")), List.of(), List.of(),
        List.of())).chains().values()).extracting(Situation.Chain::run).containsExactly(next.run().id());
    assertThat(store.load(wanted(late.run().id())).runs()).isEmpty();
  }

  @Test
  void whatWasDecidedOnAnotherTimelineIsNotWritten() {
    Samples.Made made = start("on-another-timeline");
    assertThatThrownBy(() -> store.commit(List.of(made.write()), store.timeline() - 1))
        .isInstanceOf(StoreException.class).hasMessageContaining("a standby has taken over");
    assertThat(store.load(wanted(made.run().id())).runs()).isEmpty();
    assertThat(store.commit(List.of(made.write()), store.timeline())).containsExactly(new Landed());
  }

  @Test
  void secondRunIsBornInTheSameCommit() {
    SessionId session = SessionId.random();
    Run run = land(grant(land(start("again")), session, NOON));
    Samples.Made next = report(run, session, true, new Command.ContinueAsNew(null, null, Payload.json("2"), Map.of(),
        Map.of("round", new SearchValue.Int(2)), List.of()));
    RunId born = next.write().effects().stream().filter(Effect.BearRun.class::isInstance)
        .map(e -> ((Effect.BearRun) e).run().id()).findFirst().orElseThrow();
    land(next);
    Store.Loaded loaded = store.load(new Store.Wanted(List.of(run.id()), List.of(new ChainKey(NS, "again")), List.of(),
        List.of(), List.of()));
    assertThat(loaded.runs()).containsOnlyKeys(run.id(), born);
    assertThat(loaded.runs().get(run.id()).state().status()).isEqualTo(RunStatus.CONTINUED);
    assertThat(loaded.chains().values()).containsExactly(new Situation.Chain(NS, "again", born, 2));
    assertThat(history(born)).hasSizeGreaterThanOrEqualTo(2);
    assertThat(store.visibility().runsOf(NS, "again")).extracting(r -> r.run()).containsExactly(run.id(), born);
  }

  @Test
  void badTextIsRefusedAloneAndNeighboursLand() {
    // No request lets such text through; the store does not depend on that.
    Write nul = renamed(start("nul"), "nul\0byte");
    Write half = renamed(start("half"), "half\ud83d");
    Write tooLong = renamed(start("long"), "x".repeat(256));
    Samples.Made good = start("🐦".repeat(127));
    List<Store.Outcome> outcomes = store.commit(List.of(nul, half, good.write(), tooLong));
    assertThat(outcomes.get(0)).isInstanceOf(Refused.class);
    assertThat(((Refused) outcomes.get(0)).why()).contains("workflow id").contains("NUL");
    assertThat(outcomes.get(1)).isInstanceOf(Refused.class);
    assertThat(outcomes.get(2)).isEqualTo(new Landed());
    assertThat(outcomes.get(3)).isInstanceOf(Refused.class);
    assertThat(loaded(good.run().id())).isEqualTo(good.run());
    assertThat(store.counters().refused.sum()).isEqualTo(3);
  }

  private static Write renamed(Samples.Made made, String workflowId) {
    RunState state = RunState.fold(made.run().id(), NS, workflowId, made.write().events());
    return new Write(0, new Run(state, made.run().task(), 1), made.write().events(), List.of());
  }

  @Test
  void whatTheDatabaseRefusesIsFoundByHalving() {
    Run victim = withActivity("victim");
    // Opens a task that is open: only the database knows.
    ActivityTask task = store.visibility().activitiesOf(victim.id()).get(0);
    List<Write> group = new ArrayList<>();
    for (int i = 0; i < 20; i++) group.add(start("neighbour-" + i).write());
    group.add(13, effects(new Effect.OpenTask(task)));
    List<Store.Outcome> outcomes = store.commit(group);
    for (int i = 0; i < group.size(); i++) {
      if (i == 13) assertThat(outcomes.get(i)).isInstanceOf(Refused.class);
      else assertThat(outcomes.get(i)).isEqualTo(new Landed());
    }
    assertThat(store.visibility().count(NS, new dev.pawl.engine.store.Visibility.Filter.All())).isEqualTo(21);
  }

  @Test
  void payloadsComeBackByteForByte() {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) all[i] = (byte) i;
    List<Payload> payloads = List.of(Payload.of("raw", all), Payload.json("{ \"b\":1 , \"a\" : 1.00 }"),
        Payload.json("\"🐦 \\u0000 \\ud83d\""), Payload.wrap(Payload.JSON, new byte[] {0, 1, (byte) 0xED, (byte) 0xA0}),
        Payload.of("raw", new byte[0]), Payload.of("raw", new byte[500_000]));
    SessionId session = SessionId.random();
    Run run = land(grant(land(start("bytes")), session, NOON));
    int n = 1;
    for (Payload payload : payloads) {
      run = land(report(run, session, false, new Command.RecordStep(n++, "s🐦", Outcome.success(payload), 1)));
    }
    assertThat(store.events(run.id(), 2, 100)).extracting(e -> ((RunEvent.StepCompleted) e.fact()).result())
        .containsExactlyElementsOf(payloads);
    assertThat(store.events(run.id(), 2, 100)).extracting(e -> ((RunEvent.StepCompleted) e.fact()).name())
        .containsOnly("s🐦");
    assertThat(loaded(run.id())).isEqualTo(run);
  }

  @Test
  void reasonsForPeopleMayContainAnything() {
    Run run = land(start("reason"));
    WorkflowTask blocked = run.task().blocked(NOON, "no \0 such \ud83d type");
    Run after = new Run(run.state(), blocked, run.version() + 1);
    assertThat(store.commit(List.of(new Write(run.version(), after, List.of(), List.of()))))
        .containsExactly(new Landed());
    assertThat(loaded(run.id()).task().reason()).isEqualTo("no \uFFFD such \uFFFD type");
    assertThat(store.visibility().runsOf(NS, "reason").get(0).blockedReason()).contains("such");
  }

  @Test
  void writeThatMakesNoSenseTakesNobodyAlong() {
    Run run = withActivity("odd");
    ActivityTask task = store.visibility().activitiesOf(run.id()).get(0);
    Mail never = new Mail(Mail.Key.timer(run.id(), 8), java.time.Instant.MAX, new Mail.TimerDue(8));
    assertThat(store.commit(List.of(start("before").write(),
        effects(new Effect.CloseTask(task.id(), null), new Effect.OpenTask(task)),
        effects(new Effect.Post(never)), start("after").write())))
        .satisfiesExactly(o -> assertThat(o).isEqualTo(new Landed()), o -> assertThat(o).isInstanceOf(Refused.class),
            o -> assertThat(o).isEqualTo(new Landed()), o -> assertThat(o).isEqualTo(new Landed()));
    assertThat(store.dueMails(10)).isEmpty();
    String why = "x".repeat(300);
    land(new Samples.Made(run, effects(new Effect.Note(NS, run.id(), 0, 1, why, why, why, why, NOON))));
    assertThat(store.visibility().ledger(run.id(), 1).get(0).reason()).isEqualTo(why);
  }

  @Test
  void twoNodesOnOneRunNeverBothLand() throws Exception {
    Store other = open();
    Run run = land(start("contested"));
    int landed = 0;
    for (int round = 0; round < 20; round++) {
      Samples.Made mine = Samples.signal(run, "mine-" + round);
      Samples.Made theirs = Samples.signal(run, "theirs-" + round);
      List<List<Store.Outcome>> outcomes = Race.of(() -> store.commit(List.of(mine.write())),
          () -> other.commit(List.of(theirs.write())));
      assertThat(outcomes).containsOnlyOnce(List.of(new Landed())).containsOnlyOnce(List.of(new Conflict()));
      run = outcomes.get(0).get(0) instanceof Landed ? mine.run() : theirs.run();
      landed++;
      assertThat(loaded(run.id())).isEqualTo(run);
    }
    assertThat(history(run.id())).hasSize(2 + landed);
  }

  @Test
  void twoNodesOnOneNewChainNeverBothLand() throws Exception {
    Store other = open();
    for (int round = 0; round < 20; round++) {
      Samples.Made mine = start("new-" + round);
      Samples.Made theirs = start("new-" + round);
      List<List<Store.Outcome>> outcomes = Race.of(() -> store.commit(List.of(mine.write())),
          () -> other.commit(List.of(theirs.write())));
      assertThat(outcomes).containsOnlyOnce(List.of(new Landed())).containsOnlyOnce(List.of(new Conflict()));
      boolean won = outcomes.get(0).get(0) instanceof Landed;
      assertThat(history((won ? mine : theirs).run().id())).hasSize(2);
      assertThat(history((won ? theirs : mine).run().id())).isEmpty();
    }
  }
}
