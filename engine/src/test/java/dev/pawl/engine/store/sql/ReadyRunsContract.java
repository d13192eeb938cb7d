package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.report;
import static dev.pawl.engine.store.sql.Samples.start;
import static dev.pawl.engine.store.sql.Samples.starting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.TaskKind;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.core.run.StartOptions;
import org.jspecify.annotations.Nullable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who gets which run that waits for a worker, on every store. */
abstract class ReadyRunsContract extends StoreContract {
  ReadyRunsContract(DatabaseServer server) {
    super(server);
  }

  @Test
  void aRunOfABuildIsForSessionsOfThatBuild() {
    StartOptions plain = Samples.with(Duration.ZERO, 5, Map.of());
    RunId pinned = land(start(starting(NS, "pinned", new StartOptions(null, null, plain.taskTimeout(), null,
        Duration.ZERO, 0, "b-1", Map.of(), Map.of(), Map.of())))).id();
    RunId free = land(start(starting(NS, "free", plain))).id();
    Duration wait = Duration.ofSeconds(1);
    assertThat(store.readyRuns(NS, "main", session("b-1"), wait, List.of(), 0, 10)).containsExactly(pinned, free);
    assertThat(store.readyRuns(NS, "main", session("b-1"), wait, List.of("Order"), 0, 1)).containsExactly(pinned);
    assertThat(store.readyRuns(NS, "main", session("b-2"), wait, List.of(), 0, 1)).containsExactly(free);
    assertThat(store.readyRuns(NS, "main", session(null), wait, List.of("Order"), 0, 10)).containsExactly(free);
    assertThat(store.readyRuns(NS, "main", SessionId.random(), wait, List.of(), 0, 10)).containsExactly(free);
  }

  private SessionId session(@Nullable String build) {
    SessionId id = SessionId.random();
    store.renew(new Store.Session(id, "worker", "IDLE", 1, build, 1), Duration.ofMinutes(1));
    return id;
  }

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
  void aRunParkedAtASessionThatExpiredIsForAnybodyAlsoBeforeItIsDeclaredLost() {
    SessionId silent = SessionId.random();
    store.renew(new Store.Session(silent, "worker", "IDLE", 1, null, 1), Duration.ofSeconds(15));
    RunId parked = readyAgain("parked", silent);
    SessionId other = SessionId.random();
    clock.forward(Duration.ofSeconds(14));
    assertThat(store.readyRuns(NS, "main", other, Duration.ofHours(1), List.of(), 0, 10)).isEmpty();
    clock.forward(Duration.ofSeconds(1));
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
    assertThat(store.leasesOf(session)).containsExactly(
        new Store.HeldLease(new TaskId(held.id(), 0), 2, Duration.between(reported.task().since(), clock.instant())));
  }

  /** A run that reported to {@code session}, waits, and got a signal. */
  private RunId readyAgain(String workflowId, SessionId session) {
    Run run = land(grant(land(start(workflowId)), session, NOON));
    run = land(report(run, session, true, new Command.StartTimer(1, Duration.ofDays(1))));
    return land(Samples.signal(run, "s")).id();
  }
}
