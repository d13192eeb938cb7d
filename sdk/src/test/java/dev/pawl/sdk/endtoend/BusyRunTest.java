package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.client.WorkflowHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that park and are granted again as fast as anything can happen to them. */
@Timeout(180)
class BusyRunTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private final Place place = new Place();

  @AfterEach
  void close() {
    place.close();
  }

  static final class Counter implements Workflow<Integer, Integer> {
    private int sum;

    @Override
    public Integer run(Integer expected) {
      Pawl.onSignal("add", Integer.class, n -> sum += n);
      Pawl.onUpdate("more", Integer.class, n -> sum += n);
      Pawl.onQuery("sum", () -> sum);
      Pawl.await(() -> sum >= expected);
      return Pawl.step("total", () -> sum);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 100})
  void everySignalFromEveryThreadCounts(int cached) throws Exception {
    place.worker(with -> with.workflow("counter", Counter::new).settings(set -> set.cachedRuns = cached));
    int threads = 6;
    int each = cached == 0 ? 20 : 100;
    WorkflowHandle run = place.client.start("counter", "busy", threads * each);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int mine = t;
      all.add(Thread.ofPlatform().start(() -> {
        for (int i = 0; i < each; i++) {
          if (mine == 0 && i % 10 == 0) run.update("more", Integer.class, 1);
          else run.signal("add", 1);
          if (mine == 1 && i % 10 == 0) assertThat(run.query("sum", Integer.class)).isPositive();
        }
      }));
    }
    for (Thread thread : all) thread.join();
    assertThat(run.result(Integer.class, SOON)).isEqualTo(threads * each);
    assertThat(run.lateReports(10)).as("nobody worked in vain").isEmpty();
  }

  @Test
  void aThousandActivitiesComeBackToOneRun() {
    place.worker(with -> with
        .activity("double", Integer.class, n -> 2 * n)
        .workflow("wide", Integer.class, width -> {
          List<Promise<Integer>> parts = IntStream.range(0, width)
              .mapToObj(i -> Activities.callAsync("double", opts -> {}, Integer.class, i)).toList();
          return Promise.all(parts).get().stream().mapToInt(Integer::intValue).sum();
        }));
    WorkflowHandle run = place.client.start("wide", "wide", 1000);
    assertThat(run.result(Integer.class, SOON)).isEqualTo(999_000);
    assertThat(run.lateReports(10)).as("nobody worked in vain").isEmpty();
  }
}
