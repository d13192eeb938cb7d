package dev.pawl.engine.commit;

import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The runs and chains that a lane saw last, least recently used out first. Possibly stale; the guards find out. */
final class RunCache {
  private final Map<RunId, Run> runs;
  private final Map<Store.ChainKey, Situation.Chain> chains;

  RunCache(int size) {
    runs = bounded(size);
    chains = bounded(size);
  }

  private static <K, V> Map<K, V> bounded(int size) {
    return new LinkedHashMap<>(1024, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > size;
      }
    };
  }

  @Nullable Run run(RunId id) {
    return runs.get(id);
  }

  Situation.@Nullable Chain chain(Store.ChainKey key) {
    return chains.get(key);
  }

  void keep(Run run) {
    runs.put(run.id(), run);
  }

  void keep(Situation.Chain chain) {
    chains.put(new Store.ChainKey(chain.namespace(), chain.workflowId()), chain);
  }

  void drop(RunId id) {
    runs.remove(id);
  }

  void drop(Store.ChainKey key) {
    chains.remove(key);
  }

  void clear() {
    runs.clear();
    chains.clear();
  }
}
