package dev.pawl.engine;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.control.Lookup;
import dev.pawl.engine.duty.Doomed;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes, changes and deletes namespaces. */
final class Namespaces {
  private static final Logger LOG = LoggerFactory.getLogger(Namespaces.class);

  private final Store store;
  private final Lookup lookup;

  Namespaces(Store store, Lookup lookup) {
    this.store = store;
    this.lookup = lookup;
  }

  /** @param keep how long its closed runs are kept; null: as they are, or as in any new one */
  void ensure(String name, @Nullable Duration keep) {
    Store.Namespace there = named(name);
    if (there == null) {
      store.putNamespace(new Store.Namespace(name, "made when the database was new",
          keep == null ? EngineConfig.Retention.OF_A_NEW_NAMESPACE : keep));
    } else if (keep != null) {
      keep(there, keep);
    }
  }

  private Store.@Nullable Namespace named(String name) {
    for (Store.Namespace one : store.namespaces()) if (one.name().equals(name)) return one;
    return null;
  }

  private void keep(Store.Namespace namespace, Duration keep) {
    if (keep.equals(namespace.retention())) return;
    LOG.info("closed runs of namespace {} are kept for {} from now on, not for {}", namespace.name(), keep,
        namespace.retention());
    store.putNamespace(new Store.Namespace(namespace.name(), namespace.description(), keep));
  }

  void put(Store.Namespace namespace) {
    prepare(namespace);
    store.putNamespace(namespace);
    lookup.refresh();
  }

  boolean add(Store.Namespace namespace) {
    prepare(namespace);
    boolean added = store.addNamespace(namespace);
    lookup.refresh();
    return added;
  }

  private void prepare(Store.Namespace namespace) {
    if (namespace.name().isBlank() || namespace.name().length() > 255) {
      throw new RejectedException(Rejection.invalid("name", "expected 1 to 255 characters"));
    }
    checkRetention(namespace.retention());
    new Doomed(store).finish(namespace.name());
  }

  void retain(String namespace, Duration retention) {
    checkRetention(retention);
    lookup.namespace(namespace);
    Store.Namespace there = named(namespace);
    if (there != null) keep(there, retention);
  }

  Store.Erased delete(String name) {
    lookup.namespace(name);
    Store.Erased erased = new Doomed(store).erase(name);
    lookup.refresh();
    return erased;
  }

  private static void checkRetention(Duration retention) {
    String problem = EngineConfig.Retention.problemOf(retention);
    if (problem != null) throw new RejectedException(Rejection.invalid("retention", problem));
  }
}
