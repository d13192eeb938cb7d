package dev.pawl.server.work;

import dev.pawl.server.http.Reply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What polls were answered, by the ids that workers gave them: a poll that is repeated because its answer was lost gets
 * the same task. Forgotten with the process: the lease that it spoke of is given up then, and granted anew.
 */
final class PollMemory {
  private static final int MOST = 10_000;

  private static final class Kept {
    private final Reply reply;
    private final long until;
    /** Answers that are on their way, or arrived. */
    private int sent = 1;

    private Kept(Reply reply, long until) {
      this.reply = reply;
      this.until = until;
    }
  }

  private final Map<String, Kept> answers = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
      return size() > MOST;
    }
  };
  private final long keptFor;

  PollMemory(Duration keptFor) {
    this.keptFor = keptFor.toNanos();
  }

  synchronized Optional<Reply> find(String key) {
    Kept kept = answers.get(key);
    if (kept == null || System.nanoTime() - kept.until > 0) return Optional.empty();
    kept.sent++;
    return Optional.of(kept.reply);
  }

  synchronized void keep(String key, Reply reply) {
    answers.put(key, new Kept(reply, System.nanoTime() + keptFor));
  }

  /**
   * The answer met nobody.
   *
   * @return true: nobody asked for it again either, and from now on the poll is new; false: it was told to somebody
   */
  synchronized boolean forget(String key) {
    Kept kept = answers.get(key);
    if (kept == null || --kept.sent > 0) return false;
    answers.remove(key);
    return true;
  }
}
