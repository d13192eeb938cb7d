package dev.pawl.sdk.worker;

import dev.pawl.core.run.Event;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.replay.Replay;
import dev.pawl.sdk.replay.ReplayEnvironment;
import dev.pawl.sdk.replay.ReplayRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers queries: from memory if the run is parked here and has been shown everything, otherwise by a replay. */
final class QueryWork {
  private static final Logger LOG = LoggerFactory.getLogger(QueryWork.class);
  private static final int PAGE = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final WorkerApi api;
  private final ReplayEnvironment environment;
  private final WorkflowWork workflows;

  QueryWork(WorkerApi api, ReplayEnvironment environment, WorkflowWork workflows) {
    this.api = api;
    this.environment = environment;
    this.workflows = workflows;
  }

  void answer(WorkerApi.QueryTask task) {
    Outcome outcome;
    try {
      Payload answer = fromMemory(task);
      outcome = Outcome.success(answer != null ? answer : byReplay(task));
    } catch (RejectedException e) {
      LOG.debug("query {} is not wanted any more: {}", task.queryId(), e.getMessage());
      return;
    } catch (Throwable problem) { // user code: any end of it is an outcome
      outcome = Outcome.failed(environment.failures().toFailure(problem));
    }
    try {
      api.answerQuery(task.queryId(), outcome);
    } catch (RuntimeException e) {
      LOG.debug("query {} could not be answered: {}", task.queryId(), e.getMessage());
    }
  }

  private @Nullable Payload fromMemory(WorkerApi.QueryTask task) {
    ReplayRun run = workflows.inMemory(task.run());
    long known = run == null ? -1 : run.knownAtRest();
    // Whoever asks after a signal was taken expects an answer that knows of the signal.
    if (run == null || known < 0 || !api.historyForQuery(task.queryId(), known, 1).isEmpty()) return null;
    return run.query(task.name(), task.input(), known);
  }

  private Payload byReplay(WorkerApi.QueryTask task) throws Exception {
    List<Event> history = new ArrayList<>();
    while (true) {
      long after = history.isEmpty() ? 0 : history.get(history.size() - 1).seq();
      List<Event> page = api.historyForQuery(task.queryId(), after, PAGE);
      history.addAll(page);
      if (page.size() < PAGE) break;
    }
    try (Replay replay =
        Replay.of(environment, task.namespace(), task.workflowId(), task.run(), history, PATIENCE)) {
      Failure problem = replay.problem().orElse(null);
      if (problem != null) throw environment.failures().toException(problem);
      return replay.query(task.name(), task.input());
    }
  }
}
