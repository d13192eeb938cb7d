package dev.pawl.server.job;

import dev.pawl.core.job.UwerCode;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobApi.RedriveOperation;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Bulk redrives on their way. */
final class RedriveRoutes {
  /** A short one is over within the request that ordered it. */
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final long LOOK_EVERY = Duration.ofMillis(20).toNanos();

  private final JobApi jobs;

  RedriveRoutes(JobApi jobs) {
    this.jobs = jobs;
  }

  List<Route> routes() {
    return List.of(
        Route.get("redrive.list", "/jobs/redrives", Plane.JOB, Scope.OPERATOR, "Bulk redrives, newest first", this::list),
        Route.get("redrive.get", "/jobs/redrives/{operation}", Plane.JOB, Scope.OPERATOR, "How far a bulk redrive is",
            this::one),
        Route.post("redrive.halt", "/jobs/redrives/{operation}/halt", Plane.JOB, Scope.ADMIN,
            "A bulk redrive ends before its next portion; what was driven stays so", this::halt));
  }

  /** 200 with the report if it is over soon, 202 if it goes on. */
  Reply carriedOut(String namespace, RedriveOperation begun) {
    RedriveOperation now = begun;
    long until = System.nanoTime() + SHORT.toNanos();
    while (now.state() == RedriveOperation.State.RUNNING && System.nanoTime() < until) {
      LockSupport.parkNanos(LOOK_EVERY);
      now = jobs.redriveOperation(namespace, begun.id()).orElse(now);
    }
    int status = now.state() == RedriveOperation.State.RUNNING ? 202 : 200;
    return Reply.text(status, shape(now).write(), Form.JSON.contentType());
  }

  private Reply list(Call call) {
    return JobRoutes.reply(Json.of("redrives",
        jobs.redriveOperations(call.namespace()).stream().map(RedriveRoutes::shape).toList()));
  }

  private Reply one(Call call) {
    return JobRoutes.reply(shape(there(call)));
  }

  private Reply halt(Call call) {
    boolean was = jobs.haltRedrive(call.namespace(), there(call).id(), call.principal().name());
    return JobRoutes.reply(JobShapes.joined(shape(there(call)), Json.of("halting", was)));
  }

  private RedriveOperation there(Call call) {
    String id = call.parameter("operation");
    return jobs.redriveOperation(call.namespace(), id).orElseThrow(() ->
        UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no redrive '%s'".formatted(id), null));
  }

  private static Json.Obj shape(RedriveOperation one) {
    return JobShapes.joined(Json.of("operation", one.id(), "state", one.state(), "operator", one.operator(),
        "started_at", one.startedAt(), "at", one.at()), shape(one.report()));
  }

  static Json.Obj shape(JobApi.RedriveReport report) {
    return Json.of("matched", report.matched(), "redriven", report.redriven(), "refused", report.refused(),
        "first_refusal", report.firstRefusal(), "halted", report.halted());
  }
}
