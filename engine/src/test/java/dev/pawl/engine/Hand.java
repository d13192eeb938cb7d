package dev.pawl.engine;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A worker by hand: the test is its program. */
final class Hand {
  final WorkerApi api;
  final SessionId session = SessionId.random();
  private final Map<TaskToken, Integer> numbers = new HashMap<>();
  private long beats;

  Hand(PawlEngine engine) {
    this(engine, null);
  }

  Hand(PawlEngine engine, String build) {
    api = engine.worker();
    api.open(new WorkerApi.OpenSession(session, "hand", 100, build));
  }

  WorkerApi.Poll poll(String queue, int max, Duration patience) {
    return new WorkerApi.Poll(session, "default", queue, Set.of(), max, patience, null);
  }

  List<WorkerApi.WorkflowTaskGrant> runs(int max) {
    return api.pollWorkflows(poll("q", max, Duration.ZERO));
  }

  /** The one run that is ready. */
  WorkerApi.WorkflowTaskGrant run() {
    List<WorkerApi.WorkflowTaskGrant> grants = runs(10);
    if (grants.size() != 1) throw new AssertionError("expected one run that is ready, got " + grants);
    return grants.getFirst();
  }

  List<ActivityTask> activities(int max) {
    return api.pollActivities(poll("q", max, Duration.ZERO));
  }

  ActivityTask activity() {
    List<ActivityTask> tasks = activities(10);
    if (tasks.size() != 1) throw new AssertionError("expected one activity that is due, got " + tasks);
    return tasks.getFirst();
  }

  WorkerApi.ReportAck report(TaskToken token, long seen, boolean release, Command... commands) {
    int number = numbers.merge(token, 1, Integer::sum);
    return api.report(new WorkerApi.Report(token, session, number, seen, List.of(commands), release));
  }

  WorkerApi.HeartbeatAck beat(TaskToken... holding) {
    return api.heartbeat(new WorkerApi.Heartbeat(session, ++beats, "BUSY", List.of(holding), List.of()));
  }

  static long last(List<Event> events) {
    return events.getLast().seq();
  }

  static List<String> types(List<Event> events) {
    List<String> types = new ArrayList<>();
    for (Event event : events) types.add(event.fact().type());
    return types;
  }
}
