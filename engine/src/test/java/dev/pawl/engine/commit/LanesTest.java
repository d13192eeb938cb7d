package dev.pawl.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.Delivered;
import dev.pawl.core.run.Deliveries;
import dev.pawl.core.run.GrantTask;
import dev.pawl.core.run.LoseTask;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.ReportTask;
import dev.pawl.core.run.Request;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.SignalRun;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.run.TerminateRun;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import dev.pawl.engine.store.sql.Stores;
import dev.pawl.testbed.Databases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a lane does with a group, seen from both sides: the callers' and the store's. */
class LanesTest {
  private final Store real =
      Stores.open(Databases.sqlite().fresh().jdbcUrl(), StoreConfig.STANDARD, StoreClock.ofDatabase());
  private final TrickyStore tricky = new TrickyStore(real);
  private final List<Lanes> opened = new ArrayList<>();
  private Lanes lanes;

  @BeforeEach
  void open() {
    lanes = lanes(LaneSettings.STANDARD);
  }

  private Lanes lanes(LaneSettings settings) {
    Lanes made = new Lanes(tricky.store(), settings.withLanes(1), HandOut.NOBODY, (run, events, effects) -> {},
        EngineMetrics.NONE);
    made.start();
    opened.add(made);
    return made;
  }

  @AfterEach
  void close() {
    tricky.open();
    opened.forEach(Lanes::close);
    real.close();
  }

  private StartRun start(String id) {
    RunId run = RunId.next("default", id, real.now(), new Random(id.hashCode()));
    return new StartRun("default", id, run, "W", "q", Payload.json("1"), StartOptions.PLAIN, ReusePolicy.ALLOW,
        ConflictPolicy.FAIL, null, "", null, null, null);
  }

  private static SignalRun signal(String workflowId, String signalId) {
    return new SignalRun("default", workflowId, null, signalId, "digest", "go", Payload.json("1"), Map.of(), true);
  }

  /** Keeps the lane busy until all requests have gathered behind. */
  private <A> List<Answer<A>> inOneGroup(List<? extends Request<A>> requests) throws Exception {
    tricky.shut();
    Thread first = Thread.startVirtualThread(() -> lanes.submit(start("busy-" + System.nanoTime())));
    tricky.awaitArrival();
    List<Answer<A>> answers = new ArrayList<>();
    Thread all = Thread.startVirtualThread(() -> answers.addAll(lanes.submitAll(requests)));
    while (lanes.waiting() < 1 + requests.size()) Thread.onSpinWait();
    tricky.open();
    assertThat(first.join(Duration.ofSeconds(60))).isTrue();
    assertThat(all.join(Duration.ofSeconds(60))).isTrue();
    return answers;
  }

  @Test
  void whatIsDueGoesFirstAndTakesOnlySomeOthersAlong() throws Exception {
    for (int i = 0; i < 3; i++) lanes.submit(start("due-" + i));
    List<StartRun> others = new ArrayList<>();
    for (int i = 0; i < 40; i++) others.add(start("other-" + i));
    tricky.shut();
    Thread first = Thread.startVirtualThread(() -> lanes.submit(start("busy")));
    tricky.awaitArrival();
    Thread all = Thread.startVirtualThread(() -> lanes.submitAll(others));
    while (lanes.waiting() < 41) Thread.onSpinWait();
    CompletableFuture<List<Answer<SignalRun.Signalled>>> told = new CompletableFuture<>();
    lanes.offerDue(List.of(signal("due-0", "s"), signal("due-1", "s"), signal("due-2", "s")), told::complete);
    tricky.open();
    assertThat(told.get(60, TimeUnit.SECONDS)).hasSize(3).allMatch(Answer::ok);
    assertThat(first.join(Duration.ofSeconds(60))).isTrue();
    assertThat(all.join(Duration.ofSeconds(60))).isTrue();

    List<List<Store.Write>> last = tricky.groups.subList(tricky.groups.size() - 2, tricky.groups.size());
    assertThat(last.getFirst()).hasSize(3 + 32);
    assertThat(last.getFirst().subList(0, 3)).extracting(write -> write.run().state().workflowId())
        .containsExactly("due-0", "due-1", "due-2");
    assertThat(last.getLast()).hasSize(8);
  }

  @Test
  void decisionsAboutOneRunBecomeOneWrite() throws Exception {
    lanes.submit(start("w"));
    List<SignalRun> signals = new ArrayList<>();
    for (int i = 0; i < 50; i++) signals.add(signal("w", "s-" + i));
    assertThat(inOneGroup(signals)).allSatisfy(answer -> assertThat(answer.get().duplicate()).isFalse());
    List<Store.Write> last = tricky.groups.getLast();
    assertThat(last).hasSize(1);
    assertThat(last.getFirst().events()).hasSize(50);
    assertThat(last.getFirst().expectedVersion()).isEqualTo(1);
    assertThat(last.getFirst().run().version()).isEqualTo(51);
  }

  @Test
  void aRepeatedRequestInTheSameGroupIsAnsweredWithTheFirst() throws Exception {
    lanes.submit(start("w"));
    List<Answer<SignalRun.Signalled>> answers = inOneGroup(List.of(signal("w", "same"), signal("w", "same")));
    assertThat(answers).extracting(answer -> answer.get().duplicate()).containsExactly(false, true);
    assertThat(tricky.groups.getLast().getFirst().events()).hasSize(1);
  }

  /** Two looks found it, one in memory and one in the database; the store's guard sees only that it was there. */
  @Test
  void aMailThatComesTwiceInOneGroupCountsOnce() throws Exception {
    StartRun teller = start("teller");
    StartRun hearer = start("hearer");
    lanes.submitAll(List.of(teller, hearer));
    SessionId session = SessionId.random();
    GrantTask.Granted granted = lanes.submit(new GrantTask(teller.newRun(), session));
    lanes.submit(new ReportTask(granted.token(), session, 1, 2, List.of(
        new Command.StartChild(1, "W", "child", "q", null, StartOptions.PLAIN, ParentClosePolicy.ABANDON),
        new Command.SignalExternal(2, "default", "hearer", "word", null, Map.of()),
        new Command.SignalExternal(3, "default", "nobody", "word", null, Map.of())), true));
    List<Mail> mails = real.dueMails(10);
    assertThat(mails).hasSize(3);
    List<Request<Delivered>> twice =
        Stream.concat(mails.stream(), mails.stream()).map(Deliveries::of).toList();
    List<Answer<Delivered>> answers = inOneGroup(twice);

    assertThat(answers.subList(0, 3)).allMatch(Answer::ok);
    assertThat(answers.subList(3, 6)).allMatch(answer -> answer.refusal() == Rejection.Code.OVERLOADED);
    assertThat(real.dueMails(10)).extracting(mail -> mail.message().getClass().getSimpleName())
        .containsExactlyInAnyOrder("ChildStarted", "ExternalAnswered", "ExternalAnswered");
    assertThat(real.events(hearer.newRun(), 2, 10)).hasSize(1);
  }

  @Test
  void aRefusalThatDependsOnAChangeOfTheGroupFallsWithIt() throws Exception {
    // The second start is refused because of the first; the first falls out once, so both are decided again.
    int[] times = {0};
    tricky.instead = group -> {
      boolean concerned = group.stream().anyMatch(w -> w.run() != null && w.run().state().workflowId().equals("w"));
      return concerned && times[0]++ == 0
          ? group.stream().map(w -> (Store.Outcome) new Store.Outcome.Conflict()).toList()
          : tricky.reallyCommit(group);
    };
    List<Answer<StartRun.Started>> answers = inOneGroup(List.of(start("w"), start("w")));
    assertThat(answers.get(0).get().born()).isTrue();
    assertThat(answers.get(1).refusal()).isEqualTo(Rejection.Code.WORKFLOW_ALREADY_STARTED);
    assertThat(times[0]).isGreaterThan(1);
  }

  @Test
  void whatTheDatabaseRefusesIsFoundAndItsNeighboursLand() throws Exception {
    lanes.submit(start("w"));
    tricky.instead = group -> {
      List<Store.Outcome> outcomes = new ArrayList<>();
      for (Store.Write write : group) {
        boolean poison = write.events().stream().anyMatch(
            e -> e.fact() instanceof RunEvent.SignalReceived s && s.signalId().equals("poison"));
        outcomes.add(poison
            ? new Store.Outcome.Refused("no such character", true)
            : tricky.reallyCommit(List.of(write)).getFirst());
      }
      return outcomes;
    };
    List<Answer<SignalRun.Signalled>> answers =
        inOneGroup(List.of(signal("w", "a"), signal("w", "poison"), signal("w", "b")));
    assertThat(answers.get(0).ok()).isTrue();
    assertThat(answers.get(2).ok()).isTrue();
    assertThat(answers.get(1).refusal()).isEqualTo(Rejection.Code.INVALID_ARGUMENT);
    assertThat(answers.get(1).problem()).hasMessageContaining("no such character");
  }

  @Test
  void aRefusalFromTheCacheIsConfirmedByTheDatabase() {
    Lanes other = lanes(LaneSettings.STANDARD);
    StartRun start = start("w");
    lanes.submit(start);
    SessionId lost = SessionId.random();
    GrantTask.Granted granted = lanes.submit(new GrantTask(start.newRun(), lost));
    // This node remembers the run as leased; the other one has taken the lease back.
    other.submit(new LoseTask(start.newRun(), granted.token().epoch(), "SESSION_EXPIRED"));
    GrantTask.Granted again = lanes.submit(new GrantTask(start.newRun(), SessionId.random()));
    assertThat(again.token().epoch()).isEqualTo(granted.token().epoch() + 1);
  }

  @Test
  void aChangeOnAStaleRunIsDecidedAgain() {
    Lanes other = lanes(LaneSettings.STANDARD);
    lanes.submit(start("w"));
    other.submit(new TerminateRun("default", "w", null, "enough", null, "d", "test"));
    assertThatThrownBy(() -> lanes.submit(signal("w", "s"))).isInstanceOfSatisfying(RejectedException.class,
        e -> assertThat(e.code()).isEqualTo(Rejection.Code.RUN_CLOSED));
  }

  @Test
  void aDatabaseThatFailsIsSaidAndForgotten() {
    lanes.submit(start("w"));
    tricky.instead = group -> {
      throw new StoreException(Rejection.Code.STORE_UNAVAILABLE, "the cable is out", new IllegalStateException());
    };
    assertThatThrownBy(() -> lanes.submit(signal("w", "s"))).isInstanceOfSatisfying(RejectedException.class,
        e -> assertThat(e.code()).isEqualTo(Rejection.Code.STORE_UNAVAILABLE));
    tricky.instead = null;
    assertThat(lanes.submit(signal("w", "s")).duplicate()).isFalse();
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (lanes.waiting() > 0) assertThat(System.nanoTime()).isLessThan(deadline); // counted after the answer
  }

  @Test
  void aGroupIsCappedByCountAndBytes() throws Exception {
    lanes = lanes(new LaneSettings(1, 20_000, 10, 64 * 1024, 1_000, 10_000));
    List<StartRun> starts = new ArrayList<>();
    for (int i = 0; i < 45; i++) starts.add(start("w-" + i));
    inOneGroup(starts);
    assertThat(tricky.groups).allSatisfy(group -> assertThat(group.size()).isLessThanOrEqualTo(10));
    tricky.groups.clear();
    List<SignalRun> big = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      big.add(new SignalRun("default", "w-" + i, null, "s", "d", "go", Payload.json("\"" + "x".repeat(50_000) + "\""),
          Map.of(), true));
    }
    inOneGroup(big);
    assertThat(tricky.groups).allSatisfy(group -> assertThat(group.size()).isLessThanOrEqualTo(3));
  }

  @Test
  void anInterruptedCallerStillLearnsTheOutcome() throws Exception {
    tricky.shut();
    List<Object> outcome = new ArrayList<>();
    Thread caller = Thread.startVirtualThread(() -> {
      outcome.add(lanes.submit(start("w")).born());
      outcome.add(Thread.currentThread().isInterrupted());
    });
    tricky.awaitArrival();
    caller.interrupt();
    tricky.open();
    assertThat(caller.join(Duration.ofSeconds(60))).isTrue();
    assertThat(outcome).containsExactly(true, true);
  }
}
