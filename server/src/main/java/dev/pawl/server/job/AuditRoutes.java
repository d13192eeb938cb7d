package dev.pawl.server.job;

import dev.pawl.core.run.RunTransition;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.operator.OperatorApi;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Handler;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.util.List;

/** What operators did and tried: taken elsewhere, and computed again. */
public final class AuditRoutes {
  private static final int MOST = 10_000;

  private final JobApi jobs;
  private final OperatorApi runs;

  AuditRoutes(JobApi jobs, OperatorApi runs) {
    this.jobs = jobs;
    this.runs = runs;
  }

  List<Route> routes() {
    return List.of(
        export("audit.export", "/jobs/audit", "Sealed lines about jobs", this::ofJobs),
        export("audit.export_runs", "/jobs/audit/runs", "Sealed lines about runs", this::ofRuns),
        Route.get("audit.verify", "/jobs/audit/verification", Plane.JOB, Scope.ADMIN,
            "Computes the chain of hashes again", this::verify));
  }

  private static Route export(String name, String path, String what, Handler handler) {
    return Route.get(name, path, Plane.JOB, Scope.ADMIN,
        what + ", oldest first, a JSON object in each line; an empty answer: there are no more", handler)
        .query(Field.integer("after", 0, Long.MAX_VALUE, "number of the last line that is known"),
            Field.integer("limit", 1, MOST, "how many, 1000 unless said"));
  }

  private Reply ofJobs(Call call) {
    return exported(ndjson(jobs.audit(call.namespace(), after(call), limit(call))));
  }

  private Reply ofRuns(Call call) {
    return exported(ndjsonOfRuns(runs.audit(call.namespace(), after(call), limit(call))));
  }

  private static Reply exported(String lines) {
    return Reply.text(200, lines, "application/x-ndjson");
  }

  private static long after(Call call) {
    return call.number("after", 0, 0, Long.MAX_VALUE);
  }

  private static int limit(Call call) {
    return (int) call.number("limit", 1_000, 1, MOST);
  }

  /** A JSON object in each line, with everything that its hash covers. */
  public static String ndjson(List<JobApi.AuditLine> lines) {
    StringBuilder out = new StringBuilder();
    for (JobApi.AuditLine one : lines) {
      out.append(JobShapes.joined(Json.of("number", one.number(), "hash", one.hash(), "namespace",
          one.line().namespace(), "task_id", one.line().job()), JobShapes.transition(one.line())).write()).append('\n');
    }
    return out.toString();
  }

  /** The same of runs. */
  public static String ndjsonOfRuns(List<OperatorApi.AuditLine> lines) {
    StringBuilder out = new StringBuilder();
    for (OperatorApi.AuditLine one : lines) {
      RunTransition line = one.line();
      out.append(Json.of("number", one.number(), "hash", one.hash(), "namespace", line.namespace(), "workflow_id",
          line.workflowId(), "run_id", line.run().toString(), "at", line.at(), "actor", line.actor(), "event",
          line.event(), "from", line.from(), "from_epoch", line.fromEpoch(), "to", line.to(), "to_epoch",
          line.toEpoch(), "new_run_id", line.newRun() == null ? null : line.newRun().toString(), "refused",
          line.refused() == null ? null : line.refused().wire(), "papers", JobShapes.papers(line.papers())).write())
          .append('\n');
    }
    return out.toString();
  }

  private Reply verify(Call call) {
    JobApi.AuditReport operators = jobs.verifyAudit(call.namespace());
    JobApi.AuditReport ledgers = jobs.verifyLedgers(call.namespace());
    JobApi.AuditReport onRuns = runs.verifyAudit(call.namespace());
    return JobRoutes.reply(Json.of(
        "sound", operators.brokenAt() == null && ledgers.brokenAt() == null && onRuns.brokenAt() == null,
        "lines", operators.lines(), "broken_at", operators.brokenAt(), "why", operators.why(),
        "runs", Json.of("lines", onRuns.lines(), "broken_at", onRuns.brokenAt(), "why", onRuns.why()),
        "ledgers", Json.of("tasks", ledgers.lines(), "broken_at", ledgers.brokenAt(), "why", ledgers.why())));
  }
}
