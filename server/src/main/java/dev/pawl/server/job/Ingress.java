package dev.pawl.server.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.uwer.Envelope;
import dev.pawl.protocol.uwer.LegacyReply;
import dev.pawl.protocol.uwer.LegacyTask;
import dev.pawl.protocol.uwer.Parsed;
import dev.pawl.protocol.uwer.UwerMessage;
import dev.pawl.protocol.uwer.UwerTask;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where jobs come in: one document, in either form, or many lines of one. */
final class Ingress {
  private static final Logger LOG = LoggerFactory.getLogger("pawl.ingress");
  /** How many times the usual body a batch may be. */
  private static final int BATCH = 4;

  private final JobApi jobs;
  private final Tenants tenants;

  Ingress(JobApi jobs, Tenants tenants) {
    this.jobs = jobs;
    this.tenants = tenants;
  }

  List<Route> routes() {
    return List.of(
        Route.post("job.submit", "/jobs", Plane.JOB, Scope.OPERATOR,
            "Hands a job in: an envelope 5.0 of kind task.submit, or an XML task 4.2", this::one)
            .documents("application/json", "application/xml", "text/xml").anyNamespace(),
        Route.post("job.submit_bulk", "/jobs/bulk", Plane.JOB, Scope.OPERATOR,
            "Hands jobs in, an envelope in each line; each is accepted or refused alone", this::many)
            .documents("application/x-ndjson", "application/jsonl").large(BATCH).anyNamespace());
  }

  // ---- one

  private Reply one(Call call) {
    byte[] document = call.document();
    boolean xml = Form.isXml(call.raw().media());
    UwerTask task = xml ? accepted(call, LegacyTask.read(document)) : submitted(call, document);
    Payload original = xml ? Payload.of("application/xml", document) : null;
    SubmitJob.Submitted answer = jobs.submit(List.of(submission(call, task, original))).getFirst().get();
    int status = answer.replayed() ? 200 : 201;
    return Form.of(call.raw()) == Form.XML
        ? Reply.text(status, LegacyReply.accepted(answer), Form.XML.contentType())
        : Reply.text(status, JobShapes.submitted(answer).write(), Form.JSON.contentType());
  }

  /** The task of an envelope. @throws dev.pawl.server.http.Refusal with the first objection */
  UwerTask submitted(Call call, byte[] document) {
    Envelope envelope = accepted(call, Envelope.read(document));
    if (envelope.message() instanceof UwerMessage.Submit submit) {
      String trace = envelope.traceparent();
      return trace == null ? submit.task() : submit.task().traced(trace);
    }
    throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION,
        "expected an envelope of kind task.submit, got " + envelope.message().kind(), "/kind");
  }

  private static <T> T accepted(Call call, Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Ok<T> ok -> ok.value();
      case Parsed.Refused<T> no -> {
        // Nothing of it is stored: this line is all that is left of a submission without a key.
        LOG.warn("{} of {} refused: {} {}", call.route().name(), call.principal().name(), no.problem().code().wire(),
            no.problem().detail());
        throw UwerAnswers.refusal(no.problem());
      }
    };
  }

  JobApi.Submission submission(Call call, UwerTask task, @org.jspecify.annotations.Nullable Payload original) {
    tenants.check(call, task.namespace());
    return new JobApi.Submission(task.spec(), original, new Actor(Actor.Kind.INGRESS, "http:" + call.principal().name()));
  }

  List<JobAnswer<SubmitJob.Submitted>> submit(List<JobApi.Submission> some) {
    return jobs.submit(some);
  }

  // ---- many

  private Reply many(Call call) {
    return Reply.text(200, new Bulk(this, call).run(), "application/x-ndjson");
  }
}
