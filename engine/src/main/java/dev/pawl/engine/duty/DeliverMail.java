package dev.pawl.engine.duty;

import dev.pawl.core.run.Delivered;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Request;
import dev.pawl.core.run.Run;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.commit.Answer;
import dev.pawl.engine.commit.Landings;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.queue.LookedPast;
import dev.pawl.engine.schedule.Courier;
import dev.pawl.engine.schedule.Schedules;
import dev.pawl.engine.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is due: timers, deadlines, messages between runs. The mail's row is deleted by the same commit that has
 * its effect, so it counts once however many nodes deliver it. A mail that this node posted is delivered from memory; a
 * look at the database, once in a while, finds the mails of others and whatever memory lost. Nothing waits for the
 * delivery of what was due before it.
 */
public final class DeliverMail implements Duty, Landings, Courier {
  private static final Logger LOG = LoggerFactory.getLogger(DeliverMail.class);
  private static final int PORTION = 1_000;
  private static final Duration NEAR = Duration.ofMinutes(10);

  /** What another node has in memory it delivers by itself; two nodes at one mail only cost time. */
  private static final Duration LEFT_TO_OTHERS = Duration.ofMillis(250);

  /** Deliveries that may be with the lanes at a time. */
  private static final int MOST_UNDER_WAY = 2_000;

  private final Store store;
  private final Function<Mail, Request<Delivered>> deliveries;
  private final EngineMetrics metrics;
  private final Duration lookEvery;
  private final NearMail near = new NearMail();
  private final LookedPast<Mail.Key> past = new LookedPast<>();
  /** When they were due: a mail that is posted again under the same key is another one. */
  private final Map<Mail.Key, Instant> underWay = new ConcurrentHashMap<>();
  private final Semaphore room = new Semaphore(MOST_UNDER_WAY);
  private final AtomicInteger delivered = new AtomicInteger();
  private @Nullable Lanes lanes;
  private @Nullable Schedules schedules;
  private volatile Runnable onEarlier = () -> {};
  private Instant lookAt = Instant.MIN;

  /** @param lookEvery how often the database is asked for the mails of others; zero: at each tick */
  public DeliverMail(Store store, Function<Mail, Request<Delivered>> deliveries, Duration lookEvery,
      EngineMetrics metrics) {
    this.store = store;
    this.deliveries = deliveries;
    this.lookEvery = lookEvery;
    this.metrics = metrics;
  }

  /** Lanes and schedules tell this duty what they stored, and this duty submits to them. */
  public void through(Lanes runs, Schedules others) {
    lanes = runs;
    schedules = others;
  }

  /** @param hook called when a mail becomes the next one; must not block */
  public void onEarlier(Runnable hook) {
    onEarlier = hook;
  }

  @Override
  public void landed(@Nullable Run run, List<Event> events, List<Effect> effects) {
    boolean earlier = false;
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Post e -> {
          if (e.mail().due().isBefore(store.now().plus(NEAR))) earlier |= near.add(e.mail());
        }
        case Effect.Unpost e -> near.remove(e.key());
        case Effect.Take e -> near.remove(e.key());
        default -> {}
      }
    }
    if (earlier) onEarlier.run();
  }

  /** However far off: whoever wakes a schedule is never late, and there are few of them. */
  @Override
  public void keep(List<Mail> posted) {
    boolean earlier = false;
    for (Mail mail : posted) earlier |= near.add(mail);
    if (earlier) onEarlier.run();
  }

  @Override
  public void forget(List<Mail.Key> gone) {
    gone.forEach(near::remove);
  }

  @Override
  public List<Answer<Delivered>> deliver(List<Mail> mails) {
    Lanes through = lanes;
    if (through == null) throw new IllegalStateException("there are no lanes yet");
    return through.submitAll(mails.stream().map(deliveries).toList());
  }

  @Override
  public Duration every() {
    return lookEvery.isZero() ? Duration.ofSeconds(1) : lookEvery;
  }

  @Override
  public @Nullable Instant next() {
    return near.next();
  }

  @Override
  public int tick(Instant now) {
    // Another look may have found it in the database between its commit and the word of it.
    List<Mail> mails = near.takeDue(now, PORTION).stream().filter(mail -> !isUnderWay(mail)).toList();
    if (mails.size() < PORTION && !now.isBefore(lookAt)) {
      int page = PORTION + past.size(now) + underWay.size();
      List<Mail> stored = store.dueMails(page);
      // A full page: there is more, look again at once.
      lookAt = stored.size() == page ? now : now.plus(lookEvery);
      stored = stored.stream().filter(mail -> !past.has(mail.key()) && !isUnderWay(mail)).toList();
      mails = joined(mails, lookEvery.isZero() ? stored : abandoned(stored, now));
    }
    if (mails.isEmpty() || lanes == null || schedules == null) return 0;
    Failpoint.MAIL_BEFORE.reach();
    List<Mail> toRuns = mails.stream().filter(mail -> !(mail.message() instanceof Mail.ToSchedule)).toList();
    List<Mail> toSchedules = mails.stream().filter(mail -> mail.message() instanceof Mail.ToSchedule).toList();
    for (int from = 0; from < toRuns.size(); from += PORTION) {
      offer(toRuns.subList(from, Math.min(toRuns.size(), from + PORTION)), now, lanes);
    }
    int woken = deliver(toSchedules, now, schedules);
    return woken + (lookEvery.isZero() ? landed() : toRuns.size());
  }

  private boolean isUnderWay(Mail mail) {
    return mail.due().equals(underWay.get(mail.key()));
  }

  private static List<Mail> abandoned(List<Mail> stored, Instant now) {
    Instant before = now.minus(LEFT_TO_OTHERS);
    return stored.stream()
        .filter(mail -> !mail.due().isAfter(before) || mail.key().equals(Mail.Key.fromOutside(mail.key().owner())))
        .toList();
  }

  private static List<Mail> joined(List<Mail> own, List<Mail> stored) {
    if (stored.isEmpty()) return own;
    List<Mail> all = new ArrayList<>(own);
    Set<Mail.Key> keys = new HashSet<>();
    for (Mail mail : own) keys.add(mail.key());
    for (Mail mail : stored) if (keys.add(mail.key())) all.add(mail);
    return all;
  }

  private int deliver(List<Mail> mails, Instant now, Schedules to) {
    if (mails.isEmpty()) return 0;
    List<@Nullable RuntimeException> problems = to.deliver(mails);
    int delivered = 0;
    for (int i = 0; i < mails.size(); i++) {
      RuntimeException problem = problems.get(i);
      if (problem == null) {
        delivered++;
        metrics.delivered(Duration.between(mails.get(i).due(), now));
      } else if (!(problem instanceof ScheduleRefusedException)) {
        past.add(mails.get(i).key(), now);
        LOG.warn("mail {} to a schedule could not be delivered and stays where it is: {}", mails.get(i).key(),
            problem.toString());
      }
      // Refused: there is no such schedule any more, and the mail is gone.
    }
    return delivered;
  }

  private void offer(List<Mail> mails, Instant now, Lanes through) {
    if (mails.isEmpty()) return;
    List<Request<Delivered>> requests = new ArrayList<>(mails.size());
    for (Mail mail : mails) {
      underWay.put(mail.key(), mail.due());
      requests.add(deliveries.apply(mail));
    }
    room.acquireUninterruptibly(mails.size());
    through.offerDue(requests, answers -> {
      try {
        for (int i = 0; i < answers.size(); i++) conclude(mails.get(i), answers.get(i), now);
        Failpoint.MAIL_AFTER.reach();
      } finally {
        room.release(mails.size());
      }
    });
  }

  private void conclude(Mail mail, Answer<Delivered> answer, Instant now) {
    underWay.remove(mail.key(), mail.due());
    if (answer.ok()) {
      delivered.incrementAndGet();
      metrics.delivered(Duration.between(mail.due(), now));
    } else if (answer.refusal() == Rejection.Code.RUN_CORRUPT) {
      past.add(mail.key(), now);
    } else if (answer.refusal() == null) {
      LOG.warn("mail {} could not be delivered and stays where it is", mail.key(), answer.problem());
    }
    // Refused: another node was faster, or nothing can be stored now; the next look at the database knows.
  }

  /** Waits for all that is under way. @return how many were delivered since the last time */
  private int landed() {
    room.acquireUninterruptibly(MOST_UNDER_WAY);
    room.release(MOST_UNDER_WAY);
    return delivered.getAndSet(0);
  }
}
