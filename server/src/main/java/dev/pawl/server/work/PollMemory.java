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

  private record Kept(Reply reply, long until) {}

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
    return kept == null || System.nanoTime() - kept.until() > 0 ? Optional.empty() : Optional.of(kept.reply());
  }

  synchronized void keep(String key, Reply reply) {
    answers.put(key, new Kept(reply, System.nanoTime() + keptFor));
  }
}
