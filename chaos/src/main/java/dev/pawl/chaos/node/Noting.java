package dev.pawl.chaos.node;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskToken;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.ledger.LedgerClient;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/** Stands between a worker and its engine and notes in the ledger which leases it is given and what is accepted under them. */
final class Noting {
  private final LedgerClient ledger;
  private final String worker;

  private Noting(LedgerClient ledger, String worker) {
    this.ledger = ledger;
    this.worker = worker;
  }

  static WorkerApi between(WorkerApi engine, LedgerClient ledger, String worker) {
    var noting = new Noting(ledger, worker);
    return (WorkerApi) Proxy.newProxyInstance(WorkerApi.class.getClassLoader(), new Class<?>[] {WorkerApi.class},
        (proxy, method, args) -> {
          if (method.getName().equals("report")) noting.report((WorkerApi.Report) args[0], "report");
          if (method.getName().equals("completeActivity")) noting.note("report", (TaskToken) args[0], 1);
          Object answer;
          try {
            answer = method.invoke(engine, args);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
          switch (method.getName()) {
            case "pollWorkflows" -> ((List<?>) answer).forEach(
                grant -> noting.note("grant", ((WorkerApi.WorkflowTaskGrant) grant).token(), 0));
            case "pollActivities" ->
                ((List<?>) answer).forEach(task -> noting.note("grant", ((ActivityTask) task).token(), 0));
            case "report" -> noting.report((WorkerApi.Report) args[0], "accepted");
            case "completeActivity" -> noting.note("accepted", (TaskToken) args[0], 1);
            default -> {}
          }
          return answer;
        });
  }

  private void report(WorkerApi.Report report, String what) {
    note(what, report.token(), report.number());
  }

  private void note(String what, TaskToken token, int number) {
    ledger.note(what, "", token.run().toString(), token.step(), number, token.epoch(), worker);
  }
}
