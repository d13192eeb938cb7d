package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.done;
import static dev.pawl.engine.store.sql.Samples.effects;
import static dev.pawl.engine.store.sql.Samples.facts;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.plus;
import static dev.pawl.engine.store.sql.Samples.report;
import static dev.pawl.engine.store.sql.Samples.start;
import static dev.pawl.engine.store.sql.Samples.starting;
import static dev.pawl.engine.store.sql.Samples.step;
import static dev.pawl.engine.store.sql.Samples.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import dev.pawl.core.run.Command;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunState;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.Situation;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.ChainKey;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.Store.Outcome.Refused;
import dev.pawl.engine.store.Store.TaskKind;
import dev.pawl.engine.store.Store.UpdateKey;
import dev.pawl.engine.store.Store.Write;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store must do, whatever the database. */
abstract class StoreContract {
  final TestClock clock = new TestClock(NOON);
  final List<Store> opened = new ArrayList<>();
  Database database;
  Store store;

  abstract DatabaseServer server();

  @BeforeEach
  void openStore() {
    database = server().fresh();
    store = open();
  }

  @AfterEach
  void closeStores() {
    opened.forEach(Store::close);
  }

  /** One more store on the same database, as another node would open. */
  Store open() {
    return open(StoreConfig.STANDARD, StoreClock.of(clock));
  }

  Store open(StoreConfig config, StoreClock time) {
    Store one = Stores.open(database.jdbcUrl(), database.user(), database.password(), config, time);
    opened.add(one);
    return one;
  }

  Run land(Samples.Made made) {
    assertThat(store.commit(List.of(made.write()))).containsExactly(new Landed());
    return made.run();
  }

  Run loaded(RunId id) {
    Store.Loaded loaded = store.load(wanted(id));
    assertThat(loaded.corrupt()).isEmpty();
    assertThat(loaded.runs()).containsKey(id);
    return loaded.runs().get(id);
  }

  List<Event> history(RunId run) {
    return store.events(run, 0, 10_000);
  }

  static ActivityOptions options(Duration startToClose, int priority) {
    return new ActivityOptions("work", null, startToClose, null, null, RetryPolicy.EXPONENTIAL, priority);
  }

  static Command activity(int step) {
    return new Command.ScheduleActivity(step, "charge", Payload.json("42"), options(Duration.ofMinutes(1), 5),
        Map.of());
  }

  /** A run that waits for activity 1, and the task as it lies in the database. */
  Run withActivity(String workflowId) {
    SessionId session = SessionId.random();
    Run run = land(grant(land(start(workflowId)), session, NOON));
    return land(report(run, session, true, activity(1)));
  }

  // ---- the commit

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

  // ---- activities

  @Test
  void activityIsOpenedClaimedBeatenAndClosed() {
    Run run = withActivity("paid");
    TaskId id = new TaskId(run.id(), 1);
    assertThat(store.hasWaiting(NS, "work", TaskKind.ACTIVITY)).isTrue();
    assertThat(store.visibility().backlog(NS, "work", TaskKind.ACTIVITY).waiting()).isEqualTo(1);
    assertThat(store.claimActivities(NS, "other", SessionId.random(), List.of(), 10)).isEmpty();
    assertThat(store.claimActivities(NS, "work", SessionId.random(), List.of("refund"), 10)).isEmpty();

    SessionId session = SessionId.random();
    clock.forward(Duration.ofSeconds(5));
    List<ActivityTask> claimed = store.claimActivities(NS, "work", session, List.of("refund", "charge"), 10);
    assertThat(claimed).hasSize(1);
    ActivityTask task = claimed.get(0);
    assertThat(task.id()).isEqualTo(id);
    assertThat(task.phase()).isEqualTo(ActivityTask.Phase.LEASED);
    assertThat(task.epoch()).isEqualTo(1);
    assertThat(task.leasedAt()).isEqualTo(clock.instant());
    assertThat(task.input()).isEqualTo(Payload.json("42"));
    assertThat(task.options()).isEqualTo(options(Duration.ofMinutes(1), 5));
    assertThat(store.claimActivities(NS, "work", session, List.of(), 10)).isEmpty();
    assertThat(store.hasWaiting(NS, "work", TaskKind.ACTIVITY)).isFalse();

    assertThat(store.beat(List.of(new Store.Beat(id, 7, null)))).isEmpty();
    clock.forward(Duration.ofSeconds(5));
    ActivityTask beaten = store.beat(List.of(new Store.Beat(id, 1, Payload.json("\"half\"")))).get(0);
    assertThat(beaten.details()).isEqualTo(Payload.json("\"half\""));
    assertThat(store.beat(List.of(new Store.Beat(id, 1, null)))).extracting(ActivityTask::details)
        .containsExactly(Payload.json("\"half\""));
    assertThat(store.visibility().activitiesOf(run.id())).containsExactly(beaten);

    assertThat(store.nextDue()).contains(task.leasedAt().plusSeconds(60));
    assertThat(store.overdueActivities(10)).isEmpty();
    clock.forward(Duration.ofMinutes(2));
    assertThat(store.overdueActivities(10)).containsExactly(beaten);

    assertThat(store.commit(List.of(effects(new Effect.CloseTask(id, 0L))))).containsExactly(new Conflict());
    assertThat(store.commit(List.of(effects(new Effect.CloseTask(id, 1L)), start("x").write())))
        .containsExactly(new Landed(), new Landed());
    assertThat(store.visibility().activitiesOf(run.id())).isEmpty();
    assertThat(store.commit(List.of(effects(new Effect.CloseTask(id, 1L)), start("y").write())))
        .containsExactly(new Conflict(), new Landed());
    assertThat(store.commit(List.of(effects(new Effect.CloseTask(id, null))))).containsExactly(new Landed());
  }

  @Test
  void changedTaskIsGuardedByItsEpoch() {
    Run run = withActivity("retry");
    ActivityTask open = store.visibility().activitiesOf(run.id()).get(0);
    ActivityTask retry = open.leased(SessionId.random(), NOON)
        .nextAttempt(NOON.plusSeconds(30), Failure.of("Declined", "no \0 money"), true);
    Samples.Made change = Samples.signal(run, "s");
    assertThat(store.commit(List.of(plus(change.write(), new Effect.ChangeTask(retry, 3)), start("n").write())))
        .containsExactly(new Conflict(), new Landed());
    assertThat(loaded(run.id())).isEqualTo(run);
    assertThat(store.commit(List.of(plus(change.write(), new Effect.ChangeTask(retry, 0)), start("m").write())))
        .containsExactly(new Landed(), new Landed());
    assertThat(store.visibility().activitiesOf(run.id())).containsExactly(retry);
    assertThat(store.load(new Store.Wanted(List.of(), List.of(), List.of(retry.id(), new TaskId(run.id(), 2)),
        List.of(), List.of())).tasks()).containsOnly(Map.entry(retry.id(), retry));
    assertThat(store.claimActivities(NS, "work", SessionId.random(), List.of(), 1)).isEmpty();
    assertThat(store.nextDue()).contains(NOON.plusSeconds(30));
    clock.forward(Duration.ofSeconds(30));
    assertThat(store.claimActivities(NS, "work", SessionId.random(), List.of(), 1)).hasSize(1);
  }

  @Test
  void severalGuardsOfOneWriteHoldTogetherOrNotAtAll() {
    Run run = withActivity("both");
    TaskId task = new TaskId(run.id(), 1);
    Mail mail = new Mail(Mail.Key.timer(run.id(), 5), NOON, new Mail.TimerDue(5));
    assertThat(store.commit(List.of(effects(new Effect.Post(mail))))).containsExactly(new Landed());
    Samples.Made change = Samples.signal(run, "s");

    // Version and mail hold, the epoch does not.
    assertThat(store.commit(List.of(plus(change.write(), new Effect.Take(mail.key()), new Effect.CloseTask(task, 9L)),
        start("n1").write()))).containsExactly(new Conflict(), new Landed());
    assertThat(store.dueMails(5)).containsExactly(mail);
    assertThat(store.visibility().activitiesOf(run.id())).hasSize(1);
    assertThat(loaded(run.id())).isEqualTo(run);

    // Version and epoch hold, the mail is not there.
    assertThat(store.commit(List.of(plus(change.write(), new Effect.Take(Mail.Key.timer(run.id(), 6)),
        new Effect.CloseTask(task, 0L)), start("n2").write()))).containsExactly(new Conflict(), new Landed());
    assertThat(store.visibility().activitiesOf(run.id())).hasSize(1);

    assertThat(store.commit(List.of(plus(change.write(), new Effect.Take(mail.key()), new Effect.CloseTask(task, 0L)),
        start("n3").write()))).containsExactly(new Landed(), new Landed());
    assertThat(store.dueMails(5)).isEmpty();
    assertThat(store.visibility().activitiesOf(run.id())).isEmpty();
  }

  @Test
  void manyClaimersShareTheWorkWithoutOverlap() throws Exception {
    SessionId session = SessionId.random();
    Run run = land(grant(land(start("many")), session, NOON));
    List<Command> commands = new ArrayList<>();
    for (int i = 1; i <= 60; i++) commands.add(activity(i));
    land(report(run, session, true, commands.toArray(Command[]::new)));
    Store other = open();
    List<ActivityTask> all = new ArrayList<>();
    while (all.size() < 60) {
      List<List<ActivityTask>> parts = Race.of(
          () -> store.claimActivities(NS, "work", SessionId.random(), List.of(), 7),
          () -> other.claimActivities(NS, "work", SessionId.random(), List.of(), 7),
          () -> other.claimActivities(NS, "work", SessionId.random(), List.of(), 7));
      assertThat(parts).anySatisfy(part -> assertThat(part).isNotEmpty());
      parts.forEach(all::addAll);
    }
    assertThat(all).extracting(ActivityTask::id).doesNotHaveDuplicates().hasSize(60);
  }

  // ---- mails

  @Test
  void mailsAreDueInOrderAndTakenOnce() {
    Run run = land(start("timers"));
    Mail later = new Mail(Mail.Key.timer(run.id(), 2), NOON.plusSeconds(20), new Mail.TimerDue(2));
    Mail sooner = new Mail(Mail.Key.timer(run.id(), 1), NOON.plusSeconds(10), new Mail.TimerDue(1));
    land(new Samples.Made(run, effects(new Effect.Post(later), new Effect.Post(sooner))));
    assertThat(store.dueMails(10)).isEmpty();
    assertThat(store.nextDue()).contains(NOON.plusSeconds(10));
    clock.forward(Duration.ofSeconds(10));
    assertThat(store.dueMails(10)).containsExactly(sooner);
    clock.forward(Duration.ofSeconds(10));
    assertThat(store.dueMails(10)).containsExactly(sooner, later);
    assertThat(store.dueMails(1)).containsExactly(sooner);

    assertThat(store.commit(List.of(effects(new Effect.Take(sooner.key()))))).containsExactly(new Landed());
    assertThat(store.commit(List.of(effects(new Effect.Take(sooner.key())), effects(new Effect.Take(later.key())))))
        .containsExactly(new Conflict(), new Landed());
    assertThat(store.commit(List.of(effects(new Effect.Unpost(later.key()))))).containsExactly(new Landed());
    assertThat(store.nextDue()).isEmpty();
  }

  @Test
  void mailPostedAgainReplacesTheOldOne() {
    Run run = land(start("moved"));
    Mail.Key key = Mail.Key.timer(run.id(), 1);
    Mail first = new Mail(key, NOON.plusSeconds(5), new Mail.TimerDue(1));
    Mail second = new Mail(key, NOON.plusSeconds(50), new Mail.TimerDue(1));
    land(new Samples.Made(run, effects(new Effect.Post(first))));
    land(new Samples.Made(run, effects(new Effect.Take(key), new Effect.Post(second))));
    assertThat(store.nextDue()).contains(second.due());
    land(new Samples.Made(run, effects(new Effect.Post(first))));
    assertThat(store.nextDue()).contains(first.due());
    land(new Samples.Made(run, effects(new Effect.Post(second), new Effect.Unpost(key))));
    assertThat(store.nextDue()).isEmpty();
  }

  // ---- updates, requests, ledger

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

  // ---- ready runs

  @Test
  void readyRunsComeByPriorityThenAge() {
    List<RunId> expected = new ArrayList<>();
    RunId late = land(Samples.made(starting(NS, "late", Samples.with(Duration.ZERO, 5, Map.of())),
        Situation.of(null, NOON.minusSeconds(1)))).id();
    RunId early = land(Samples.made(starting(NS, "early", Samples.with(Duration.ZERO, 5, Map.of())),
        Situation.of(null, NOON.minusSeconds(2)))).id();
    RunId first = land(start(starting(NS, "first", Samples.with(Duration.ZERO, 0, Map.of())))).id();
    RunId last = land(start(starting(NS, "last", Samples.with(Duration.ZERO, 9, Map.of())))).id();
    RunId delayed = land(start(starting(NS, "delayed", Samples.with(Duration.ofHours(1), 0, Map.of())))).id();
    land(start(starting("other", "foreign", Samples.with(Duration.ZERO, 0, Map.of()))));
    expected.addAll(List.of(first, early, late, last));
    SessionId session = SessionId.random();
    Duration wait = Duration.ofSeconds(1);
    assertThat(store.readyRuns(NS, "main", session, wait, List.of(), 0, 10)).isEqualTo(expected);
    assertThat(store.readyRuns(NS, "main", session, wait, List.of("Order", "Other", "Third"), 0, 2))
        .isEqualTo(expected.subList(0, 2));
    assertThat(store.readyRuns(NS, "main", session, wait, List.of(), 1, 2)).isEqualTo(expected.subList(1, 3));
    assertThat(store.readyRuns(NS, "main", session, wait, List.of("Other"), 0, 10)).isEmpty();
    assertThat(store.readyRuns(NS, "none", session, wait, List.of(), 0, 10)).isEmpty();
    assertThat(store.hasWaiting(NS, "main", TaskKind.WORKFLOW)).isTrue();
    assertThat(store.hasWaiting(NS, "none", TaskKind.WORKFLOW)).isFalse();
    assertThat(store.nextDue()).contains(NOON.plus(Duration.ofHours(1)));
    assertThat(store.visibility().backlog(NS, "main", TaskKind.WORKFLOW))
        .isEqualTo(new dev.pawl.engine.store.Visibility.Backlog(4, NOON.minusSeconds(2)));
    clock.forward(Duration.ofHours(1));
    assertThat(store.readyRuns(NS, "main", session, wait, List.of(), 0, 2)).containsExactly(first, delayed);
  }

  @Test
  void parkedRunsGoToTheirSessionFirst() {
    SessionId mine = SessionId.random();
    SessionId theirs = SessionId.random();
    for (SessionId id : List.of(mine, theirs)) {
      store.renew(new Store.Session(id, "worker", "IDLE", 1, null, 1), Duration.ofSeconds(15));
    }
    RunId parked = readyAgain("parked", mine);
    RunId elsewhere = readyAgain("elsewhere", theirs);
    RunId fresh = land(start("fresh")).id();
    Duration wait = Duration.ofSeconds(1);
    assertThat(store.readyRuns(NS, "main", mine, wait, List.of(), 0, 10)).containsExactly(parked, fresh);
    assertThat(store.readyRuns(NS, "main", theirs, wait, List.of(), 0, 10)).containsExactly(elsewhere, fresh);
    assertThat(store.readyRuns(NS, "main", mine, wait, List.of(), 0, 1)).containsExactly(parked);
    clock.forward(wait);
    assertThat(store.readyRuns(NS, "main", mine, wait, List.of(), 0, 10)).startsWith(parked)
        .containsExactlyInAnyOrder(parked, elsewhere, fresh);
  }

  @Test
  void aRunParkedAtASessionThatEndedIsForAnybodyAtOnce() {
    SessionId ended = SessionId.random();
    store.renew(new Store.Session(ended, "worker", "IDLE", 1, null, 1), Duration.ofSeconds(15));
    RunId parked = readyAgain("parked", ended);
    SessionId other = SessionId.random();
    assertThat(store.readyRuns(NS, "main", other, Duration.ofHours(1), List.of(), 0, 10)).isEmpty();
    store.close(ended);
    assertThat(store.readyRuns(NS, "main", other, Duration.ofHours(1), List.of(), 0, 10)).containsExactly(parked);
  }

  @Test
  void oneCommitMayEndALeaseAndGrantTheNextOneToTheSameSessionAtTheSameInstant() {
    SessionId session = SessionId.random();
    Run held = land(grant(land(start("again")), session, NOON));
    Run reported = land(report(held, session, false, new Command.StartTimer(1, Duration.ofDays(1))));
    Run again = new Run(reported.state(),
        reported.task().idle(NOON).ready(NOON, NOON).leased(session, reported.task().since()),
        reported.version() + 1);
    assertThat(store.commit(List.of(new Store.Write(reported.version(), again, List.of(), List.of()))))
        .containsExactly(new Store.Outcome.Landed());
    assertThat(store.leasesOf(session, NOON.plusSeconds(1)))
        .containsExactly(new Store.HeldLease(new TaskId(held.id(), 0), 2));
  }

  /** A run that reported to {@code session}, waits, and got a signal. */
  private RunId readyAgain(String workflowId, SessionId session) {
    Run run = land(grant(land(start(workflowId)), session, NOON));
    run = land(report(run, session, true, new Command.StartTimer(1, Duration.ofDays(1))));
    return land(Samples.signal(run, "s")).id();
  }

  // ---- sessions

  @Test
  void expiredSessionIsLostForGoodAndItsLeasesShow() {
    Store.Session session = new Store.Session(SessionId.random(), "host \0 1", "IDLE", 10, "build-1", 1);
    Store.Session other = new Store.Session(SessionId.random(), "host 2", "BUSY", 10, null, 1);
    assertThat(store.renew(session, Duration.ofSeconds(15))).isTrue();
    assertThat(store.renew(other, Duration.ofSeconds(60))).isTrue();
    Run held = land(grant(land(start("held")), session.id(), NOON));
    Run safe = land(grant(land(start("safe")), other.id(), NOON));
    Run strange = land(grant(land(start("strange")), SessionId.random(), NOON));
    withActivity("task");
    ActivityTask task = store.claimActivities(NS, "work", session.id(), List.of(), 1).get(0);
    assertThat(store.abandonedRuns(10)).extracting(Store.HeldRun::run).containsExactly(strange.id());
    assertThat(store.leasesOf(session.id(), NOON.plusSeconds(1))).containsExactlyInAnyOrder(
        new Store.HeldLease(new TaskId(held.id(), 0), 1), new Store.HeldLease(task.id(), 1));
    assertThat(store.leasesOf(session.id(), NOON)).isEmpty();

    clock.forward(Duration.ofSeconds(14));
    assertThat(store.expireSessions()).isZero();
    assertThat(store.renew(session, Duration.ofSeconds(15))).isTrue();
    clock.forward(Duration.ofSeconds(15));
    assertThat(store.expireSessions()).isEqualTo(1);
    assertThat(store.expireSessions()).isZero();
    assertThat(store.renew(session, Duration.ofSeconds(15))).isFalse();
    assertThat(store.abandonedRuns(10)).containsExactlyInAnyOrder(
        new Store.HeldRun(strange.id(), 1, strange.task().session()), new Store.HeldRun(held.id(), 1, session.id()));
    assertThat(store.abandonedActivities(10)).containsExactly(task);
    assertThat(store.sessions(10)).filteredOn(Store.SessionView::lost).extracting(v -> v.session().id())
        .containsExactly(session.id());

    store.close(other.id());
    assertThat(store.renew(other, Duration.ofSeconds(15))).isFalse();
    assertThat(store.abandonedRuns(10)).extracting(Store.HeldRun::run).contains(safe.id());
    assertThat(store.abandonedRuns(1)).hasSize(1);
  }

  // ---- time

  @Test
  void realClockOfStoreAndDatabaseAgree() {
    Store real = open(StoreConfig.STANDARD, StoreClock.ofDatabase());
    java.time.Instant before = real.now();
    Run run = start("soon").run();
    Mail due = new Mail(Mail.Key.timer(run.id(), 1), before, new Mail.TimerDue(1));
    Mail notDue = new Mail(Mail.Key.timer(run.id(), 2), before.plusSeconds(3600), new Mail.TimerDue(2));
    real.commit(List.of(effects(new Effect.Post(due), new Effect.Post(notDue))));
    assertThat(real.now()).isAfterOrEqualTo(before);
    assertThat(Duration.between(real.now(), java.time.Instant.now()).abs()).isLessThan(Duration.ofSeconds(5));
    long patience = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (real.dueMails(10).isEmpty() && System.nanoTime() < patience) Thread.onSpinWait();
    assertThat(real.dueMails(10)).containsExactly(due);
  }

  // ---- inside the user's transaction

  @Test
  void effectAndMailExistIfAndOnlyIfTheUserCommits() throws Exception {
    Run run = land(start("tx"));
    Mail mail = new Mail(Mail.Key.fromOutside(Samples.newId(NS, "x")), NOON, new Mail.StartOther(starting("other")));
    try (var users = database.dataSource().getConnection()) {
      users.setAutoCommit(false);
      store.recordEffect(users, run.id(), 1, Payload.json("\"paid\""));
      store.post(users, mail);
      users.rollback();
      assertThat(store.effectOf(run.id(), 1)).isEqualTo(Optional.empty());
      assertThat(store.dueMails(10)).isEmpty();
      store.recordEffect(users, run.id(), 1, Payload.json("\"paid\""));
      store.post(users, mail);
      users.commit();
      assertThat(store.effectOf(run.id(), 1)).contains(Payload.json("\"paid\""));
      assertThat(store.dueMails(10)).containsExactly(mail);
      org.assertj.core.api.Assertions.assertThatThrownBy(
          () -> store.recordEffect(users, run.id(), 1, Payload.json("\"again\"")))
          .isInstanceOf(java.sql.SQLException.class);
      users.rollback();
    }
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
    assertThat(declared.list("one", "color")).extracting(d -> d.name()).containsExactly("sea", "sky");
    assertThat(declared.remove("one", "color", "sky")).isTrue();
    assertThat(declared.remove("one", "color", "sky")).isFalse();
    assertThat(declared.removeAll("one")).isEqualTo(2);
    assertThat(declared.find("two", "color", "sky")).isPresent();
  }
}
