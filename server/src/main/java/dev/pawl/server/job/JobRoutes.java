package dev.pawl.server.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.uwer.Envelope;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.protocol.uwer.Parsed;
import dev.pawl.protocol.uwer.UwerMessage;
import dev.pawl.protocol.uwer.UwerPayload;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Handler;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What callers ask about jobs that are there. */
final class JobRoutes {
  private static final int MOST_OF_A_CALLBACK = 4 * 1024 * 1024;

  private final JobApi jobs;
  private final CallbackSeal seal;

  JobRoutes(JobApi jobs, CallbackSeal seal) {
    this.jobs = jobs;
    this.seal = seal;
  }

  List<Route> routes() {
    return List.of(
        get("job.list", "/jobs", "Jobs of a namespace, newest first", this::list).query(
            Field.text("type", 128, "only of this type"), Field.text("phase", 16, "only in this phase"),
            Field.text("idempotency_key", 128, "only the one with this key; needs a type"),
            Field.integer("limit", 1, 1_000, "how many, 50 unless said"),
            Field.text("after", 64, "next of the page before")),
        get("job.get", "/jobs/{task_id}", "One job, with its lease, its submission and how it ended", this::one),
        get("job.ledger", "/jobs/{task_id}/ledger", "What happened to a job, oldest first", this::ledger)
            .query(Field.integer("limit", 1, 10_000, "how many lines, 1000 unless said")),
        get("job.late_reports", "/jobs/{task_id}/late-reports",
            "What nodes reported after they had lost their leases: kept and shown, never applied", this::late)
            .query(Field.integer("limit", 1, 1_000, "how many, 100 unless said")),
        Route.post("job.cancel", "/jobs/{task_id}/cancel", Plane.JOB, Scope.OPERATOR,
            "Its caller wants it no more; who works on it is told and has 30 seconds", this::cancel),
        Route.post("job.callback", "/jobs/callback/{token}", Plane.JOB, Scope.PUBLIC,
            "The outside says how an effect came out: the token is the permission", this::callback)
            .documents("application/json").anyNamespace(),
        get("job.types", "/jobs/types", "Open jobs by type and phase, the types that rest, and those with limits", this::types),
        Route.post("job.pause_type", "/jobs/types/{type}/pause", Plane.JOB, Scope.OPERATOR,
            "Jobs of a type are not handed out any more; who works goes on", this::pause)
            .body(Field.text("reason", 1_000, "for those who wonder").must()),
        Route.post("job.resume_type", "/jobs/types/{type}/resume", Plane.JOB, Scope.OPERATOR,
            "Jobs of a type are handed out again", this::resume),
        Route.post("job.pause_all", "/jobs/pause", Plane.JOB, Scope.OPERATOR,
            "No job of the namespace is handed out any more; who works goes on", this::pause)
            .body(Field.text("reason", 1_000, "for those who wonder").must()),
        Route.post("job.resume_all", "/jobs/resume", Plane.JOB, Scope.OPERATOR,
            "Jobs of the namespace are handed out again, except those of types that rest", this::resume));
  }

  private static Route get(String name, String path, String summary, Handler handler) {
    return Route.get(name, path, Plane.JOB, Scope.OPERATOR, summary, handler);
  }

  static Reply reply(Json body) {
    return Reply.text(200, body.write(), Form.JSON.contentType());
  }

  static Actor caller(Call call) {
    return new Actor(Actor.Kind.CALLER, call.principal().name());
  }

  /** @throws dev.pawl.server.http.Refusal the text is no id, so nothing has it */
  static JobId id(Call call) {
    try {
      return JobId.parse(call.parameter("task_id"));
    } catch (IllegalArgumentException noId) {
      throw UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no job '%s'".formatted(call.parameter("task_id")), null);
    }
  }

  static @Nullable String asked(Call call, String name) {
    String value = call.query().get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  // ---- looking

  private Reply list(Call call) {
    String key = asked(call, "idempotency_key");
    String type = asked(call, "type");
    if (key != null) {
      if (type == null) {
        throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "a key is looked up within a type", "/type");
      }
      return page(jobs.find(call.namespace(), type, key).stream().toList(), null);
    }
    JobApi.Page<JobState> page = jobs.list(new JobApi.Listing(call.namespace(), type, phase(call),
        (int) call.number("limit", 50, 1, 1_000), asked(call, "after")));
    return page(page.items(), page.next());
  }

  private static Reply page(List<JobState> jobs, @Nullable String next) {
    return reply(Json.of("tasks", jobs.stream().map(JobShapes::line).toList(), "next", next));
  }

  private static @Nullable JobPhase phase(Call call) {
    String name = asked(call, "phase");
    return name == null ? null : phase(name);
  }

  /** @throws dev.pawl.server.http.Refusal it is none */
  static JobPhase phase(String name) {
    for (JobPhase phase : JobPhase.values()) if (phase.name().equals(name.toUpperCase(Locale.ROOT))) return phase;
    throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION,
        "expected one of %s, got '%s'".formatted(Arrays.toString(JobPhase.values()), name), "/phase");
  }

  private Reply one(Call call) {
    JobState job = jobs.get(call.namespace(), id(call)).orElseThrow(() ->
        UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no job " + id(call), null));
    String token = job.phase() == JobPhase.AWAITING
        ? seal.write(new JobApi.CallbackToken(job.id(), job.externalEpoch()))
        : null;
    return reply(JobShapes.whole(job, token));
  }

  private Reply ledger(Call call) {
    List<Json> lines = new ArrayList<>();
    jobs.ledger(call.namespace(), id(call), (int) call.number("limit", 1_000, 1, 10_000))
        .forEach(line -> lines.add(JobShapes.transition(line)));
    if (lines.isEmpty()) throw UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no job " + id(call), null);
    return reply(Json.of("task_id", id(call), "lines", lines));
  }

  private Reply late(Call call) {
    JobId id = id(call);
    if (jobs.get(call.namespace(), id).isEmpty()) {
      throw UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no job " + id, null);
    }
    List<Json> reports = new ArrayList<>();
    for (JobApi.LateReport one : jobs.lateReports(call.namespace(), id, (int) call.number("limit", 100, 1, 1_000))) {
      reports.add(Json.of("line", JobShapes.transition(one.line()), "body", JobShapes.payload(one.body())));
    }
    return reply(Json.of("task_id", id, "late_reports", reports));
  }

  // ---- acting

  private Reply cancel(Call call) {
    JobPhase phase = jobs.cancel(call.namespace(), id(call), caller(call)).get();
    return reply(Json.of("task_id", id(call), "phase", phase));
  }

  /** {@code {"result": payload}} or {@code {"error": error}}; an empty object: it came about, without a result. */
  private Reply callback(Call call) {
    JobApi.CallbackToken token = seal.read(call.parameter("token")).orElseThrow(() ->
        UwerAnswers.refusal(UwerCode.UNAUTHENTICATED, "this is no callback token", null));
    byte[] document = call.document();
    Json body = document.length == 0 ? Json.of() : read(Json.read(document, MOST_OF_A_CALLBACK));
    if (!(body instanceof Json.Obj object)) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "expected an object", "");
    }
    Json result = object.members().get("result");
    Json error = object.members().get("error");
    if (result != null && error != null || object.members().size() > (result == null && error == null ? 0 : 1)) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "expected a result or an error and nothing else", "");
    }
    JobError why = error == null ? null : read(UwerMessage.Failed.read(error, "/error"));
    UwerPayload what = result == null ? null : read(UwerPayload.read(result, "/result"));
    JobPhase phase = jobs.callback(new JobApi.Callback(token, object.digest(), what == null ? null : what.decoded(),
        why, new Actor(Actor.Kind.EXTERNAL, "callback"))).get();
    return reply(Json.of("task_id", token.job(), "phase", phase));
  }

  static <T> T read(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Ok<T> ok -> ok.value();
      case Parsed.Refused<T> no -> throw UwerAnswers.refusal(no.problem());
    };
  }

  /** From the document itself, so that its numbers stay as they were written. */
  static @Nullable Payload payload(Call call, String field) {
    if (!call.has(field)) return null;
    Json whole = read(Json.read(call.document(), Envelope.MAX_BYTES));
    Json payload = whole instanceof Json.Obj object ? object.members().get(field) : null;
    return payload == null ? null : read(UwerPayload.read(payload, "/" + field)).decoded();
  }

  // ---- types

  private Reply types(Call call) {
    List<Json> open = new ArrayList<>();
    for (JobApi.Count one : jobs.counts(call.namespace())) {
      open.add(Json.of("type", one.type(), "phase", one.phase(), "running", one.leased(), "tasks", one.jobs()));
    }
    List<Json> paused = new ArrayList<>();
    for (JobApi.Pause one : jobs.pauses(call.namespace())) {
      paused.add(Json.of("type", one.type(), "at", one.at(), "by", one.actor(), "reason", one.reason()));
    }
    List<Json> limited = new ArrayList<>();
    jobs.limits(call.namespace()).forEach((type, limits) ->
        limited.add(JobShapes.joined(Json.of("type", type), FlowRoutes.shape(limits))));
    return reply(Json.of("open", open, "paused", paused, "limited", limited));
  }

  /** The type in the path, or all of them. */
  private static String resting(Call call) {
    return call.parameters().getOrDefault("type", JobApi.ALL_TYPES);
  }

  private Reply pause(Call call) {
    jobs.pause(call.namespace(), resting(call), call.principal().name(), call.text("reason", ""));
    return reply(Json.of("type", resting(call), "paused", true));
  }

  private Reply resume(Call call) {
    boolean was = jobs.resume(call.namespace(), resting(call));
    return reply(Json.of("type", resting(call), "paused", false, "was_paused", was));
  }
}
