package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.Actor;
import dev.pawl.core.job.AutoRedrive;
import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CancelJob;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.ClaimJob;
import dev.pawl.core.job.CommitJob;
import dev.pawl.core.job.ExpireHold;
import dev.pawl.core.job.JobDecision;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobRequest;
import dev.pawl.core.job.JobSituation;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.OperateJob;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.PassDeadline;
import dev.pawl.core.job.ReceiveCallback;
import dev.pawl.core.job.RenewLease;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.RevokeLease;
import dev.pawl.core.job.SubmitJob;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.store.JobStore;
import dev.pawl.engine.store.Store;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is stored is what was decided: random walks on a database, beside the same walks in memory. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobWalkTest extends EngineFixture {
  private static final Actor ACTOR = new Actor(Actor.Kind.DISPATCHER, "walk");
  private static final SessionId[] SESSIONS = {new SessionId(new java.util.UUID(1, 1)), new SessionId(new java.util.UUID(2, 2))};

  private final Random random = new Random(20270101);
  private final Map<JobId, JobState> model = new HashMap<>();

  JobWalkTest(DatabaseServer server) {
    super(server);
  }

  @Test
  @DisplayName("D3: every state that a walk reaches is read as it was decided, and a group's neighbours do not matter")
  void whatIsStoredIsWhatWasDecided() {
    int changes = 0;
    int born = 0;
    Set<JobPhase> seen = EnumSet.noneOf(JobPhase.class);
    for (int step = 0; step < 250; step++) {
      clock.pass(Duration.ofMillis(random.nextInt(20_000)));
      model.values().removeIf(job -> job.phase() == JobPhase.SUCCEEDED || job.phase() == JobPhase.CANCELLED);
      while (model.size() < 12) born(born++);
      Map<JobId, JobDecision.Change<?>> group = new HashMap<>();
      for (JobState job : List.copyOf(model.values())) {
        for (int trial = 0; trial < 4 && !group.containsKey(job.id()); trial++) {
          if (any(job).decide(JobSituation.of(job, clock.instant())) instanceof JobDecision.Change<?> change) {
            group.put(job.id(), change);
          }
        }
      }
      List<JobStore.Write> writes = group.values().stream().map(change -> new JobStore.Write(List.of(change))).toList();
      assertThat(pawl.store().jobs().commit(writes)).allMatch(o -> o instanceof Store.Outcome.Landed);
      changes += writes.size();
      group.values().forEach(change -> model.put(change.after().id(), change.after()));
      // Decided on what was: falls out, and changes nothing.
      assertThat(pawl.store().jobs().commit(writes)).allMatch(o -> o instanceof Store.Outcome.Conflict);
      Map<JobId, JobState> stored = pawl.store().jobs().load(model.keySet());
      model.forEach((id, job) -> assertThat(plain(stored.get(id))).isEqualTo(plain(job)));
      model.values().forEach(job -> seen.add(job.phase()));
    }
    assertThat(changes).isGreaterThan(1_000);
    assertThat(seen).containsExactlyInAnyOrder(JobPhase.values());
  }

  @Test
  void aClaimIsWhatTheRulesSay() {
    int born = 0;
    int claims = 0;
    for (int step = 0; step < 40; step++) {
      clock.pass(Duration.ofSeconds(random.nextInt(30)));
      model.values().removeIf(job -> job.phase() == JobPhase.SUCCEEDED || job.phase() == JobPhase.CANCELLED);
      while (model.size() < 30) born(born++);
      SessionId session = SESSIONS[step % 2];
      Map<JobId, JobState> expected = new HashMap<>();
      for (JobState job : model.values()) {
        boolean passed = job.deadlineAt() != null && !clock.instant().isBefore(job.deadlineAt());
        if (job.leased() || passed) continue;
        ClaimJob claim = new ClaimJob(job.id(), session, session.toString(), true, null, ACTOR);
        if (claim.decide(JobSituation.of(job, clock.instant())) instanceof JobDecision.Change<ClaimJob.Claim> change
            && change.answer() instanceof ClaimJob.Claim.Work work) {
          expected.put(job.id(), work.job());
        }
      }
      List<JobState> granted = pawl.store().jobs().claim(new JobStore.Claim(
          "default", List.of("walk.job"), session, 1_000));
      assertThat(granted).extracting(JobState::id).containsExactlyInAnyOrderElementsOf(expected.keySet());
      Map<JobId, JobState> stored = pawl.store().jobs().load(model.keySet());
      for (JobState job : granted) {
        assertThat(plain(job)).isEqualTo(plain(expected.get(job.id())));
        assertThat(plain(stored.get(job.id()))).isEqualTo(plain(job));
      }
      model.putAll(expected);
      claims += granted.size();
      disturb();
    }
    assertThat(claims).isGreaterThan(100);
  }

  /** Changes some of the jobs in some way. */
  private void disturb() {
    List<JobStore.Write> writes = new ArrayList<>();
    for (JobState job : List.copyOf(model.values())) {
      if (any(job).decide(JobSituation.of(job, clock.instant())) instanceof JobDecision.Change<?> change) {
        writes.add(new JobStore.Write(List.of(change)));
        model.put(job.id(), change.after());
      }
    }
    assertThat(pawl.store().jobs().commit(writes)).allMatch(o -> o instanceof Store.Outcome.Landed);
  }

  private void born(int i) {
    Instant now = clock.instant();
    boolean odd = i % 2 == 1;
    JobSpec spec = new JobSpec("default", "walk.job", "walk-" + i, JobHand.digest("walk" + i),
        odd ? "corr-" + i : null, i % 10, now.minusSeconds(i), i % 3 == 0 ? now.plusSeconds(40L * i) : null,
        i % 5 == 1 ? now.plusSeconds(60L * (i + 1)) : null,
        odd ? LeaseTerms.STANDARD : new LeaseTerms(Duration.ofSeconds(30), Duration.ofMinutes(1), Duration.ofMinutes(2)),
        odd ? RetryTerms.of(BackoffProfile.FAST) : new RetryTerms(BackoffProfile.SLOW, 3),
        odd ? CheckTerms.STANDARD : new CheckTerms(Duration.ofSeconds(7), 3),
        i % 4 == 0 ? Payload.of("avro", new byte[] {0, 1, (byte) 200}) : Payload.json("{\"i\":" + i + "}"),
        odd ? "urn:walk" : null);
    SubmitJob submit = new SubmitJob(JobId.next(now, random), spec, odd ? Payload.of("xml", new byte[] {60}) : null,
        odd ? new Actor(Actor.Kind.CALLER, "walk") : new Actor(Actor.Kind.INGRESS, "engine"));
    if (!(submit.decide(JobSituation.of(null, now)) instanceof JobDecision.Change<SubmitJob.Submitted> change)) {
      throw new AssertionError("expected a birth");
    }
    assertThat(pawl.store().jobs().commit(List.of(new JobStore.Write(List.of(change)))))
        .containsExactly(new Store.Outcome.Landed());
    model.put(submit.job(), change.after());
  }

  private JobRequest<?> any(JobState job) {
    JobId id = job.id();
    SessionId holder = job.lease() == null ? SESSIONS[random.nextInt(2)] : job.lease().session();
    Payload result = random.nextBoolean() ? null : Payload.json("[" + random.nextInt() + "]");
    return switch (random.nextInt(14)) {
      case 0, 1 -> new ClaimJob(id, SESSIONS[random.nextInt(2)], "x", true, JobEvent.NODE_LOST, ACTOR);
      case 2 -> commit(job, holder, new JobOutcome.Ok(result));
      case 3 -> commit(job, holder, new JobOutcome.OkExternal("ref-" + random.nextInt(9)));
      case 4 -> commit(job, holder, new JobOutcome.CheckPending(Duration.ofSeconds(random.nextInt(20))));
      case 5 -> commit(job, holder, new JobOutcome.ErrRetry(JobHand.FAULT, null));
      case 6 -> commit(job, holder, new JobOutcome.CheckRejected(JobHand.FAULT, null));
      case 7 -> new RenewLease(id, job.epoch(), holder, (long) random.nextInt(50));
      case 8 -> new RevokeLease(id, job.epoch(), JobEvent.LEASE_UNLISTED, ACTOR);
      case 9 -> random.nextInt(4) == 0 ? new CancelJob(id, ACTOR) : new PassDeadline(id, ACTOR);
      case 10 -> new ReceiveCallback(id, job.externalEpoch(), JobHand.digest("cb"), result,
          random.nextBoolean() ? JobHand.FAULT : null, ACTOR);
      case 11 -> operate(job, random.nextBoolean()
          ? new OperatorAct.Hold(Duration.ofSeconds(1 + random.nextInt(60)))
          : new OperatorAct.Release());
      case 12 -> job.phase() == JobPhase.HELD ? new ExpireHold(id, ACTOR) : new AutoRedrive(id, ACTOR);
      default -> operate(job, switch (random.nextInt(5)) {
        case 0 -> new OperatorAct.ForceFail();
        case 1 -> new OperatorAct.ForceDeadLetter();
        case 2 -> new OperatorAct.ForceSucceed("seen", result);
        default -> new OperatorAct.Redrive();
      });
    };
  }

  private static CommitJob commit(JobState job, SessionId by, JobOutcome outcome) {
    return new CommitJob(job.id(), job.epoch(), by, outcome, JobHand.digest(outcome.toString()), List.of());
  }

  private static OperateJob operate(JobState job, OperatorAct act) {
    return new OperateJob(job.id(), act, JobHand.papers(), job.epoch(), false);
  }

  /** The node's name is for people and is not stored with the lease. */
  private static String plain(JobState job) {
    return String.valueOf(job).replaceAll("node=[^,]*,", "");
  }
}
