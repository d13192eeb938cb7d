package dev.pawl.server.job;

import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.NodeState;
import dev.pawl.core.job.Stage;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.task.SessionId;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.store.Store;
import dev.pawl.protocol.job.JobAnswer;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.uwer.Envelope;
import dev.pawl.protocol.uwer.Json;
import dev.pawl.protocol.uwer.TraceContext;
import dev.pawl.protocol.uwer.UwerMessage;
import dev.pawl.protocol.uwer.UwerTask;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Field;
import dev.pawl.server.http.Handler;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** The lease protocol of worker nodes, envelope by envelope. */
final class NodeRoutes {
  static final Field TASK = Field.text("task_id", 36, "").must();
  static final Field SESSION = Field.text("session_id", 36, "").must();

  private static final int MOST_GRANTS = 1_000;
  private static final int MOST_SESSIONS = 10_000;

  private final PawlEngine engine;
  private final Nodes nodes;
  private final Tenants tenants;
  private final CallbackSeal seal;
  private final long leaseMillis;

  /** @param leaseTime a session that is silent for so long is lost, with its leases */
  NodeRoutes(PawlEngine engine, Tenants tenants, CallbackSeal seal, Duration leaseTime) {
    this.engine = engine;
    this.nodes = new Nodes(engine);
    this.tenants = tenants;
    this.seal = seal;
    this.leaseMillis = leaseTime.toMillis();
  }

  List<Route> routes() {
    return List.of(
        post("node.start", "/nodes/start", "A new session of a node, in SYNC, with the types that it can handle",
            call -> beat(call, nodes::start)),
        post("node.sync", "/nodes/sync", "What the node believes it holds, and what of it is confirmed",
            call -> beat(call, nodes::sync)),
        post("node.heartbeat", "/nodes/heartbeat", "The node lives; its leases are those that it lists",
            call -> beat(call, nodes::heartbeat)),
        Route.post("node.grant", "/nodes/grant", Plane.JOB, Scope.WORKER,
            "Waits for jobs that are due, and grants them", this::grant).body(
                Field.text("node_id", 128, "").must(), SESSION,
                Field.list("types", "of those that the node said; all of them unless said"),
                Field.integer("max", 1, MOST_GRANTS, "most grants, 1 unless said"),
                Field.integer("wait_seconds", 0, 60, "how long to wait for the first one, 0 unless said")),
        post("node.commit", "/nodes/commit", "The holder's word, which ends its lease", call -> commit(call, false)),
        post("node.abandon", "/nodes/abandon", "Gives a job back untouched, without a penalty",
            call -> commit(call, true)),
        Route.get("node.list", "/nodes", Plane.JOB, Scope.OPERATOR, "Nodes of a namespace", this::list));
  }

  private static Route post(String name, String path, String summary, Handler handler) {
    return Route.post(name, path, Plane.JOB, Scope.WORKER, summary, handler).documents("application/json");
  }

  private static <M extends UwerMessage> M message(Call call, Class<M> kind) {
    return message(JobRoutes.read(Envelope.read(call.document())), kind);
  }

  private static <M extends UwerMessage> M message(Envelope envelope, Class<M> kind) {
    if (kind.isInstance(envelope.message())) return kind.cast(envelope.message());
    throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "a %s does not belong here".formatted(
        envelope.message().kind()), "/kind");
  }

  private static Reply reply(int status, UwerMessage message) {
    return Reply.text(status, UwerAnswers.envelope(message).write(), Form.JSON.contentType());
  }

  private Reply beat(Call call, BiFunction<String, UwerMessage.Heartbeat, UwerMessage.HeartbeatAck> what) {
    return reply(200, what.apply(call.namespace(), message(call, UwerMessage.Heartbeat.class)));
  }

  // ---- grants

  private Reply grant(Call call) {
    SessionId session = session(call);
    List<JobGrant> grants = sound(nodes.grant(call.namespace(), call.text("node_id", ""), session, new Nodes.GrantWish(
        dev.pawl.server.json.Json.strings(call.value("types")), (int) call.integer("max", 1),
        Duration.ofSeconds(call.integer("wait_seconds", 0)))), session);
    List<Json> envelopes = new ArrayList<>();
    Map<String, Json> callbacks = new LinkedHashMap<>();
    for (JobGrant grant : grants) {
      UwerTask task = UwerTask.of(grant.job().spec());
      envelopes.add(UwerAnswers.envelope(granted(grant, task.traced(null)), task.trace()));
      callbacks.put(grant.job().id().toString(), new Json.Str(seal.write(grant.callback())));
    }
    Runnable giveBack = () -> giveBack(grants, session);
    if (Thread.currentThread().isInterrupted()) {
      // The connection went while the jobs were granted.
      giveBack.run();
      return JobRoutes.reply(Json.of("grants", List.of()));
    }
    return JobRoutes.reply(Json.of("grants", envelopes, "callback_tokens", new Json.Obj(callbacks))).orElse(giveBack);
  }

  /** Without those whose payload breaks its contract: no attempt could use it, so it is poison, and ends here. */
  private List<JobGrant> sound(List<JobGrant> grants, SessionId session) {
    List<JobGrant> sound = new ArrayList<>(grants.size());
    List<JobWorkApi.Report> poison = new ArrayList<>(0);
    for (JobGrant grant : grants) {
      // A check is about an effect that came about already: its payload was good enough for that.
      Optional<JobError> objection = grant.stage() == Stage.CHECK
          ? Optional.empty()
          : engine.jobWork().contracts().objection(grant.job().spec());
      objection.ifPresentOrElse(
          why -> poison.add(JobWorkApi.Report.of(grant, session, new JobOutcome.ErrFatal(why), List.of())),
          () -> sound.add(grant));
    }
    if (!poison.isEmpty()) engine.jobWork().report(poison);
    return sound;
  }

  static JobId task(Call call) {
    try {
      return JobId.parse(call.text("task_id", ""));
    } catch (IllegalArgumentException noId) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "expected a UUID", "/task_id");
    }
  }

  static SessionId session(Call call) {
    try {
      return SessionId.parse(call.text("session_id", ""));
    } catch (IllegalArgumentException noId) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "expected a UUID", "/session_id");
    }
  }

  private UwerMessage.Grant granted(JobGrant grant, UwerTask task) {
    JobState job = grant.job();
    return new UwerMessage.Grant(job.id(), job.epoch(), grant.stage(), job.attempt(), leaseMillis,
        job.spec().lease().executionTimeout().toMillis(), job.externalRef(), task);
  }

  /** Nobody got the answer, so nobody works on it: no penalty. */
  private void giveBack(List<JobGrant> grants, SessionId session) {
    if (grants.isEmpty()) return;
    boolean interrupted = Thread.interrupted();
    try {
      engine.jobWork().report(grants.stream()
          .map(grant -> JobWorkApi.Report.of(grant, session, new JobOutcome.Abandon(), List.of())).toList());
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  // ---- commits

  private Reply commit(Call call, boolean abandon) {
    Envelope envelope = JobRoutes.read(Envelope.read(call.document()));
    UwerMessage.Commit said = message(envelope, UwerMessage.Commit.class);
    if (abandon && said.outcome() != UwerMessage.Outcome.ABANDON) {
      throw UwerAnswers.refusal(UwerCode.SCHEMA_VIOLATION, "expected outcome ABANDON", "/body/outcome");
    }
    for (int i = 0; i < said.spawn().size(); i++) tenants.check(call, said.spawn().get(i).namespace());
    JobState there = there(call, said);
    CommitJob commit = said.request();
    JobAnswer<CommitJob.Ack> answer = engine.jobWork().report(List.of(new JobWorkApi.Report(commit.job(),
        commit.epoch(), commit.session(), commit.outcome(), commit.digest(),
        commit.spawn().stream().map(child -> TraceContext.within(child, envelope.traceparent())).toList()))).getFirst();
    return switch (answer) {
      case JobAnswer.Done<CommitJob.Ack> done -> reply(200, UwerMessage.CommitAck.accepted(done.value()));
      case JobAnswer.Refused<CommitJob.Ack> no -> {
        JobState now = engine.jobs().get(call.namespace(), said.task()).orElse(there);
        yield reply(no.code().httpStatus(), UwerMessage.CommitAck.refused(commit, now.phase(),
            new JobDecision.Refused<>(no.code(), no.message(), no.pointer(), null)));
      }
    };
  }

  private JobState there(Call call, UwerMessage.Commit said) throws Refusal {
    return engine.jobs().get(call.namespace(), said.task()).orElseThrow(() ->
        UwerAnswers.refusal(UwerCode.NOT_FOUND, "there is no job " + said.task(), null));
  }

  // ---- looking

  private Reply list(Call call) {
    List<Json> all = new ArrayList<>();
    Set<SessionId> silent = new HashSet<>();
    for (Store.SessionView one : engine.store().sessions(MOST_SESSIONS)) {
      if (one.lost()) silent.add(one.session().id());
    }
    for (Node node : nodes.all(call.namespace())) {
      all.add(Json.of("node_id", node.id(), "session_id", node.session(), "state", 
          node.state() != NodeState.GONE && silent.contains(node.session()) ? NodeState.LOST : nodes.shown(node), "capacity",
          node.capacity(), "types", node.types(), "leases", nodes.held(node)));
    }
    return JobRoutes.reply(Json.of("nodes", all));
  }
}
