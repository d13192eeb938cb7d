package dev.pawl.server.work;

import dev.pawl.protocol.worker.WorkerApi;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One poll that waits for a workflow task and for a question about an update at once, and takes whichever comes first. If
 * both come at one moment, the question counts and the task is given back: somebody waits for the answer.
 */
final class EitherPoll {
  private final WorkerApi worker;

  EitherPoll(WorkerApi worker) {
    this.worker = worker;
  }

  /** At most one of the two is not null. */
  record Came(WorkerApi.@Nullable WorkflowTaskGrant grant, WorkerApi.@Nullable QueryTask question) {}

  Came poll(WorkerApi.Poll poll) {
    WorkerApi.Poll forUpdates = new WorkerApi.Poll(poll.session(), poll.namespace(), WorkerApi.validating(poll.queue()),
        poll.types(), 1, poll.patience(), poll.pollId());
    List<WorkerApi.WorkflowTaskGrant> grants = new ArrayList<>(1);
    List<WorkerApi.QueryTask> questions = new ArrayList<>(1);
    AtomicReference<@Nullable RuntimeException> problem = new AtomicReference<>();
    Semaphore ended = new Semaphore(0);
    Thread tasks = start(ended, problem, () -> grants.addAll(worker.pollWorkflows(poll)));
    Thread updates = start(ended, problem, () -> questions.addAll(worker.pollQueries(forUpdates)));
    boolean gone = !acquired(ended);
    // The one that still waits is called off; what it took in that very moment is in its list.
    tasks.interrupt();
    updates.interrupt();
    join(tasks);
    join(updates);
    if (gone) Thread.currentThread().interrupt();
    RuntimeException failed = problem.get();
    if (!questions.isEmpty()) {
      for (WorkerApi.WorkflowTaskGrant grant : grants) worker.release(grant.token(), poll.session());
      return new Came(null, questions.getFirst());
    }
    if (grants.isEmpty() && failed != null) throw failed;
    return new Came(grants.isEmpty() ? null : grants.getFirst(), null);
  }

  private static Thread start(Semaphore ended, AtomicReference<@Nullable RuntimeException> problem, Runnable wait) {
    return Thread.ofVirtual().name("either-poll").start(() -> {
      try {
        wait.run();
      } catch (RuntimeException e) {
        problem.compareAndSet(null, e);
      } finally {
        ended.release();
      }
    });
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) Thread.currentThread().interrupt();
  }

  /** False: whoever waits was called off. */
  private static boolean acquired(Semaphore ended) {
    try {
      ended.acquire();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
