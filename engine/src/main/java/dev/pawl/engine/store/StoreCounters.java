package dev.pawl.engine.store;

import java.util.concurrent.atomic.LongAdder;

/** What a store has done so far. Monotone; read by metrics, benchmarks and tests. */
public final class StoreCounters {
  public final LongAdder commits = new LongAdder();
  public final LongAdder writes = new LongAdder();
  public final LongAdder conflicts = new LongAdder();
  public final LongAdder refused = new LongAdder();
  public final LongAdder retries = new LongAdder();
  public final LongAdder unknownOutcomes = new LongAdder();
  public final LongAdder loads = new LongAdder();
  /** Runs, tasks and mails that could not be read and were set aside; each once. */
  public final LongAdder quarantined = new LongAdder();
}
