package dev.pawl.server.job;

import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.OperateJob;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Handler;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What operators do by hand: always with a ticket and a reason, and always in the audit, done or refused. */
final class OperatorRoutes {
  private static final int LEDGER = 1_000;
  private static final Field EVENT = Field.text("event", 32, "").must().oneOf("HOLD", "RELEASE", "FORCE_REVOKE",
      "FORCE_FAIL", "FORCE_DEAD_LETTER", "FORCE_SUCCEED", "REDRIVE");
  private static final Field HOLD_MS = Field.integer("hold_ms", 1, Long.MAX_VALUE,
      "of HOLD; 7 days unless said, 30 at most");
  private static final Field EVIDENCE = Field.text("evidence", 4_000, "of FORCE_SUCCEED: how it is known");
  private static final Field RESULT = Field.object("result", Payload.MAX_BYTES, "of FORCE_SUCCEED: a payload");

  private final PawlEngine engine;
  private final JobApi jobs;
  private final Papers papers;
  private final Rehearsals rehearsals;
  private final RedriveRoutes redrives;

  OperatorRoutes(PawlEngine engine, Papers papers, Rehearsals rehearsals, RedriveRoutes redrives) {
    this.redrives = redrives;
    this.engine = engine;
    this.jobs = engine.jobs();
    this.papers = papers;
    this.rehearsals = rehearsals;
  }

  List<Route> routes() {
    return List.of(
        admin("job.operate", "/jobs/{task_id}/transitions", "A manual transition of one job", this::operate).body(
            EVENT, Papers.TICKET, Papers.REASON, Papers.APPROVER,
            Field.integer("expected_epoch", 0, Long.MAX_VALUE, "the epoch that was on the screen").must(),
            Field.bool("dry_run", "says what would happen, and does nothing"),
            HOLD_MS, EVIDENCE, RESULT),
        admin("job.operate_many", "/jobs/transitions",
            "The same manual transition of many jobs, each decided and audited alone; a dry run first", this::operateMany)
            .body(EVENT, Field.list("task_ids", "these and no others"), Field.text("type", 128, "only of this type"),
                Field.text("phase", 16, "only in this phase; needed without task_ids"), Papers.TICKET, Papers.REASON,
                Papers.APPROVER, Rehearsals.DRY_RUN,
                Rehearsals.REHEARSAL, HOLD_MS,
                EVIDENCE, RESULT),
        get("dead_letter.list", "/jobs/dead-letters", "Dead letters, newest first", this::list).query(
            Field.text("type", 128, "only of this type"), Field.text("cause", 32, "only of this cause"),
            Field.integer("limit", 1, 1_000, "how many, 50 unless said"),
            Field.text("after", 128, "next of the page before")),
        get("dead_letter.get", "/jobs/dead-letters/{task_id}",
            "A dead letter with everything that is known: submission, original bytes, ledger, last error", this::inspect),
        admin("dead_letter.redrive", "/jobs/dead-letters/redrive",
            "Drives dead letters again: a dry run first, then a few, then the rest", this::redrive).body(
            Field.text("type", 128, "only of this type"), Field.text("cause", 32, "only of this cause"),
            Field.list("task_ids", "these and no others"), Papers.TICKET, Papers.REASON, Papers.APPROVER,
            Rehearsals.DRY_RUN,
            Rehearsals.REHEARSAL,
            Field.any("canary", "share that goes first, 0 to 1"),
            Field.any("per_second", "at most so many; 0: as fast as it goes"),
            Field.any("halt_above", "the rest stays when more than this share of the canary dies again, 0 to 1"),
            Field.integer("patience_seconds", 1, 3_600, "how long the canary may take, 300 unless said")),
        admin("dead_letter.discard", "/jobs/dead-letters/{task_id}/discard",
            "Removes a dead letter and its job for good; the ledger stays", this::discard)
            .body(Papers.TICKET, Papers.REASON, Papers.APPROVER));
  }

  private static Route admin(String name, String path, String summary, Handler handler) {
    return Route.post(name, path, Plane.JOB, Scope.ADMIN, summary, handler);
  }

  private static Route get(String name, String path, String summary, Handler handler) {
    return Route.get(name, path, Plane.JOB, Scope.OPERATOR, summary, handler);
  }

  // ---- one job

  private Reply operate(Call call) {
    JobId job = JobRoutes.id(call);
    OperateJob.Operated done = jobs.operate(call.namespace(), job, act(call), papers.of(call),
        call.integer("expected_epoch", 0), Boolean.TRUE.equals(call.value("dry_run"))).get();
    return JobRoutes.reply(Json.of("task_id", job, "from", done.from(), "to", done.to(), "dry_run", done.dryRun(),
        "warning", done.warning()));
  }

  private Reply operateMany(Call call) {
    List<JobId> named = named(call);
    boolean dryRun = Boolean.TRUE.equals(call.value("dry_run"));
    Json order = Json.of("namespace", call.namespace(), "event", call.text("event"), "type", call.text("type"), "phase",
        call.text("phase"), "task_ids", named == null ? null : named.stream().map(JobId::toString).toList());
    String phase = call.text("phase");
    return rehearsals.reply(dryRun, order, engine.now(), jobs.operateMany(new JobApi.ActOrder(call.namespace(), named,
        call.text("type"), phase == null ? null : JobRoutes.phase(phase), act(call), papers.of(call), dryRun,
        rehearsals.proves(call.text("rehearsal"), order, engine.now()))));
  }

  private static OperatorAct act(Call call) {
    return switch (call.text("event", "")) {
      case "HOLD" -> new OperatorAct.Hold(hold(call));
      case "RELEASE" -> new OperatorAct.Release();
      case "FORCE_REVOKE" -> new OperatorAct.ForceRevoke();
      case "FORCE_FAIL" -> new OperatorAct.ForceFail();
      case "FORCE_DEAD_LETTER" -> new OperatorAct.ForceDeadLetter();
      case "FORCE_SUCCEED" -> new OperatorAct.ForceSucceed(call.text("evidence", ""), JobRoutes.payload(call, "result"));
      default -> new OperatorAct.Redrive();
    };
  }

  /** What is longer than anybody may hold is said so by the rules. */
  private static Duration hold(Call call) {
    Long millis = call.integer("hold_ms");
    return millis == null ? OperatorAct.Hold.STANDARD : Duration.ofMillis(millis);
  }

  // ---- dead letters

  private Reply list(Call call) {
    JobApi.Page<JobApi.DeadLetter> page = jobs.deadLetters(new JobApi.DeadLetters(call.namespace(),
        JobRoutes.asked(call, "type"), cause(JobRoutes.asked(call, "cause")), (int) call.number("limit", 50, 1, 1_000),
        JobRoutes.asked(call, "after")));
    List<Json> letters = new ArrayList<>();
    for (JobApi.DeadLetter one : page.items()) {
      letters.add(Json.of("task_id", one.job(), "type", one.type(), "cause", one.cause(), "at", one.at(), "last_error",
          JobShapes.error(one.error()), "redrive_at", one.redriveAt()));
    }
    return JobRoutes.reply(Json.of("dead_letters", letters, "next", page.next()));
  }

  private static @Nullable DeadLetterCause cause(@Nullable String name) {
    if (name == null) return null;
    for (DeadLetterCause one : DeadLetterCause.values()) {
      if (one.name().equals(name.toUpperCase(Locale.ROOT))) return one;
    }
    throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION,
        "expected one of %s, got '%s'".formatted(Arrays.toString(DeadLetterCause.values()), name), "/cause");
  }

  private JobState dead(Call call) {
    JobId id = JobRoutes.id(call);
    return jobs.get(call.namespace(), id).filter(job -> job.ending() != null && job.ending().cause() != null)
        .orElseThrow(() -> UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no dead letter " + id, null));
  }

  private Reply inspect(Call call) {
    JobState job = dead(call);
    List<Json> lines = new ArrayList<>();
    jobs.ledger(call.namespace(), job.id(), LEDGER).forEach(line -> lines.add(JobShapes.transition(line)));
    Json original = jobs.original(call.namespace(), job.id()).map(JobShapes::payload).orElse(null);
    return JobRoutes.reply(JobShapes.joined(JobShapes.whole(job, null),
        Json.of("original", original, "ledger", lines)));
  }

  private Reply redrive(Call call) {
    List<JobId> named = named(call);
    boolean dryRun = Boolean.TRUE.equals(call.value("dry_run"));
    JobApi.DeadLetters query = new JobApi.DeadLetters(call.namespace(), call.text("type"), cause(call.text("cause")),
        1_000, null);
    Json order = Json.of("namespace", call.namespace(), "type", query.type(), "cause", query.cause(), "task_ids",
        named == null ? null : named.stream().map(JobId::toString).toList());
    JobApi.RedriveOrder wanted = new JobApi.RedriveOrder(query, named, papers.of(call), dryRun,
        rehearsals.proves(call.text("rehearsal"), order, engine.now()), share(call, "canary", 0, 1),
        share(call, "per_second", 0, 1_000_000), share(call, "halt_above", 0, 1),
        Duration.ofSeconds(call.integer("patience_seconds", 300)));
    return dryRun
        ? JobRoutes.reply(JobShapes.joined(Json.of("dry_run", true, "rehearsal", rehearsals.proof(order, engine.now())),
            RedriveRoutes.shape(jobs.redrive(wanted))))
        : redrives.carriedOut(call.namespace(), jobs.startRedrive(wanted));
  }

  private static @Nullable List<JobId> named(Call call) {
    if (!call.has("task_ids")) return null;
    List<JobId> ids = new ArrayList<>();
    for (String text : dev.pawl.server.json.Json.strings(call.value("task_ids"))) {
      try {
        ids.add(JobId.parse(text));
      } catch (IllegalArgumentException noId) {
        throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "'%s' is no task id".formatted(text),
            "/task_ids/" + ids.size());
      }
    }
    return ids;
  }

  private static double share(Call call, String name, double least, double most) {
    Object value = call.value(name);
    if (value == null) return 0;
    double number = value instanceof Number it ? it.doubleValue() : Double.NaN;
    if (number >= least && number <= most) return number;
    throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION,
        "expected a number from %s to %s, got %s".formatted(least, most, value), "/" + name);
  }

  private Reply discard(Call call) {
    JobState job = dead(call);
    jobs.discard(call.namespace(), job.id(), papers.of(call)).get();
    return JobRoutes.reply(Json.of("task_id", job.id(), "discarded", true));
  }
}
