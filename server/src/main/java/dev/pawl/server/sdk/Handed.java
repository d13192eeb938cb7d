package dev.pawl.server.sdk;

import dev.pawl.protocol.json.WorkCalls;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers to polls that grant something, by the id of the poll, for as long as a lease lasts without a heartbeat. A poll
 * that is repeated because its answer was lost gets the same tasks; if nobody comes for them they are given back. Whatever
 * slips through here (this process dies, too) is taken back because its worker does not list it.
 */
final class Handed {
  private static final long KEPT = Duration.ofSeconds(15).toNanos();

  /** @param poll null: the poll has no id */
  record Answer(@Nullable String poll, String text, @Nullable Runnable takeBack, long at) {}

  private final Map<String, Answer> byPoll = new LinkedHashMap<>();

  /** The first answer to a poll, on its way out for the second time. */
  synchronized Optional<Answer> again(String poll) {
    forgetOld();
    Answer first = byPoll.remove(poll);
    if (first == null) return Optional.empty();
    // Another object: the one that got lost has nothing to take back any more.
    return Optional.of(kept(new Answer(poll, first.text(), first.takeBack(), first.at())));
  }

  synchronized Answer keep(@Nullable String poll, WorkCalls.Answer answer) {
    forgetOld();
    return kept(new Answer(poll, answer.text(), answer.takeBack(), System.nanoTime()));
  }

  private Answer kept(Answer answer) {
    if (answer.poll() != null && answer.takeBack() != null) byPoll.put(answer.poll(), answer);
    return answer;
  }

  private void forgetOld() {
    long now = System.nanoTime();
    var oldest = byPoll.values().iterator();
    while (oldest.hasNext() && now - oldest.next().at() > KEPT) oldest.remove();
  }

  /** The answer did not arrive: what it granted is free, unless it was sent a second time. */
  void takeBack(Answer lost) {
    Runnable takeBack = lost.takeBack();
    synchronized (this) {
      if (lost.poll() != null && !byPoll.remove(lost.poll(), lost)) return;
    }
    if (takeBack != null) takeBack.run();
  }
}
