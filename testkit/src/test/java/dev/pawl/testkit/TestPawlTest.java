package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.RunEvent.ActivityCompleted;
import dev.pawl.core.run.RunEvent.ActivityFailed;
import dev.pawl.core.run.RunEvent.ActivityRetryScheduled;
import dev.pawl.core.run.RunEvent.ActivityScheduled;
import dev.pawl.core.run.RunEvent.ChildRunCompleted;
import dev.pawl.core.run.RunEvent.SignalReceived;
import dev.pawl.core.run.RunEvent.StepCompleted;
import dev.pawl.core.run.RunEvent.TimerFired;
import dev.pawl.core.run.RunEvent.WorkflowCompleted;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.testkit.Shop.Charge;
import dev.pawl.testkit.Shop.Order;
import dev.pawl.testkit.Shop.OrderWorkflow;
import dev.pawl.testkit.Shop.PaymentActivities;
import dev.pawl.testkit.Shop.Receipt;
import dev.pawl.testkit.Shop.ShipWorkflow;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class TestPawlTest {
  private static TestPawlBuilder shop() {
    return TestPawl.onSqlite().at("2027-01-01T00:00Z")
        .workflow("order", OrderWorkflow::new)
        .workflow("ship", ShipWorkflow::new)
        .activities("payments", PaymentActivities.class, charge -> "ref-" + charge.amount());
  }

  @Test
  void whatCannotBeSaidOverANetworkFailsWhenItHasToBe() {
    TestPawlBuilder builder = TestPawl.onSqlite().workflow("it", String.class,
        input -> input + Pawl.step("a", () -> "a") + Pawl.transaction("b", connection -> "b"));
    try (TestPawl near = builder.start()) {
      assertThat(near.start("it", "w", "1").result(String.class)).isEqualTo("1ab");
    }
    try (TestPawl far = builder.remote().start()) {
      assertThatThrownBy(() -> far.start("it", "w", "1").result(String.class))
          .hasStackTraceContaining("NoLocalTransactions");
    }
  }

  @Test
  void timeMovesOnlyWhenTheTestSaysSo() {
    try (TestPawl pawl = shop().start()) {
      WorkflowHandle order = pawl.start("order", "order-1", new Order("order-1", 5));
      pawl.awaitQuiet();
      assertThat(pawl.now()).isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
      assertThat(order.query("approved", Boolean.class)).isFalse();
      assertThat(pawl.nextDue()).isEqualTo(Instant.parse("2027-01-03T00:00:00Z"));

      pawl.skipTime(Duration.ofHours(1));
      order.signal("approve", true);
      pawl.skipTime(Duration.ofDays(31));

      assertThat(order.result(Receipt.class)).isEqualTo(new Receipt("order-1", "ref-5", "shipped order-1"));
      pawl.history(order)
          .has(StepCompleted.class, step -> step.name().equals("reserve"))
          .hasNot(ActivityFailed.class)
          .inOrder(SignalReceived.class, ActivityCompleted.class, TimerFired.class, ChildRunCompleted.class,
              WorkflowCompleted.class);
      assertThat(pawl.history(order).events().getLast().at()).isEqualTo(Instant.parse("2027-01-31T07:00:00Z"));
      assertThat(pawl.now()).isEqualTo(Instant.parse("2027-02-01T01:00:00Z"));
    }
  }

  @Test
  void timeSkipsByItselfWhereTheTestWantsIt() {
    try (TestPawl pawl = shop().autoSkip().start()) {
      WorkflowHandle order = pawl.start("order", "order-1", new Order("order-1", 5));
      assertThat(order.result(Receipt.class).shipped()).isEqualTo("not approved");
      assertThat(pawl.now()).isEqualTo(Instant.parse("2027-01-03T00:00:00Z"));
    }
  }

  @Test
  void aResultThatCannotComeFailsAtOnceAndSaysWhy() {
    try (TestPawl pawl = shop().start()) {
      WorkflowHandle order = pawl.start("order", "order-1", new Order("order-1", 5));
      assertThatThrownBy(() -> order.result(Receipt.class)).isInstanceOf(AssertionError.class)
          .hasMessageContaining("the result of 'order-1' can't come now")
          .hasMessageContaining("pawl.skipTime(...)")
          .hasMessageContaining("2027-01-03T00:00:00Z, in 2d")
          .hasMessageContaining("StepCompleted            #1 reserve -> \"reserved order-1\"");
    }
  }

  @Test
  void retriesOfActivitiesAndStepsTakeTheTestsTime() {
    try (TestPawl pawl = shop().autoSkip().start()) {
      Mock charge = pawl.mock("payments.charge", (Charge c) -> "mocked-" + c.amount())
          .fails(2, () -> new IOException("down"));
      Mock reserve = pawl.mock("reserve").fails(1, () -> new IOException("locked"));
      WorkflowHandle order = pawl.start("order", "order-1", new Order("order-1", 7),
          opts -> opts.withSignal("approve", true));
      assertThat(order.result(Receipt.class).reference()).isEqualTo("mocked-7");
      charge.wasCalled(3).wasCalledWith(new Charge("order-1", 7));
      reserve.wasCalled(2);
      assertThat(charge.calls()).extracting(Mock.Call::attempt).containsExactly(1, 2, 3);
      assertThat(charge.calls()).extracting(Mock.Call::key).allMatch(charge.calls().get(0).key()::equals);
      assertThat(charge.calls().get(2).at()).isAfter(charge.calls().get(1).at().plusSeconds(5));
      pawl.history(order).has(ActivityScheduled.class, 1);
    }
  }

  @Test
  void mocksStandInForActivitiesAndChildrenThatNobodyWrote() {
    try (TestPawl pawl = TestPawl.onSqlite()
        .workflow("order", OrderWorkflow::new)
        .mocked("payments", PaymentActivities.class)
        .mockChild("ship", (String id) -> "pretended " + id)
        .autoSkip().start()) {
      pawl.mock("payments.charge", (Charge c) -> "m").takes(Duration.ofMinutes(3));
      pawl.mock("ship").takes(Duration.ofDays(2));
      Instant begin = pawl.now();
      WorkflowHandle order = pawl.start("order", "o", new Order("o", 1), opts -> opts.withSignal("approve", true));
      assertThat(order.result(Receipt.class)).isEqualTo(new Receipt("o", "m", "pretended o"));
      assertThat(pawl.now()).isEqualTo(begin.plus(Duration.ofDays(32)).plus(Duration.ofMinutes(3)));
      pawl.mock("ship").wasCalledOnce().wasCalledWith("o");
    }
  }

  @Test
  void anUnansweredMockSaysSo() {
    try (TestPawl pawl = TestPawl.onSqlite().workflow("order", OrderWorkflow::new)
        .mocked("payments", PaymentActivities.class).autoSkip().start()) {
      WorkflowHandle order = pawl.start("order", "o", new Order("o", 1), opts -> opts.withSignal("approve", true));
      assertThatThrownBy(() -> order.result(Receipt.class)).hasStackTraceContaining("payments.charge has no answer");
    }
  }

  @Test
  void anotherWorkerTakesOverFromACrashedOne() {
    try (TestPawl pawl = shop().autoSkip().start()) {
      Mock reserve = pawl.mock("reserve", (Object none) -> {
        if (pawl.mock("reserve").calls().size() == 1) pawl.crashWorker();
        return "reserved by attempt " + pawl.mock("reserve").calls().size();
      });
      Instant begin = pawl.now();
      WorkflowHandle order = pawl.start("order", "o", new Order("o", 1), opts -> opts.withSignal("approve", true));
      assertThat(order.result(Receipt.class).reference()).isEqualTo("ref-1");
      reserve.wasCalled(2);
      pawl.history(order).has(StepCompleted.class,
          step -> step.result() != null && step.result().text().equals("\"reserved by attempt 2\""));
      assertThat(pawl.history(order).all(StepCompleted.class)).hasSize(1);
      assertThat(pawl.history(order).events().get(3).at())
          .isEqualTo(begin.plus(Duration.ofSeconds(15)));
    }
  }

  @Test
  void aCrashedWorkersParkedRunsGoOnElsewhere() {
    try (TestPawl pawl = shop().start()) {
      WorkflowHandle order = pawl.start("order", "o", new Order("o", 1));
      pawl.awaitQuiet();
      pawl.crashWorker();
      order.signal("approve", true);
      pawl.awaitQuiet();
      pawl.history(order).inOrder(SignalReceived.class, ActivityCompleted.class);
      pawl.skipTime(Duration.ofDays(40));
      assertThat(order.result(Receipt.class).shipped()).isEqualTo("shipped o");
    }
  }

  @Test
  void anActivityThatHangsRunsIntoItsTimeout() {
    try (TestPawl pawl = shop().autoSkip().start()) {
      Mock charge = pawl.mock("payments.charge", (Charge c) -> {
        if (pawl.mock("payments.charge").calls().size() < 3) pawl.sleep(Duration.ofDays(1));
        return "third";
      });
      WorkflowHandle order = pawl.start("order", "o", new Order("o", 1), opts -> opts.withSignal("approve", true));
      assertThat(order.result(Receipt.class).reference()).isEqualTo("third");
      charge.wasCalled(3);
      pawl.history(order).has(ActivityRetryScheduled.class, 2);
    }
  }

  @Test
  void workThatNeverEndsFailsTheWaitAfterAWhile() {
    try (TestPawl pawl = shop().patience(Duration.ofSeconds(1)).start()) {
      pawl.mock("payments.charge", (Charge c) -> {
        new java.util.concurrent.CountDownLatch(1).await();
        return "never";
      });
      pawl.start("order", "o", new Order("o", 1), opts -> opts.withSignal("approve", true));
      assertThatThrownBy(pawl::awaitQuiet).isInstanceOf(AssertionError.class)
          .hasMessageContaining("activity payments.charge of 'o' (attempt 1)");
    }
  }

  @Test
  void aRunThatNobodyServesIsQuiet() {
    try (TestPawl pawl = shop().start()) {
      WorkflowHandle nobody = pawl.start("unknown", "u", null);
      pawl.awaitQuiet();
      assertThatThrownBy(() -> nobody.result(String.class)).isInstanceOf(AssertionError.class)
          .hasMessageContaining("does it wait for a signal, or for a worker?");
    }
  }

  @Test
  void checksOfAHistoryShowItWhenTheyFail() {
    try (TestPawl pawl = shop().start()) {
      WorkflowHandle order = pawl.start("order", "o", new Order("o", 1));
      HistoryCheck history = pawl.history(order);
      assertThatThrownBy(() -> history.has(WorkflowCompleted.class)).isInstanceOf(AssertionError.class)
          .hasMessageStartingWith("expected a WorkflowCompleted, but there is none\nhistory of 'o':\n     1  +0s")
          .hasMessageContaining("TimerScheduled           #2 for 2d");
      assertThatThrownBy(() -> history.inOrder(WorkflowCompleted.class, StepCompleted.class))
          .isInstanceOf(AssertionError.class);
      assertThatThrownBy(() -> history.isExactly(StepCompleted.class)).isInstanceOf(AssertionError.class);
      assertThat(pawl.openRuns()).contains("'o' (order) is WAITING at 2027-01-01T00:00:00Z");
    }
  }

  @Test
  void aSleepingActivityHearsThatItWasCancelled() {
    try (TestPawl pawl = shop().autoSkip().start()) {
      pawl.mock("payments.charge").takes(Duration.ofMinutes(4));
      WorkflowHandle order = pawl.start("order", "o", new Order("o", 1), opts -> opts.withSignal("approve", true));
      pawl.skipTime(Duration.ofMinutes(1));
      order.cancel("changed their mind");
      assertThatThrownBy(() -> order.result(Receipt.class)).hasMessageContaining("changed their mind");
      pawl.awaitQuiet();
      assertThat(pawl.now()).isEqualTo(Instant.parse("2027-01-01T00:01:00Z"));
    }
  }

  interface Cruncher {
    int crunch(int parts) throws Exception;
  }

  @Test
  void heartbeatsOfSleepingActivitiesCountInTheTestsTime() {
    TestPawl[] own = new TestPawl[1];
    Cruncher cruncher = parts -> {
      for (int i = 0; i < parts; i++) {
        own[0].sleep(Duration.ofSeconds(50));
        Activity.context().heartbeat(i);
      }
      return parts;
    };
    try (TestPawl pawl = TestPawl.onSqlite().autoSkip()
        .workflow("crunch", Integer.class, parts -> Activities.stub(Cruncher.class,
            opts -> opts.startToClose(Duration.ofHours(1)).heartbeat(Duration.ofMinutes(1))).crunch(parts))
        .activities("cruncher", Cruncher.class, cruncher).start()) {
      own[0] = pawl;
      WorkflowHandle crunch = pawl.start("crunch", "c", 20);
      assertThat(crunch.result(Integer.class)).isEqualTo(20);
      pawl.history(crunch).hasNot(ActivityRetryScheduled.class);
      assertThat(pawl.now()).isEqualTo(Instant.parse("2027-01-01T00:00:00Z").plusSeconds(1_000));
    }
  }

  /** Everything at once: a thousand activities, each retried once, between two timers. */
  @Test
  void aThousandActivitiesAreQuietWhenTheLastOneIs() {
    AtomicInteger done = new AtomicInteger();
    try (TestPawl pawl = TestPawl.onSqlite()
        .workflow("fan", Integer.class, width -> {
          Cruncher cruncher = Activities.stub(Cruncher.class, opts -> opts.retry(Retry.every(Duration.ofSeconds(30))));
          List<Promise<Integer>> all = IntStream.range(0, width)
              .mapToObj(i -> Pawl.async(() -> {
                try {
                  return cruncher.crunch(i);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              })).toList();
          return Promise.all(all).get().size();
        })
        .activities("cruncher", Cruncher.class, i -> {
          if (Activity.context().attempt() == 1) throw new IOException("once");
          return done.incrementAndGet();
        }).start()) {
      WorkflowHandle fan = pawl.start("fan", "f", 1_000);
      pawl.skipTime(Duration.ofSeconds(20));
      assertThat(done).hasValue(0);
      pawl.skipTime(Duration.ofSeconds(20));
      assertThat(done).hasValue(1_000);
      assertThat(fan.result(Integer.class)).isEqualTo(1_000);
    }
  }
}
