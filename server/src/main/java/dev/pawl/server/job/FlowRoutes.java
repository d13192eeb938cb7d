package dev.pawl.server.job;

import dev.pawl.core.job.Breaker;
import dev.pawl.core.job.JobLimits;
import dev.pawl.core.job.JobRate;
import dev.pawl.core.job.UwerCode;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How fast jobs of a type flow: limits, and what they need outside. */
final class FlowRoutes {
  private static final int MOST_RUNNING = 1_000_000;
  private static final String RATE = "{\"permits\", \"period_ms\", \"burst\"?}: so many in a period, evenly spread";
  private static final Field REASON = Field.text("reason", 1_000, "for those who wonder").must();

  private final PawlEngine engine;

  FlowRoutes(PawlEngine engine) {
    this.engine = engine;
  }

  List<Route> routes() {
    return List.of(
        Route.post("job.limit_type", "/jobs/types/{type}/limits", Plane.JOB, Scope.OPERATOR,
            "How many jobs of a type run at once and how fast they start; what is not said is not limited", this::limit)
            .body(Field.integer("running", 1, MOST_RUNNING, "of the type"),
                Field.integer("running_per_key", 1, MOST_RUNNING, "of each limit key"),
                Field.object("rate", 1_000, RATE), Field.object("rate_per_key", 1_000, RATE)),
        Route.get("job.limits", "/jobs/types/{type}/limits", Plane.JOB, Scope.OPERATOR,
            "The limits of a type", this::limits),
        Route.post("job.need", "/jobs/types/{type}/need", Plane.JOB, Scope.WORKER,
            "Jobs of a type can't be done while a dependency is down", this::need)
            .body(Field.text("dependency", 128, "such as billing-api").must()),
        Route.get("breaker.list", "/jobs/breakers", Plane.JOB, Scope.OPERATOR,
            "What is known of dependencies that were ever found down", this::breakers),
        Route.post("breaker.fail", "/jobs/breakers/{dependency}/failures", Plane.JOB, Scope.WORKER,
            "A worker found a dependency down; the job that met it is abandoned", this::failed).body(REASON),
        Route.post("breaker.trip", "/jobs/breakers/{dependency}/trip", Plane.JOB, Scope.OPERATOR,
            "A dependency is down until somebody probes it: jobs that need it wait", this::trip).body(REASON),
        Route.post("breaker.probe", "/jobs/breakers/{dependency}/probe", Plane.JOB, Scope.OPERATOR,
            "A dependency may be back: a few of the jobs that need it are tried, and more with every success",
            this::probe));
  }

  // ---- limits

  private Reply limit(Call call) {
    JobLimits limits = new JobLimits(count(call, "running"), count(call, "running_per_key"), rate(call, "rate"),
        rate(call, "rate_per_key"));
    engine.jobs().limit(call.namespace(), type(call), limits);
    return shown(type(call), limits);
  }

  private Reply limits(Call call) {
    return shown(type(call), engine.jobs().limits(call.namespace()).getOrDefault(type(call), JobLimits.NONE));
  }

  private static @Nullable Integer count(Call call, String field) {
    Long said = call.integer(field);
    return said == null ? null : said.intValue();
  }

  private static @Nullable JobRate rate(Call call, String field) {
    if (!call.has(field)) return null;
    Map<String, @Nullable Object> said = call.object(field);
    for (String name : said.keySet()) {
      if (!List.of("permits", "period_ms", "burst").contains(name)) throw wrong("there is no such member", field, name);
    }
    long burst = said.get("burst") == null ? 1 : number(said, field, "burst", MOST_RUNNING);
    try {
      return new JobRate((int) number(said, field, "permits", MOST_RUNNING),
          Duration.ofMillis(number(said, field, "period_ms", Duration.ofDays(31).toMillis())), (int) burst);
    } catch (IllegalArgumentException tooMuch) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, String.valueOf(tooMuch.getMessage()), "/" + field);
    }
  }

  private static long number(Map<String, @Nullable Object> said, String field, String name, long most) {
    Long number = dev.pawl.server.json.Json.integer(said, name);
    if (number != null && number >= 1 && number <= most) return number;
    throw wrong("expected 1 to " + most, field, name);
  }

  private static RuntimeException wrong(String why, String field, String name) {
    return UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, why, "/" + field + "/" + name);
  }

  private static Reply shown(String type, JobLimits limits) {
    return JobRoutes.reply(JobShapes.joined(Json.of("type", type), shape(limits)));
  }

  static Json.Obj shape(JobLimits limits) {
    return Json.of("running", limits.running(), "running_per_key", limits.runningPerKey(), "rate", shape(limits.rate()),
        "rate_per_key", shape(limits.ratePerKey()));
  }

  private static @Nullable Json shape(@Nullable JobRate rate) {
    return rate == null
        ? null
        : Json.of("permits", rate.permits(), "period_ms", rate.period().toMillis(), "burst", rate.burst());
  }

  // ---- dependencies

  private Reply need(Call call) {
    engine.jobWork().need(call.namespace(), Map.of(type(call), named("dependency", call.text("dependency", ""))));
    return JobRoutes.reply(Json.of("type", type(call), "needs", call.text("dependency")));
  }

  private Reply breakers(Call call) {
    return JobRoutes.reply(Json.of("breakers",
        engine.jobs().breakers(call.namespace()).stream().map(FlowRoutes::shape).toList()));
  }

  private Reply failed(Call call) {
    engine.jobWork().unavailable(call.namespace(), dependency(call), call.text("reason", ""));
    return JobRoutes.reply(Json.of("dependency", dependency(call)));
  }

  private Reply trip(Call call) {
    return JobRoutes.reply(shape(engine.jobs().trip(call.namespace(), dependency(call),
        "%s (%s)".formatted(call.text("reason", ""), call.principal().name()))));
  }

  private Reply probe(Call call) {
    return JobRoutes.reply(shape(engine.jobs().probe(call.namespace(), dependency(call))));
  }

  private static Json shape(Breaker one) {
    return Json.of("dependency", one.name(), "state", one.state(), "failures", one.failures(), "trips", one.trips(),
        "allowed_per_type", one.most(), "since", one.since(), "until", one.until(), "why", one.why());
  }

  static String type(Call call) {
    return named("type", call.parameter("type"));
  }

  private static String dependency(Call call) {
    return named("dependency", call.parameter("dependency"));
  }

  /** @throws dev.pawl.server.http.Refusal it is none */
  static String named(String field, String name) {
    if (!name.isBlank() && name.length() <= 128 && name.indexOf('\0') < 0) return name;
    throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "expected 1 to 128 characters", "/" + field);
  }
}
