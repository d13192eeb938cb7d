package dev.pawl.engine.queue;

import dev.pawl.core.task.SessionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A worker that waits. All fields but the first ones are guarded by the lock of its {@link TaskQueue}. */
final class ParkedPoll<T> {
  final SessionId session;
  final @Nullable String buildId;
  final Set<String> types;
  final int max;
  final @Nullable String pollId;
  private final Thread waiter = Thread.currentThread();

  /** Places that it fills itself, with what it asks for. */
  private int own;
  /** Places kept by lanes, and by which; only a handful of lanes. */
  private int reserved;
  private final Map<Thread, Integer> keepers = new HashMap<>(2);
  private boolean waiting;
  private boolean full;
  private boolean left;
  private boolean last;
  /** Room that was left when it was answered, less what its session was given since; and when that was. */
  private int roomBetween;
  private long answeredAt;
  private boolean poked;
  private boolean stopped;
  private final List<T> given = new ArrayList<>(1);
  /** Read without the lock: whether waiting has become pointless. */
  private volatile boolean awake;

  ParkedPoll(SessionId session, @Nullable String buildId, Set<String> types, int max, @Nullable String pollId) {
    this.session = session;
    this.buildId = buildId;
    this.types = types;
    this.max = max;
    this.pollId = pollId;
  }

  boolean serves(String type) {
    return types.isEmpty() || types.contains(type);
  }

  // ---- under the queue's lock

  /**
   * A waiting poll that has been given something answers at once; one that still asks takes more along.
   *
   * @param beside places that are to stay free
   */
  boolean hasRoom(int beside) {
    if (left) return roomBetween - beside > 0;
    return !left && !full && !poked && !awake && (!waiting || given.isEmpty())
        && given.size() + reserved + own + beside < max;
  }

  /**
   * Whether it answers in a moment, or looks again, and its session has room for more than that: what lanes fill later goes to
   * the session's next poll.
   */
  boolean hasRoomAfter(int beside) {
    return !left && !stopped && given.size() + reserved + own + beside < max;
  }

  /** Places that nobody keeps for it, nor has filled. */
  int room() {
    return Math.max(0, max - given.size() - reserved);
  }

  void asksFor(int tasks) {
    own = tasks;
  }

  /** What it asked for is there: nothing more comes along, it would only wait for another commit. */
  void fill() {
    full = true;
  }

  /** From now on it only waits. @return false if there is something already */
  boolean startWaiting() {
    if (poked || awake || !given.isEmpty()) return false;
    own = 0;
    full = false;
    waiting = true;
    return true;
  }

  boolean waiting() {
    return waiting;
  }

  int reserved() {
    return reserved;
  }

  /** It has left with something. @return whether its session has room for more until it asks again */
  boolean answered(long now) {
    roomBetween = given.isEmpty() && own == 0 ? 0 : max - given.size() - reserved - own;
    answeredAt = now;
    return roomBetween > 0;
  }

  boolean isBetween(long now, long nanos) {
    return now - answeredAt < nanos;
  }

  void reserve() {
    if (left) roomBetween--;
    reserved++;
    keepers.merge(Thread.currentThread(), 1, Integer::sum);
  }

  boolean hasLeft() {
    return left;
  }

  /** What lanes still have for it comes back with it. */
  void isLast() {
    last = true;
  }

  boolean last() {
    return last;
  }

  void give(T task) {
    given.add(task);
    unreserve();
  }

  /** When a lane has filled all places that it kept, the poll answers; it does not wait for another lane's commit. */
  void unreserve() {
    reserved--;
    keepers.computeIfPresent(Thread.currentThread(), (lane, places) -> places == 1 ? null : places - 1);
    boolean filled = !keepers.containsKey(Thread.currentThread());
    if (left ? last && reserved == 0 : poked || (waiting && filled && !given.isEmpty())) wake();
  }

  /** Makes it look for itself. */
  void poke() {
    poked = true;
    wake();
  }

  /** Its session wants no more, or its client has gone. */
  void stop() {
    stopped = true;
    poke();
  }

  boolean awake() {
    return awake || poked;
  }

  private void wake() {
    awake = true;
    LockSupport.unpark(waiter);
  }

  /** No more places from now on. @return whether a lane still keeps one */
  boolean leave() {
    left = true;
    awake = false;
    return reserved > 0;
  }

  List<T> given() {
    return given;
  }

  // ---- on the waiter's own thread

  /** @return false if the wait was interrupted */
  boolean await(long nanos) {
    long deadline = System.nanoTime() + nanos;
    while (!awake) {
      long rest = deadline - System.nanoTime();
      if (rest <= 0) return true;
      LockSupport.parkNanos(this, rest);
      if (Thread.currentThread().isInterrupted()) return false;
    }
    return true;
  }

  /** Waits for the lanes that keep a place; a commit is always answered. */
  void awaitLanes() {
    boolean interrupted = false;
    while (!awake) {
      LockSupport.park(this);
      if (Thread.interrupted()) interrupted = true;
    }
    if (interrupted) Thread.currentThread().interrupt();
  }
}
