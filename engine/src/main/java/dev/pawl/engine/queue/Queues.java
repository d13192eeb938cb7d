package dev.pawl.engine.queue;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.GrantTask;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.engine.commit.HandOut;
import dev.pawl.engine.commit.Landings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All queues that somebody on this node has polled. Others are none of its business. */
public final class Queues implements HandOut, Landings {

  record Key(String namespace, String queue) {}

  /** @param events the newest events of the run, as far as the commit had them */
  record GrantedRun(GrantTask.Granted grant, List<Event> events) {
    /** Whether the events begin where the worker's knowledge ends. */
    boolean inHand() {
      return !events.isEmpty() && events.getFirst().seq() == grant.knownSeq() + 1;
    }
  }

  private final ConcurrentHashMap<Key, TaskQueue<GrantedRun>> workflows = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Key, TaskQueue<ActivityTask>> activities = new ConcurrentHashMap<>();
  private final Predicate<SessionId> gone;
  private final long stickyNanos;
  private final Alarms alarms;
  private final Predicate<Instant> due;

  /**
   * @param gone sessions that are known to have ended
   * @param stickyWait how long only the session that parked a run gets it
   * @param due whether an instant has come
   */
  public Queues(Predicate<SessionId> gone, Duration stickyWait, Alarms alarms, Predicate<Instant> due) {
    this.gone = gone;
    this.stickyNanos = stickyWait.toNanos();
    this.alarms = alarms;
    this.due = due;
  }

  TaskQueue<GrantedRun> workflows(String namespace, String queue) {
    return workflows.computeIfAbsent(new Key(namespace, queue), key -> new TaskQueue<>(gone));
  }

  TaskQueue<ActivityTask> activities(String namespace, String queue) {
    return activities.computeIfAbsent(new Key(namespace, queue), key -> new TaskQueue<>(gone));
  }

  // ---- in the commit

  @Override
  public @Nullable RunSlot forRun(Run run, Instant now) {
    TaskQueue<GrantedRun> queue =
        workflows.get(new Key(run.state().namespace(), run.state().started().queue()));
    if (queue == null) return null;
    ParkedPoll<GrantedRun> poll = queue.reserveFor(run);
    return poll == null ? null : new RunPlace(queue, poll);
  }

  @Override
  public @Nullable ActivitySlot forActivity(ActivityTask task, Instant now) {
    TaskQueue<ActivityTask> queue = activities.get(new Key(task.namespace(), task.options().queue()));
    if (queue == null) return null;
    ParkedPoll<ActivityTask> poll = queue.reserveFor(task.activityType());
    return poll == null ? null : new ActivityPlace(queue, poll);
  }

  private record RunPlace(TaskQueue<GrantedRun> queue, ParkedPoll<GrantedRun> poll) implements RunSlot {
    @Override
    public SessionId session() {
      return poll.session;
    }

    @Override
    public void granted(GrantTask.Granted grant, List<Event> events) {
      queue.give(poll, new GrantedRun(grant, events));
    }

    @Override
    public void released() {
      queue.release(poll);
    }
  }

  private record ActivityPlace(TaskQueue<ActivityTask> queue, ParkedPoll<ActivityTask> poll) implements ActivitySlot {
    @Override
    public SessionId session() {
      return poll.session;
    }

    @Override
    public void granted(ActivityTask task) {
      queue.give(poll, task);
    }

    @Override
    public void released() {
      queue.release(poll);
    }
  }

  // ---- after the commit

  @Override
  public void landed(@Nullable Run run, List<Event> events, List<Effect> effects) {
    if (run != null) became(run);
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.OpenTask e -> became(e.task());
        case Effect.ChangeTask e -> became(e.task());
        default -> {}
      }
    }
  }

  private void became(Run run) {
    TaskQueue<GrantedRun> queue = workflows.get(new Key(run.state().namespace(), run.state().started().queue()));
    if (queue == null) return;
    if (run.task().phase() != WorkflowTask.Phase.READY) {
      queue.forget(run.id());
    } else if (due.test(run.task().visibleAt())) {
      queue.hint(run, stickyNanos);
    } else {
      String type = run.state().started().workflowType();
      alarms.at(run.task().visibleAt(), () -> queue.mayHave(type));
    }
  }

  private void became(ActivityTask task) {
    if (task.phase() != ActivityTask.Phase.WAITING) return;
    TaskQueue<ActivityTask> queue = activities.get(new Key(task.namespace(), task.options().queue()));
    if (queue == null) return;
    if (due.test(task.visibleAt())) queue.has(task.activityType());
    else alarms.at(task.visibleAt(), () -> queue.mayHave(task.activityType()));
  }

  // ---- from outside

  /** Runs and activities that were given to a session ahead of its next poll, which will not come. */
  record Ahead(List<GrantedRun> runs, List<ActivityTask> activities) {}

  boolean gone(SessionId session) {
    return gone.test(session);
  }

  Ahead drain(SessionId session) {
    return new Ahead(
        workflows.values().stream().flatMap(queue -> queue.drain(session).stream()).toList(),
        activities.values().stream().flatMap(queue -> queue.drain(session).stream()).toList());
  }

  /** Ends waiting polls: of a session, of a poll id, or all. They answer with what they have. */
  public void stop(@Nullable SessionId session, @Nullable String pollId) {
    workflows.values().forEach(queue -> queue.stop(session, pollId));
    activities.values().forEach(queue -> queue.stop(session, pollId));
  }

  /** Another node says that it has left a workflow task. */
  public void workflowReady(String namespace, String queue, String type) {
    TaskQueue<GrantedRun> there = workflows.get(new Key(namespace, queue));
    if (there != null) there.mayHave(type);
  }

  /** Another node says that it has left an activity. */
  public void activityReady(String namespace, String queue, String type) {
    TaskQueue<ActivityTask> there = activities.get(new Key(namespace, queue));
    if (there != null) there.mayHave(type);
  }

  /** Makes every waiting poll look at the database: somebody else may have left work there. */
  public void lookAgain() {
    workflows.values().forEach(queue -> queue.mayHave(null));
    activities.values().forEach(queue -> queue.mayHave(null));
  }

  /** Polls that wait now. */
  public int waiting() {
    int sum = 0;
    for (TaskQueue<GrantedRun> queue : workflows.values()) sum += queue.waiting();
    for (TaskQueue<ActivityTask> queue : activities.values()) sum += queue.waiting();
    return sum;
  }
}
