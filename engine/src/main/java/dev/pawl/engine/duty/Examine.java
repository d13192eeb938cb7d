package dev.pawl.engine.duty;

import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Checkup;
import dev.pawl.engine.store.Checkup.Damage;
import dev.pawl.engine.store.Checkup.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the invariants of the database slowly, a page each second, round and round. It tells of each damage once in a round,
 * and repairs nothing.
 */
public final class Examine implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(Examine.class);
  private static final int PAGE = 500;
  private static final int MOST_TOLD = 10_000;

  private final Checkup checkup;
  private final Duration bound;
  private final EngineMetrics metrics;
  private final Set<Damage> told = new HashSet<>();
  private @Nullable Instant since;
  private int area;
  private @Nullable UUID cursor;

  /** @param bound how long something may rest before it is an orphan */
  public Examine(Checkup checkup, Duration bound, EngineMetrics metrics) {
    this.checkup = checkup;
    this.bound = bound;
    this.metrics = metrics;
  }

  @Override
  public Duration every() {
    return Duration.ofSeconds(1);
  }

  @Override
  public int tick(Instant now) {
    Instant began = since;
    if (began == null) since = began = now;
    String name = checkup.areas().get(area);
    Page page = checkup.look(name, cursor, PAGE, bound);
    cursor = page.next();
    if (cursor == null) area = (area + 1) % checkup.areas().size();
    int fresh = 0;
    for (Damage damage : page.damages()) {
      // After an outage much is late, and that says nothing: only what stays so while somebody is there is wrong.
      if (damage.late() && now.isBefore(began.plus(bound))) continue;
      if (!told.add(damage)) continue;
      fresh++;
      LOG.error("{} (namespace {}); {}", damage, damage.namespace(), damage.proposal());
    }
    if (told.size() > MOST_TOLD) told.clear();
    if (fresh > 0) metrics.damaged(fresh);
    // Looking is no progress that others wait for.
    return 0;
  }

  /** Looks at everything, now. */
  public static List<Damage> all(Checkup checkup, Duration bound) {
    List<Damage> all = new ArrayList<>();
    for (String area : checkup.areas()) {
      UUID after = null;
      do {
        Page page = checkup.look(area, after, PAGE, bound);
        all.addAll(page.damages());
        after = page.next();
      } while (after != null);
    }
    return all;
  }
}
