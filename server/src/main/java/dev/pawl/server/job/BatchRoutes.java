package dev.pawl.server.job;

import dev.pawl.core.job.JobBatch;
import dev.pawl.core.job.UwerCode;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.util.List;

/** Jobs that are waited for together. They join with the extension {@code dev.pawl.ties} of their submission. */
final class BatchRoutes {
  private final JobApi jobs;

  BatchRoutes(JobApi jobs) {
    this.jobs = jobs;
  }

  List<Route> routes() {
    return List.of(
        Route.post("batch.open", "/jobs/batches", Plane.JOB, Scope.OPERATOR,
            "Opens a batch, which jobs join as they are submitted; opening it again is harmless", this::open).body(
                Field.text("batch", 128, "its name, unique in the namespace").must(),
                Field.text("callback", 128, "type of the one job that is born when all of them are over").must()),
        Route.get("batch.get", "/jobs/batches/{batch}", Plane.JOB, Scope.OPERATOR, "How far a batch is", this::one),
        Route.post("batch.close", "/jobs/batches/{batch}/close", Plane.JOB, Scope.OPERATOR,
            "No more jobs join; closing it again is harmless", this::close));
  }

  private Reply open(Call call) {
    return shown(jobs.openBatch(call.namespace(), FlowRoutes.named("batch", call.text("batch", "")),
        FlowRoutes.named("callback", call.text("callback", ""))).get());
  }

  private Reply one(Call call) {
    return shown(jobs.batch(call.namespace(), name(call)).orElseThrow(() ->
        UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no batch " + name(call), null)));
  }

  private Reply close(Call call) {
    return shown(jobs.closeBatch(call.namespace(), name(call)).get());
  }

  private static String name(Call call) {
    return FlowRoutes.named("batch", call.parameter("batch"));
  }

  private static Reply shown(JobApi.Batch batch) {
    JobBatch.Tally ended = batch.ended();
    return JobRoutes.reply(Json.of("batch", batch.id(), "callback", batch.callback(), "opened_at", batch.openedAt(),
        "closed_at", batch.closedAt(), "callback_task_id", batch.callbackJob(), "tasks", batch.jobs(), "succeeded",
        ended.succeeded(), "failed", ended.failed(), "dead_lettered", ended.deadLettered(), "cancelled",
        ended.cancelled()));
  }
}
