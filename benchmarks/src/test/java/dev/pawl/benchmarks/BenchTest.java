package dev.pawl.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.benchmarks.ClosedLoop.Latencies;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The harness, not the figures: nothing here asserts a time. */
class BenchTest {

  @Test
  void readsACellFromTheCommandLine() {
    Bench.Options options = Bench.parse(
        "w5 --store postgres --peer none --starters 1,64 --seconds 3 --warmup 1 --json".split(" "));
    assertThat(options.workloads()).containsExactly("W5");
    assertThat(options.stores()).containsExactly("postgres");
    assertThat(options.starters()).containsExactly(1, 64);
    assertThat(options.time()).isEqualTo(Duration.ofSeconds(3));
    assertThat(options.json()).isTrue();
    assertThat(options.remote()).isFalse();
    assertThat(Bench.parse("a5 --remote".split(" ")).remote()).isTrue();
    assertThat(Bench.parse("finished --finished 100000".split(" ")).finished()).isEqualTo(100_000);
  }

  @Test
  void saysWhatIsWrongWithTheCommandLine() {
    assertThatThrownBy(() -> Bench.parse(new String[] {"W7"})).hasMessageContaining("W7");
    assertThatThrownBy(() -> Bench.parse(new String[] {"--starters", "0"})).hasMessageContaining("--starters");
    assertThatThrownBy(() -> Bench.parse(new String[] {"--finished", "10000001"})).hasMessageContaining("at most 10000000");
    assertThatThrownBy(() -> Bench.parse(new String[] {"--store"})).hasMessageContaining("wants a value");
    assertThatThrownBy(() -> Bench.parse(new String[] {"--store", "oracle"})).hasMessageContaining("oracle");
  }

  @Test
  void percentilesAreOfSortedNanoseconds() {
    Latencies latencies = new Latencies();
    for (int i = 5_000; i >= 1; i--) latencies.add(i * 1_000_000L);
    long[] sorted = Latencies.sorted(latencies);
    assertThat(sorted).hasSize(5_000).isSorted();
    assertThat(Latencies.percentile(sorted, 0.50)).isEqualTo(2_501);
    assertThat(Latencies.percentile(sorted, 0.99)).isEqualTo(4_951);
    assertThat(Latencies.percentile(sorted, 1.0)).isEqualTo(5_000);
  }

  @Test
  void ratiosAreAgainstTheBestPeerOfTheSameCell() {
    Results results = new Results();
    results.add(cell("pawl", 3_000));
    results.add(cell("dbos-10", 200));
    results.add(cell("dbos-32", 300));
    assertThat(results.table()).contains("| W1 / 64 | pawl | postgres | 3,000 | 10.0 |");
  }

  private static ClosedLoop.Result cell(String system, double perSecond) {
    return new ClosedLoop.Result(Workload.W1, system, "postgres", 64, perSecond, 1, 2, 3, -1);
  }

  @Test
  void pawlPerformsEveryWorkloadOnSqlite() throws Exception {
    performsEveryWorkload(new PawlSubject(Subjects.fresh("sqlite")), "pawl");
  }

  @Test
  void soItDoesOverHttp() throws Exception {
    performsEveryWorkload(PawlSubject.remote(Subjects.fresh("sqlite")), "pawl-remote");
  }

  private static void performsEveryWorkload(Subject subject, String system) throws Exception {
    AtomicLong numbers = new AtomicLong();
    try (Subject pawl = subject) {
      assertThat(pawl.system()).isEqualTo(system);
      for (Workload workload : Workload.values()) {
        assertThat(pawl.can(workload)).isTrue();
        assertThat(pawl.perform(workload, numbers.incrementAndGet())).isPositive();
      }
      assertThat(pawl.commits()).isPositive();
    }
  }

  @Test
  void aDatabaseIsAskedWhatAnOperationCosts() throws Exception {
    var postgres = Subjects.fresh("postgres");
    try (var connection = postgres.dataSource().getConnection(); var statement = connection.createStatement()) {
      Expense expense = Expense.of(postgres);
      statement.execute("create table spent as select n from generate_series(1, 300000) n");
      Expense.Cost cost = expense.since(1);
      assertThat(cost.walBytes()).isGreaterThan(300_000);
      assertThat(cost.processorMicros()).isPositive();
    }
    assertThat(Expense.of(Subjects.fresh("sqlite")).since(1)).hasToString("-");
  }
}
