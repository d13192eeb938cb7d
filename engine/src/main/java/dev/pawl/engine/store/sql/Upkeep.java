package dev.pawl.engine.store.sql;

import dev.pawl.core.job.JobId;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store.Erased;
import dev.pawl.engine.store.Store.Namespace;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Retention, erasure, namespaces. */
final class Upkeep {
  private static final List<String> TABLES_OF_A_RUN = List.of("pawl_events", "pawl_tasks", "pawl_updates",
      "pawl_transitions", "pawl_late_reports", "pawl_step_results", "pawl_search_attributes");

  /** What a closed run still has to say to others is delivered first. */
  static final String PRUNABLE = """
      select r.run_id, r.namespace, r.workflow_id from pawl_runs r
      where r.namespace = ? and r.closed_at < ?
        and not exists (select 1 from pawl_mailbox m where m.owner = r.run_id)
      order by r.closed_at limit ?{skip locked}""";
  private static final String ONE = """
      select r.run_id, r.namespace, r.workflow_id from pawl_runs r where r.run_id = ?{for update}""";
  private static final String FORGET = "delete from pawl_requests where at < ?";
  static final String FORGETTABLE = "select at from pawl_requests where at < ? order by at limit 1 offset ?";
  private static final String NAMESPACES = "select name, description, retention from pawl_namespaces order by name";
  private static final String PUT_NAMESPACE =
      "insert into pawl_namespaces (name, description, retention) values (?, ?, ?)";

  private static final String FORGET_NAMESPACE = "delete from pawl_namespaces where name = ?";
  private static final String RUNS_OF = """
      select r.run_id, r.namespace, r.workflow_id from pawl_runs r where r.namespace = ?
      order by r.started_at limit ?{for update}""";
  private static final String JOBS_OF = "select j.job_id from pawl_jobs j where j.namespace = ? limit ?";
  private static final List<String> TABLES_OF_A_JOB =
      List.of("pawl_open_jobs", "pawl_dead_letters", "pawl_job_ledger", "pawl_jobs");
  /** What is left when runs and jobs have gone: names, answers, rows that belong to nothing. */
  /** A chain whose current run is erased goes on from the one before it, and its numbers do too. */
  private static final String NEWEST_LEFT = """
      insert into pawl_chains (namespace, workflow_id, run_id, run_number)
      select r.namespace, r.workflow_id, r.run_id, r.run_number from pawl_runs r
      where r.namespace = ? and r.workflow_id = ?
        and not exists (select 1 from pawl_chains c where c.namespace = ? and c.workflow_id = ?)
      order by r.run_number desc limit 1""";
  private static final List<String> TABLES_OF_A_NAMESPACE = List.of("pawl_chains", "pawl_requests", "pawl_queries",
      "pawl_transitions", "pawl_search_attributes", "pawl_tasks", "pawl_job_types", "pawl_job_ledger",
      "pawl_dead_letters", "pawl_open_jobs", "pawl_schedule_events", "pawl_budgets",
      "pawl_declarations", "pawl_job_limits", "pawl_job_slots",
      "pawl_job_rates", "pawl_job_singletons", "pawl_job_batches", "pawl_batch_jobs", "pawl_breakers",
      "pawl_job_needs", "pawl_job_seals", "pawl_audit_heads", "pawl_sealed_jobs", "pawl_sealed_heads",
      "pawl_run_audit", "pawl_run_audit_heads", "pawl_job_effects");
  /** Goes first, or it would start what was just deleted. */
  private static final String FORGET_SCHEDULES = "delete from pawl_schedules where namespace = ?";

  private record Doomed(RunId run, String namespace, String workflowId) {}

  private final Access access;

  Upkeep(Access access) {
    this.access = access;
  }

  int prune(String namespace, Instant closedBefore, int limit) {
    return access.change(link -> {
      List<Doomed> doomed;
      try (Call call = link.sql(PRUNABLE)) {
        doomed = call.text(namespace).number(Micros.nearest(closedBefore)).number(limit)
            .list(row -> new Doomed(new RunId(row.uuid()), row.text(), row.text()));
      }
      delete(link, doomed);
      return doomed.size();
    });
  }

  boolean erase(RunId run) {
    return access.change(link -> {
      List<Doomed> doomed;
      try (Call call = link.sql(ONE)) {
        doomed = call.uuid(run.value()).list(row -> new Doomed(new RunId(row.uuid()), row.text(), row.text()));
      }
      delete(link, doomed);
      try (Call requests = link.sql(
          "delete from pawl_requests where namespace = ? and workflow_id = ? and run_id = ?")) {
        for (Doomed one : doomed) {
          requests.text(one.namespace()).text(one.workflowId()).uuid(one.run().value()).update();
        }
      }
      try (Call chain = link.sql(NEWEST_LEFT)) {
        for (Doomed one : doomed) {
          chain.text(one.namespace()).text(one.workflowId()).text(one.namespace()).text(one.workflowId()).update();
        }
      }
      return !doomed.isEmpty();
    });
  }

  /** Remembered request ids stay: how long they count has nothing to do with how long runs are kept. */
  private static void delete(Link link, List<Doomed> doomed) throws SQLException {
    if (doomed.isEmpty()) return;
    for (String table : TABLES_OF_A_RUN) deleteFrom(link, table, "run_id", doomed);
    // What it said to others is still said: a parent waits for the word of its child's end.
    deleteFrom(link, "pawl_mailbox", "kind in ('TimerDue', 'DeadlineDue') and owner", doomed);
    try (Call chain = link.sql("delete from pawl_chains where namespace = ? and workflow_id = ? and run_id = ?")) {
      for (Doomed one : doomed) {
        chain.text(one.namespace()).text(one.workflowId()).uuid(one.run().value()).add();
      }
      chain.flush();
    }
    deleteFrom(link, "pawl_runs", "run_id", doomed);
  }

  private static void deleteFrom(Link link, String table, String column, List<Doomed> doomed) throws SQLException {
    try (Call call = link.sql("delete from " + table + " where " + column + " = ?")) {
      for (Doomed one : doomed) call.uuid(one.run().value()).add();
      call.flush();
    }
  }

  Erased eraseNamespace(String name, int limit) {
    return access.change(link -> {
      try (Call call = link.sql(FORGET_NAMESPACE)) {
        call.text(name).update();
      }
      int others;
      try (Call call = link.sql(FORGET_SCHEDULES)) {
        others = call.text(name).update();
      }
      List<Doomed> runs;
      try (Call call = link.sql(RUNS_OF)) {
        runs = call.text(name).number(limit)
            .list(row -> new Doomed(new RunId(row.uuid()), row.text(), row.text()));
      }
      delete(link, runs);
      List<JobId> jobs;
      try (Call call = link.sql(JOBS_OF)) {
        jobs = call.text(name).number(limit).list(row -> new JobId(row.uuid()));
      }
      for (String table : TABLES_OF_A_JOB) {
        try (Call call = link.sql("delete from " + table + " where job_id = ?")) {
          for (JobId job : jobs) call.uuid(job.value()).add();
          call.flush();
        }
      }
      if (runs.isEmpty() && jobs.isEmpty()) {
        for (String table : TABLES_OF_A_NAMESPACE) {
          try (Call call = link.sql("delete from " + table + " where namespace = ?")) {
            others += call.text(name).update();
          }
        }
      }
      return new Erased(runs.size(), jobs.size(), others);
    });
  }

  int forgetRequests(Instant before, int limit) {
    if (limit <= 0) return 0;
    return access.change(link -> {
      // Deletes in slices without "delete ... limit", which half of the databases do not know.
      long cut = Micros.nearest(before);
      try (Call slice = link.sql(FORGETTABLE)) {
        Long next = slice.number(cut).number(limit).first(Row::number);
        Long oldest = slice.number(cut).number(0).first(Row::number);
        // Many may have come at one instant, more than the limit: they go together, or none would ever go.
        if (next != null && oldest != null) cut = Math.max(next, oldest + 1);
      }
      try (Call call = link.sql(FORGET)) {
        return call.number(cut).update();
      }
    });
  }

  List<Namespace> namespaces() {
    return access.read(link -> {
      try (Call call = link.sql(NAMESPACES)) {
        return call.list(row ->
            new Namespace(row.text(), row.text(), Duration.ofNanos(Math.multiplyExact(row.number(), 1000L))));
      }
    });
  }

  void putNamespace(Namespace namespace) {
    checkName(namespace);
    access.change(link -> {
      insert(link, PUT_NAMESPACE + link.dialect().onDuplicate("name", "description", "retention"), namespace);
      return true;
    });
  }

  /** A transaction that meets the row of a faster one is done again, and finds it. */
  boolean addNamespace(Namespace namespace) {
    checkName(namespace);
    return access.change(link -> {
      try (Call call = link.sql(NAMESPACES)) {
        if (call.list(Row::text).contains(namespace.name())) return false;
      }
      insert(link, PUT_NAMESPACE, namespace);
      return true;
    });
  }

  private static void checkName(Namespace namespace) {
    String problem = Texts.name("namespace", namespace.name());
    if (problem != null) throw new IllegalArgumentException(problem);
  }

  private static void insert(Link link, String sql, Namespace namespace) throws SQLException {
    try (Call call = link.sql(sql)) {
      call.text(namespace.name()).text(Texts.words(namespace.description()))
          .number(namespace.retention().toNanos() / 1000).update();
    }
  }
}
