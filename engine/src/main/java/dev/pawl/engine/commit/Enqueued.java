package dev.pawl.engine.commit;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Something that waits for an {@link Inbox}'s thread, and the place where its outcome will be. What it came to is written
 * before its batch is told, and read after.
 */
public abstract class Enqueued {
  /** So often a request may lose against others before its caller is told to come back. */
  private static final int MAX_CONFLICTS = 40;

  private final Batch batch;

  // Touched by the lane's thread only.
  private int conflicts;
  private boolean fresh;
  /** Not before this reading of the monotonic clock. */
  private long notBefore;

  private boolean answered;
  private @Nullable RuntimeException problem;

  protected Enqueued(Batch batch) {
    this.batch = batch;
  }

  /** Its instant has passed: it goes before what only came earlier. */
  protected boolean due() {
    return false;
  }

  /** Nothing was stored, because too much waits already. */
  protected abstract void overloaded(String message);

  /** To be called once what it came to is in its place. */
  protected final void settled() {
    answered = true;
    batch.arrived();
  }

  public final boolean answered() {
    return answered;
  }

  public final void fail(RuntimeException why) {
    if (answered) return;
    problem = why;
    settled();
  }

  protected final @Nullable RuntimeException problem() {
    return problem;
  }

  /** Decide on loaded rows, not on remembered or hoped-for ones. */
  public final boolean fresh() {
    return fresh;
  }

  /** From now on it is decided on loaded rows. */
  public final void refresh() {
    fresh = true;
  }

  /**
   * It fell out of a group: it is decided again on loaded rows, and not in step with whoever it lost against.
   *
   * @return whether it may try again
   */
  public final boolean fellOut() {
    fresh = true;
    if (++conflicts > MAX_CONFLICTS) return false;
    if (conflicts > 2) {
      notBefore = System.nanoTime()
          + TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextLong(200, 2_000L * conflicts));
    }
    return true;
  }

  /** How often it fell out. */
  public final int conflicts() {
    return conflicts;
  }

  final boolean mayGo(long nanos) {
    return conflicts <= 2 || notBefore - nanos <= 0;
  }
}
