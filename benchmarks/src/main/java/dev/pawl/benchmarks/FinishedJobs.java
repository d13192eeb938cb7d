package dev.pawl.benchmarks;

import dev.pawl.testbed.Database;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * Whether jobs that are over make the next ones slower: the same bulk of jobs is handed in and drained on an empty database
 * and beside as many finished ones as wanted. Those are copies of one that was really done, under ids and keys of their
 * own, older than all others; PostgreSQL only, which makes them by itself.
 */
final class FinishedJobs {
  private static final int BULK = 50_000;
  private static final int WARM_UP = 5_000;
  private static final int SLICE = 500_000;

  /** Ids begin with a time, as those of real jobs do. */
  private static final String COPY = """
      insert into %1$s select (jsonb_populate_record(t, jsonb_build_object(
        'job_id', '01700000-' || lpad(to_hex(n / 65536), 4, '0') || '-7000-8000-' || lpad(to_hex(n), 12, '0')%2$s))).*
      from %1$s t, generate_series(%3$d, %4$d) n
      where t.job_id = (select job_id from pawl_jobs where job_key = 'bench-1')""";

  private FinishedJobs() {}

  static void run(Bench.Options options, Results results, PrintStream progress) throws Exception {
    Database database = Subjects.fresh("postgres");
    try (PawlJobs jobs = new PawlJobs(database)) {
      JobLoad.bulk(jobs, 0, WARM_UP);
      JobLoad.bulk(jobs, WARM_UP, BULK);
      JobLoad.drain(jobs, 1, WARM_UP + BULK);
      long next = WARM_UP + BULK;
      double[] before = measured(jobs, next);
      store(database, options.finished());
      double[] after = measured(jobs, next + BULK);
      String line = String.format(Locale.ROOT,
          "FINISHED: bulk %,.0f/s and drain %,.0f/s beside %,d finished jobs, %,.0f/s and %,.0f/s beside %,d",
          before[0], before[1], next, after[0], after[1], next + BULK + options.finished());
      results.note(line);
      progress.println(line);
      if (options.json()) {
        System.out.printf(Locale.ROOT, "{\"workload\":\"FINISHED\",\"system\":\"pawl\",\"store\":\"postgres\","
            + "\"finished\":%d,\"bulk_before\":%.0f,\"drain_before\":%.0f,\"bulk_per_s\":%.0f,\"drain_per_s\":%.0f}%n",
            options.finished(), before[0], before[1], after[0], after[1]);
      }
    }
  }

  private static double[] measured(PawlJobs jobs, long from) throws Exception {
    return new double[] {JobLoad.bulk(jobs, from, BULK), JobLoad.drain(jobs, 1, BULK)};
  }

  private static void store(Database database, int count) throws SQLException {
    try (Connection connection = database.dataSource().getConnection(); Statement statement = connection.createStatement()) {
      for (int from = 1; from <= count; from += SLICE) {
        int to = Math.min(count, from + SLICE - 1);
        statement.execute(COPY.formatted("pawl_jobs", ", 'job_key', 'finished-' || n", from, to));
        statement.execute(COPY.formatted("pawl_job_ledger", "", from, to));
      }
      statement.execute("vacuum analyze pawl_jobs, pawl_job_ledger");
    }
  }
}
