package dev.pawl.engine.ask;

import dev.pawl.core.run.Run;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Questions;
import dev.pawl.engine.store.Questions.Question;
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

/** Who asks and who answers on this node. Lost with the node: whoever asked asks again. */
public final class QueryBoard {
  private static final int MOST = 10_000;
  /** A worker of this node takes a question within this time, or it is put up for others. */
  private static final long HERE_ONLY = TimeUnit.MILLISECONDS.toNanos(60);
  /** Within it, only the session that has the run in memory takes it for so long. */
  private static final long STICKY = TimeUnit.MILLISECONDS.toNanos(30);
  /** How often polls look for questions of other nodes. */
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long FIRST_ANSWER = TimeUnit.MILLISECONDS.toNanos(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Slip> open = new LinkedHashMap<>();
  private final Questions elsewhere;
  private final BooleanSupplier closing;

  /** A question on this node's board. */
  private static final class Slip {
    final Question question;
    final long freeFrom = System.nanoTime() + STICKY;
    final Condition answered;
    boolean taken;
    boolean putUp;
    @Nullable Outcome outcome;

    Slip(Question question, Condition answered) {
      this.question = question;
      this.answered = answered;
    }
  }

  public QueryBoard(Questions elsewhere, BooleanSupplier closing) {
    this.elsewhere = elsewhere;
    this.closing = closing;
  }

  // ---- asking

  /** Asks whoever looks at a queue, and waits for the answer. */
  public Payload ask(Run run, String queue, ControlApi.Message query, Duration wait) {
    long deadline = System.nanoTime() + Math.min(wait.toNanos(), TimeUnit.HOURS.toNanos(1));
    var state = run.state();
    Question question = new Question(UUID.randomUUID().toString(), run.id(), state.namespace(), queue,
        state.workflowId(), state.started().workflowType(), run.task().sticky(), query.name(), query.input(),
        query.header());
    if (query.name().isEmpty() || query.name().length() > 256) {
      throw new RejectedException(Rejection.invalid("query.name", "expected 1 to 256 characters"));
    }
    Payload input = query.input();
    if (input != null && input.size() > Payload.MAX_BYTES) {
      throw new RejectedException(new Rejection(Rejection.Code.PAYLOAD_TOO_LARGE,
          "expected at most %d bytes, got %d".formatted(Payload.MAX_BYTES, input.size()), "query.input"));
    }
    Slip slip = pin(question);
    try {
      Outcome outcome = await(slip, Math.min(deadline, System.nanoTime() + HERE_ONLY));
      if (outcome == null && putUp(slip)) {
        elsewhere.ask(question, Duration.ofNanos(Math.max(1_000, deadline - System.nanoTime())));
        outcome = awaitElsewhere(slip, deadline);
      } else if (outcome == null) {
        outcome = await(slip, deadline);
      }
      return result(slip, outcome, wait);
    } finally {
      takeDown(slip);
    }
  }

  private Slip pin(Question question) {
    lock.lock();
    try {
      if (open.size() >= MOST) {
        throw new RejectedException(
            Rejection.because(Rejection.Code.OVERLOADED, MOST + " queries are waiting already"));
      }
      Slip slip = new Slip(question, lock.newCondition());
      open.put(question.id(), slip);
      changed.signalAll();
      return slip;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Outcome await(Slip slip, long deadline) {
    lock.lock();
    try {
      long rest = deadline - System.nanoTime();
      while (slip.outcome == null && rest > 0 && !closing.getAsBoolean()) rest = slip.answered.awaitNanos(rest);
      return slip.outcome;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return slip.outcome;
    } finally {
      lock.unlock();
    }
  }

  /** @return false: somebody here is working on it */
  private boolean putUp(Slip slip) {
    lock.lock();
    try {
      if (slip.taken || closing.getAsBoolean()) return false;
      slip.putUp = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Outcome awaitElsewhere(Slip slip, long deadline) {
    long pause = FIRST_ANSWER;
    while (true) {
      Outcome outcome = elsewhere.answerOf(slip.question.id()).orElse(null);
      long rest = deadline - System.nanoTime();
      if (outcome != null || rest <= 0 || closing.getAsBoolean() || Thread.currentThread().isInterrupted()) {
        return outcome;
      }
      // Whoever answers on this node wakes us; other nodes are looked after.
      outcome = await(slip, System.nanoTime() + Math.min(rest, pause));
      if (outcome != null) return outcome;
      pause = Math.min(2 * pause, LOOK);
    }
  }

  private static Payload result(Slip slip, @Nullable Outcome outcome, Duration wait) {
    return switch (outcome) {
      case Outcome.Success success -> success.result();
      case Outcome.Failed failed -> throw new RejectedException(
          Rejection.because(Rejection.Code.QUERY_REJECTED, failed.failure().message()));
      case null -> throw new RejectedException(Rejection.because(Rejection.Code.QUERY_UNANSWERED,
          "no worker on queue '%s' answered query '%s' within %s".formatted(
              slip.question.queue(), slip.question.name(), wait)));
    };
  }

  private void takeDown(Slip slip) {
    lock.lock();
    try {
      open.remove(slip.question.id());
    } finally {
      lock.unlock();
    }
    if (slip.putUp && !closing.getAsBoolean()) elsewhere.forget(slip.question.id());
  }

  // ---- answering

  /** Waits for questions and takes them. */
  public List<WorkerApi.QueryTask> poll(WorkerApi.Poll poll, BooleanSupplier ended) {
    long deadline = System.nanoTime() + poll.patience().toNanos();
    long lookAt = System.nanoTime();
    while (true) {
      List<Question> taken = takeHere(poll);
      if (taken.isEmpty() && System.nanoTime() - lookAt >= 0 && !closing.getAsBoolean()) {
        taken = elsewhere.take(poll.namespace(), poll.queue(), poll.session(), poll.types(), poll.max());
        lookAt = System.nanoTime() + LOOK;
      }
      long rest = deadline - System.nanoTime();
      if (!taken.isEmpty() || rest <= 0 || closing.getAsBoolean() || ended.getAsBoolean()) return tasks(taken);
      if (!sleep(Math.min(rest, STICKY), poll)) return List.of();
    }
  }

  private boolean sleep(long nanos, WorkerApi.Poll poll) {
    lock.lock();
    try {
      boolean kept = false;
      for (Slip slip : open.values()) kept |= !slip.taken && !slip.putUp && concerns(poll, slip.question);
      // A question that is kept for another session becomes free without a signal.
      changed.awaitNanos(kept ? nanos : Math.max(nanos, LOOK));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private List<Question> takeHere(WorkerApi.Poll poll) {
    lock.lock();
    try {
      List<Question> taken = new ArrayList<>(1);
      for (Slip slip : open.values()) {
        if (taken.size() == poll.max()) break;
        if (slip.taken || slip.putUp || !concerns(poll, slip.question) || !free(poll, slip)) continue;
        slip.taken = true;
        taken.add(slip.question);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private static boolean concerns(WorkerApi.Poll poll, Question question) {
    return question.namespace().equals(poll.namespace()) && question.queue().equals(poll.queue())
        && (poll.types().isEmpty() || poll.types().contains(question.workflowType()));
  }

  private static boolean free(WorkerApi.Poll poll, Slip slip) {
    return slip.question.sticky() == null || slip.question.sticky().equals(poll.session())
        || System.nanoTime() - slip.freeFrom >= 0;
  }

  private static List<WorkerApi.QueryTask> tasks(List<Question> questions) {
    List<WorkerApi.QueryTask> tasks = new ArrayList<>(questions.size());
    for (Question q : questions) {
      tasks.add(new WorkerApi.QueryTask(q.id(), q.run(), q.namespace(), q.workflowId(), q.workflowType(), q.name(),
          q.input(), q.header()));
    }
    return tasks;
  }

  /** The run that a question is about. @throws RejectedException {@code TASK_NOT_FOUND}: nobody waits any more */
  public RunId runOf(String queryId) {
    Slip slip = here(queryId);
    return slip != null ? slip.question.run() : elsewhere.find(queryId).orElseThrow(() -> gone(queryId)).run();
  }

  /** Answers a question; the first answer counts. */
  public void answer(String queryId, Outcome outcome) {
    Slip slip = here(queryId);
    if (slip == null) {
      if (!elsewhere.answer(queryId, outcome)) throw gone(queryId);
      return;
    }
    lock.lock();
    try {
      if (slip.outcome != null) return;
      slip.outcome = outcome;
      slip.answered.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Slip here(String queryId) {
    lock.lock();
    try {
      return open.get(queryId);
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
      for (Slip slip : open.values()) slip.answered.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
