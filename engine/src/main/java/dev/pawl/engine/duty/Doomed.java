package dev.pawl.engine.duty;

import dev.pawl.engine.store.Declarations;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.time.Instant;

/**
 * Namespaces that are being deleted. Each is put down before the first row goes, so that it is finished by somebody
 * whatever happens to who began, and what another node still let in meanwhile goes, too.
 */
public final class Doomed {
  /** The namespace of Pawl's own declarations. */
  public static final String OWN = "pawl";

  private static final String KIND = "doomed";
  private static final int SLICE = 200;
  /** Nobody believes in a deleted namespace for longer. */
  private static final Duration STRAGGLERS = Duration.ofMinutes(10);

  private final Store store;
  private final Declarations declared;

  public Doomed(Store store) {
    this.store = store;
    this.declared = store.declarations();
  }

  /** Deletes a namespace, to its end. */
  public Store.Erased erase(String name) {
    declared.put(OWN, KIND, name, "{}");
    Store.Erased all = new Store.Erased(0, 0, 0);
    while (true) {
      Store.Erased some = store.eraseNamespace(name, SLICE);
      if (some.nothing()) return all;
      all = all.plus(some);
    }
  }

  /** Before a namespace of this name is made: nothing of an old one is left in it. */
  public void finish(String name) {
    if (declared.find(OWN, KIND, name).isEmpty()) return;
    erase(name);
    declared.remove(OWN, KIND, name);
  }

  /** One slice of each. @return how much was deleted */
  int step(Instant now) {
    int done = 0;
    for (Declarations.Declaration one : declared.list(OWN, KIND)) {
      Store.Erased some = store.eraseNamespace(one.name(), SLICE);
      done += some.runs() + some.jobs() + some.others();
      if (some.nothing() && one.at().plus(STRAGGLERS).isBefore(now)) declared.remove(OWN, KIND, one.name());
    }
    return done;
  }
}
