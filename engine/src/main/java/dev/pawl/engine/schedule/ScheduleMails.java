package dev.pawl.engine.schedule;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobSituation;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.ScheduleLink;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleDecision;
import dev.pawl.core.schedule.ScheduleEffect;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.ScheduleStore.Key;
import dev.pawl.engine.store.ScheduleStore.Write;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What a schedule says to others, as mails. */
final class ScheduleMails {
  private ScheduleMails() {}

  /** Under whose name a schedule posts: the same on every node, and for ever. */
  static RunId owner(Key key) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(key.namespace().getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
      ByteBuffer hash = ByteBuffer.wrap(sha.digest(key.id().getBytes(StandardCharsets.UTF_8)));
      // A UUID of version 8: no run has such a one.
      long high = (hash.getLong() & ~0xF000L) | 0x8000L;
      long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
      return new RunId(new UUID(high, low));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The run of a workflow that a schedule starts: it follows from the entry of the history that says so. */
  static RunId run(Key key, long sequence, Instant at, String workflowId) {
    return RunId.caused(owner(key), (int) sequence, key.namespace(), workflowId, at);
  }

  /** The start of a workflow, as its mail carries it. */
  static StartRun start(Key key, ScheduleAction.StartWorkflow action, String workflowId, RunId run) {
    return new StartRun(key.namespace(), workflowId, run, action.workflowType(), action.queue(), action.input(),
        action.options(), ReusePolicy.REJECT, ConflictPolicy.FAIL, null, "", null, null, null,
        new ScheduleLink(key.namespace(), key.id()));
  }

  static Mail wake(Key key, Instant at) {
    return new Mail(Mail.Key.wake(owner(key)), at, new Mail.ScheduleDue(new ScheduleLink(key.namespace(), key.id())));
  }

  /** A decision, with everything that it says. @param now of the decision @param made a job as it is made */
  static Write write(Key key, ScheduleDecision.Change<?> change, Instant now, UnaryOperator<JobSpec> made) {
    List<Mail> posts = new ArrayList<>();
    List<Mail.Key> unposts = new ArrayList<>(1);
    List<JobDecision.Change<?>> births = new ArrayList<>(0);
    for (ScheduleEffect effect : change.effects()) {
      switch (effect) {
        case ScheduleEffect.Start e -> {
          switch (e.action()) {
            case ScheduleAction.StartWorkflow action -> posts.add(new Mail(word(key, change, "start", posts), now,
                new Mail.StartOther(start(key, action, e.workflowId(), run(key, e.sequence(), now, e.workflowId())))));
            case ScheduleAction.EnqueueJob action -> births.add(birth(key, e, action, now, made));
          }
        }
        case ScheduleEffect.Cancel e -> {
          if (!e.run().job()) {
            posts.add(new Mail(word(key, change, "cancel", posts), now, new Mail.CancelOther(null, key.namespace(),
                e.run().workflowId(), null, overtaken(key), cancelsAtOnce(change.after()))));
          }
        }
        case ScheduleEffect.Terminate e -> {
          if (!e.run().job()) {
            posts.add(new Mail(word(key, change, "terminate", posts), now,
                new Mail.TerminateOther(key.namespace(), e.run().workflowId(), null, overtaken(key))));
          }
        }
        case ScheduleEffect.WakeAt e -> {
          Instant at = e.at();
          if (at == null) unposts.add(Mail.Key.wake(owner(key)));
          else posts.add(wake(key, at));
        }
      }
    }
    Schedule before = change.before();
    return new Write(key, before == null ? 0 : before.version(), change.after(), change.events(), posts, unposts,
        births);
  }

  private static Mail.Key word(Key key, ScheduleDecision.Change<?> change, String what, List<Mail> before) {
    return Mail.Key.fromSchedule(owner(key), what, change.after().version(), before.size() + 1);
  }

  /** The job behind an open run. */
  static JobId job(Key key, Schedule.OpenRun run) {
    return new JobId(run(key, run.sequence(), run.startedAt(), run.workflowId()).value());
  }

  /** The jobs that a decision wants to stop. */
  static List<JobId> unwanted(Key key, ScheduleDecision.Change<?> change) {
    List<JobId> jobs = new ArrayList<>(0);
    for (ScheduleEffect effect : change.effects()) {
      Schedule.OpenRun run = effect instanceof ScheduleEffect.Cancel e ? e.run()
          : effect instanceof ScheduleEffect.Terminate e ? e.run() : null;
      if (run != null && run.job()) jobs.add(job(key, run));
    }
    return jobs;
  }

  private static JobDecision.Change<?> birth(
      Key key, ScheduleEffect.Start start, ScheduleAction.EnqueueJob action, Instant now, UnaryOperator<JobSpec> made) {
    JobId id = new JobId(run(key, start.sequence(), now, start.workflowId()).value());
    SubmitJob submit = new SubmitJob(id, made.apply(job(key, action, start.workflowId(), now)), null, new Actor(Actor.Kind.POLICY, "schedule"));
    if (submit.decide(new JobSituation(null, null, null, now)) instanceof JobDecision.Change<?> change) return change;
    throw new IllegalStateException("a job without a deadline is always taken");
  }

  /** The job that a schedule hands in. */
  static JobSpec job(Key key, ScheduleAction.EnqueueJob action, String name, Instant now) {
    return new JobSpec(key.namespace(), action.jobType(), name, action.digest(), key.id(), action.priority(), now, null,
        null, action.lease(), action.retry(), action.check(), action.payload(), null);
  }

  private static boolean cancelsAtOnce(Schedule schedule) {
    return schedule.terms().action() instanceof ScheduleAction.StartWorkflow start && start.cancelAtOnce();
  }

  private static String overtaken(Key key) {
    return "the next fire of schedule " + key.id() + " takes its place";
  }

  /** A wake-up that came at the wrong time is put right; the schedule itself stays as it is. */
  static Write again(Key key, Schedule schedule, Instant now) {
    Instant next = schedule.wakeAt(now);
    return next == null
        ? new Write(key, schedule.version(), schedule, List.of(), List.of(), List.of(Mail.Key.wake(owner(key))))
        : new Write(key, schedule.version(), schedule, List.of(), List.of(wake(key, next)), List.of());
  }
}
