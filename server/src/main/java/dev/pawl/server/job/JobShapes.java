package dev.pawl.server.job;

import dev.pawl.core.job.JobEnding;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobLease;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseEnd;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.Transition;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.protocol.uwer.UwerPayload;
import dev.pawl.protocol.uwer.UwerTask;
import org.jspecify.annotations.Nullable;

/** Jobs as callers see them. Names are those of the envelope where it has them. */
final class JobShapes {
  private JobShapes() {}

  static Json submitted(SubmitJob.Submitted answer) {
    JobEnding ending = answer.ending();
    return Json.of("task_id", answer.job(), "replayed", answer.replayed(), "phase", answer.phase(), "result",
        ending == null ? null : payload(ending.result()), "error", ending == null ? null : error(ending.error()));
  }

  static @Nullable Json payload(@Nullable Payload payload) {
    return payload == null ? null : UwerPayload.of(payload, null).toJson();
  }

  static @Nullable Json error(@Nullable JobError error) {
    return error == null
        ? null
        : Json.of("code", error.code(), "title", error.title(), "detail", error.detail(), "retryable",
            error.retryable(), "pointer", error.pointer());
  }

  /** One line of a list. "Running" is displayed when somebody has a lease, and stored nowhere. */
  static Json.Obj line(JobState job) {
    return Json.of("task_id", job.id(), "namespace", job.spec().namespace(), "type", job.spec().type(),
        "idempotency_key", job.spec().key(), "phase", job.phase(), "running", job.leased(), "epoch", job.epoch(),
        "attempt", job.attempt(), "visible_at", job.phase().terminal() ? null : job.visibleAt(), "ended_at",
        job.ending() == null ? null : job.ending().at(), "cause", job.ending() == null ? null : job.ending().cause());
  }

  /** @param callback token for the outside, if an effect is outstanding */
  static Json.Obj whole(JobState job, @Nullable String callback) {
    JobEnding ending = job.ending();
    JobLease lease = job.lease();
    Json rest = Json.of("held_from", job.prevPhase(), "losses", job.losses(), "checks", job.checks(), "redrives",
        job.redrives(), "cancel_requested", job.cancelRequested(), "deadline_at", job.deadlineAt(), "external_ref",
        job.externalRef(), "callback_token", callback, "lease", lease == null ? null : lease(lease), "last_error",
        error(job.lastError()), "error", ending == null ? null : error(ending.error()), "result",
        ending == null ? null : payload(ending.result()), "digest", job.spec().digest(), "task",
        UwerTask.of(job.spec()).json());
    return joined(line(job), (Json.Obj) rest);
  }

  static Json.Obj joined(Json.Obj one, Json.Obj other) {
    java.util.Map<String, Json> all = new java.util.LinkedHashMap<>(one.members());
    all.putAll(other.members());
    return new Json.Obj(all);
  }

  private static Json lease(JobLease lease) {
    return Json.of("epoch", lease.epoch(), "session_id", lease.session(), "node", lease.node(), "stage", lease.stage(),
        "granted_at", lease.grantedAt(), "execution_deadline", lease.executionDeadline(), "progress",
        lease.progress(), "progress_at", lease.progressAt());
  }

  /** A line of the ledger. */
  static Json.Obj transition(Transition line) {
    LeaseEnd end = line.end();
    OperatorPapers papers = line.papers();
    return Json.of("at", line.at(), "actor", line.actor(), "event", line.event(), "from", line.from(), "from_epoch",
        line.fromEpoch(), "to", line.to(), "to_epoch", line.toEpoch(), "cause", line.cause(), "refused",
        line.refused() == null ? null : line.refused().wire(), "lease",
        end == null
            ? null
            : Json.of("epoch", end.epoch(), "session_id", end.session(), "granted_at", end.grantedAt(), "ended_at",
                end.endedAt(), "end", end.kind(), "digest", end.digest()),
        "papers",
        papers == null ? null : papers(papers));
  }

  static Json papers(OperatorPapers papers) {
    return Json.of("role", papers.role(), "channel", papers.channel(), "ticket", papers.ticket(), "reason",
        papers.reason(), "request_id", papers.requestId(), "approver", papers.approver());
  }
}
