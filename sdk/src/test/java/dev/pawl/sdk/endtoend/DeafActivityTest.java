package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.Until;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Activities that do not listen when they are told to stop. */
@Timeout(180)
@ParameterizedClass(name = "{0}")
@EnumSource
class DeafActivityTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final LeaseTimings LONG = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(60),
      Duration.ofSeconds(20), Duration.ofMillis(200), Duration.ofSeconds(60));
  private final Place place;

  DeafActivityTest(Line line) {
    place = new Place(line, config -> config.leases = LONG);
  }

  @AfterEach
  void close() {
    place.close();
  }

  @Test
  void anActivityThatDoesNotStopIsCountedAsLeakedAndNothingOfItCounts() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Worker worker = place.worker(with -> with
        .activity("deaf", String.class, input -> {
          began.countDown();
          while (go.getCount() > 0) {
            try {
              go.await();
            } catch (InterruptedException ignored) {
              told.countDown();
            }
          }
          return "too late";
        })
        .workflow("it", String.class, input -> Activities.call("deaf", opts -> {}, String.class, input)));
    WorkflowHandle run = place.client.start("it", "leak", "x");
    assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.leaked()).isZero();
    run.terminate("enough");
    assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.leaked()).isEqualTo(1);
    assertThat(worker.busy()).as("its place is taken").isEqualTo(1);
    go.countDown();
    Until.holds(SOON, () -> worker.busy() == 0);
    assertThat(worker.leaked()).isZero();
    assertThat(FirstStepsTest.types(run)).endsWith("WorkflowTerminated").doesNotContain("ActivityCompleted");
  }

  @Test
  void whatComesTooLateIsKeptAndListed() {
    CountDownLatch second = new CountDownLatch(1);
    place.worker(with -> with
        .activity("slow", String.class, input -> {
          if (Activity.context().attempt() > 1) {
            second.countDown();
            return "in time";
          }
          while (second.getCount() > 0) { // does not listen when it is told to stop
            try {
              second.await();
            } catch (InterruptedException ignored) {
              Thread.onSpinWait();
            }
          }
          return "too late";
        })
        .workflow("it", String.class, input -> Activities.call("slow", opts -> opts.startToClose(Duration.ofMillis(500))
            .retry(Retry.every(Duration.ofMillis(10))), String.class, input)));
    WorkflowHandle run = place.client.start("it", "late", "x");
    assertThat(run.result(String.class, SOON)).isEqualTo("in time");
    Until.holds(SOON, () -> run.lateReports(10).stream().anyMatch(late -> late.body().contains("too late")));
  }
}
