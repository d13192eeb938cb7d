package dev.pawl.server.fleet;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.protocol.worker.WorkerApi;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;

/** The engine as workers see it whose polls have limits to keep. */
public final class LimitedWork {
  private LimitedWork() {}

  public static WorkerApi of(WorkerApi engine, Admission admission) {
    CappedPoll capped = new CappedPoll(admission);
    return (WorkerApi) Proxy.newProxyInstance(WorkerApi.class.getClassLoader(), new Class<?>[] {WorkerApi.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "pollWorkflows" -> workflows(engine, admission, capped, (WorkerApi.Poll) arguments[0]);
          case "pollActivities" -> activities(engine, admission, capped, (WorkerApi.Poll) arguments[0]);
          default -> {
            try {
              yield method.invoke(engine, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          }
        });
  }

  private static List<WorkerApi.WorkflowTaskGrant> workflows(WorkerApi engine, Admission admission, CappedPoll capped,
      WorkerApi.Poll poll) {
    Admission.Limits limits = admission.limits(poll.namespace(), poll.queue(), Admission.Kind.WORKFLOW);
    return limits.none()
        ? engine.pollWorkflows(poll)
        : capped.poll(limits, poll.patience(), poll.max(), (patience, max) ->
            engine.pollWorkflows(with(poll, patience, max)), grant -> engine.release(grant.token(), poll.session()))
            .tasks();
  }

  private static List<ActivityTask> activities(WorkerApi engine, Admission admission, CappedPoll capped,
      WorkerApi.Poll poll) {
    Admission.Limits limits = admission.limits(poll.namespace(), poll.queue(), Admission.Kind.ACTIVITY);
    return limits.none()
        ? engine.pollActivities(poll)
        : capped.poll(limits, poll.patience(), poll.max(), (patience, max) ->
            engine.pollActivities(with(poll, patience, max)), task ->
            engine.releaseActivity(task.token(), poll.session())).tasks();
  }

  private static WorkerApi.Poll with(WorkerApi.Poll poll, Duration patience, int max) {
    return new WorkerApi.Poll(poll.session(), poll.namespace(), poll.queue(), poll.types(), max, patience,
        poll.pollId());
  }
}
