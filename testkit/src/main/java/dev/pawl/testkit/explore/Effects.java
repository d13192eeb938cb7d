package dev.pawl.testkit.explore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the outside world has seen: the fakes of a test write down here what they would have done. It survives every crash,
 * like the outside world.
 */
public final class Effects {
  private final List<String> all = new ArrayList<>();
  private final Set<String> keys = new LinkedHashSet<>();

  /** Something happened, for example {@code "charge order-1"}. */
  public synchronized void add(String what) {
    all.add(what);
  }

  /**
   * Something happened at somebody who knows the key already or not, like a payment provider with idempotency keys.
   *
   * @return whether it happened; false: the key was seen before
   */
  public synchronized boolean once(String idempotencyKey, String what) {
    if (!keys.add(idempotencyKey)) return false;
    all.add(what);
    return true;
  }

  /** Everything, in the order it happened. */
  public synchronized List<String> all() {
    return List.copyOf(all);
  }

  /** How often each thing happened. */
  public synchronized Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String what : all) counts.merge(what, 1, Integer::sum);
    return counts;
  }

  @Override
  public String toString() {
    return all().toString();
  }
}
