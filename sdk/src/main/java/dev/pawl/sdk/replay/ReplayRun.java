package dev.pawl.sdk.replay;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.CurrentRun;
import dev.pawl.sdk.WorkflowRuntime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run on this worker: begins with its history, goes on with its news, rests in between. Its idle work, done by
 * whichever coroutine has the baton and finds nobody able to run, is the list in {@link #once}, in that order.
 */
public final class ReplayRun {
  private static final Duration FIRST_LOOK = Duration.ofMillis(500);
  private static final Duration LAST_LOOK = Duration.ofSeconds(5);

  /** What came for a run that rests. */
  private record Arrival(List<Event> news, List<Effect.Update> updates) {}

  private final RunId id;
  private final Link link;
  private final RunRuntime run;
  private final AtomicReference<@Nullable Arrival> arrival = new AtomicReference<>();
  private final AtomicBoolean gone = new AtomicBoolean();
  private final ReentrantLock rest = new ReentrantLock();
  private boolean resting;
  private boolean released;
  private Duration look = FIRST_LOOK;
  private volatile @Nullable Thread driver;

  /** @param history from the first event */
  public ReplayRun(ReplayEnvironment environment, String namespace, String workflowId, RunId id, Link link,
      List<Event> history, List<Effect.Update> updates) {
    this.id = id;
    this.link = link;
    this.run = new RunRuntime(environment, namespace, workflowId, id, link, this::work);
    run.asks().recorded(history);
    run.delivery().load(history);
    run.updates().admitted(updates);
  }

  /** Which run it is. */
  public RunId id() {
    return id;
  }

  /** Begins, on a thread of its own. */
  public void start() {
    run.baton().begin(run.root());
  }

  // ---- from other threads

  /** Goes on with news. They come behind what the run knew; if not, {@link Link#stale} is called. */
  public void resume(List<Event> news, List<Effect.Update> updates) {
    arrival.set(new Arrival(news, updates));
    LockSupport.unpark(driver);
  }

  /** Ends it here, wherever it stands; nothing more is reported. @return false if it had ended */
  public boolean drop() {
    if (!gone.compareAndSet(false, true)) return false;
    run.baton().drop();
    run.steps().interruptAll();
    run.steps().wake();
    LockSupport.unpark(driver);
    return true;
  }

  /** The last event that it was shown, if it rests; -1 if it does not. */
  public long knownAtRest() {
    rest.lock();
    try {
      return resting && !gone.get() ? lastKnown() : -1;
    } finally {
      rest.unlock();
    }
  }

  /** For how long user code has been running without coming back to Pawl; step bodies do not count. */
  public Duration busyFor() {
    return Duration.ofNanos(run.baton().busyNanos());
  }

  /** The thread on which user code runs, for its stack. */
  public @Nullable Thread busyThread() {
    return run.baton().busyThread();
  }

  /** How long user code may run without coming back. */
  public Duration taskTimeout() {
    return run.started().options().taskTimeout();
  }

  /** The last event that it was shown. Only for a run that rests. */
  public long lastKnown() {
    return run.delivery().lastKnown();
  }

  /** What the program asked for and nobody was told. Only for a run that rests. */
  List<Command> wants() {
    rest.lock();
    try {
      return run.outbox().all();
    } finally {
      rest.unlock();
    }
  }

  /**
   * Asks the program, on the calling thread.
   *
   * @param upTo the last event that the program must have been shown
   * @return null: it does not rest, or has not been shown so much
   */
  public @Nullable Payload query(String name, @Nullable Payload input, long upTo) {
    rest.lock();
    try {
      if (!resting || gone.get() || lastKnown() < upTo) return null;
      WorkflowRuntime before = CurrentRun.bind(run.calls());
      try {
        return run.calls().queries().answer(name, input);
      } finally {
        CurrentRun.bind(before);
      }
    } finally {
      rest.unlock();
    }
  }

  // ---- idle work

  private void work() {
    try {
      if (gone.get()) throw new RunDropped();
      once();
    } catch (RunDropped end) {
      throw end;
    } catch (Link.LeaseGone end) {
      if (drop()) {
        // The answer to the report that gave the lease back was lost, and the run was granted again meanwhile.
        if (arrival.get() != null) link.stale(this);
        else link.ended(this);
      }
      throw new RunDropped();
    } catch (RunBroken why) {
      throw end(why.failure());
    } catch (Throwable defect) { // ours or the engine's: the run must not hang
      throw end(run.environment().failures().toFailure(defect));
    }
  }

  private RunDropped end(Failure why) {
    if (drop()) link.broken(this, why);
    return new RunDropped();
  }

  private void once() {
    RunBroken broken = run.broken();
    if (broken != null) throw broken;
    Delivery delivery = run.delivery();
    Steps steps = run.steps();
    Outbox outbox = run.outbox();
    // What came after the program's end was not shown to it: the engine must know, and carries or lists it.
    boolean ends = run.isOver() && !delivery.replaying() && !outbox.isEmpty();
    if (!ends && delivery.step()) return;
    if (!link.live()) {
      restUntilNews();
    } else if (run.isOver()) {
      if (!outbox.isEmpty()) report(true);
      else leave(); // closed from outside: nothing of it is left to do here
    } else if (run.updates().decideOne(outbox, !steps.hasPending() && !steps.hasRunning())) {
      return;
    } else if (steps.showOne(outbox)) {
      return;
    } else if (!outbox.isEmpty()) {
      report(!steps.hasPending() && !steps.hasRunning());
    } else if (steps.hasPending()) {
      // What the bodies build on is durable: the list is empty.
      if (!steps.announce(outbox)) steps.start(run.baton().alive() == 1);
    } else if (steps.hasRunning()) {
      awaitBodies();
    } else if (!released) {
      report(true);
    } else {
      restUntilNews();
    }
  }

  private void report(boolean release) {
    Outbox outbox = run.outbox();
    List<Command> commands = outbox.all();
    WorkerApi.ReportAck ack = link.report(run.delivery().seen(), commands, release);
    for (Command command : commands) {
      Ask ask = command instanceof Command.OfStep ofStep ? run.asks().open(ofStep.step()) : null;
      if (ask != null) ask.recorded = true;
    }
    outbox.clear();
    look = FIRST_LOOK;
    if (run.isOver()) leave();
    run.delivery().landed(ack, link);
    run.updates().admitted(ack.updates());
    if (ack.keeps()) return;
    if (!release) throw new Link.LeaseGone("the lease ended with a report that kept it", new IllegalStateException());
    released = true;
  }

  private void leave() {
    if (drop()) link.ended(this);
    throw new RunDropped();
  }

  /** Waits for a body to end; looks now and then whether something came from outside, which others may wait for. */
  private void awaitBodies() {
    run.steps().awaitAny(look);
    if (run.steps().hasFinished() || gone.get()) return;
    List<Event> news = link.events(run.delivery().lastKnown());
    if (!run.delivery().arrived(news)) throw new Link.LeaseGone("another worker goes on", new IllegalStateException());
    if (!news.isEmpty()) return;
    if (look.compareTo(LAST_LOOK) < 0) look = look.multipliedBy(2);
    else report(false); // now and then a report, because only its answer names the updates that wait
  }

  private void restUntilNews() {
    driver = Thread.currentThread();
    setResting(true);
    if (arrival.get() == null) link.parked(this);
    Arrival came;
    while ((came = arrival.getAndSet(null)) == null) {
      if (gone.get()) throw new RunDropped();
      LockSupport.park(this);
    }
    setResting(false);
    if (!run.delivery().arrived(came.news)) {
      if (drop()) link.stale(this);
      throw new RunDropped();
    }
    run.updates().admitted(came.updates);
    released = false;
  }

  private void setResting(boolean now) {
    rest.lock();
    try {
      resting = now;
    } finally {
      rest.unlock();
    }
  }
}
