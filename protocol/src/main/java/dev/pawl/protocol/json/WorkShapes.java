package dev.pawl.protocol.json;

import dev.pawl.core.run.Effect;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.protocol.worker.WorkerApi;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What calls of the worker's interface are made of. */
final class WorkShapes {
  private WorkShapes() {}

  // ---- sessions

  static SessionId session(Members m) {
    try {
      return SessionId.parse(m.text("session"));
    } catch (IllegalArgumentException e) {
      throw new BadJson("'%s' is no session".formatted(m.text("session")));
    }
  }

  static void session(JsonText out, @Nullable SessionId session) {
    if (session != null) out.uuid("session", session.value());
  }

  static void open(JsonText out, WorkerApi.OpenSession open) {
    session(out, open.session());
    out.text("worker", open.worker());
    out.number("capacity", open.capacity());
    out.text("buildId", open.buildId());
  }

  /** Whoever speaks this protocol lists what it holds. */
  static WorkerApi.OpenSession open(Members m) {
    return new WorkerApi.OpenSession(session(m), m.text("worker"), m.integer("capacity"), m.textOrNull("buildId"));
  }

  static void terms(JsonText out, WorkerApi.SessionTerms terms) {
    out.duration("heartbeat", terms.heartbeat());
    out.duration("leaseTime", terms.leaseTime());
    out.duration("selfFence", terms.selfFence());
  }

  static WorkerApi.SessionTerms terms(Members m) {
    return new WorkerApi.SessionTerms(m.duration("heartbeat"), m.duration("leaseTime"), m.duration("selfFence"));
  }

  static void tokens(JsonText out, String name, Collection<TaskToken> tokens) {
    out.texts(name, tokens.stream().map(TaskToken::toString).toList());
  }

  static List<TaskToken> tokens(Members m, String name) {
    return m.texts(name).stream().map(WorkShapes::token).toList();
  }

  static TaskToken token(Members m) {
    return token(m.text("token"));
  }

  static TaskToken token(String text) {
    try {
      return TaskToken.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BadJson("'%s' is no task".formatted(text));
    }
  }

  static void heartbeat(JsonText out, WorkerApi.Heartbeat beat) {
    session(out, beat.session());
    out.number("seq", beat.seq());
    out.text("state", beat.state());
    tokens(out, "holding", beat.holding());
    ControlShapes.list(out, "progress", beat.progress(), (o, one) -> {
      o.text("token", one.token().toString());
      PayloadJson.write(o, "details", one.details());
    });
  }

  static WorkerApi.Heartbeat heartbeat(Members m) {
    return new WorkerApi.Heartbeat(session(m), m.number("seq"), m.text("state"), tokens(m, "holding"),
        m.objects("progress").stream().map(one -> new WorkerApi.ActivityBeat(token(one), one.payload("details"))).toList());
  }

  static void ack(JsonText out, WorkerApi.HeartbeatAck ack) {
    out.number("seq", ack.seq());
    tokens(out, "lost", ack.lost());
    tokens(out, "stop", ack.cancel());
    out.flag("mustSync", ack.mustSync());
  }

  static WorkerApi.HeartbeatAck ack(Members m) {
    return new WorkerApi.HeartbeatAck(m.number("seq"), Set.copyOf(tokens(m, "lost")), Set.copyOf(tokens(m, "stop")),
        m.flag("mustSync"));
  }

  // ---- polls

  static void poll(JsonText out, WorkerApi.Poll poll) {
    session(out, poll.session());
    out.text("namespace", poll.namespace());
    out.text("queue", poll.queue());
    out.texts("types", poll.types().stream().sorted().toList());
    out.number("max", poll.max());
    out.duration("patience", poll.patience());
    out.text("pollId", poll.pollId());
  }

  static WorkerApi.Poll poll(Members m) {
    return new WorkerApi.Poll(session(m), m.text("namespace"), m.text("queue"),
        m.texts("types").stream().collect(Collectors.toUnmodifiableSet()), m.integer("max"), m.duration("patience"),
        m.textOrNull("pollId"));
  }

  static void grant(JsonText out, WorkerApi.WorkflowTaskGrant grant) {
    out.text("token", grant.token().toString());
    out.text("namespace", grant.namespace());
    out.text("workflowId", grant.workflowId());
    out.text("workflowType", grant.workflowType());
    out.number("knownSeq", grant.knownSeq());
    HistoryJson.events(out, "events", grant.events());
    out.flag("complete", grant.complete());
    updates(out, grant.updates());
  }

  static WorkerApi.WorkflowTaskGrant grant(Members m) {
    return new WorkerApi.WorkflowTaskGrant(token(m), m.text("namespace"), m.text("workflowId"),
        m.text("workflowType"), m.number("knownSeq"), m.list("events"), m.flag("complete"), updates(m));
  }

  static void updates(JsonText out, List<Effect.Update> updates) {
    ControlShapes.list(out, "admitted", updates, MailJson::update);
  }

  static List<Effect.Update> updates(Members m) {
    return m.objects("admitted").stream().map(MailJson::update).toList();
  }

  static void query(JsonText out, WorkerApi.QueryTask task) {
    out.text("id", task.queryId());
    EventJson.run(out, "run", task.run());
    out.text("namespace", task.namespace());
    out.text("workflowId", task.workflowId());
    out.text("workflowType", task.workflowType());
    EventJson.message(out, task.name(), task.input(), task.header());
  }

  static WorkerApi.QueryTask query(Members m) {
    return new WorkerApi.QueryTask(m.text("id"), m.run("run"), m.text("namespace"), m.text("workflowId"),
        m.text("workflowType"), m.text("name"), m.payload("input"), m.payloads("header"));
  }

  // ---- reports

  static void ack(JsonText out, WorkerApi.ReportAck ack) {
    HistoryJson.events(out, "own", ack.own());
    HistoryJson.events(out, "newcomers", ack.newcomers());
    updates(out, ack.updates());
    out.flag("keeps", ack.keeps());
  }

  static WorkerApi.ReportAck reportAck(Members m) {
    return new WorkerApi.ReportAck(m.list("own"), m.list("newcomers"), updates(m), m.flag("keeps"));
  }

  // ---- activities

  static void activity(JsonText out, ActivityTask task) {
    EventJson.run(out, "run", task.id().run());
    out.number("step", task.id().step());
    out.text("namespace", task.namespace());
    out.text("workflowId", task.workflowId());
    out.text("workflowType", task.workflowType());
    out.text("activityType", task.activityType());
    PayloadJson.write(out, "input", task.input());
    PayloadJson.write(out, "header", task.header());
    OptionsJson.write(out, task.options());
    out.text("phase", task.phase().name());
    out.number("attempt", task.attempt());
    out.number("losses", task.losses());
    out.number("epoch", task.epoch());
    session(out, task.session());
    out.instant("scheduledAt", task.scheduledAt());
    out.instant("visibleAt", task.visibleAt());
    out.instant("leasedAt", task.leasedAt());
    out.instant("heartbeatAt", task.heartbeatAt());
    PayloadJson.write(out, "details", task.details());
    out.flag("cancelRequested", task.cancelRequested());
    out.flag("ambiguous", task.ambiguous());
    FailureJson.write(out, "failure", task.lastFailure());
  }

  static ActivityTask activity(Members m) {
    return new ActivityTask(new TaskId(m.run("run"), m.integer("step")), m.text("namespace"), m.text("workflowId"),
        m.text("workflowType"), m.text("activityType"), m.payload("input"), m.payloads("header"),
        OptionsJson.activity(m), m.oneOf(ActivityTask.Phase.class, "phase"), m.integer("attempt"),
        m.integer("losses"), m.number("epoch"), m.has("session") ? session(m) : null, m.instant("scheduledAt"),
        m.instant("visibleAt"), m.instantOrNull("leasedAt"), m.instantOrNull("heartbeatAt"), m.payload("details"),
        m.flag("cancelRequested"), m.flag("ambiguous"), m.failureOrNull("failure"));
  }
}
