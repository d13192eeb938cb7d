package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.SearchValue;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.ActivitySettings;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Saga;
import dev.pawl.sdk.Scope;
import dev.pawl.sdk.SignalChannel;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.WaitTimedOutException;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.WorkflowFailedException;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.failure.ActivityException;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.Until;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each thing that a workflow may do, on the real engine, with runs in memory and without. */
@Timeout(180)
@ParameterizedClass(name = "{0}")
@EnumSource
class StructureTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private final Place place;

  StructureTest(Line line) {
    // Quick heartbeats: a cancelled activity is told with the next one. Nobody loses a lease because the machine is busy.
    place = new Place(line, config -> config.leases = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(60),
        Duration.ofSeconds(20), Duration.ofMillis(200), Duration.ofSeconds(60)));
  }

  @AfterEach
  void close() {
    place.close();
  }

  private <I, O> WorkflowHandle start(int cached, Class<I> input, Workflow<I, O> workflow, I value) {
    place.worker(with -> with.workflow("it", input, workflow).settings(set -> set.cachedRuns = cached));
    return place.client.start("it", "it-" + UUID.randomUUID(), value);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void aFailingStepIsTriedAgainAndThenThrows(int cached) {
    AtomicInteger attempts = new AtomicInteger();
    List<String> keys = new ArrayList<>();
    WorkflowHandle run = start(cached, String.class, input -> {
      try {
        return Pawl.step("flaky", opts -> opts.retry(Retry.every(Duration.ofMillis(5)).attempts(3)), () -> {
          keys.add(Step.context().idempotencyKey());
          if (attempts.incrementAndGet() < 10) throw ApplicationException.of("Busy", "try later");
          return "never";
        });
      } catch (ActivityException e) {
        Pawl.sleep(Duration.ofMillis(10));
        return e.attempts() + " " + e.find(ApplicationException.class).orElseThrow().type();
      }
    }, "x");
    assertThat(run.result(String.class, SOON)).isEqualTo("3 Busy");
    assertThat(attempts).hasValue(3);
    assertThat(keys).hasSize(3).containsOnly("default/" + run.run() + "/1:flaky");
  }

  @Tag("long")
  @Test
  void aLongBackOffOfAStepIsADurableTimer() {
    AtomicInteger attempts = new AtomicInteger();
    WorkflowHandle run = start(0, String.class, input -> Pawl.step("slow", opts -> opts.retry(Retry.exponential()), () -> {
      if (attempts.incrementAndGet() == 1) throw ApplicationException.of("Busy", "x").retryAfter(Duration.ofSeconds(11));
      return "attempt " + Step.context().attempt();
    }), "x");
    assertThat(run.result(String.class, SOON)).isEqualTo("attempt 2");
    assertThat(FirstStepsTest.types(run)).containsExactly("StartAccepted", "WorkflowStarted", "StepRetryScheduled",
        "TimerFired", "StepCompleted", "WorkflowCompleted");
  }

  @Test
  void anExceptionOfTheProgramFailsTheRun() {
    place.worker(with -> with
        .workflow("plain", String.class, input -> { throw new IllegalStateException("no " + input); }));
    assertThatThrownBy(() -> place.client.start("plain", "p", "luck").result(String.class, SOON))
        .isInstanceOfSatisfying(WorkflowFailedException.class, e -> {
          assertThat(e.failure().type()).isEqualTo("IllegalStateException");
          assertThat(e.failure().message()).isEqualTo("no luck");
        });
  }

  @Test
  void anErrorHoldsTheRunUpUntilTheCodeIsGood() {
    Worker bad = place.worker(with -> with
        .workflow("deep", String.class, input -> "at " + deep(0))
        .workflow("missing", String.class, input -> { throw new NoClassDefFoundError("com/example/Gone"); })
        .workflow("beside", String.class, input -> "at " + Pawl.async(() -> deep(0)).get()));
    List<WorkflowHandle> runs = List.of(place.client.start("deep", "d", "x"), place.client.start("beside", "b", "x"));
    for (WorkflowHandle run : runs) {
      Until.holds(SOON, () -> run.describe().blockedReason() != null);
      assertThat(run.describe().blockedReason()).contains("PoisonedProgram: StackOverflowError");
    }
    WorkflowHandle missing = place.client.start("missing", "m", "x");
    Until.holds(SOON, () -> missing.explain().toString().contains("NoClassDefFoundError"));
    bad.close();
    place.worker(with -> with.workflow("deep", String.class, input -> "good " + input)
        .workflow("beside", String.class, input -> "good " + input)
        .workflow("missing", String.class, input -> "good " + input));
    runs.forEach(run -> run.unblock("good code is there"));
    for (WorkflowHandle run : List.of(runs.get(0), runs.get(1), missing)) {
      assertThat(run.result(String.class, SOON)).isEqualTo("good x");
    }
  }

  private static int deep(int n) {
    return deep(n + 1) + 1;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void cancellingEndsTheRunAfterItsCleanUp(int cached) {
    List<String> done = new ArrayList<>();
    WorkflowHandle run = start(cached, String.class, input -> {
      try {
        Pawl.sleep(Duration.ofDays(30));
        return "slept";
      } catch (CancelledException e) {
        Pawl.detached(() -> Pawl.step("clean", () -> done.add("cleaned")));
        throw e;
      }
    }, "x");
    awaitEvent(run, "TimerScheduled");
    run.cancel("enough");
    assertThatThrownBy(() -> run.result(String.class, SOON)).isInstanceOfSatisfying(WorkflowFailedException.class,
        e -> assertThat(e.status()).isEqualTo(RunStatus.CANCELLED));
    assertThat(done).containsExactly("cleaned");
    assertThat(FirstStepsTest.types(run)).contains("CancelRequested", "TimerCancelled", "StepCompleted",
        "WorkflowCancelled");
  }

  static void awaitEvent(WorkflowHandle run, String type) {
    Until.holds(SOON, () -> FirstStepsTest.types(run).contains(type));
  }

  interface Slow {
    String slow(String input);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void aCancelledScopeCancelsItsActivitiesOnly(int cached) throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Slow slow = input -> {
      began.countDown();
      try {
        new CountDownLatch(1).await();
        return "never";
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw new CancelledException("told to");
      }
    };
    place.worker(with -> with.activities("slow", Slow.class, slow).settings(set -> set.cachedRuns = cached)
        .workflow("it", String.class, input -> {
          Slow stub = Activities.stub(Slow.class, opts -> opts.onCancel(ActivitySettings.OnCancel.WAIT));
          Scope scope = Scope.open();
          Promise<String> part = scope.async(() -> stub.slow("x"));
          Pawl.receive("stop", String.class);
          scope.cancel("not needed");
          String how;
          try {
            how = part.get();
          } catch (ActivityException e) {
            how = "cancelled: " + e.find(CancelledException.class).isPresent();
          }
          return how + ", " + Pawl.step("after", () -> "still here");
        }));
    WorkflowHandle run = place.client.start("it", "scope", "x");
    assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
    run.signal("stop", "now");
    assertThat(run.result(String.class, SOON)).isEqualTo("cancelled: true, still here");
    assertThat(interrupted.await(1, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void aSagaUndoesInReverse(int cached) {
    List<String> effects = java.util.Collections.synchronizedList(new ArrayList<>());
    WorkflowHandle run = start(cached, String.class, input -> Saga.run(saga -> {
      Pawl.step("hotel", () -> effects.add("hotel"));
      saga.onFailure(() -> Pawl.step("no-hotel", () -> effects.add("no hotel")));
      Pawl.step("flight", () -> effects.add("flight"));
      saga.onFailure(() -> Pawl.step("no-flight", () -> effects.add("no flight")));
      throw ApplicationException.of("NoCar", "all gone");
    }), "x");
    assertThatThrownBy(() -> run.result(String.class, SOON)).isInstanceOfSatisfying(WorkflowFailedException.class,
        e -> assertThat(e.failure().type()).isEqualTo("NoCar"));
    assertThat(effects).containsExactly("hotel", "flight", "no flight", "no hotel");
  }

  record Count(int round, int sum) {}

  static final class Entity implements Workflow<Count, Integer> {
    @Override
    public Integer run(Count count) {
      var numbers = Pawl.channel("add", Integer.class);
      int sum = count.sum() + numbers.receive();
      if (count.round() == 4) return sum;
      return Pawl.continueAsNew(new Count(count.round() + 1, sum));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void continueAsNewLosesNoSignal(int cached) {
    place.worker(with -> with.workflow("entity", Entity::new).settings(set -> set.cachedRuns = cached));
    WorkflowHandle run = place.client.start("entity", "entity-" + cached, new Count(0, 0));
    for (int i = 1; i <= 5; i++) run.signal("add", i);
    assertThat(run.result(Integer.class, SOON)).isEqualTo(15);
    assertThat(place.client.control().runs("default", "entity-" + cached)).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void timeChanceAndSideEffectsAreTheSameInEveryReplay(int cached) {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    WorkflowHandle run = start(cached, String.class, input -> {
      List<Object> values = new ArrayList<>();
      values.add(Pawl.now());
      values.add(Pawl.uuid());
      values.add(Pawl.random().nextInt(1_000_000));
      values.add(Pawl.sideEffect(() -> UUID.randomUUID().toString()));
      values.add(Pawl.step("read", () -> Instant.now().toString()));
      values.add(Pawl.now());
      values.add(Pawl.version("change", 1, 3));
      values.add(Pawl.patched("patch"));
      Pawl.upsertSearchAttributes(Map.of("stage", new SearchValue.Keyword("one")));
      Pawl.upsertMemo("note", "hello");
      values.add(Pawl.info().historyLength());
      seen.add(values.toString());
      Pawl.sleep(Duration.ofMillis(10));
      values.add(Pawl.now());
      Pawl.sleep(Duration.ofMillis(10));
      return values.toString();
    }, "x");
    String result = run.result(String.class, SOON);
    assertThat(seen).as("every replay comes to the same values").hasSize(1);
    assertThat(result).startsWith(seen.iterator().next().replace("]", "")).contains(", 3, true");
  }

  @Test
  void aPromiseMayBeWaitedForNotTooLong() {
    WorkflowHandle run = start(100, String.class, input -> {
      Promise<String> never = Pawl.async(() -> Pawl.receive("never", String.class));
      try {
        return never.get(Duration.ofMillis(20));
      } catch (WaitTimedOutException e) {
        Promise<Void> late = Pawl.timer(Duration.ofHours(1));
        Promise<Void> early = Pawl.timer(Duration.ofMillis(5));
        Promise.race(List.of(late, early)).get();
        return late.isDone() + " " + early.isDone();
      }
    }, "x");
    assertThat(run.result(String.class, SOON)).isEqualTo("false true");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSignalThatComesDuringAStepWaitsUnlessSomebodyWaitsBesideIt(boolean beside) throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch heard = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    WorkflowHandle run = start(100, String.class, input -> {
      Pawl.onSignal("hello", String.class, word -> heard.countDown());
      if (beside) Pawl.async(() -> Pawl.receive("never", String.class));
      String waited = Pawl.step("long", () -> {
        began.countDown();
        if (beside) heard.await();
        else go.await();
        return "handled before the end: " + (heard.getCount() == 0);
      });
      Pawl.await(() -> heard.getCount() == 0);
      return waited;
    }, "x");
    assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
    run.signal("hello", "you");
    go.countDown();
    assertThat(run.result(String.class, SOON)).isEqualTo("handled before the end: " + beside);
    assertThat(FirstStepsTest.types(run)).containsSubsequence("SignalReceived", "StepCompleted");
  }

  @Test
  void anUpdateIsRefusedByItsValidatorOrForWantOfAHandler() {
    place.worker(with -> with.workflow("it", String.class, input -> {
      Pawl.onUpdate("add", Integer.class, n -> {
        if (n < 0) throw new IllegalArgumentException("negative");
      }, n -> n + 1);
      return Pawl.receive("end", String.class);
    }));
    WorkflowHandle run = place.client.start("it", "updates", "x");
    assertThat(run.update("add", Integer.class, 1)).isEqualTo(2);
    assertThatThrownBy(() -> run.update("add", Integer.class, -1)).hasMessageContaining("negative");
    assertThatThrownBy(() -> run.update("nobody", Integer.class, 1)).hasMessageContaining("no handler for update");
    run.signal("end", "bye");
    assertThat(run.result(String.class, SOON)).isEqualTo("bye");
    List<Event> history = run.history();
    assertThat(history.stream().filter(e -> e.fact() instanceof RunEvent.UpdateAccepted)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void aSagaUndoesInParallelAndTriesAll(int cached) {
    CountDownLatch all = new CountDownLatch(2);
    List<String> undone = java.util.Collections.synchronizedList(new ArrayList<>());
    WorkflowHandle run = start(cached, String.class, input -> Saga.run(Saga.Order.PARALLEL, saga -> {
      for (String part : List.of("hotel", "flight")) {
        saga.onFailure(() -> Pawl.step("no-" + part, () -> {
          all.countDown();
          all.await(); // each waits for the other: one after another would never end
          return undone.add(part);
        }));
      }
      saga.onFailure(() -> {
        throw ApplicationException.of("Undoable", "no way back");
      });
      throw ApplicationException.of("NoCar", "all gone");
    }), "x");
    assertThatThrownBy(() -> run.result(String.class, SOON)).isInstanceOfSatisfying(WorkflowFailedException.class,
        e -> assertThat(e.failure().type()).isEqualTo("NoCar"));
    assertThat(undone).containsExactlyInAnyOrder("hotel", "flight");
  }

  @Test
  void theLogSaysEverythingOnceHoweverOftenItIsReplayed() {
    AtomicInteger turns = new AtomicInteger();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(said, true));
    try {
      WorkflowHandle run = start(0, String.class, input -> {
        turns.incrementAndGet();
        Pawl.logger().warn("said before the timer");
        Pawl.sleep(Duration.ofMillis(5));
        Pawl.logger().warn("said between the timers");
        Pawl.sleep(Duration.ofMillis(5));
        Pawl.logger().warn("said at the end");
        return "done";
      }, "x");
      assertThat(run.result(String.class, SOON)).isEqualTo("done");
    } finally {
      System.setErr(before);
    }
    assertThat(turns).as("replayed from the top after each timer").hasValue(3);
    assertThat(said.toString().lines().filter(line -> line.contains("said")).map(line -> line.replaceAll(".* said", "said")))
        .containsExactly("said before the timer", "said between the timers", "said at the end");
  }

  @Test
  void anActivityIsCompletedLaterByItsToken() throws Exception {
    java.util.concurrent.BlockingQueue<String> tokens = new java.util.concurrent.LinkedBlockingQueue<>();
    place.worker(with -> with
        .activity("ask", String.class, question -> {
          tokens.add(Activity.context().completeLater());
          return null;
        })
        .workflow("it", String.class, input -> Activities.call("ask", opts -> {}, String.class, input)));
    WorkflowHandle run = place.client.start("it", "later", "what?");
    String token = tokens.poll(60, TimeUnit.SECONDS);
    place.client.completeActivity(token, "an answer");
    assertThat(run.result(String.class, SOON)).isEqualTo("an answer");
  }

  @Test
  void anActivityFailsWithItsCausesAndItsDetails() {
    place.worker(with -> with
        .activity("pay", Integer.class, amount -> {
          throw ApplicationException.nonRetryable("Declined", "no money").withDetails(amount)
              .causedBy(new IllegalStateException("bank said so"));
        })
        .workflow("it", Integer.class, amount -> {
          try {
            return Activities.call("pay", opts -> {}, String.class, amount);
          } catch (ActivityException e) {
            ApplicationException why = e.find(ApplicationException.class).orElseThrow();
            return why.type() + " " + why.details(Integer.class).orElseThrow() + " " + why.getCause().getMessage();
          }
        }));
    assertThat(place.client.start("it", "causes", 7).result(String.class, SOON))
        .isEqualTo("Declined 7 IllegalStateException: bank said so");
  }

  @Test
  void whatIsTooLargeIsAFailureToCatch() {
    WorkflowHandle run = start(100, String.class, input -> {
      List<String> problems = new ArrayList<>();
      try {
        Pawl.step("large", () -> "x".repeat(3_000_000));
      } catch (ActivityException e) {
        problems.add("step");
      }
      try {
        Activities.call("none", opts -> {}, String.class, "x".repeat(3_000_000));
      } catch (dev.pawl.sdk.failure.PayloadTooLargeException e) {
        problems.add("activity");
      }
      Failure none = null;
      return problems + "" + none;
    }, "x");
    assertThat(run.result(String.class, SOON)).isEqualTo("[step, activity]null");
  }

  @Test
  void aTransactionalStepCommitsWithItsResult() {
    if (place.isRemote()) {
      place.refusesTransactions();
      return;
    }
    place.worker(with -> with.workflow("it", String.class, input -> {
      Pawl.transaction("make", connection -> {
        try (var s = connection.createStatement()) {
          s.execute("create table if not exists money (id integer primary key, amount integer)");
          s.execute("insert into money values (1, 10)");
          return 1;
        }
      });
      return Pawl.transaction("read", connection -> {
        try (var s = connection.createStatement(); var rows = s.executeQuery("select amount from money")) {
          return "amount " + (rows.next() ? rows.getInt(1) : -1);
        }
      });
    }));
    assertThat(place.client.start("it", "tx", "x").result(String.class, SOON)).isEqualTo("amount 10");
  }

  static final class WithFields implements Workflow<String, String> {
    private final SignalChannel<String> words = Pawl.channel("word", String.class);
    private final Instant born = Pawl.now();

    @Override
    public String run(String input) {
      return words.receive() + " " + born.equals(Pawl.info().startedAt());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void fieldsMayUsePawl(int cached) {
    place.worker(with -> with.workflow("fields", WithFields::new).settings(set -> set.cachedRuns = cached));
    WorkflowHandle run = place.client.start("fields", "fields", "x");
    run.signal("word", "hi");
    assertThat(run.result(String.class, SOON)).isEqualTo("hi true");
  }

  @Test
  void aSignalThatCanNotBeReadHoldsTheRunUpAndKillsNothing() {
    place.worker(with -> with.workflow("it", String.class, input -> {
      Pawl.onSignal("n", Integer.class, n -> {});
      return Pawl.receive("end", String.class);
    }));
    WorkflowHandle run = place.client.start("it", "unreadable", "x");
    run.signal("n", "not a number");
    run.signal("end", "bye");
    assertThatThrownBy(() -> run.result(String.class, Duration.ofSeconds(2))).hasMessageContaining("wait_timed_out");
    assertThat(run.status()).isEqualTo(RunStatus.RUNNING);
    assertThat(run.explain().toString()).contains("PayloadUnreadable");
  }
}
