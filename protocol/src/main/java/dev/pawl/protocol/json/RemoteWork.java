package dev.pawl.protocol.json;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.worker.WorkerApi;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@link WorkerApi} of an engine in another process. Reports are fenced by their lease, so they can be repeated when an
 * answer gets lost; a poll that is repeated gets what the lost answer held.
 */
public final class RemoteWork implements WorkerApi {
  /** What a repeated word about a lease hears that ended with the first one. */
  private static final Rejection.Code[] OVER = {Rejection.Code.LEASE_LOST, Rejection.Code.TASK_NOT_FOUND};

  private final Exchange exchange;
  private final Calling calls;

  public RemoteWork(Exchange exchange) {
    this.exchange = exchange;
    this.calls = new Calling(exchange);
  }

  // ---- the session

  @Override
  public SessionTerms open(OpenSession session) {
    return WorkShapes.terms(calls.urgent("work/open", out -> WorkShapes.open(out, session)));
  }

  @Override
  public HeartbeatAck heartbeat(Heartbeat heartbeat) {
    return WorkShapes.ack(calls.urgent("work/heartbeat", out -> WorkShapes.heartbeat(out, heartbeat)));
  }

  @Override
  public void close(SessionId session) {
    exchange.abort(session);
    calls.urgent("work/close", out -> WorkShapes.session(out, session));
  }

  // ---- workflow tasks

  private Members polled(String operation, Poll poll) {
    return calls.poll(operation, out -> WorkShapes.poll(out, poll), poll.patience(), poll.session());
  }

  @Override
  public List<WorkflowTaskGrant> pollWorkflows(Poll poll) {
    return polled("work/workflows/poll", poll).objects("grants").stream().map(WorkShapes::grant).toList();
  }

  @Override
  public List<Event> history(TaskToken token, long after, int limit) {
    return calls.ask("work/history", out -> {
      out.text("token", token.toString());
      out.number("after", after);
      out.number("limit", limit);
    }).list("events");
  }

  @Override
  public ReportAck report(Report report) {
    return WorkShapes.reportAck(calls.ask("work/report", out -> {
      held(report.token(), report.session()).accept(out);
      out.number("number", report.number());
      out.number("seen", report.seen());
      CommandJson.writeAll(out.name("commands"), report.commands());
      out.flag("release", report.release());
    }));
  }

  private static Consumer<JsonText> held(TaskToken token, SessionId session) {
    return out -> {
      out.text("token", token.toString());
      WorkShapes.session(out, session);
    };
  }

  @Override
  public void replayed(TaskToken token, SessionId session, long seen, List<Command> commands) {
    calls.ask("work/replayed", out -> {
      held(token, session).accept(out);
      out.number("seen", seen);
      CommandJson.writeAll(out.name("commands"), commands);
    });
  }

  @Override
  public void fail(TaskToken token, SessionId session, Failure why) {
    calls.tell("work/fail", held(token, session).andThen(out -> FailureJson.write(out, "failure", why)), OVER);
  }

  @Override
  public void release(TaskToken token, SessionId session) {
    calls.tell("work/release", held(token, session), OVER);
  }

  // ---- activities

  @Override
  public List<ActivityTask> pollActivities(Poll poll) {
    return polled("work/activities/poll", poll).objects("tasks").stream().map(WorkShapes::activity).toList();
  }

  @Override
  public void completeActivity(TaskToken token, SessionId session, Outcome outcome) {
    calls.ask("work/complete-activity",
        held(token, session).andThen(out -> OutcomeJson.write(out, "outcome", outcome)));
  }

  @Override
  public void cancelledActivity(TaskToken token, SessionId session, @Nullable Payload details) {
    calls.tell("work/cancelled-activity",
        held(token, session).andThen(out -> PayloadJson.write(out, "details", details)), OVER);
  }

  @Override
  public void leaveActivity(TaskToken token, SessionId session) {
    calls.tell("work/leave-activity", held(token, session), OVER);
  }

  @Override
  public void releaseActivity(TaskToken token, SessionId session) {
    calls.tell("work/release-activity", held(token, session), OVER);
  }

  // ---- queries

  @Override
  public List<QueryTask> pollQueries(Poll poll) {
    return polled("work/queries/poll", poll).objects("queries").stream().map(WorkShapes::query).toList();
  }

  @Override
  public List<Event> historyForQuery(String queryId, long after, int limit) {
    return calls.ask("work/query-history", out -> {
      out.text("id", queryId);
      out.number("after", after);
      out.number("limit", limit);
    }).list("events");
  }

  @Override
  public void answerQuery(String queryId, Outcome outcome) {
    calls.tell("work/answer-query", out -> {
      out.text("id", queryId);
      OutcomeJson.write(out, "outcome", outcome);
    }, Rejection.Code.TASK_NOT_FOUND);
  }
}
