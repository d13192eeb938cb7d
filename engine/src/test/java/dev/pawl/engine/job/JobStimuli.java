package dev.pawl.engine.job;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.AutoRedrive;
import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CancelJob;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.ComeDue;
import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.ExpireHold;
import dev.pawl.core.job.GiveUp;
import dev.pawl.core.job.GrantLease;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.OperateJob;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.PassDeadline;
import dev.pawl.core.job.ReceiveCallback;
import dev.pawl.core.job.RenewLease;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.RevokeLease;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** Everything that can happen to a job, drawn: mostly what leads on, so that sequences get far, otherwise anything. */
final class JobStimuli {
  static final String TYPE = "drawn.job";
  static final int COLUMNS = 7;
  static final List<JobEvent> EVENTS = Arrays.stream(JobEvent.values()).filter(e -> e != JobEvent.SUBMIT).toList();

  private static final Actor ACTOR = new Actor(Actor.Kind.DISPATCHER, "drawn");
  private static final SessionId HOLDER = new SessionId(new UUID(1, 1));
  private static final SessionId STRANGER = new SessionId(new UUID(2, 2));
  private static final JobError BROKEN = new JobError("UWER-5000", "Internal error", "the shelf fell down", true, null);
  private static final OperatorPapers PAPERS = new OperatorPapers("ada", "admin", "cli", "OPS-123",
      OperatorPapers.Standing.NOT_ASKED, "the provider is back", "req-1", "grace");

  /** Per column of the contract's matrix, what leads on. */
  private static final List<List<JobEvent>> ONWARDS = List.of(
      List.of(JobEvent.DUE, JobEvent.DUE, JobEvent.HOLD),
      List.of(JobEvent.GRANT, JobEvent.GRANT, JobEvent.HOLD),
      List.of(JobEvent.OK_EXTERNAL, JobEvent.OK_EXTERNAL, JobEvent.NODE_LOST, JobEvent.ERR_RETRY, JobEvent.CANCEL,
          JobEvent.DEADLINE),
      List.of(JobEvent.GRANT, JobEvent.CALLBACK_REJECTED),
      List.of(JobEvent.CHECK_PENDING, JobEvent.CHECK_REJECTED, JobEvent.LEASE_EXPIRED, JobEvent.CHECK_OK),
      List.of(JobEvent.HOLD_EXPIRED, JobEvent.RELEASE),
      List.of(JobEvent.AUTO_REDRIVE, JobEvent.REDRIVE));

  private final SplittableRandom random;
  /** Per column, whose turn it is when anything may come. */
  private final int[] turns = new int[COLUMNS];

  JobStimuli(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The column of the contract's matrix that a job is in. */
  static int column(JobState job) {
    return switch (job.phase()) {
      case SCHEDULED -> 0;
      case READY -> job.leased() ? 2 : 1;
      case AWAITING -> job.leased() ? 4 : 3;
      case HELD -> 5;
      default -> 6;
    };
  }

  SubmitJob birth(int number, Instant now) {
    BackoffProfile profile = BackoffProfile.values()[random.nextInt(4)];
    JobSpec spec = new JobSpec("default", TYPE, "drawn-number-" + number, digest("0"), null, random.nextInt(10), now,
        random.nextInt(3) == 0 ? now.plusSeconds(1 + random.nextInt(600)) : null,
        random.nextInt(3) == 0 ? now.plusSeconds(700 + random.nextInt(2_000)) : null,
        new LeaseTerms(Duration.ofSeconds(15), Duration.ofMinutes(1), Duration.ofMinutes(1 + random.nextInt(20))),
        new RetryTerms(profile, 1 + random.nextInt(4)),
        new CheckTerms(Duration.ofSeconds(1 + random.nextInt(60)), 1 + random.nextInt(4)), Payload.json("{}"), null);
    return new SubmitJob(new JobId(new UUID(number + 1L, random.nextLong())), spec, null,
        new Actor(Actor.Kind.INGRESS, "drawn"));
  }

  Duration pause() {
    return Duration.ofMillis(random.nextInt(180_000));
  }

  JobRequest<?> about(JobState job) {
    List<JobEvent> onwards = ONWARDS.get(column(job));
    int column = column(job);
    // Few get to what lies behind an effect outside, or are held: there everything is tried.
    boolean leadsOn = column >= 3 && column <= 5 ? random.nextInt(4) == 0 : random.nextInt(3) != 0;
    JobEvent event = leadsOn
        ? onwards.get(random.nextInt(onwards.size()))
        : EVENTS.get(turns[column]++ % EVENTS.size());
    long epoch = random.nextInt(6) == 0 ? random.nextLong(job.epoch() + 2) : job.epoch();
    return request(event, job, epoch, random.nextInt(10) == 0 ? STRANGER : HOLDER);
  }

  private JobRequest<?> request(JobEvent event, JobState job, long epoch, SessionId session) {
    JobId id = job.id();
    Duration wish = random.nextBoolean() ? null : Duration.ofSeconds(random.nextInt(2_000));
    return switch (event) {
      case DUE -> new ComeDue(id, ACTOR);
      case GRANT -> new GrantLease(id, HOLDER, "node-1", random.nextBoolean(), ACTOR);
      case RENEW -> new RenewLease(id, epoch, session, job.lease() == null ? null : Long.valueOf(random.nextInt(50)));
      case OK -> commit(id, epoch, session, new JobOutcome.Ok(null));
      case OK_EXTERNAL -> commit(id, epoch, session, new JobOutcome.OkExternal("ext"));
      case CHECK_OK -> commit(id, epoch, session, new JobOutcome.CheckOk(null));
      case CHECK_PENDING -> commit(id, epoch, session, new JobOutcome.CheckPending(wish));
      case CHECK_REJECTED -> commit(id, epoch, session, new JobOutcome.CheckRejected(BROKEN, wish));
      case ERR_RETRY -> commit(id, epoch, session, new JobOutcome.ErrRetry(BROKEN, wish));
      case ERR_FATAL -> commit(id, epoch, session, new JobOutcome.ErrFatal(BROKEN));
      case ABANDON -> commit(id, epoch, session, new JobOutcome.Abandon());
      case LEASE_EXPIRED, NODE_LOST, LEASE_UNLISTED, EXEC_TIMEOUT, PROGRESS_TIMEOUT, CANCEL_GRACE_OVER ->
          new RevokeLease(id, epoch, event, ACTOR);
      case DEADLINE -> new PassDeadline(id, ACTOR);
      case CALLBACK_OK -> new ReceiveCallback(id, callbackEpoch(job), drawnDigest(), null, null, ACTOR);
      case CALLBACK_REJECTED -> new ReceiveCallback(id, callbackEpoch(job), drawnDigest(), null, BROKEN, ACTOR);
      case CANCEL -> new CancelJob(id, ACTOR);
      case HOLD_EXPIRED -> new ExpireHold(id, ACTOR);
      case AUTO_REDRIVE -> new AutoRedrive(id, ACTOR);
      case GIVE_UP -> new GiveUp(id, DeadLetterCause.STORE_RELATED, ACTOR);
      case HOLD -> operate(job, new OperatorAct.Hold(Duration.ofSeconds(1 + random.nextInt(600))));
      case RELEASE -> operate(job, new OperatorAct.Release());
      case FORCE_REVOKE -> operate(job, new OperatorAct.ForceRevoke());
      case FORCE_FAIL -> operate(job, new OperatorAct.ForceFail());
      case FORCE_DEAD_LETTER -> operate(job, new OperatorAct.ForceDeadLetter());
      case FORCE_SUCCEED -> operate(job, new OperatorAct.ForceSucceed("seen in the warehouse", null));
      case REDRIVE -> operate(job, new OperatorAct.Redrive());
      case SUBMIT -> throw new IllegalStateException("a sequence begins with it");
    };
  }

  private CommitJob commit(JobId id, long epoch, SessionId session, JobOutcome outcome) {
    return new CommitJob(id, epoch, session, outcome, drawnDigest(), List.of());
  }

  private static OperateJob operate(JobState job, OperatorAct act) {
    return new OperateJob(job.id(), act, PAPERS, job.epoch(), false);
  }

  private long callbackEpoch(JobState job) {
    return random.nextInt(5) == 0 ? random.nextLong(job.epoch() + 1) : job.externalEpoch();
  }

  /** One of few, so that the same thing is said twice now and then. */
  private String drawnDigest() {
    return digest(Integer.toString(random.nextInt(3)));
  }

  private static String digest(String digit) {
    return "sha-256:" + digit.repeat(64);
  }
}
