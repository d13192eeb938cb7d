package dev.pawl.engine.queue;

import dev.pawl.core.run.Run;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RunId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One queue as this node sees it: who waits, and what is known to be waiting for them. No I/O under its lock. */
final class TaskQueue<T> {
  /** A session that was answered asks again at once; for so long it gets what comes up meanwhile, as far as it has room. */
  private static final long BETWEEN_POLLS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ReentrantLock lock = new ReentrantLock();
  private final List<ParkedPoll<T>> parked = new ArrayList<>();
  /** Answered a moment ago, and with room left: their sessions are about to ask again. */
  private final List<ParkedPoll<T>> answered = new ArrayList<>(2);
  private final Hints hints = new Hints();
  private final Set<RunId> claiming = new HashSet<>();
  private final Predicate<SessionId> gone;
  /** Given to a session after the poll in which a place was kept had answered; its next poll takes it. */
  private final Map<SessionId, Deque<T>> early = new HashMap<>(2);

  /** What polls of the same types know of the database. */
  private static final class Look {
    /** The mark up to which the database had nothing more, and how many were left there by then. */
    private long emptyAt;
    private long seen;
    /** One of them is looking: the others wait for what it finds. */
    private boolean taken;
  }

  /** Raised when something may wait in the database that no hint names and nobody has counted. */
  private long mark = 1;
  /** How many tasks this node has left in the database without a hint. */
  private long left;
  private final Map<Set<String>, Look> looks = new HashMap<>();
  private long lookedAt = System.nanoTime() - TimeUnit.HOURS.toNanos(1);

  TaskQueue(Predicate<SessionId> gone) {
    this.gone = gone;
  }

  // ---- waiting

  /**
   * From now on lanes may keep places for the poll, also while it still asks for something itself.
   *
   * @return what was given to its session while none of its polls was open
   */
  List<T> open(ParkedPoll<T> poll) {
    lock.lock();
    try {
      answered.removeIf(before -> before.session.equals(poll.session));
      Deque<T> ahead = early.get(poll.session);
      if (ahead != null) {
        List<T> mine = new ArrayList<>();
        while (mine.size() < poll.max && !ahead.isEmpty()) mine.add(ahead.removeFirst());
        if (ahead.isEmpty()) early.remove(poll.session);
        return mine;
      }
      parked.add(poll);
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /** Lets a poll wait; false if it should look again first. */
  boolean park(ParkedPoll<T> poll) {
    lock.lock();
    try {
      return !hints.any(poll, gone) && noUseToLook(poll.types) && poll.startWaiting();
    } finally {
      lock.unlock();
    }
  }

  /** The lanes have answered what the poll asked for. Called on a lane's thread. */
  void fill(ParkedPoll<T> poll) {
    lock.lock();
    try {
      poll.fill();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a poll out. Lanes may still keep places in it: what they fill them with goes to the next poll of its session,
   * because a lease is the session's; unless this one is the last.
   *
   * @param last the session may not come back: waits for those lanes
   */
  List<T> leave(ParkedPoll<T> poll, boolean last) {
    boolean kept;
    lock.lock();
    try {
      parked.remove(poll);
      kept = poll.leave();
      if (!last && poll.answered(System.nanoTime())) answered.add(poll);
      if (!last || !kept) return given(poll);
      poll.isLast();
    } finally {
      lock.unlock();
    }
    poll.awaitLanes();
    lock.lock();
    try {
      return given(poll);
    } finally {
      lock.unlock();
    }
  }

  private List<T> given(ParkedPoll<T> poll) {
    List<T> tasks = List.copyOf(poll.given());
    poll.given().clear();
    return tasks;
  }

  /** Ends the waiting of polls: all of a session's, or those of one poll id; everything if both are null. */
  void stop(@Nullable SessionId session, @Nullable String pollId) {
    lock.lock();
    try {
      for (ParkedPoll<T> poll : parked) {
        if ((session == null || session.equals(poll.session)) && (pollId == null || pollId.equals(poll.pollId))) {
          poll.stop();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** A session wants no more: its polls look again, and what was given to it ahead of a poll comes back. */
  List<T> drain(SessionId session) {
    lock.lock();
    try {
      answered.removeIf(poll -> poll.session.equals(session));
      stop(session, null);
      Deque<T> ahead = early.remove(session);
      return ahead == null ? List.of() : List.copyOf(ahead);
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      int count = 0;
      for (ParkedPoll<T> poll : parked) if (poll.waiting()) count++;
      return count;
    } finally {
      lock.unlock();
    }
  }

  // ---- eager hand-out, on a lane's thread

  /** Keeps a place for a run; null if it has to queue. */
  @Nullable ParkedPoll<T> reserveFor(Run run) {
    String type = run.state().started().workflowType();
    String buildId = run.state().started().options().buildId();
    SessionId sticky = run.task().sticky();
    lock.lock();
    try {
      if (parked.isEmpty() && answered.isEmpty()) return null;
      boolean bound = sticky != null && !gone.test(sticky);
      return reserve(type, buildId, bound ? sticky : null, hints.countOf(type));
    } finally {
      lock.unlock();
    }
  }

  @Nullable ParkedPoll<T> reserveFor(String activityType) {
    lock.lock();
    try {
      return parked.isEmpty() && answered.isEmpty() ? null : reserve(activityType, null, null, 0);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The one with the least in hand, so that a burst spreads over the workers that wait.
   *
   * @param before how many wait already: whoever takes the newcomer must have room for them too
   */
  private @Nullable ParkedPoll<T> reserve(String type, @Nullable String buildId, @Nullable SessionId only,
      int before) {
    ParkedPoll<T> best = reserve(parked, type, buildId, only, before, false);
    if (best == null) best = reserve(parked, type, buildId, only, before, true);
    if (best == null && !answered.isEmpty()) {
      long now = System.nanoTime();
      answered.removeIf(poll -> !poll.isBetween(now, BETWEEN_POLLS) || gone.test(poll.session));
      best = reserve(answered, type, buildId, only, before, false);
    }
    if (best != null) best.reserve();
    return best;
  }

  /** @param after also in polls that are about to answer, or to look again */
  private @Nullable ParkedPoll<T> reserve(List<ParkedPoll<T>> from, String type, @Nullable String buildId,
      @Nullable SessionId only, int before, boolean after) {
    ParkedPoll<T> best = null;
    for (ParkedPoll<T> poll : from) {
      if (!poll.serves(type) || (only != null && !only.equals(poll.session))) continue;
      if (buildId != null && !buildId.equals(poll.buildId)) continue;
      Look look = looks.get(poll.types);
      if (look == null || look.emptyAt != mark) continue;
      int ahead = before + (int) Math.min(left - look.seen, Integer.MAX_VALUE / 2);
      if (!(after ? poll.hasRoomAfter(ahead) : poll.hasRoom(ahead))) continue;
      if (best == null || poll.reserved() < best.reserved()) best = poll;
    }
    return best;
  }

  void give(ParkedPoll<T> poll, T task) {
    lock.lock();
    try {
      if (!poll.hasLeft() || poll.last()) {
        poll.give(task);
        return;
      }
      poll.unreserve();
      early.keySet().removeIf(gone); // their leases ended with them
      if (gone.test(poll.session)) return;
      early.computeIfAbsent(poll.session, session -> new ArrayDeque<>()).add(task);
      for (ParkedPoll<T> other : parked) {
        if (other.session.equals(poll.session) && other.waiting()) {
          other.poke();
          break;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  void release(ParkedPoll<T> poll) {
    lock.lock();
    try {
      poll.unreserve();
    } finally {
      lock.unlock();
    }
  }

  // ---- what waits

  /** A run is ready and nobody has it: remembers it and wakes one poll that may have it. */
  void hint(Run run, long stickyNanos) {
    String type = run.state().started().workflowType();
    StartOptions options = run.state().started().options();
    lock.lock();
    try {
      boolean kept = hints.add(run.id(), type, options.priority(), options.fairness(), run.task().sticky(),
          System.nanoTime() + stickyNanos, options.buildId());
      if (!kept) mark++;
      poke(type, run.task().sticky());
    } finally {
      lock.unlock();
    }
  }

  void forget(RunId run) {
    lock.lock();
    try {
      hints.remove(run);
    } finally {
      lock.unlock();
    }
  }

  /** Something may wait in the database: the next poll looks. @param type wakes one poll that serves it; null: all */
  void mayHave(@Nullable String type) {
    lock.lock();
    try {
      mark++;
      if (type == null) parked.forEach(ParkedPoll::poke);
      else poke(type, null);
    } finally {
      lock.unlock();
    }
  }

  /** This node has left a task in the database: the next poll that serves it looks. */
  void has(String type) {
    lock.lock();
    try {
      left++;
      poke(type, null);
    } finally {
      lock.unlock();
    }
  }

  private void poke(String type, @Nullable SessionId preferred) {
    ParkedPoll<T> any = null;
    for (ParkedPoll<T> poll : parked) {
      if (!poll.waiting() || poll.awake() || !poll.serves(type)) continue;
      if (preferred != null && preferred.equals(poll.session)) {
        poll.poke();
        return;
      }
      if (any == null) any = poll;
    }
    if (any != null && (preferred == null || gone.test(preferred))) any.poke();
  }

  // ---- looking, on a poll's thread

  /** Takes all places that lanes have not kept meanwhile. @return how many, 0 or more */
  int ask(ParkedPoll<T> poll) {
    lock.lock();
    try {
      int room = poll.room();
      poll.asksFor(room);
      return room;
    } finally {
      lock.unlock();
    }
  }

  List<RunId> takeHints(ParkedPoll<T> poll) {
    lock.lock();
    try {
      List<RunId> taken = hints.take(poll, poll.room(), gone);
      poll.asksFor(taken.size());
      claiming.addAll(taken);
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** What a poll knows when it asks the database. */
  record Asked(Set<String> types, long mark, long left) {}

  /**
   * Whether the database should be asked, and what to report to {@link #looked} then, in any case; null: no need, or another
   * poll is about to.
   *
   * @param every also ask if nobody has asked for so long
   */
  @Nullable Asked mustLook(Set<String> types, boolean force, long every) {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (looks.size() > 1_000) looks.values().removeIf(look -> !look.taken); // types are chosen by workers: bounded
      Look look = looks.computeIfAbsent(types, key -> new Look());
      if (!force && (look.taken || (knownEmpty(look) && now - lookedAt < every))) return null;
      lookedAt = now;
      look.taken = true;
      return new Asked(types, mark, left);
    } finally {
      lock.unlock();
    }
  }

  /** A poll has looked. @param all whether it found all there was when it was asked to */
  void looked(Asked asked, boolean all) {
    lock.lock();
    try {
      Look look = looks.computeIfAbsent(asked.types, key -> new Look());
      look.taken = false;
      if (all) {
        look.emptyAt = Math.max(look.emptyAt, asked.mark);
        look.seen = Math.max(look.seen, asked.left);
      }
      if (knownEmpty(look)) return;
      for (ParkedPoll<T> poll : parked) {
        if (poll.waiting() && !poll.awake() && poll.types.equals(asked.types)) {
          poll.poke();
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean knownEmpty(Look look) {
    return look.emptyAt == mark && look.seen == left;
  }

  /** Whether a poll that looked now would find nothing, or would look beside another one. */
  private boolean noUseToLook(Set<String> types) {
    Look look = looks.get(types);
    return look != null && (look.taken || knownEmpty(look));
  }

  /** Those of the candidates, as many as it has room for, that no other poll of this node is asking for. */
  List<RunId> claim(List<RunId> candidates, ParkedPoll<T> poll) {
    lock.lock();
    try {
      int room = poll.room();
      List<RunId> mine = new ArrayList<>();
      for (RunId run : candidates) {
        if (mine.size() < room && claiming.add(run)) {
          hints.remove(run);
          mine.add(run);
        }
      }
      poll.asksFor(mine.size());
      return mine;
    } finally {
      lock.unlock();
    }
  }

  void claimed(List<RunId> runs) {
    lock.lock();
    try {
      runs.forEach(claiming::remove);
    } finally {
      lock.unlock();
    }
  }
}
