package dev.pawl.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.testbed.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** db-scheduler with lock-and-fetch, 50 threads and rewritten batches, which suit it best. */
final class DbSchedulerJobs implements JobSubject {
  private static final String TABLE = """
      create table scheduled_tasks (
        task_name text not null, task_instance text not null, task_data bytea,
        execution_time timestamp with time zone not null, picked boolean not null, picked_by text,
        last_success timestamp with time zone, last_failure timestamp with time zone, consecutive_failures int,
        last_heartbeat timestamp with time zone, version bigint not null, priority smallint,
        primary key (task_name, task_instance))""";

  private final HikariDataSource pool;
  private final OneTimeTask<Void> task;
  private final SchedulerClient client;
  private volatile LongConsumer ran = number -> {};

  DbSchedulerJobs(Database database) throws SQLException {
    HikariConfig config = new HikariConfig();
    String url = database.jdbcUrl();
    config.setJdbcUrl(url + (url.contains("?") ? "&" : "?") + "reWriteBatchedInserts=true");
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setMaximumPoolSize(32);
    pool = new HikariDataSource(config);
    try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement()) {
      statement.execute(TABLE);
      statement.execute("create index execution_time_idx on scheduled_tasks (execution_time)");
      statement.execute("create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)");
    }
    task = Tasks.oneTime("trivial").execute((instance, context) -> ran.accept(Long.parseLong(instance.getId())));
    client = SchedulerClient.Builder.create(pool, task).build();
  }

  @Override
  public String system() {
    return "db-scheduler";
  }

  @Override
  public void enqueue(long number) {
    client.schedule(task.instance(Long.toString(number)), Instant.now());
  }

  @Override
  public boolean enqueueAll(long from, int count) {
    List<TaskInstance<?>> all = new ArrayList<>(count);
    for (long number = from; number < from + count; number++) all.add(task.instance(Long.toString(number)));
    client.scheduleBatch(all, Instant.now());
    return true;
  }

  @Override
  public int mostWorkers() {
    return 2;
  }

  @Override
  public AutoCloseable work(int workers, LongConsumer told) {
    ran = told;
    List<Scheduler> all = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      Scheduler scheduler = Scheduler.create(pool, task).threads(50).pollUsingLockAndFetch(4.0, 20.0)
          .schedulerName(new SchedulerName.Fixed("worker-" + i)).pollingInterval(Duration.ofMillis(100))
          .shutdownMaxWait(Duration.ofSeconds(5)).build();
      scheduler.start();
      all.add(scheduler);
    }
    return () -> all.forEach(Scheduler::stop);
  }

  @Override
  public void close() {
    pool.close();
  }
}
