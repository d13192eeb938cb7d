package dev.pawl.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import dev.dbos.transact.workflow.Workflow;
import dev.dbos.transact.workflow.WorkflowHandle;
import dev.pawl.testbed.Database;
import java.time.Duration;
import java.util.function.Consumer;

/** DBOS Transact Java on PostgreSQL, with the pool that suits it best. */
final class DbosSubject implements Subject {
  private final HikariDataSource pool;
  private final DBOS dbos;
  private final Flows flows;

  DbosSubject(Database database, int poolSize) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.jdbcUrl());
    config.setUsername(database.user());
    config.setPassword(database.password());
    config.setMaximumPoolSize(poolSize);
    config.setMinimumIdle(poolSize);
    pool = new HikariDataSource(config);
    dbos = new DBOS(DBOSConfig.defaults("bench").withDataSource(pool).withMigrate(true).withAdminServer(false)
        .withAppVersion("bench"));
    FlowsOnDbos target = new FlowsOnDbos(dbos);
    flows = dbos.registerProxy(Flows.class, target);
    dbos.launch();
  }

  /** The peer wants an interface for its proxy. */
  public interface Flows {
    String steps(int n);

    String waitForSignal();

    String sleepOne(long millis);
  }

  /** The workflows in the peer's own style. */
  public static final class FlowsOnDbos implements Flows {
    private final DBOS dbos;

    FlowsOnDbos(DBOS dbos) {
      this.dbos = dbos;
    }

    @Override
    @Workflow(name = "steps")
    public String steps(int n) {
      String last = "";
      for (int i = 0; i < n; i++) {
        String result = "result-" + i;
        last = dbos.runStep(() -> result, "step-" + i);
      }
      return last;
    }

    @Override
    @Workflow(name = "waitForSignal")
    public String waitForSignal() {
      return dbos.<String>recv("ping", Duration.ofMinutes(5)).orElse("nothing");
    }

    @Override
    @Workflow(name = "sleepOne")
    public String sleepOne(long millis) {
      long asked = System.nanoTime();
      dbos.sleep(Duration.ofMillis(millis));
      return Long.toString(System.nanoTime() - asked - millis * 1_000_000);
    }
  }

  @Override
  public String system() {
    return "dbos-" + pool.getMaximumPoolSize();
  }

  @Override
  public boolean can(Workload workload) {
    return workload != Workload.A5; // it has no activities through a queue; its queued workflows are not the same work
  }

  @Override
  public long perform(Workload workload, long number) throws Exception {
    StartWorkflowOptions options = new StartWorkflowOptions("w-" + number);
    long begin = System.nanoTime();
    if (workload == Workload.S) {
      WorkflowHandle<String, RuntimeException> handle = dbos.startWorkflow(() -> flows.waitForSignal(), options);
      begin = System.nanoTime();
      dbos.send(handle.workflowId(), "pong", "ping");
      handle.getResult();
    } else {
      dbos.startWorkflow(() -> flows.steps(workload.steps), options).getResult();
    }
    return System.nanoTime() - begin;
  }

  /** Starts one sleeping workflow; what it returns waits for the end and hands on the lateness in nanoseconds. */
  Runnable startSleep(String id, long millis, Consumer<Long> lateness) {
    WorkflowHandle<String, RuntimeException> handle =
        dbos.startWorkflow(() -> flows.sleepOne(millis), new StartWorkflowOptions(id));
    return () -> lateness.accept(Long.parseLong(handle.getResult()));
  }

  @Override
  public long commits() {
    return -1;
  }

  @Override
  public void close() {
    dbos.close();
    pool.close();
  }
}
