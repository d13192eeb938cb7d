package dev.pawl.server.work;

import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.fleet.Admission;
import dev.pawl.server.fleet.CappedPoll;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.fleet.Rollouts;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Refusal;
import dev.pawl.server.http.Reply;
import dev.pawl.server.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What all polls have in common: who polls, for how long, and that a repeated poll gets the same answer. */
final class Polling {
  /** Kinds of polls that grant leases. */
  static final String WORKFLOWS = "workflow";
  static final String ACTIVITIES = "activity";

  private final Fleet fleet;
  private final Rollouts rollouts;
  private final Admission admission;
  private final Duration patience;
  private final PollMemory memory = new PollMemory(Registration.STALE_AFTER);
  private final LostGrants lost;

  Polling(PawlEngine engine, Fleet fleet, Rollouts rollouts, Admission admission, Duration patience) {
    this.lost = new LostGrants(engine);
    this.fleet = fleet;
    this.admission = admission;
    this.rollouts = rollouts;
    this.patience = patience;
  }

  /** A poll that is in order. @param left what is left of the worker's patience */
  record Asked(Call call, Registration worker, WorkerApi.Poll poll) {
    /** The same with another patience. */
    Asked waiting(Duration patience) {
      return new Asked(call, worker, new WorkerApi.Poll(poll.session(), poll.namespace(), poll.queue(), poll.types(),
          poll.max(), patience, poll.pollId()));
    }

    Asked with(Registration other) {
      return new Asked(call, other, new WorkerApi.Poll(other.session(), poll.namespace(), poll.queue(), poll.types(),
          poll.max(), poll.patience(), poll.pollId()));
    }
  }

  /**
   * An answer with a task.
   *
   * @param token null: what is handed out is no lease
   * @param takeBack gives the task back if nobody gets the answer
   */
  record Task(Map<String, @Nullable Object> shape, @Nullable TaskToken token, Runnable takeBack) {}

  Reply poll(Call call, String kind, Function<Registration, List<String>> types, Function<Asked, @Nullable Task> ask) {
    String workerId = call.text("worker_id", "");
    Registration worker = fleet.present(call.namespace(), workerId).orElseThrow(() -> new Refusal(412,
        "worker_not_registered", "worker '%s' is not registered in this namespace".formatted(workerId), "worker_id",
        workerId));
    String queue = call.text("task_queue", worker.queue());
    if (!queue.equals(worker.queue())) {
      throw new Refusal(409, "task_queue_mismatch", "worker '%s' is registered on queue '%s', not '%s'".formatted(
          workerId, worker.queue(), queue), "registered_task_queue", worker.queue());
    }
    String build = call.text("build_id");
    if (build != null && worker.buildId() != null && !build.equals(worker.buildId())) {
      throw new Refusal(409, "build_id_mismatch", "worker '%s' is registered with build '%s', not '%s'".formatted(
          workerId, worker.buildId(), build), "registered_build_id", worker.buildId());
    }
    if (rollouts.draining(call.namespace(), queue, worker.buildId())) {
      return empty("draining");
    }
    String id = call.text("poll_request_id");
    String key = id == null ? null : String.join("\n", kind, call.namespace(), queue, workerId, id);
    if (key != null) {
      var before = memory.find(key);
      if (before.isPresent()) return before.get();
    }
    Duration wait = call.has("timeout_seconds")
        ? Duration.ofSeconds(call.integer("timeout_seconds", 0))
        : patience;
    Asked asked = new Asked(call, worker, new WorkerApi.Poll(worker.session(), call.namespace(), queue,
        Set.copyOf(types.apply(worker)), 1, wait, id));
    Task task;
    Admission.Limits limits = limits(call.namespace(), queue, kind);
    if (limits == null || limits.none()) {
      task = granted(asked, kind, ask);
      if (task == null) return empty(wait.isZero() ? "empty" : "timeout");
    } else {
      CappedPoll.Came<Task> came = new CappedPoll(admission).poll(limits, wait, 1, (patience, max) -> {
        Task one = granted(asked.waiting(patience), kind, ask);
        return one == null ? List.of() : List.of(one);
      }, one -> one.takeBack().run());
      if (came.tasks().isEmpty()) return empty(came.status());
      task = came.tasks().getFirst();
    }
    if (Thread.currentThread().isInterrupted()) {
      // The connection went while the task was granted.
      task.takeBack().run();
      return empty("empty");
    }
    Reply reply = Reply.ok(Json.of("task", task.shape(), "poll_status", "leased"));
    if (key == null) return reply.orElse(task.takeBack());
    // The same poll may come again for its answer; unless it has, the task is somebody else's.
    Reply kept = reply.orElse(() -> {
      if (memory.forget(key)) task.takeBack().run();
    });
    memory.keep(key, kept);
    return kept;
  }

  private @Nullable Task granted(Asked asked, String kind, Function<Asked, @Nullable Task> ask) {
    long began = System.nanoTime();
    try {
      Task task = answered(asked, ask);
      TaskToken token = task == null ? null : task.token();
      if (token != null) lost.handed(token);
      return task;
    } catch (RejectedException e) {
      // Either may come behind the grant, when the rest of the answer was read.
      boolean perhapsGranted = e.code() == Rejection.Code.STORE_UNAVAILABLE || e.code() == Rejection.Code.OVERLOADED;
      if (perhapsGranted) failed(asked, kind, began);
      throw e;
    } catch (RuntimeException e) {
      failed(asked, kind, began);
      throw e;
    }
  }

  private void failed(Asked asked, String kind, long began) {
    boolean workflows = kind.equals(WORKFLOWS);
    if (workflows || kind.equals(ACTIVITIES)) lost.failed(asked.worker().session(), workflows, began);
  }

  /** Null: such tasks have no limits. */
  private Admission.@Nullable Limits limits(String namespace, String queue, String kind) {
    return switch (kind) {
      case WORKFLOWS -> admission.limits(namespace, queue, Admission.Kind.WORKFLOW);
      case ACTIVITIES -> admission.limits(namespace, queue, Admission.Kind.ACTIVITY);
      default -> null;
    };
  }

  private @Nullable Task answered(Asked asked, Function<Asked, @Nullable Task> ask) {
    try {
      return ask.apply(asked);
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.SESSION_LOST) throw e;
      return ask.apply(asked.with(fleet.revived(asked.worker())));
    }
  }

  private static Reply empty(String status) {
    return Reply.ok(Json.of("task", null, "poll_status", status));
  }
}
