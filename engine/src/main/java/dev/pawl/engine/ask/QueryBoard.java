package dev.pawl.engine.ask;

import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunId;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The questions that wait on this node, and who is working on them. Lost with the node: whoever asked asks again. */
public final class QueryBoard {
  private static final int MOST = 10_000;
  /** How long a question is kept for the session that has the run in memory. */
  private static final long STICKY_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Question> open = new LinkedHashMap<>();
  private final BooleanSupplier closing;

  private static final class Question {
    final WorkerApi.QueryTask task;
    final String queue;
    final @Nullable SessionId sticky;
    final long freeFrom = System.nanoTime() + STICKY_NANOS;
    final Condition answered;
    @Nullable SessionId takenBy;
    @Nullable Outcome outcome;

    Question(WorkerApi.QueryTask task, String queue, @Nullable SessionId sticky, Condition answered) {
      this.task = task;
      this.queue = queue;
      this.sticky = sticky;
      this.answered = answered;
    }
  }

  public QueryBoard(BooleanSupplier closing) {
    this.closing = closing;
  }

  /** Asks, and waits for the answer. */
  public Payload ask(Run run, ControlApi.Message query, Duration wait) {
    String id = query.id() != null ? query.id() : UUID.randomUUID().toString();
    WorkerApi.QueryTask task = new WorkerApi.QueryTask(id, run.id(), run.state().namespace(), run.state().workflowId(),
        run.state().started().workflowType(), query.name(), query.input(), query.header());
    Question question;
    lock.lock();
    try {
      if (open.size() >= MOST) {
        throw new RejectedException(Rejection.because(Rejection.Code.OVERLOADED, MOST + " queries are waiting already"));
      }
      question = new Question(task, run.state().started().queue(), run.task().sticky(), lock.newCondition());
      if (open.putIfAbsent(id, question) != null) {
        throw new RejectedException(Rejection.because(
            Rejection.Code.REQUEST_CONFLICT, "a query with id '%s' is waiting already".formatted(id)));
      }
      changed.signalAll();
      Outcome outcome = await(question, wait);
      if (outcome instanceof Outcome.Success success) return success.result();
      if (outcome instanceof Outcome.Failed failed) {
        throw new RejectedException(Rejection.because(Rejection.Code.QUERY_REJECTED, failed.failure().message()));
      }
      throw new RejectedException(Rejection.because(Rejection.Code.QUERY_UNANSWERED, question.takenBy == null
          ? "no worker on queue '%s' took the query within %s".formatted(question.queue, wait)
          : "session %s took the query and did not answer within %s".formatted(question.takenBy, wait)));
    } finally {
      open.remove(id);
      lock.unlock();
    }
  }

  private @Nullable Outcome await(Question question, Duration wait) {
    long rest = wait.toNanos();
    try {
      while (question.outcome == null && rest > 0 && !closing.getAsBoolean()) {
        rest = question.answered.awaitNanos(rest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return question.outcome;
  }

  /** Waits for questions and takes them. */
  public List<WorkerApi.QueryTask> poll(WorkerApi.Poll poll, BooleanSupplier ended) {
    long rest = poll.patience().toNanos();
    lock.lock();
    try {
      while (true) {
        List<WorkerApi.QueryTask> taken = take(poll);
        if (!taken.isEmpty() || rest <= 0 || closing.getAsBoolean() || ended.getAsBoolean()) return taken;
        // A question that is kept for another session becomes free without a signal.
        long slice = Math.min(rest, STICKY_NANOS);
        rest -= slice - Math.max(0, changed.awaitNanos(slice));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private List<WorkerApi.QueryTask> take(WorkerApi.Poll poll) {
    List<WorkerApi.QueryTask> taken = new ArrayList<>(1);
    for (Question question : open.values()) {
      if (taken.size() == poll.max()) break;
      if (question.takenBy != null || question.outcome != null || !serves(poll, question)) continue;
      question.takenBy = poll.session();
      taken.add(question.task);
    }
    return taken;
  }

  private static boolean serves(WorkerApi.Poll poll, Question question) {
    return question.task.namespace().equals(poll.namespace())
        && question.queue.equals(poll.queue())
        && (poll.types().isEmpty() || poll.types().contains(question.task.workflowType()))
        && (question.sticky == null || question.sticky.equals(poll.session())
            || System.nanoTime() - question.freeFrom >= 0);
  }

  /** The run that a question is about. @throws RejectedException {@code TASK_NOT_FOUND}: nobody waits any more */
  public RunId runOf(String queryId) {
    lock.lock();
    try {
      Question question = open.get(queryId);
      if (question == null) throw gone(queryId);
      return question.task.run();
    } finally {
      lock.unlock();
    }
  }

  public void answer(String queryId, Outcome outcome) {
    lock.lock();
    try {
      Question question = open.get(queryId);
      if (question == null) throw gone(queryId);
      if (question.outcome != null) return;
      question.outcome = outcome;
      question.answered.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static RejectedException gone(String queryId) {
    return new RejectedException(Rejection.because(
        Rejection.Code.TASK_NOT_FOUND, "nobody waits for the answer to query '%s' any more".formatted(queryId)));
  }

  /** Makes everybody who waits look again. */
  public void wakeAll() {
    lock.lock();
    try {
      changed.signalAll();
      for (Question question : open.values()) question.answered.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
