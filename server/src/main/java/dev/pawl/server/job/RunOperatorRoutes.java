package dev.pawl.server.job;

import dev.pawl.core.job.UwerCode;
import dev.pawl.core.run.OperateRun;
import dev.pawl.core.run.RunAct;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.operator.OperatorApi;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operators do to runs by hand: with the papers of a job's transition, and in the audit, done or refused. */
final class RunOperatorRoutes {
  private static final Field RUN = Field.text("run_id", 64, "only this run; else the current one");

  private static final Field EVENT = Field.text("event", 32, "").must().oneOf("TERMINATE", "RESET", "PAUSE", "RESUME");
  private static final Field TO_SEQUENCE = Field.integer("to_sequence", 2, Long.MAX_VALUE,
      "of RESET: the last event that is kept; 2 is the beginning");

  private final PawlEngine engine;
  private final OperatorApi operators;
  private final Papers papers;
  private final Rehearsals rehearsals;

  RunOperatorRoutes(PawlEngine engine, Papers papers, Rehearsals rehearsals) {
    this.engine = engine;
    this.operators = engine.operators();
    this.papers = papers;
    this.rehearsals = rehearsals;
  }

  List<Route> routes() {
    return List.of(
        Route.get("workflow.standing", "/workflows/{workflow_id}/standing", Plane.JOB, Scope.OPERATOR,
            "How a run stands, with the epoch that a manual transition expects", this::standing).query(RUN),
        Route.post("workflow.operate", "/workflows/{workflow_id}/transitions", Plane.JOB, Scope.ADMIN,
            "A manual transition of one run, with a ticket and in the audit", this::operate).body(
            EVENT, RUN,
            Papers.TICKET, Papers.REASON, Papers.APPROVER,
            Field.integer("expected_epoch", 0, Long.MAX_VALUE, "the epoch that was on the screen").must(),
            Field.bool("dry_run", "says what would happen, and does nothing"),
            TO_SEQUENCE),
        Route.post("workflow.operate_many", "/workflows/transitions", Plane.JOB, Scope.ADMIN,
            "The same manual transition of many runs, each decided and audited alone; a dry run first", this::operateMany)
            .body(EVENT, Field.list("workflow_ids", "the current runs of these and no others"),
                Field.text("filter", 4_000, "the runs that it finds, as lists do; needed without workflow_ids"),
                Papers.TICKET, Papers.REASON, Papers.APPROVER, Rehearsals.DRY_RUN, Rehearsals.REHEARSAL, TO_SEQUENCE));
  }

  private Reply standing(Call call) {
    OperatorApi.Standing now = operators.standing(run(call, call.query().get("run_id")));
    return JobRoutes.reply(Json.of("workflow_id", call.parameter("workflow_id"), "run_id", now.run().toString(),
        "standing", now.standing(), "epoch", now.epoch(), "last_sequence", now.lastSeq()));
  }

  private Reply operate(Call call) {
    OperateRun.Operated done = operators.operate(run(call, call.text("run_id")), act(call), papers.of(call),
        call.integer("expected_epoch", 0), Boolean.TRUE.equals(call.value("dry_run"))).get();
    RunId born = done.newRun();
    return JobRoutes.reply(Json.of("workflow_id", call.parameter("workflow_id"), "run_id", done.run().toString(),
        "from", done.from(), "to", done.to(), "epoch", done.epoch(), "new_run_id",
        born == null || done.dryRun() ? null : born.toString(), "dry_run", done.dryRun(), "warning", done.warning()));
  }

  private Reply operateMany(Call call) {
    List<String> named = call.has("workflow_ids") ? dev.pawl.server.json.Json.strings(call.value("workflow_ids")) : null;
    boolean dryRun = Boolean.TRUE.equals(call.value("dry_run"));
    Json order = Json.of("namespace", call.namespace(), "runs", call.text("event"), "filter", call.text("filter"),
        "workflow_ids", named, "to_sequence", call.integer("to_sequence"));
    return rehearsals.reply(dryRun, order, engine.now(), operators.operateMany(new OperatorApi.RunOrder(call.namespace(),
        named, call.text("filter"), act(call), papers.of(call), dryRun,
        rehearsals.proves(call.text("rehearsal"), order, engine.now()))));
  }

  private static RunAct act(Call call) {
    return switch (call.text("event", "")) {
      case "TERMINATE" -> new RunAct.Terminate();
      case "PAUSE" -> new RunAct.Pause();
      case "RESUME" -> new RunAct.Resume();
      default -> {
        Long to = call.integer("to_sequence");
        if (to == null) {
          throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "expected the last event that is kept", "/to_sequence");
        }
        yield new RunAct.Reset(to);
      }
    };
  }

  private static RunRef run(Call call, @Nullable String id) {
    try {
      return new RunRef(call.namespace(), call.parameter("workflow_id"), id == null ? null : RunId.parse(id));
    } catch (IllegalArgumentException noId) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "'%s' is no run id".formatted(id), "/run_id");
    }
  }
}
