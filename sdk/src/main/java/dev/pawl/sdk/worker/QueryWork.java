package dev.pawl.sdk.worker;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.replay.Link;
import dev.pawl.sdk.replay.ReplayEnvironment;
import dev.pawl.sdk.replay.ReplayRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers queries: from memory if the run is parked here and has been shown everything, otherwise by a replay. */
final class QueryWork {
  private static final Logger LOG = LoggerFactory.getLogger(QueryWork.class);
  private static final int PAGE = 1_000;
  private static final long PATIENCE_SECONDS = 20;

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
    AtRest rest = new AtRest();
    ReplayRun run =
        new ReplayRun(environment, task.namespace(), task.workflowId(), task.run(), rest, history, List.of());
    try {
      run.start();
      rest.reached.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      Payload answer = run.query(task.name(), task.input(), 0);
      if (answer == null) throw new IllegalStateException("the replay did not rest");
      return answer;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      throw new IllegalStateException("the replay took longer than " + PATIENCE_SECONDS + " s", e);
    } finally {
      run.drop();
    }
  }

  /** Nothing is carried out: the run rests at the end of its history. */
  private final class AtRest implements Link {
    final CompletableFuture<Boolean> reached = new CompletableFuture<>();

    @Override
    public boolean live() {
      return false;
    }

    @Override
    public WorkerApi.ReportAck report(long seen, List<Command> commands, boolean release) {
      throw new IllegalStateException("a query reports nothing");
    }

    @Override
    public List<Event> events(long after) {
      return List.of();
    }

    @Override
    public Optional<WorkerApi.LocalTransactions> transactions() {
      return Optional.empty();
    }

    @Override
    public void parked(ReplayRun run) {
      reached.complete(true);
    }

    @Override
    public void stale(ReplayRun run) {
      reached.completeExceptionally(new IllegalStateException("no news are expected"));
    }

    @Override
    public void ended(ReplayRun run) {
      reached.complete(true);
    }

    @Override
    public void broken(ReplayRun run, Failure why) {
      reached.completeExceptionally(environment.failures().toException(why));
    }
  }
}
