package dev.pawl.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.testbed.Database;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.scheduling.BackgroundJob;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;

/** JobRunr with its standard server on PostgreSQL. */
final class JobRunrJobs implements JobSubject {
  private static volatile LongConsumer ran = number -> {};

  private final HikariDataSource pool;

  JobRunrJobs(Database database) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.jdbcUrl());
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setMaximumPoolSize(32);
    pool = new HikariDataSource(config);
    JobRunr.configure().useStorageProvider(new PostgresStorageProvider(pool)).initialize();
  }

  /** What the peer calls, by reflection: it must be public. */
  public static final class Trivial {
    private Trivial() {}

    public static void run(long number) {
      ran.accept(number);
    }
  }

  @Override
  public String system() {
    return "jobrunr";
  }

  @Override
  public void enqueue(long number) {
    BackgroundJob.enqueue(() -> Trivial.run(number));
  }

  @Override
  public boolean enqueueAll(long from, int count) {
    BackgroundJob.enqueue(LongStream.range(from, from + count).boxed(), number -> Trivial.run(number));
    return true;
  }

  @Override
  public AutoCloseable work(int workers, LongConsumer told) {
    ran = told;
    JobRunr.configure().useStorageProvider(new PostgresStorageProvider(pool))
        .useBackgroundJobServer(BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
            .andWorkerCount(50).andPollInterval(Duration.ofSeconds(5)))
        .initialize();
    return JobRunr::destroy;
  }

  @Override
  public void close() {
    JobRunr.destroy();
    pool.close();
  }
}
