package dev.pawl.server.job;

import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.util.List;

/** What operators did and tried: taken elsewhere, and computed again. */
public final class AuditRoutes {
  private static final int MOST = 10_000;

  private final JobApi jobs;

  AuditRoutes(JobApi jobs) {
    this.jobs = jobs;
  }

  List<Route> routes() {
    return List.of(
        Route.get("audit.export", "/jobs/audit", Plane.JOB, Scope.ADMIN,
            "Sealed lines, oldest first, a JSON object in each line; an empty answer: there are no more", this::export)
            .query(Field.integer("after", 0, Long.MAX_VALUE, "number of the last line that is known"),
                Field.integer("limit", 1, MOST, "how many, 1000 unless said")),
        Route.get("audit.verify", "/jobs/audit/verification", Plane.JOB, Scope.ADMIN,
            "Computes the chain of hashes again", this::verify));
  }

  private Reply export(Call call) {
    List<JobApi.AuditLine> lines = jobs.audit(call.namespace(), call.number("after", 0, 0, Long.MAX_VALUE),
        (int) call.number("limit", 1_000, 1, MOST));
    return Reply.text(200, ndjson(lines), "application/x-ndjson");
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

  private Reply verify(Call call) {
    JobApi.AuditReport operators = jobs.verifyAudit(call.namespace());
    JobApi.AuditReport ledgers = jobs.verifyLedgers(call.namespace());
    return JobRoutes.reply(Json.of("sound", operators.brokenAt() == null && ledgers.brokenAt() == null,
        "lines", operators.lines(), "broken_at", operators.brokenAt(), "why", operators.why(),
        "ledgers", Json.of("tasks", ledgers.lines(), "broken_at", ledgers.brokenAt(), "why", ledgers.why())));
  }
}
