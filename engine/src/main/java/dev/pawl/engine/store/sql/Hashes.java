package dev.pawl.engine.store.sql;

import dev.pawl.core.value.RunId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The history hashes of runs that were loaded or committed lately, so that a commit need not read what it adds to. Each
 * belongs to one version of its run, which the commit guards; a hash of another version is never used.
 */
final class Hashes {
  private static final int MOST = 100_000;

  private record Known(long version, byte[] hash) {}

  private final Map<RunId, Known> known = new LinkedHashMap<>(1024, 0.75f, true) {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<RunId, Known> eldest) {
      return size() > MOST;
    }
  };

  synchronized void know(RunId run, long version, byte[] hash) {
    known.put(run, new Known(version, hash));
  }

  synchronized byte @Nullable [] at(RunId run, long version) {
    Known found = known.get(run);
    return found != null && found.version() == version ? found.hash() : null;
  }

  synchronized void clear() {
    known.clear();
  }

  synchronized void forget(RunId run) {
    known.remove(run);
  }
}
