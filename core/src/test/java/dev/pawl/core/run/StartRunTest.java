package dev.pawl.core.run;

import dev.pawl.core.task.WorkflowTask.Phase;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection.Code;
import dev.pawl.core.value.RunId;
import dev.pawl.core.value.SearchValue;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import static dev.pawl.core.run.Requests.ORDER;
import static dev.pawl.core.run.Requests.options;
import static dev.pawl.core.run.Requests.signalEvent;
import static dev.pawl.core.run.Requests.start;
import static dev.pawl.core.run.Requests.updateRow;
import static dev.pawl.core.run.Requests.with;
import static dev.pawl.core.run.Requests.withId;
import static dev.pawl.core.run.Transcript.given;
import static dev.pawl.core.run.World.NOON;
import static dev.pawl.core.run.World.NS;
import static org.assertj.core.api.Assertions.assertThat;

class StartRunTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TestFactory
  Stream<DynamicTest> plain() {
    return Summary.inEveryState(w -> start(w, ORDER), """
        ABSENT, CLOSED: a new run: StartAccepted, WorkflowStarted → READY
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED: `workflow_already_started`""");
  }

  @TestFactory
  Stream<DynamicTest> usesTheExistingOne() {
    return Summary.inEveryState(w -> with(start(w, ORDER), ReusePolicy.ALLOW, ConflictPolicy.USE_EXISTING), """
        ABSENT, CLOSED: a new run: StartAccepted, WorkflowStarted → READY
        DELAYED, READY, FIRST_LEASE, WAITING, LEASED, PAUSED, BLOCKED: same""");
  }

  @TestFactory
  Stream<DynamicTest> terminatesTheExistingOne() {
    return Summary.inEveryState(w -> with(start(w, ORDER), ReusePolicy.TERMINATE_EXISTING, ConflictPolicy.FAIL), """
        ABSENT, CLOSED: a new run: StartAccepted, WorkflowStarted → READY
        DELAYED, READY, FIRST_LEASE: WorkflowTerminated; a new run: StartAccepted, WorkflowStarted → READY → NONE
        WAITING, LEASED, PAUSED, BLOCKED: WorkflowTerminated; closes activity 1; posts TerminateOther; update u-1 COMPLETED; a new run: StartAccepted, WorkflowStarted → READY → NONE""");
  }

  @TestFactory
  Stream<DynamicTest> bringsASignalAndAnUpdate() {
    return Summary.inEveryState(w -> {
      StartRun plain = with(start(w, ORDER), ReusePolicy.REJECT, ConflictPolicy.USE_EXISTING);
      return with(plain, signalEvent("s-9"), updateRow(plain.newRun(), "u-9"));
    }, """
        ABSENT: a new run: StartAccepted, WorkflowStarted, SignalReceived; update u-9 ADMITTED → READY
        DELAYED, READY, WAITING: SignalReceived; update u-9 ADMITTED → READY
        FIRST_LEASE, LEASED: SignalReceived; update u-9 ADMITTED → LEASED
        PAUSED: SignalReceived; update u-9 ADMITTED → IDLE
        BLOCKED: SignalReceived; update u-9 ADMITTED → BLOCKED
        CLOSED: `workflow_already_started`""");
  }

  @Test
  void anUpdateIdThatTheRunKnowsIsNotAdmittedTwice() {
    given(State.WAITING).when(w -> {
      StartRun plain = with(start(w, ORDER), ReusePolicy.ALLOW, ConflictPolicy.USE_EXISTING);
      return with(plain, null, updateRow(plain.newRun(), "u-1"));
    }).then().effects().isLeft(Phase.IDLE);
  }

  @Test
  void theSameRequestIdGetsTheSameRun() {
    World world = State.ABSENT.world();
    StartRun first = withId(start(world, ORDER), "r-1", "d");
    StartRun.Started started = world.did(first);
    given(world).when(w -> withId(start(w, ORDER), "r-1", "d"))
        .unchanged().answers(new StartRun.Started(started.run(), 1, false))
        .when(w -> withId(start(w, ORDER), "r-1", "other")).rejected(Code.REQUEST_CONFLICT);
  }

  @Test
  void aRunThatIsNotTheNewestIsAnsweredWithItsOwnNumber() {
    World world = State.ABSENT.world();
    StartRun.Started first = world.did(withId(start(world, ORDER), "r-1", "d"));
    world.turn(first.run(), Requests.again());
    given(world).when(w -> withId(start(w, ORDER), "r-1", "d"))
        .unchanged().answers(new StartRun.Started(first.run(), 1, false));
  }

  // ---- with an update

  private static StartRun updating(World world, String updateId, String digest) {
    StartRun s = with(start(world, ORDER), ReusePolicy.ALLOW, ConflictPolicy.USE_EXISTING);
    return new StartRun(s.namespace(), s.workflowId(), s.newRun(), s.workflowType(), s.queue(), s.input(), s.options(),
        s.reuse(), s.conflict(), null, "d", null, updateRow(s.newRun(), updateId), digest);
  }

  @Test
  void theSameUpdateIdMakesTheWholeStartARepetition() {
    World world = State.ABSENT.world();
    StartRun.Started first = world.did(updating(world, "u-5", "update"));
    given(world).when(w -> updating(w, "u-5", "update"))
        .unchanged().answers(new StartRun.Started(first.run(), 1, false))
        .when(w -> updating(w, "u-5", "other")).rejected(Code.REQUEST_CONFLICT);
    world.turn(first.run(), Requests.complete());
    given(world).when(w -> updating(w, "u-5", "update")).unchanged().answers(new StartRun.Started(first.run(), 1, false));
  }

  @Test
  void anUpdateThatCameWithAStartIsNotTakenAgainAloneNorTheOtherWayRound() {
    World world = State.ABSENT.world();
    StartRun.Started first = world.did(updating(world, "u-5", "update"));
    world.did(Requests.update(ORDER, "u-6"));
    world.turn(first.run(), Requests.again());
    given(world).when(w -> Requests.update(ORDER, "u-5")).unchanged()
        .when(w -> updating(w, "u-6", "update")).unchanged()
        .answers(new StartRun.Started(first.run(), 1, false));
  }

  @Test
  void anUpdateThatAResetTookAlongIsAskedOfTheNewRun() {
    World world = State.ABSENT.world();
    StartRun.Started first = world.did(updating(world, "u-5", "update"));
    world.turn(first.run(), new Command.AcceptUpdate("u-5"), Requests.timer(1, HOUR));
    world.did(Requests.reset(ORDER, 2));
    given(world).when(w -> updating(w, "u-5", "update")).unchanged()
        .answers(new StartRun.Started(world.current(ORDER).id(), 2, false));
  }

  @Test
  void aNewUpdateWithAKnownRequestIdIsARepetitionToo() {
    World world = State.ABSENT.world();
    StartRun one = withId(updating(world, "u-5", "update"), "r-1", "d");
    StartRun.Started first = world.did(one);
    given(world).when(w -> withId(updating(w, "u-5", "update"), "r-2", "d2")).unchanged()
        .answers(new StartRun.Started(first.run(), 1, false))
        .when(w -> withId(updating(w, "u-7", "update"), "r-1", "d")).unchanged()
        .answers(new StartRun.Started(first.run(), 1, false));
  }

  @Test
  void runsOfAChainAreNumbered() {
    World world = State.CLOSED.world();
    StartRun.Started second = world.did(start(world, ORDER));
    assertThat(second.runNumber()).isEqualTo(2);
    assertThat(world.run(second.run()).state().started().continuedFrom()).isNotNull();
    assertThat(world.run(second.run()).state().started().firstRun()).isEqualTo(second.run());
  }

  @Test
  void failedOnlyAllowsEverythingButSuccess() {
    World world = State.WAITING.world();
    world.did(Requests.terminate(ORDER, null));
    given(world).when(w -> with(start(w, ORDER), ReusePolicy.ALLOW_FAILED_ONLY, ConflictPolicy.FAIL))
        .thenTypes("StartAccepted", "WorkflowStarted");
    given(State.CLOSED).when(w -> with(start(w, ORDER), ReusePolicy.ALLOW_FAILED_ONLY, ConflictPolicy.FAIL))
        .rejected(Code.WORKFLOW_ALREADY_STARTED).saying("COMPLETED");
    given(State.CLOSED).when(w -> with(start(w, ORDER), ReusePolicy.REJECT, ConflictPolicy.FAIL))
        .rejected(Code.WORKFLOW_ALREADY_STARTED).saying("REJECT");
  }

  @Test
  void aDelayShiftsTheFirstTaskAndTheDeadlines() {
    World world = State.ABSENT.world();
    RunId run = world.did(start(world, ORDER, options(HOUR.multipliedBy(5), HOUR, null, HOUR))).run();
    assertThat(world.run(run).task().visibleAt()).isEqualTo(NOON.plus(HOUR));
    assertThat(world.mails.get(Mail.Key.deadline(run, "execution")).due()).isEqualTo(NOON.plus(HOUR.multipliedBy(6)));
    assertThat(world.mails.get(Mail.Key.deadline(run, "run")).due()).isEqualTo(NOON.plus(HOUR.multipliedBy(2)));
  }

  @Test
  void nanosecondsAreRoundedUpToWhatAStoreKeeps() {
    World world = State.ABSENT.world();
    RunId run = world.did(start(world, ORDER, options(null, Duration.ofNanos(1), null, Duration.ofNanos(1)))).run();
    assertThat(world.run(run).task().visibleAt()).isEqualTo(NOON.plusNanos(1000));
    assertThat(world.run(run).state().started().runDeadline()).isEqualTo(NOON.plusNanos(2000));
  }

  @TestFactory
  Stream<DynamicTest> refusesWhatIsWrongWithTheFieldsPath() {
    World w = State.ABSENT.world();
    StartRun s = start(w, ORDER);
    Payload big = Payload.wrap("json", new byte[Payload.MAX_BYTES + 1]);
    return Stream.of(
        wrong("workflowId", Code.INVALID_ARGUMENT, start(w, "")),
        wrong("workflowId", Code.INVALID_ARGUMENT, start(w, "  ")),
        wrong("workflowId", Code.INVALID_ARGUMENT, start(w, "a\u0000b")),
        wrong("workflowId", Code.INVALID_ARGUMENT, start(w, "a\nb")),
        wrong("workflowId", Code.INVALID_ARGUMENT, start(w, "half \ud83d")),
        wrong("workflowId", Code.LIMIT_EXCEEDED, start(w, "x".repeat(256))),
        wrong("workflowType", Code.LIMIT_EXCEEDED, of(s, "x".repeat(256), "q", null)),
        wrong("queue", Code.INVALID_ARGUMENT, of(s, "Order", "", null)),
        wrong("input", Code.PAYLOAD_TOO_LARGE, of(s, "Order", "q", big)),
        wrong("requestId", Code.INVALID_ARGUMENT, withId(s, "", "d")),
        wrong("options.executionTimeout", Code.INVALID_ARGUMENT,
            start(w, ORDER, options(Duration.ZERO, null, null, Duration.ZERO))),
        wrong("options.runTimeout", Code.INVALID_ARGUMENT,
            start(w, ORDER, options(null, Duration.ofSeconds(-1), null, Duration.ZERO))),
        wrong("options.runTimeout", Code.INVALID_ARGUMENT,
            start(w, ORDER, options(null, Duration.ofSeconds(Long.MAX_VALUE), null, Duration.ZERO))),
        wrong("options.delay", Code.INVALID_ARGUMENT,
            start(w, ORDER, options(null, null, null, Duration.ofNanos(-1)))),
        wrong("options.delay", Code.INVALID_ARGUMENT,
            start(w, ORDER, options(null, null, null, Duration.ofDays(36_526)))),
        wrong("options.priority", Code.INVALID_ARGUMENT, start(w, ORDER, new StartOptions(null, null,
            Duration.ofSeconds(1), null, Duration.ZERO, 10, null, Map.of(), Map.of(), Map.of()))),
        wrong("options.memo", Code.LIMIT_EXCEEDED, start(w, ORDER, new StartOptions(null, null, Duration.ofSeconds(1),
            null, Duration.ZERO, 5, null, Map.of(), Map.of("k", Payload.json("1".repeat(262_145))), Map.of()))),
        wrong("options.searchAttributes", Code.INVALID_ARGUMENT, attributes(w, "9lives", new SearchValue.Int(1))),
        wrong("options.searchAttributes", Code.INVALID_ARGUMENT,
            attributes(w, "A".repeat(129), new SearchValue.Int(1))),
        wrong("options.searchAttributes.Gone", Code.INVALID_ARGUMENT, attributes(w, "Gone", new SearchValue.Unset())),
        wrong("options.searchAttributes.R", Code.INVALID_ARGUMENT,
            attributes(w, "R", new SearchValue.Real(Double.NaN))),
        wrong("options.searchAttributes.K", Code.LIMIT_EXCEEDED,
            attributes(w, "K", new SearchValue.Keyword("é".repeat(1025)))),
        wrong("options.searchAttributes.K", Code.INVALID_ARGUMENT, attributes(w, "K", new SearchValue.Keyword("\0"))),
        wrong("options.searchAttributes.T", Code.INVALID_ARGUMENT,
            attributes(w, "T", new SearchValue.Time(java.time.Instant.MAX))),
        wrong("signal.name", Code.INVALID_ARGUMENT,
            with(s, new RunEvent.SignalReceived("id", "", null, Map.of()), null)),
        wrong("update.id", Code.INVALID_ARGUMENT, with(s, null, updateRow(s.newRun(), ""))));
  }

  @Test
  void theLongestNamesAndDurationsAreFine() {
    given(State.ABSENT).when(w -> start(w, "😀".repeat(127) + "x",
        options(Check.MAX_DURATION, Check.MAX_DURATION, null, Check.MAX_DURATION)))
        .thenTypes("StartAccepted", "WorkflowStarted");
  }

  private static DynamicTest wrong(String field, Code code, StartRun start) {
    return DynamicTest.dynamicTest(field + " " + code, () ->
        given(State.ABSENT).when(w -> start).rejectedAt(code, field));
  }

  private static StartRun of(StartRun s, String type, String queue, Payload input) {
    return new StartRun(NS, ORDER, s.newRun(), type, queue, input, s.options(), s.reuse(), s.conflict(), null, "d",
        null, null, null);
  }

  private static StartRun attributes(World w, String name, SearchValue value) {
    return start(w, ORDER, new StartOptions(null, null, Duration.ofSeconds(1), null, Duration.ZERO, 5, null, Map.of(),
        Map.of(), Map.of(name, value)));
  }
}
