package dev.pawl.core.job;

import static dev.pawl.core.job.JobSamples.BROKEN;
import static dev.pawl.core.job.JobSamples.CALLER;
import static dev.pawl.core.job.JobSamples.CLOCK;
import static dev.pawl.core.job.JobSamples.DISPATCHER;
import static dev.pawl.core.job.JobSamples.HOLDER;
import static dev.pawl.core.job.JobSamples.NOON;
import static dev.pawl.core.job.JobSamples.STRANGER;
import static dev.pawl.core.job.JobSamples.papers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.MatrixModel.Stimulus;
import dev.pawl.core.task.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** D3: random sequences of events; the rules and the contract's table agree, and the invariants hold, after each one. */
class JobMatrixTest {
  private static final int SEQUENCES = 100_000;
  private static final List<String> EVENTS =
      java.util.Arrays.stream(JobEvent.values()).filter(e -> e != JobEvent.SUBMIT).map(Enum::name).toList();
  /** Event to the names of its cells, which are many times asked for. */
  private static final Map<String, String[]> CELLS = EVENTS.stream().collect(Collectors.toMap(event -> event,
      event -> IntStream.range(0, 7).mapToObj(column -> event + "/" + column).toArray(String[]::new)));
  private static final List<String> DIGESTS = List.of("a", "b", "c");

  /** Per column, what leads on. */
  private static final List<String[]> ONWARDS = List.of(
      new String[] {"DUE"},
      new String[] {"GRANT"},
      new String[] {"NODE_LOST", "OK_EXTERNAL", "ERR_RETRY", "EXEC_TIMEOUT", "CANCEL", "DEADLINE", "ABANDON", "RENEW"},
      new String[] {"GRANT", "CALLBACK_REJECTED", "CALLBACK_OK"},
      new String[] {"CHECK_PENDING", "LEASE_EXPIRED", "CHECK_REJECTED", "PROGRESS_TIMEOUT", "ERR_RETRY", "CANCEL",
          "DEADLINE", "CALLBACK_REJECTED", "CHECK_OK"},
      new String[] {"HOLD_EXPIRED", "RELEASE"},
      new String[] {"AUTO_REDRIVE", "REDRIVE", "CALLBACK_OK"});

  @Test
  void randomSequencesOfEventsFollowTheTable() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < SEQUENCES; i++) new Walk(i, seen).run();
    // Every cell of the table was entered, else the walk proves less than it says.
    for (String event : EVENTS) {
      for (int column = 0; column < MatrixModel.COLUMNS.size(); column++) {
        assertThat(seen).as("%s in %s", event, MatrixModel.COLUMNS.get(column)).contains(event + "/" + column);
      }
    }
    for (String cause : List.of("ATTEMPTS_EXHAUSTED", "LEASE_LOSSES", "EXEC_TIMEOUT", "VERIFY_TIMEOUT",
        "VERIFY_REJECTED", "DEADLINE", "OPS", "STORE_RELATED")) {
      assertThat(seen).contains(cause);
    }
    assertThat(seen).contains("4093", "4094", "4095", "4098", "4099", "changed", "same",
        "replayed SCHEDULED", "replayed AWAITING", "replayed SUCCEEDED");
  }

  /** One job from its submission on. */
  private static final class Walk {
    private final long seed;
    private final SplittableRandom random;
    private final Set<String> seen;
    private final MatrixModel model;
    /** How much of {@link #ONWARDS} this walk uses. */
    private final int habit;
    private final Map<Long, LeaseEnd> ledger = new HashMap<>();
    private JobState job;
    private long grants;
    private long now = NOON.toEpochMilli();
    private final List<Stimulus> story = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();

    Walk(long seed, Set<String> seen) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.seen = seen;
      habit = 1 + random.nextInt(9);
      JobId id = new JobId(new UUID(random.nextLong(), random.nextLong()));
      BackoffProfile profile = BackoffProfile.values()[random.nextInt(4)];
      int maxAttempts = random.nextBoolean() ? profile.maxAttempts() : 1 + random.nextInt(4);
      int maxChecks = 1 + random.nextInt(4);
      long poll = 1_000 + random.nextInt(60_000);
      long notBefore = random.nextInt(3) == 0 ? now + random.nextInt(600_000) : 0;
      long deadline = random.nextInt(3) == 0 ? Math.max(notBefore, now) + 1 + random.nextInt(2_000_000) : 0;
      LeaseTerms lease = new LeaseTerms(Duration.ofSeconds(15), Duration.ofMinutes(1 + random.nextInt(9)),
          Duration.ofMinutes(1 + random.nextInt(20)));
      JobSpec spec = JobSamples.spec(lease, new RetryTerms(profile, maxAttempts),
          new CheckTerms(Duration.ofMillis(poll), maxChecks), at(notBefore), at(deadline));
      model = new MatrixModel(id.toString(), profile.name().toLowerCase(), maxAttempts, maxChecks, poll,
          lease.leaseTimeout().toMillis(), lease.progressTimeout().toMillis(), lease.executionTimeout().toMillis(),
          notBefore, deadline, now);
      var submitted = new SubmitJob(id, spec, null, new Actor(Actor.Kind.INGRESS, "g1"))
          .decide(JobSituation.of(null, at(now)));
      job = ((JobDecision.Change<?>) submitted).after();
      same();
    }

    void run() {
      int steps = 4 + random.nextInt(16);
      for (int i = 0; i < steps; i++) {
        now += switch (random.nextInt(6)) {
          case 0, 1 -> random.nextInt(2_000);
          case 2, 3 -> random.nextInt(120_000);
          case 4 -> random.nextInt(1_200_000);
          default -> Math.max(0, model.visible - now);
        };
        step(stimulus());
      }
    }

    private Stimulus stimulus() {
      // Mostly what leads on, so that walks get far; otherwise anything.
      String[] onwards = ONWARDS.get(model.column());
      String event = random.nextInt(3) != 0
          ? onwards[Math.min(random.nextInt(onwards.length), random.nextInt(habit))]
          : EVENTS.get(random.nextInt(EVENTS.size()));
      long epoch = random.nextInt(6) == 0 ? random.nextLong(model.epoch + 2) : model.epoch;
      return new Stimulus(event, epoch, random.nextInt(10) != 0, DIGESTS.get(random.nextInt(3)),
          random.nextInt(3) == 0 ? random.nextInt(4_000_000) : 0, random.nextBoolean(), 1 + random.nextInt(600_000),
          random.nextBoolean(), random.nextInt(5) == 0 ? random.nextLong(model.epoch + 1) : model.externalEpoch);
    }

    private void step(Stimulus s) {
      seen.add(CELLS.get(s.event())[model.column()]);
      story.add(s);
      times.add(now);
      JobState before = job;
      long endOf = s.epoch();
      JobRequest<?> request = request(s);
      JobDecision<?> decision = request.decide(new JobSituation(job, null, ledger.get(endOf), at(now)));
      String expected = model.apply(s, now);
      String answer = switch (decision) {
        case JobDecision.Change<?> change -> {
          land(change, before);
          yield "changed";
        }
        case JobDecision.Unchanged<?> unchanged -> unchanged.answer() instanceof CommitJob.Ack ack && ack.replayed()
            ? "replayed " + ack.phase()
            : "same";
        case JobDecision.Refused<?> refused -> {
          if (refused.code() == UwerCode.ILLEGAL_TRANSITION && !s.event().equals("GRANT")) {
            check(refused.audit() != null && refused.audit().refused() == refused.code(), "an illegal try is audited");
          }
          yield Integer.toString(refused.code().number());
        }
      };
      if (!answer.equals(expected)) check(false, "expected " + expected + ", got " + answer);
      same();
      invariants();
      seen.add(answer);
      if (model.cause != null) seen.add(model.cause);
    }

    private void land(JobDecision.Change<?> change, JobState before) {
      check(change.before() == before, "decided on what is there");
      job = change.after();
      check(job.version() == before.version() + 1, "the version rises by one");
      grants += job.epoch() - before.epoch();
      int lines = 0;
      for (JobEffect effect : change.effects()) {
        if (!(effect instanceof JobEffect.Noted noted)) continue;
        lines++;
        Transition line = noted.line();
        check(line.from() == before.phase() && line.to() == job.phase(), "I9: the line says from where to where");
        check(line.event().manual() == (line.papers() != null), "I9: a manual transition has papers, no other has");
        LeaseEnd end = line.end();
        if (end != null) check(ledger.put(end.epoch(), end) == null, "I7: a lease ends once");
      }
      check(lines == 1 || (lines == 0 && job.phase() == before.phase()), "I9: no phase changes without a line");
    }

    private void invariants() {
      check(grants == job.epoch() && grants == ledger.size() + (job.leased() ? 1 : 0), "I7: every grant is accounted for");
      JobLease lease = job.lease();
      check(lease == null || (job.phase().leasable() && lease.epoch() == job.epoch()), "I5: lease beside its phase");
      check(lease == null || (lease.stage() == Stage.PROCESS) == (job.phase() == JobPhase.READY), "I5: stage");
      boolean terminal = job.phase().terminal();
      check(terminal == (job.ending() != null), "I6: one terminal record, in terminal phases only");
      check(!terminal || (lease == null && job.nextLook() == null), "I6: nothing is pending at the end");
      check((job.prevPhase() != null) == (job.phase() == JobPhase.HELD), "I1: only a held job remembers a phase");
      boolean explicit = job.phase() == JobPhase.HELD || job.visibleAt().equals(job.spec().notBefore());
      check(explicit || !job.visibleAt().isAfter(at(now).plus(Duration.ofHours(24))), "I3: looked at within a day");
      Instant look = job.nextLook();
      check(terminal || (look != null && !look.isAfter(job.visibleAt())), "I3: somebody looks");
      check(lease != null || terminal || !job.cancelRequested() && !job.deadlinePassed(), "flags only under a lease");
    }

    private void same() {
      check(job.phase().name().equals(model.phase), "phase");
      check(job.leased() == model.leased, "leased");
      check(job.epoch() == model.epoch, "epoch");
      check(job.attempt() == model.attempt, "attempt");
      check(job.losses() == model.losses, "losses");
      check(job.checks() == model.checks, "checks");
      check(job.redrives() == model.redrives, "redrives");
      check(job.phase().terminal() || job.cancelRequested() == model.cancel, "cancel");
      check(job.deadlinePassed() == model.late, "deadline flag");
      check(job.visibleAt().toEpochMilli() == model.visible, "visible");
      check(job.phase().terminal() || job.externalEpoch() == model.externalEpoch, "external epoch");
      check(java.util.Objects.equals(job.prevPhase() == null ? null : job.prevPhase().name(), model.prev), "previous");
      JobEnding ending = job.ending();
      if (ending != null) {
        check(java.util.Objects.equals(ending.cause() == null ? null : ending.cause().name(), model.cause), "cause");
        check(java.util.Objects.equals(ending.digest(), model.resultDigest), "result digest");
        check(ending.at().toEpochMilli() == model.endedAt, "end");
      }
    }

    private JobRequest<?> request(Stimulus s) {
      JobId id = job.id();
      SessionId session = s.byHolder() ? HOLDER : STRANGER;
      Duration wish = s.wish() == 0 ? null : Duration.ofMillis(s.wish());
      JobEvent event = JobEvent.valueOf(s.event());
      return switch (event) {
        case DUE -> new ComeDue(id, CLOCK);
        case GRANT -> new GrantLease(id, HOLDER, "node-1", !s.ownExpiry(), DISPATCHER);
        case RENEW -> new RenewLease(id, s.epoch(), session,
            s.progressed() && job.lease() != null ? Long.valueOf(job.lease().progress() + 1) : null);
        case OK -> commit(s, session, new JobOutcome.Ok(null));
        case OK_EXTERNAL -> commit(s, session, new JobOutcome.OkExternal("ext"));
        case CHECK_OK -> commit(s, session, new JobOutcome.CheckOk(null));
        case CHECK_PENDING -> commit(s, session, new JobOutcome.CheckPending(wish));
        case CHECK_REJECTED -> commit(s, session, new JobOutcome.CheckRejected(BROKEN, wish));
        case ERR_RETRY -> commit(s, session, new JobOutcome.ErrRetry(BROKEN, wish));
        case ERR_FATAL -> commit(s, session, new JobOutcome.ErrFatal(BROKEN));
        case ABANDON -> commit(s, session, new JobOutcome.Abandon());
        case LEASE_EXPIRED, NODE_LOST, LEASE_UNLISTED, EXEC_TIMEOUT, PROGRESS_TIMEOUT, CANCEL_GRACE_OVER ->
            new RevokeLease(id, s.epoch(), event, DISPATCHER);
        case DEADLINE -> new PassDeadline(id, CLOCK);
        case CALLBACK_OK -> new ReceiveCallback(id, s.callbackEpoch(), s.digest(), null, null, CALLER);
        case CALLBACK_REJECTED -> new ReceiveCallback(id, s.callbackEpoch(), s.digest(), null, BROKEN, CALLER);
        case CANCEL -> new CancelJob(id, CALLER);
        case HOLD_EXPIRED -> new ExpireHold(id, CLOCK);
        case AUTO_REDRIVE -> new AutoRedrive(id, DISPATCHER);
        case GIVE_UP -> new GiveUp(id, DeadLetterCause.STORE_RELATED, DISPATCHER);
        case HOLD -> operate(new OperatorAct.Hold(Duration.ofMillis(s.holdTime())));
        case RELEASE -> operate(new OperatorAct.Release());
        case FORCE_REVOKE -> operate(new OperatorAct.ForceRevoke());
        case FORCE_FAIL -> operate(new OperatorAct.ForceFail());
        case FORCE_DEAD_LETTER -> operate(new OperatorAct.ForceDeadLetter());
        case FORCE_SUCCEED -> operate(new OperatorAct.ForceSucceed("seen in the warehouse", null));
        case REDRIVE -> operate(new OperatorAct.Redrive());
        case SUBMIT -> throw new IllegalStateException("the walk begins with it");
      };
    }

    private CommitJob commit(Stimulus s, SessionId session, JobOutcome outcome) {
      return new CommitJob(job.id(), s.epoch(), session, outcome, s.digest(), List.of());
    }

    private OperateJob operate(OperatorAct act) {
      return new OperateJob(job.id(), act, papers(), job.epoch(), false);
    }

    private void check(boolean holds, String what) {
      if (holds) return;
      StringBuilder told = new StringBuilder("walk " + seed + ": " + what);
      for (int i = 0; i < story.size(); i++) {
        told.append('\n').append(Instant.ofEpochMilli(times.get(i))).append(' ').append(story.get(i));
      }
      told.append("\nexpected ").append(model).append("\ngot ").append(job);
      throw new AssertionError(told.toString());
    }

    private static Instant at(long millis) {
      return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
  }
}
