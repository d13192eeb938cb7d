package dev.pawl.engine.store.sql;

import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.Fairness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the column {@code priority} of a row that may wait in a queue, and therefore where it stands in the
 * queue's index. Without a fairness key it is the priority itself, 0 to 9. With one it is a line of that key's own: ten
 * digits, a one, the priority, and eight that are made of the key. So 1512345678 is a key's line of priority 5. A
 * queue in which nobody uses keys has nothing behind 9.
 */
final class Level {
  /** 0 is served first, this last. */
  static final int MOST_PRIORITY = 9;

  private static final int LINES = 100_000_000;

  /** The first line of any key. */
  static final int KEYED = 10 * LINES;

  private Level() {}

  static int of(StartOptions options) {
    return of(options.priority(), options.fairness());
  }

  static int of(ActivityOptions options) {
    return of(options.priority(), options.fairness());
  }

  private static int of(int asked, @Nullable Fairness fairness) {
    int priority = Math.clamp(asked, 0, MOST_PRIORITY);
    return fairness == null ? priority : first(priority) + line(fairness.key());
  }

  /** The lowest line of a priority; its keys end before that of the next one. */
  static int first(int priority) {
    return KEYED + priority * LINES;
  }

  static int priority(int level) {
    return level < KEYED ? level : (level - KEYED) / LINES;
  }

  /** The same on every node and in every version: rows that are stored were sorted by it. */
  private static int line(String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return (int) Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), LINES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
