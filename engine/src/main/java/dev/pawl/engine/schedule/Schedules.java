package dev.pawl.engine.schedule;

import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobState;
import dev.pawl.core.run.Delivered;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.ScheduleLink;
import dev.pawl.core.schedule.PassFires;
import dev.pawl.core.schedule.RunEnded;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleDecision;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.core.schedule.ScheduleRefusedException;
import dev.pawl.core.schedule.ScheduleRequest;
import dev.pawl.core.schedule.StartRefused;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.commit.Answer;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.store.ScheduleStore;
import dev.pawl.engine.store.ScheduleStore.Key;
import dev.pawl.engine.store.ScheduleStore.Write;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome;
import dev.pawl.engine.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one way in which a schedule changes: load, decide, commit, deliver. Safe for any number of threads and nodes. */
public final class Schedules {
  private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);

  /** So often a request may lose against others before its caller is told to come back. */
  private static final int MAX_CONFLICTS = 40;

  private final Store store;
  private final ScheduleStore rows;
  private final Courier courier;
  private final JobFloor floor;
  private final EngineMetrics metrics;

  public Schedules(Store store, Courier courier, JobFloor floor, EngineMetrics metrics) {
    this.store = store;
    this.floor = floor;
    this.rows = store.schedules();
    this.courier = courier;
    this.metrics = metrics;
  }

  /**
   * An answer after the commit.
   *
   * @param refusals why what it wanted to start could not be started, by workflow id
   */
  record Committed<A>(A answer, Map<String, String> refusals) {}

  /** A request on its way. @param taken the mail that brought it; null: a caller did */
  private static final class Asked<A> {
    final Key key;
    final ScheduleRequest<A> request;
    final @Nullable Mail taken;
    int conflicts;
    /** Who waits for this one. */
    @Nullable Asked<?> instead;
    @Nullable Committed<A> done;
    @Nullable RuntimeException problem;

    Asked(Key key, ScheduleRequest<A> request, @Nullable Mail taken) {
      this.key = key;
      this.request = request;
      this.taken = taken;
    }

    boolean open() {
      return done == null && problem == null;
    }
  }

  /**
   * Decides and commits a request, and delivers what it starts.
   *
   * @throws ScheduleRefusedException nothing was changed
   */
  <A> Committed<A> submit(Key key, ScheduleRequest<A> request) {
    Asked<A> asked = new Asked<>(key, request, null);
    work(List.of(asked));
    RuntimeException problem = asked.problem;
    if (problem != null) throw problem;
    Committed<A> done = asked.done;
    if (done == null) throw new IllegalStateException("a request without an answer");
    return done;
  }

  /**
   * Delivers mails to schedules. What another node was faster with is delivered as well.
   *
   * @return one problem per mail, in order; null: it is delivered
   */
  public List<@Nullable RuntimeException> deliver(List<Mail> mails) {
    List<Asked<?>> all = new ArrayList<>(mails.size());
    for (Mail mail : mails) all.add(asked(mail));
    work(all);
    List<@Nullable RuntimeException> problems = new ArrayList<>(mails.size());
    for (Asked<?> one : all) problems.add(one.problem);
    return problems;
  }

  private static Asked<?> asked(Mail mail) {
    if (!(mail.message() instanceof Mail.ToSchedule message)) throw new IllegalArgumentException("not to a schedule");
    ScheduleLink to = message.schedule();
    ScheduleRequest<?> request = switch (message) {
      case Mail.ScheduleDue m -> new PassFires(to.scheduleId());
      case Mail.ScheduledRunEnded m -> new RunEnded(to.scheduleId(), m.workflowId());
      case Mail.ScheduledStartRefused m -> new StartRefused(to.scheduleId(), m.workflowId(), m.reason());
    };
    return new Asked<>(new Key(to.namespace(), to.scheduleId()), request, mail);
  }

  private void work(List<? extends Asked<?>> all) {
    List<Asked<?>> open = new ArrayList<>(all);
    while (!open.isEmpty()) {
      new Round(open).run();
      open.removeIf(asked -> !asked.open());
    }
  }

  /** One group. A schedule is in it once; who comes second is in the next one. */
  private final class Round {
    private final List<Asked<?>> open;
    private final Instant now = store.now();
    private final List<Asked<?>> writers = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();
    private final List<Runnable> landed = new ArrayList<>();

    Round(List<Asked<?>> open) {
      this.open = open;
    }

    void run() {
      Set<Key> keys = new HashSet<>();
      for (Asked<?> one : open) keys.add(one.key);
      ScheduleStore.Loaded loaded = rows.load(keys);
      for (Asked<?> one : open) {
        if (!keys.remove(one.key)) continue;
        String why = loaded.corrupt().get(one.key);
        Schedule there = loaded.schedules().get(one.key);
        if (why == null && (there == null || !tell(one, there))) decide(one, there);
        else if (why != null) one.problem = new RejectedException(Rejection.because(Rejection.Code.RUN_CORRUPT, why));
      }
      if (!writes.isEmpty()) commit();
    }

    /**
     * Tells a schedule of the jobs that have ended, before anything else is asked of it.
     *
     * @return whether there was something to tell; then the request has its turn in the next round
     */
    private boolean tell(Asked<?> one, Schedule there) {
      Map<JobId, Schedule.OpenRun> jobs = new HashMap<>();
      for (Schedule.OpenRun run : there.open()) if (run.job()) jobs.put(ScheduleMails.job(one.key, run), run);
      if (jobs.isEmpty()) return false;
      Map<JobId, JobState> states = store.jobs().load(jobs.keySet());
      List<String> ended = new ArrayList<>();
      jobs.forEach((id, run) -> {
        JobState state = states.get(id);
        // It came with the fire: what is not there any more is over, and pruned.
        if (state == null || state.phase().terminal()) ended.add(run.workflowId());
        else if (run.cancelling()) cancel(one.key, List.of(id));
      });
      if (ended.isEmpty()) return false;
      Asked<Schedule> told = new Asked<>(one.key, new RunEnded(one.key.id(), ended), null);
      decide(told, there);
      told.instead = one;
      return true;
    }

    private <A> void decide(Asked<A> one, @Nullable Schedule there) {
      Mail taken = one.taken;
      switch (one.request.decide(there, now)) {
        case ScheduleDecision.Change<A> change -> {
          Write write = ScheduleMails.write(one.key, change, now, floor::made);
          if (taken != null && !(taken.message() instanceof Mail.ScheduleDue)) write = write.also(taken.key());
          Write all = write;
          List<JobState> born = all.births().stream().<JobState>map(JobDecision.Change::after).toList();
          if (!born.isEmpty()) floor.expect(born.stream().map(JobState::spec).toList());
          add(one, all, () -> {
            one.done = new Committed<>(change.answer(), sendOff(all.posts()));
            if (!born.isEmpty()) floor.born(born);
            cancel(one.key, ScheduleMails.unwanted(one.key, change));
            count(change.events());
          });
        }
        case ScheduleDecision.Unchanged<A> same -> {
          if (taken == null || there == null) one.done = new Committed<>(same.answer(), Map.of());
          else if (taken.message() instanceof Mail.ScheduleDue) {
            add(one, ScheduleMails.again(one.key, there, now), () -> one.done = new Committed<>(same.answer(), Map.of()));
          } else {
            add(one, onlyTake(one.key, taken), () -> one.done = new Committed<>(same.answer(), Map.of()));
          }
        }
        case ScheduleDecision.Refused<A> no -> {
          ScheduleRefusedException refusal = new ScheduleRefusedException(no.flaw());
          // A mail to a schedule that is gone is for nobody; a caller is told.
          if (taken == null) one.problem = refusal;
          else add(one, onlyTake(one.key, taken), () -> one.problem = refusal);
        }
      }
    }

    private void add(Asked<?> one, Write write, Runnable whenLanded) {
      writers.add(one);
      writes.add(write);
      landed.add(() -> {
        courier.forget(write.unposts());
        whenLanded.run();
      });
    }

    private void commit() {
      Failpoint.SCHEDULE_BEFORE.reach();
      List<Outcome> outcomes = rows.commit(writes);
      Failpoint.SCHEDULE_AFTER.reach();
      for (int i = 0; i < outcomes.size(); i++) {
        Asked<?> one = writers.get(i);
        Asked<?> waiting = one.instead;
        switch (outcomes.get(i)) {
          case Outcome.Landed it -> landed.get(i).run();
          case Outcome.Conflict it -> conflicted(one);
          case Outcome.Refused it -> one.problem = new RejectedException(
              Rejection.invalid("schedule", "the database refuses this data: " + it.why()));
        }
        if (waiting != null && one.problem != null) waiting.problem = one.problem;
      }
    }

    private void conflicted(Asked<?> one) {
      if (++one.conflicts > MAX_CONFLICTS) {
        one.problem = new RejectedException(Rejection.because(Rejection.Code.OVERLOADED,
            "%s lost %d times against other writers of schedule '%s'; nothing was stored, try again".formatted(
                one.request.getClass().getSimpleName(), one.conflicts, one.key.id())));
      } else if (one.conflicts > 2) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(
            ThreadLocalRandom.current().nextLong(100, 500L * one.conflicts)));
      }
    }
  }

  /** Who cannot be asked now is asked again when the schedule is looked at again. */
  private void cancel(Key key, List<JobId> jobs) {
    for (JobId job : jobs) {
      try {
        floor.cancel(key.namespace(), job);
      } catch (RejectedException | StoreException e) {
        LOG.warn("job {} of schedule {} could not be asked to stop: {}", job, key.id(), e.toString());
      }
    }
  }

  private static Write onlyTake(Key key, Mail mail) {
    return new Write(key, 0, null, List.of(), List.of(), List.of(mail.key()));
  }

  private void count(List<ScheduleEvent> events) {
    int started = 0;
    for (ScheduleEvent event : events) {
      if (event.fact() instanceof ScheduleEvent.Triggered) started++;
      if (event.fact() instanceof ScheduleEvent.TriggerSkipped skip) metrics.scheduleSkipped(skip.reason().wire());
    }
    if (started > 0) metrics.scheduleStarted(started);
  }

  /**
   * What goes to runs goes at once, on this thread, so that the caller can look at what was started when it has its
   * answer. What does not arrive stays in the database, and is delivered like any mail.
   */
  private Map<String, String> sendOff(List<Mail> posts) {
    List<Mail> now = new ArrayList<>();
    List<Mail> later = new ArrayList<>();
    for (Mail mail : posts) (mail.message() instanceof Mail.ToSchedule ? later : now).add(mail);
    Map<String, String> refusals = new HashMap<>(0);
    if (!now.isEmpty()) {
      List<Answer<Delivered>> answers = delivered(now);
      for (int i = 0; i < now.size(); i++) {
        Answer<Delivered> answer = answers.get(i);
        if (!answer.ok()) {
          later.add(now.get(i));
        } else if (now.get(i).message() instanceof Mail.StartOther start && !answer.get().applied()) {
          refusals.put(start.start().workflowId(), "a workflow of this id was there before");
        }
      }
    }
    courier.keep(later);
    return refusals;
  }

  /** It is stored: whatever happens now, the caller is not told that it is not. */
  private List<Answer<Delivered>> delivered(List<Mail> mails) {
    try {
      return courier.deliver(mails);
    } catch (RejectedException | StoreException e) {
      return Collections.nCopies(mails.size(), new Answer<>(null, e));
    }
  }
}
