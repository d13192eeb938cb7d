package dev.pawl.sdk.worker;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for work of one kind as long as there is room for it. One poll at a time; while polls bring work, more of them, up
 * to a limit, so that one is always waiting: what becomes ready while none does costs a commit of its own to hand out.
 */
final class Poller<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Poller.class);
  private static final int MOST_AT_ONCE = 200;

  /** One poll. */
  interface Ask<T> {
    List<T> poll(SessionId session, int max);
  }

  private final String kind;
  private final Session session;
  private final Semaphore places;
  private final RateLimit rate;
  private final int most;
  /** Places that one poll takes, so that there are some for the others. */
  private final int share;
  private final Ask<T> ask;
  private final BiConsumer<T, SessionId> take;
  private final AtomicInteger polls = new AtomicInteger();
  private volatile boolean stopped;

  Poller(String kind, Session session, Semaphore places, RateLimit rate, int most, Ask<T> ask,
      BiConsumer<T, SessionId> take) {
    this.kind = kind;
    this.session = session;
    this.places = places;
    this.rate = rate;
    this.most = most;
    this.share = Math.clamp(places.availablePermits() / most, 1, MOST_AT_ONCE);
    this.ask = ask;
    this.take = take;
  }

  void start() {
    polls.incrementAndGet();
    Thread.ofVirtual().name("pawl-poll-" + kind).start(() -> loop(true));
  }

  void stop() {
    stopped = true;
  }

  private void loop(boolean first) {
    Duration wait = Duration.ofMillis(50);
    try {
      while (!stopped) {
        try {
          int room = room();
          int came = room == 0 ? 0 : pollOnce(room);
          wait = Duration.ofMillis(50);
          if (came == 0 && !first) return;
        } catch (InterruptedException e) {
          return;
        } catch (RuntimeException e) {
          if (stopped) return;
          LOG.warn("poll for {} failed: {}", kind, e.toString());
          LockSupport.parkNanos(wait.toNanos());
          if (wait.toMillis() < 2_000) wait = wait.multipliedBy(2);
        }
      }
    } finally {
      polls.decrementAndGet();
    }
  }

  /** Places taken for the next poll; waits for the first one. */
  private int room() throws InterruptedException {
    if (!places.tryAcquire(200, java.util.concurrent.TimeUnit.MILLISECONDS)) return 0;
    int room = 1;
    while (room < share && places.tryAcquire()) room++;
    return room;
  }

  private int pollOnce(int room) throws InterruptedException {
    int used = 0;
    SessionId by = session.id();
    try {
      if (!session.good()) {
        LockSupport.parkNanos(100_000_000);
        return 0;
      }
      int allowed = rate.take(room);
      List<T> came = ask.poll(by, allowed);
      rate.giveBack(allowed - came.size());
      // While this one hands out what came, another one waits for what comes next.
      if (!came.isEmpty()) another();
      for (T one : came) {
        used++;
        take.accept(one, by);
      }
      return came.size();
    } catch (RejectedException e) {
      if (e.code() == Rejection.Code.SESSION_LOST && !stopped) {
        session.renew(by);
        return 0;
      }
      throw e;
    } finally {
      places.release(room - used);
    }
  }

  private void another() {
    if (stopped || polls.get() >= most) return;
    polls.incrementAndGet();
    Thread.ofVirtual().name("pawl-poll-" + kind).start(() -> loop(false));
  }
}
