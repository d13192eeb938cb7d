package dev.pawl.engine.store;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The invariants as questions to a live database. Each question is one statement, so that it sees one moment; what it finds
 * is damage, whatever else goes on. It changes nothing.
 */
public interface Checkup {

  /** What is walked through, in this order. */
  List<String> areas();

  /**
   * Looks at the next rows of an area.
   *
   * @param after {@link Page#next} of the page before; null: from the beginning
   * @param rows how many at most, 1 or more
   * @param bound how long something may rest before it is an orphan
   */
  Page look(String area, @Nullable UUID after, int rows, Duration bound);

  /**
   * @param rows that were looked at
   * @param next null: the area is through
   */
  record Page(List<Damage> damages, int rows, @Nullable UUID next) {}

  /**
   * @param invariant its id in the contract of jobs, or {@code RUN}
   * @param namespace whose it is; null: nobody can tell
   * @param subject the job, run or batch
   * @param wrong a sentence
   * @param late something is overdue, which is wrong only if somebody was there to do it
   * @param proposal how it could be repaired: for people to judge, never done by itself
   */
  record Damage(String invariant, @Nullable String namespace, String subject, String wrong, boolean late,
      String proposal) {
    @Override
    public String toString() {
      return "%s %s: %s".formatted(invariant, subject, wrong);
    }
  }
}
