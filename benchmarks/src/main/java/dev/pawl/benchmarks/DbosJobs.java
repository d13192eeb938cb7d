package dev.pawl.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Queue;
import dev.dbos.transact.workflow.Workflow;
import dev.pawl.testbed.Database;
import java.time.Duration;
import java.util.function.LongConsumer;

/** A queue of DBOS Transact. It works as soon as it is launched, so it is launched anew for each part. */
final class DbosJobs implements JobSubject {
  private final HikariDataSource pool;
  private DBOS dbos;
  private Trivial trivial;
  private volatile LongConsumer ran = number -> {};

  /** The peer wants an interface for its proxy. */
  public interface Trivial {
    String run(long number);
  }

  /** The job in the peer's own style. */
  public final class TrivialOnDbos implements Trivial {
    @Override
    @Workflow(name = "trivial")
    public String run(long number) {
      ran.accept(number);
      return "";
    }
  }

  DbosJobs(Database database) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.jdbcUrl());
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setMaximumPoolSize(32);
    pool = new HikariDataSource(config);
    launch(0);
  }

  private void launch(int concurrency) {
    dbos = new DBOS(DBOSConfig.defaults("bench").withDataSource(pool).withMigrate(true).withAdminServer(false)
        .withAppVersion("bench"));
    trivial = dbos.registerProxy(Trivial.class, new TrivialOnDbos());
    Queue queue = new Queue("jobs").withPollingInterval(Duration.ofMillis(100));
    // Without a worker nothing may be taken yet: a queue of another name is not asked for.
    if (concurrency > 0) dbos.registerQueue(queue.withWorkerConcurrency(concurrency));
    else dbos.registerQueue(queue.withWorkerConcurrency(1).withPollingInterval(Duration.ofHours(1)));
    dbos.launch();
  }

  @Override
  public String system() {
    return "dbos";
  }

  @Override
  public void enqueue(long number) {
    dbos.startWorkflow(() -> trivial.run(number), new StartWorkflowOptions("job-" + number).withQueue("jobs"));
  }

  @Override
  public boolean enqueueAll(long from, int count) {
    return false;
  }

  @Override
  public AutoCloseable work(int workers, LongConsumer told) {
    ran = told;
    dbos.close();
    launch(200);
    return () -> {
      dbos.close();
      launch(0);
    };
  }

  @Override
  public void close() {
    dbos.close();
    pool.close();
  }
}
