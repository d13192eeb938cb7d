package dev.pawl.engine.job;

import dev.pawl.core.task.SessionId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Wakes polls of this node when something came for one of their types. Only a hint: polls look by themselves as well. */
final class JobBell {
  record Type(String namespace, String name) {}

  private final Consumer<Type> others;
  private final Map<Type, Set<Waiter>> waiting = new ConcurrentHashMap<>();
  private final Set<Waiter> all = ConcurrentHashMap.newKeySet();

  /** @param others told of everything that came here; does not block */
  JobBell(Consumer<Type> others) {
    this.others = others;
  }

  /** A poll that looks, and then perhaps waits. A ring in between is not lost. */
  final class Waiter implements AutoCloseable {
    private final Thread thread = Thread.currentThread();
    private final List<Type> types;
    private final SessionId session;
    private volatile boolean rung;

    Waiter(List<Type> types, SessionId session) {
      this.session = session;
      this.types = types;
      for (Type type : types) {
        // Inside, because the last one of a type that goes takes the set with it.
        waiting.compute(type, (t, waiters) -> {
          Set<Waiter> there = waiters == null ? ConcurrentHashMap.newKeySet() : waiters;
          there.add(this);
          return there;
        });
      }
      all.add(this);
    }

    /** To be called before looking. */
    void listen() {
      rung = false;
    }

    /** @return whether it rang; otherwise the time is over */
    boolean await(long nanos) {
      long deadline = System.nanoTime() + nanos;
      while (!rung) {
        long rest = deadline - System.nanoTime();
        if (rest <= 0 || Thread.currentThread().isInterrupted()) return false;
        LockSupport.parkNanos(this, rest);
      }
      return true;
    }

    private void ring() {
      rung = true;
      LockSupport.unpark(thread);
    }

    @Override
    public void close() {
      for (Type type : types) {
        waiting.computeIfPresent(type, (t, waiters) -> {
          waiters.remove(this);
          return waiters.isEmpty() ? null : waiters;
        });
      }
      all.remove(this);
    }
  }

  Waiter waiter(List<String> namespaces, List<String> types, SessionId session) {
    return new Waiter(namespaces.stream()
        .flatMap(namespace -> types.stream().map(type -> new Type(namespace, type))).toList(), session);
  }

  /** Something came, here. */
  void ring(Set<Type> types) {
    types.forEach(others);
    wake(types);
  }

  /** Something may have come. */
  void wake(Set<Type> types) {
    Set<Waiter> woken = new HashSet<>();
    for (Type type : types) {
      Set<Waiter> waiters = waiting.get(type);
      if (waiters != null) woken.addAll(waiters);
    }
    woken.forEach(Waiter::ring);
  }

  /** What the polls of a session wait for will not come any more. */
  void wake(SessionId session) {
    for (Waiter waiter : all) if (waiter.session.equals(session)) waiter.ring();
  }

  void ringAll() {
    all.forEach(Waiter::ring);
  }
}
