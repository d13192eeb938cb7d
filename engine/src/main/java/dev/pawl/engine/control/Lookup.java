package dev.pawl.engine.control;

import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.task.WorkflowTask;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreException;
import dev.pawl.engine.store.Visibility;
import dev.pawl.protocol.control.RunRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Finds what a caller means. For looking only: decisions load their own rows. */
public final class Lookup {
  /** A name that is not known is looked for this often at most, whoever asks for it. */
  private static final long KNOWN_FOR = TimeUnit.SECONDS.toNanos(1);
  private static final long NAMESPACES_FOR = TimeUnit.MILLISECONDS.toNanos(200);

  private final Store store;
  private final Map<String, Store.Namespace> namespaces = new ConcurrentHashMap<>();
  private final ReentrantLock refreshing = new ReentrantLock();
  private final AtomicLong namespacesAt = new AtomicLong(System.nanoTime() - TimeUnit.HOURS.toNanos(1));

  public Lookup(Store store) {
    this.store = store;
  }

  /** @throws RejectedException {@code NAMESPACE_NOT_FOUND} */
  public void namespace(String name) {
    if (isNamespace(name)) return;
    throw new RejectedException(new Rejection(Rejection.Code.NAMESPACE_NOT_FOUND,
        "expected a namespace that exists, got '%s'".formatted(name), "namespace"));
  }

  /** Whether there is such a namespace, or was within the last second. */
  public boolean isNamespace(String name) {
    long at = namespacesAt.get();
    boolean known = namespaces.containsKey(name);
    if (System.nanoTime() - at <= (known ? KNOWN_FOR : NAMESPACES_FOR)) return known;
    if (!known) {
      refresh();
    } else if (namespacesAt.compareAndSet(at, System.nanoTime())) {
      // One caller looks; without a database the request itself fails, and says so better.
      try {
        refresh();
      } catch (StoreException e) {
        return true;
      }
    }
    return namespaces.containsKey(name);
  }

  /** Reads the names again. One at a time: who read before a name came must not take it out again after who read it. */
  public void refresh() {
    refreshing.lock();
    try {
      List<Store.Namespace> all = store.namespaces();
      namespaces.keySet().retainAll(all.stream().map(Store.Namespace::name).toList());
      for (Store.Namespace one : all) namespaces.put(one.name(), one);
      namespacesAt.set(System.nanoTime());
    } finally {
      refreshing.unlock();
    }
  }

  /** The run as it is stored now. @throws RejectedException {@code RUN_NOT_FOUND}, {@code RUN_CORRUPT} */
  Run run(RunRef ref) {
    namespace(ref.namespace());
    RunId id = ref.run();
    if (id != null) {
      Store.Loaded loaded = store.load(new Store.Wanted(List.of(id), List.of(), List.of(), List.of(), List.of()));
      readable(id, loaded);
      Run run = loaded.runs().get(id);
      // A run id that somebody guessed must not open the door to another tenant's run.
      if (run != null && run.state().namespace().equals(ref.namespace())
          && run.state().workflowId().equals(ref.workflowId())) {
        return run;
      }
      throw missing(ref);
    }
    Store.ChainKey key = new Store.ChainKey(ref.namespace(), ref.workflowId());
    Store.Loaded loaded = store.load(new Store.Wanted(List.of(), List.of(key), List.of(), List.of(), List.of()));
    Situation.Chain chain = loaded.chains().get(key);
    if (chain == null) throw missing(ref);
    readable(chain.run(), loaded);
    Run run = loaded.runs().get(chain.run());
    if (run == null) throw missing(ref);
    return run;
  }

  RunId id(RunRef ref) {
    return run(ref).id();
  }

  /**
   * Events of a run behind {@code after}, in order.
   *
   * @throws RejectedException {@code RUN_CORRUPT} one of them is missing or cannot be read
   */
  public List<Event> events(RunId run, long after, int limit) {
    try {
      return store.events(run, after, limit);
    } catch (CorruptHistory e) {
      throw new RejectedException(
          Rejection.because(Rejection.Code.RUN_CORRUPT, String.valueOf(e.getMessage())), e);
    }
  }

  /** The row of a run that is blocked because it cannot be read, as far as it can be; empty: it is not so. */
  Optional<Visibility.RunSummary> quarantined(RunRef ref) {
    namespace(ref.namespace());
    List<Visibility.RunSummary> chain = store.visibility().runsOf(ref.namespace(), ref.workflowId());
    return chain.reversed().stream().filter(run -> ref.run() == null || run.run().equals(ref.run())).findFirst()
        .filter(run -> run.taskPhase() == WorkflowTask.Phase.BLOCKED);
  }

  private static void readable(RunId id, Store.Loaded loaded) {
    String why = loaded.corrupt().get(id);
    if (why == null) return;
    throw new RejectedException(Rejection.because(Rejection.Code.RUN_CORRUPT,
        "run %s is quarantined, its rows cannot be read: %s".formatted(id, why)));
  }

  static RejectedException missing(RunRef ref) {
    return new RejectedException(Rejection.because(Rejection.Code.RUN_NOT_FOUND, ref.run() == null
        ? "no run of '%s' was ever started in namespace '%s'".formatted(ref.workflowId(), ref.namespace())
        : "there is no run %s of '%s' in namespace '%s'".formatted(ref.run(), ref.workflowId(), ref.namespace())));
  }
}
