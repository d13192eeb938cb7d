package dev.pawl.server.job;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The ledger of effects: a node looks whether a step was done before, and records what it came to. */
final class EffectRoutes {
  private final PawlEngine engine;

  EffectRoutes(PawlEngine engine) {
    this.engine = engine;
  }

  List<Route> routes() {
    return List.of(
        Route.post("effect.record", "/nodes/effects", Plane.JOB, Scope.WORKER,
            "What a step of a job came to, recorded at most once by who holds its lease", this::record).body(
                NodeRoutes.TASK, NodeRoutes.SESSION,
                Field.integer("epoch", 1, Long.MAX_VALUE, "of the lease").must(),
                Field.text("step", 128, "name within the job").must(),
                Field.text("request", 72, "digest of what was asked for: another one under the same name is a conflict"),
                Field.object("response", Payload.MAX_BYTES, "a payload").must()),
        Route.get("effect.list", "/jobs/{task_id}/effects", Plane.JOB, Scope.ANY,
            "What steps of a job came to in whatever attempt, oldest first", this::list)
            .query(Field.text("step", 128, "only this one")));
  }

  private Reply record(Call call) {
    JobId job = NodeRoutes.task(call);
    SessionId session = NodeRoutes.session(call);
    String step = call.text("step", "");
    there(call, job);
    Payload response = JobRoutes.payload(call, "response");
    if (response == null) throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "expected a payload", "/response");
    return JobRoutes.reply(shape(step, engine.jobWork().record(new JobWorkApi.Step(
        job, step, call.integer("epoch", 0), session, call.text("request"), response)).get()));
  }

  private Reply list(Call call) {
    JobId job = JobRoutes.id(call);
    there(call, job);
    String only = JobRoutes.asked(call, "step");
    List<Json> all = new ArrayList<>();
    Map<String, JobWorkApi.Effect> found = only == null
        ? engine.jobWork().effects(job)
        : engine.jobWork().effect(job, only).map(one -> Map.of(only, one)).orElse(Map.of());
    found.forEach((step, effect) -> all.add(shape(step, effect)));
    return JobRoutes.reply(Json.of("effects", all));
  }

  private void there(Call call, JobId job) {
    if (engine.jobs().get(call.namespace(), job).isEmpty()) {
      throw UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no job " + job, null);
    }
  }

  private static Json shape(String step, JobWorkApi.Effect effect) {
    return Json.of("step", step, "epoch", effect.epoch(), "request", effect.request(), "response",
        JobShapes.payload(effect.response()));
  }
}
