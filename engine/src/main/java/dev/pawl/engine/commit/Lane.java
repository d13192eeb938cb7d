package dev.pawl.engine.commit;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.Situation;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides and commits what comes into one inbox. */
final class Lane implements Inbox.Groups<Pending<?>> {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

  /** A mail whose delivery falls out so often was delivered by another node. */
  private static final int MAX_CONFLICTS_OF_MAIL = 2;

  private final int number;
  private final Store store;
  private final LaneSettings settings;
  private final HandOut handOut;
  private final Landings landings;
  private final EngineMetrics metrics;
  private final RunCache cache;
  private final Inbox<Pending<?>> inbox;
  /** The one that the cache is of. */
  private long timeline;

  Lane(int number, Store store, LaneSettings settings, HandOut handOut, Landings landings, EngineMetrics metrics) {
    this.number = number;
    this.store = store;
    this.settings = settings;
    this.handOut = handOut;
    this.landings = landings;
    this.metrics = metrics;
    this.cache = new RunCache(settings.cachedRuns());
    this.inbox = new Inbox<>("pawl-lane-" + number, settings.groupRequests(), settings.waiting(), this);
  }

  Inbox<Pending<?>> inbox() {
    return inbox;
  }

  @Override
  public void forget() {
    cache.clear();
  }

  @Override
  public void round(List<Pending<?>> group) {
    long began = System.nanoTime();
    long on = store.timeline();
    if (on != timeline) cache.clear();
    timeline = on;
    Round round = new Round(store, cache, handOut, store.now(), settings);
    round.load(group);
    for (Pending<?> pending : group) {
      try {
        round.decide(pending);
      } catch (StoreException e) {
        throw e;
      } catch (RuntimeException defect) {
        LOG.error("{} could not be decided", pending.request.name(), defect);
        pending.fail(new IllegalStateException(pending.request.name() + " could not be decided: " + defect, defect));
      }
    }
    round.handOut();
    List<Work> works = round.works();
    List<Store.Outcome> outcomes = List.of();
    if (!works.isEmpty()) {
      List<Store.Write> writes = new ArrayList<>(works.size());
      for (Work work : works) writes.add(work.write());
      try {
        Failpoint.COMMIT_BEFORE.reach();
        KinPoints.reach(writes);
        outcomes = store.commit(writes, on);
        KinPoints.reach(writes);
        Failpoint.COMMIT_BEFORE_ANSWER.reach();
      } catch (RuntimeException e) {
        for (Work work : works) work.fellOut();
        throw e;
      }
    }
    round.later().forEach(inbox::postpone);
    for (int i = 0; i < works.size(); i++) conclude(works.get(i), outcomes.get(i));
    metrics.group(number, group.size(), works.size(), Duration.ofNanos(System.nanoTime() - began));
    Failpoint.COMMIT_BEFORE_WAKE.reach();
    // Wake after the commit: a poller woken earlier would look, see nothing, and sleep through its own task.
    for (int i = 0; i < works.size(); i++) {
      if (outcomes.get(i) instanceof Store.Outcome.Landed) tell(works.get(i));
    }
  }

  private void conclude(Work work, Store.Outcome outcome) {
    switch (outcome) {
      case Store.Outcome.Landed landed -> {
        remember(work);
        work.landed();
        if (work.grantsRun()) metrics.granted(false, true, 1);
        if (work.activitiesGiven() > 0) metrics.granted(true, true, work.activitiesGiven());
      }
      case Store.Outcome.Conflict conflict -> {
        forget(work);
        List<Pending<?>> again = work.fellOut();
        metrics.conflicts(again.size());
        for (Pending<?> pending : again) conflicted(pending, work.effects.takesMail());
      }
      case Store.Outcome.Refused refused -> {
        forget(work);
        List<Pending<?>> riders = work.fellOut();
        if (riders.size() == 1) {
          riders.getFirst().refuse(Rejection.because(Rejection.Code.INVALID_ARGUMENT,
              "the database refuses this data: " + refused.why()));
        } else {
          // One of them is the offender: each tries alone.
          for (Pending<?> pending : riders) {
            pending.alone = true;
            pending.refresh();
            inbox.postpone(pending);
          }
        }
      }
    }
  }

  private void conflicted(Pending<?> pending, boolean withMail) {
    boolean mayBeTaken = withMail && pending.alone;
    if (!pending.fellOut() || (mayBeTaken && pending.conflicts() > MAX_CONFLICTS_OF_MAIL)) {
      pending.refuse(Rejection.because(Rejection.Code.OVERLOADED,
          "%s lost %d times against other writers of the same rows; nothing was stored, try again"
              .formatted(pending.request.name(), pending.conflicts())));
      return;
    }
    // With a mail in the write it may be the mail that is gone: whoever brought it must not take the others down again.
    pending.alone = withMail || pending.conflicts() >= 3;
    inbox.postpone(pending);
  }

  private void remember(Work work) {
    Run run = work.run();
    if (run != null) cache.keep(run);
    for (Effect.PointChain point : work.effects.chains()) {
      cache.keep(new Situation.Chain(point.namespace(), point.workflowId(), point.to(), point.runNumber()));
    }
    for (Effect effect : work.effects.others()) {
      if (effect instanceof Effect.BearRun born) cache.keep(born.run());
    }
  }

  private void forget(Work work) {
    Run run = work.run();
    if (run != null) {
      cache.drop(run.id());
      cache.drop(new Store.ChainKey(run.state().namespace(), run.state().workflowId()));
    }
    for (Effect.PointChain point : work.effects.chains()) {
      cache.drop(new Store.ChainKey(point.namespace(), point.workflowId()));
    }
  }

  private void tell(Work work) {
    try {
      List<Effect> effects = work.effects.all();
      landings.landed(work.run(), work.events(), effects);
      for (Effect effect : effects) {
        if (effect instanceof Effect.BearRun born) landings.landed(born.run(), born.events(), List.of());
      }
    } catch (RuntimeException e) {
      LOG.error("a listener of lane {} failed; polling makes up for the lost wake-up", number, e);
    }
  }
}
