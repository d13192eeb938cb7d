package dev.pawl.core.job;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many more jobs of a type may be granted now, under its limits. Asked job by job, in the order in which they wait;
 * what it has granted counts at once. It is told everything it looks at: what runs, what has gone, what time it is.
 */
public final class Allowance {
  /** Stands for the type itself, and for jobs without a key: no key is blank. */
  public static final String TYPE = "";

  private final JobLimits limits;
  private final Instant now;
  private final Map<String, Integer> running;
  private final Map<String, Instant> next = new HashMap<>();
  private final Map<String, Instant> moved = new HashMap<>();
  private final Set<String> full = new HashSet<>();
  private int total;
  private @Nullable Instant again;

  /** @param running leases that stand, by key */
  public Allowance(JobLimits limits, Map<String, Integer> running, Instant now) {
    this.limits = limits;
    this.now = now;
    this.running = new HashMap<>(running);
    this.total = running.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** @param known what is remembered of rates, by key; of keys that it has not been told, nothing is */
  public void know(Map<String, Instant> known) {
    known.forEach(next::putIfAbsent);
  }

  /** Whether the type lets none go now, whatever its key. */
  public boolean closed() {
    Integer most = limits.running();
    return (most != null && total >= most) || late(limits.rate(), TYPE);
  }

  /** Whether a job with this key may be granted; if so, it counts. */
  public boolean grant(@Nullable String key) {
    if (closed()) return false;
    if (key != null) {
      Integer most = limits.runningPerKey();
      if ((most != null && running.getOrDefault(key, 0) >= most) || late(limits.ratePerKey(), key)) {
        full.add(key);
        return false;
      }
      count(limits.ratePerKey(), key);
    }
    count(limits.rate(), TYPE);
    running.merge(key == null ? TYPE : key, 1, Integer::sum);
    total++;
    return true;
  }

  private boolean late(@Nullable JobRate rate, String key) {
    if (rate == null) return false;
    Instant earliest = rate.earliest(next.get(key));
    if (!earliest.isAfter(now)) return false;
    again = again == null || earliest.isBefore(again) ? earliest : again;
    return true;
  }

  private void count(@Nullable JobRate rate, String key) {
    if (rate == null) return;
    Instant after = rate.after(next.get(key), now);
    next.put(key, after);
    moved.put(key, after);
  }

  /** Keys that were refused: nothing of theirs has to be looked at again. */
  public Set<String> full() {
    return Set.copyOf(full);
  }

  /** What is to be remembered of rates, where it has changed. */
  public Map<String, Instant> moved() {
    return Map.copyOf(moved);
  }

  /** When a rate lets another one go that it did not let go now; null: no rate stood in the way. */
  public @Nullable Instant again() {
    return again;
  }
}
