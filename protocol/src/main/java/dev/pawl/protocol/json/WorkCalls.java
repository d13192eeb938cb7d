package dev.pawl.protocol.json;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.worker.WorkerApi;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The other end of {@link RemoteWork}: takes calls as text and has the engine of this process answer them. */
public final class WorkCalls {
  /** What can be asked, and what it is for; by operation. */
  public static final Map<String, String> OPERATIONS;

  static {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("work/open", "Open a worker's session");
    all.put("work/heartbeat", "Renew a session and the leases that it lists");
    all.put("work/close", "End a session; what it holds is free at once");
    all.put("work/workflows/poll", "Wait for workflow tasks");
    all.put("work/history", "Events of a run that the caller holds");
    all.put("work/report", "What a program wants, under its lease");
    all.put("work/replayed", "What a program wants that is replayed from its first line each time");
    all.put("work/fail", "A program could not go on");
    all.put("work/release", "Give a workflow task back");
    all.put("work/activities/poll", "Wait for activities");
    all.put("work/complete-activity", "The outcome of an attempt");
    all.put("work/cancelled-activity", "An activity was cancelled, as it had been asked to");
    all.put("work/leave-activity", "Somebody else will complete an activity");
    all.put("work/release-activity", "Give an activity back");
    all.put("work/queries/poll", "Wait for queries");
    all.put("work/query-history", "Events of the run that a query is about");
    all.put("work/answer-query", "The answer to a query");
    OPERATIONS = Collections.unmodifiableMap(all);
  }

  private WorkCalls() {}

  /**
   * An answer.
   *
   * @param takeBack gives back what the answer grants, should it never arrive; null: it grants nothing
   */
  public record Answer(String text, @Nullable Runnable takeBack) {}

  /**
   * The id of a poll, by which it is repeated after a lost answer.
   *
   * @return null if it has none, or is no poll
   */
  public static @Nullable String pollId(String operation, String body) {
    if (!operation.endsWith("/poll")) return null;
    Members m = Calling.body(body);
    String id = m.textOrNull("pollId");
    return id == null ? null : operation + "/" + m.textOrNull("session") + "/" + id;
  }

  /**
   * Answers one call.
   *
   * @param operation one of {@link #OPERATIONS}
   * @param body as {@link RemoteWork} wrote it
   * @throws RejectedException the engine's no, or {@code INVALID_ARGUMENT} for a body that cannot be read
   */
  public static Answer answer(String operation, String body, WorkerApi api, CallGuard guard) {
    Members m = Calling.body(body);
    try {
      return answer(operation, m, api, guard);
    } catch (BadJson e) {
      throw new RejectedException(Rejection.invalid("body", String.valueOf(e.getMessage())), e);
    }
  }

  private static Answer answer(String operation, Members m, WorkerApi api, CallGuard guard) {
    if (operation.endsWith("/poll")) return polled(operation, poll(m, guard), api);
    return new Answer(Calling.text(switch (operation) {
      case "work/open" -> {
        WorkerApi.SessionTerms terms = api.open(WorkShapes.open(m));
        yield out -> WorkShapes.terms(out, terms);
      }
      case "work/heartbeat" -> {
        WorkerApi.Heartbeat beat = WorkShapes.heartbeat(m);
        for (WorkerApi.ActivityBeat news : beat.progress()) guard.run(news.token().run());
        WorkerApi.HeartbeatAck ack = api.heartbeat(beat);
        yield out -> WorkShapes.ack(out, ack);
      }
      case "work/close" -> {
        api.close(WorkShapes.session(m));
        yield out -> {};
      }
      case "work/query-history" -> {
        var events = api.historyForQuery(m.text("id"), m.number("after"), m.integer("limit"));
        yield out -> HistoryJson.events(out, "events", events);
      }
      case "work/answer-query" -> {
        api.answerQuery(m.text("id"), m.outcome());
        yield out -> {};
      }
      default -> {
        TaskToken token = WorkShapes.token(m);
        guard.run(token.run());
        yield ofTask(operation, token, m, api);
      }
    }), null);
  }

  private static WorkerApi.Poll poll(Members m, CallGuard guard) {
    WorkerApi.Poll poll = WorkShapes.poll(m);
    guard.namespace(poll.namespace());
    return poll;
  }

  private static Answer polled(String operation, WorkerApi.Poll poll, WorkerApi api) {
    SessionId by = poll.session();
    switch (operation) {
      case "work/workflows/poll" -> {
        List<WorkerApi.WorkflowTaskGrant> grants = api.pollWorkflows(poll);
        return new Answer(Calling.text(out -> ControlShapes.list(out, "grants", grants, WorkShapes::grant)),
            grants.isEmpty() ? null : () -> grants.forEach(one -> api.release(one.token(), by)));
      }
      case "work/activities/poll" -> {
        List<ActivityTask> tasks = api.pollActivities(poll);
        return new Answer(Calling.text(out -> ControlShapes.list(out, "tasks", tasks, WorkShapes::activity)),
            tasks.isEmpty() ? null : () -> tasks.forEach(one -> api.releaseActivity(one.token(), by)));
      }
      default -> {
        List<WorkerApi.QueryTask> queries = api.pollQueries(poll);
        return new Answer(Calling.text(out -> ControlShapes.list(out, "queries", queries, WorkShapes::query)),
            null);
      }
    }
  }

  private static Consumer<JsonText> ofTask(String operation, TaskToken token, Members m, WorkerApi api) {
    switch (operation) {
      case "work/history" -> {
        var events = api.history(token, m.number("after"), m.integer("limit"));
        return out -> HistoryJson.events(out, "events", events);
      }
      case "work/report" -> {
        WorkerApi.ReportAck ack = api.report(new WorkerApi.Report(token, WorkShapes.session(m), m.integer("number"),
            m.number("seen"), m.list("commands"), m.flag("release")));
        return out -> WorkShapes.ack(out, ack);
      }
      case "work/replayed" -> api.replayed(token, WorkShapes.session(m), m.number("seen"), m.list("commands"));
      case "work/fail" -> api.fail(token, WorkShapes.session(m), m.failure());
      case "work/release" -> api.release(token, WorkShapes.session(m));
      case "work/complete-activity" -> api.completeActivity(token, WorkShapes.session(m), m.outcome());
      case "work/cancelled-activity" -> api.cancelledActivity(token, WorkShapes.session(m), m.payload("details"));
      case "work/leave-activity" -> api.leaveActivity(token, WorkShapes.session(m));
      case "work/release-activity" -> api.releaseActivity(token, WorkShapes.session(m));
      default -> throw new IllegalArgumentException("no operation " + operation);
    }
    return out -> {};
  }
}
