package dev.pawl.engine;

import static dev.pawl.engine.JobHand.papers;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that is written about a job is there whole, or not at all. Ids in the names are the contract's. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobStatementsTest extends StatementsFixture {
  private JobHand hand;
  /** Of each act, so that none has to do with the jobs of another. */
  private String type;
  private int types;

  JobStatementsTest(DatabaseServer server) {
    super(server, "pawl_jobs", "pawl_open_jobs", "pawl_job_ledger", "pawl_dead_letters", "pawl_job_singletons",
        "pawl_job_batches", "pawl_batch_jobs", "pawl_job_seals", "pawl_audit_heads");
  }

  @BeforeEach
  void begin() {
    hand = new JobHand(pawl);
  }

  @Override
  void breakOff(String what, IntFunction<Act> prepared) {
    super.breakOff(what, i -> {
      type = "test.number-" + ++types;
      return prepared.apply(i);
    });
  }

  private long lines(JobId job, JobEvent event) {
    return pawl.jobs().ledger("default", job, 100).stream().filter(line -> line.event() == event).count();
  }

  private JobSpec plain(String key) {
    return spec(type, key, "{}", 5, null, null);
  }

  private JobSpec of(LeaseTerms lease, RetryTerms retry, CheckTerms check) {
    return spec(type, "of-these-terms", "{}", 5, null, null, lease, retry, check);
  }

  private JobId ready() {
    return submit(pawl, plain("ready-to-go"));
  }

  private JobGrant taken(JobSpec spec) {
    submit(pawl, spec);
    return take();
  }

  private JobGrant take() {
    return hand.take(1, type).getFirst();
  }

  private void tick() {
    pawl.tick(clock.instant());
  }

  @Test
  @DisplayName("CP8, A1: submissions, grants and reports are there whole, or not at all")
  void whatNodesSayIsWholeOrNotThere() {
    breakOff("a submission", i -> {
      JobSpec one = plain("submitted-one");
      JobSpec two = plain("submitted-two");
      return new Act(() -> pawl.jobs().submit(List.of(JobApi.Submission.of(one), JobApi.Submission.of(two))),
          () -> List.of(one, two).stream().allMatch(s -> pawl.jobs().find("default", s.type(), s.key()).isPresent()));
    });
    breakOff("a grant", i -> {
      JobId id = submit(pawl, spec(type, "to-be-granted", "{}", 5, clock.instant().plusSeconds(1), null));
      clock.pass(Duration.ofSeconds(1));
      return new Act(() -> hand.take(1, type), () -> state(pawl, id).epoch() == 1 && lines(id, JobEvent.DUE) == 1);
    });
    breakOff("a report that spawns", i -> {
      JobGrant grant = taken(plain("spawns-others"));
      List<JobSpec> children = List.of(plain("child-one"),
          plain("child-two"));
      return new Act(
          () -> pawl.jobWork().report(List.of(
              JobWorkApi.Report.of(grant, hand.session, new JobOutcome.Ok(Payload.json("1")), children))).getFirst().get(),
          () -> over(grant, JobPhase.SUCCEEDED)
              && children.stream().allMatch(child -> pawl.jobs().find("default", child.type(), child.key()).isPresent()));
    });
    breakOff("an attempt that fails", i -> {
      JobGrant grant = taken(plain("fails-once"));
      return new Act(() -> hand.fail(grant).get(), () -> state(pawl, grant.job().id()).attempt() == 2);
    });
    breakOff("an effect outside, and its check", i -> {
      JobGrant grant = taken(of(LeaseTerms.STANDARD, RetryTerms.STANDARD, new CheckTerms(Duration.ofSeconds(1), 3)));
      hand.report(grant, new JobOutcome.OkExternal("ref"));
      clock.pass(Duration.ofSeconds(1));
      JobGrant check = take();
      return new Act(() -> hand.report(check, new JobOutcome.CheckOk(null)).get(), () -> over(check, JobPhase.SUCCEEDED));
    });
    assertThat(broken).isPositive();
  }

  /** Its lease ended once, with this. */
  private boolean over(JobGrant grant, JobPhase phase) {
    JobId id = grant.job().id();
    boolean over = state(pawl, id).phase() == phase;
    if (over) {
      assertThat(pawl.jobs().ledger("default", id, 100).stream()
          .filter(line -> line.end() != null && line.end().epoch() == grant.job().epoch()).count()).as("I7").isEqualTo(1);
    }
    return over;
  }

  @Test
  @DisplayName("CP10, CP14: a revocation, a death and a redrive are there whole and once, or not at all")
  void whatDispatchersDoIsWholeOrNotThere() {
    breakOff("a revocation", i -> {
      JobGrant grant = taken(plain("held-by-the-dead"));
      clock.pass(Duration.ofMinutes(5));
      hand = new JobHand(pawl); // what the old one held is lost
      JobId id = grant.job().id();
      return new Act(this::tick, () -> !state(pawl, id).leased() && lines(id, JobEvent.NODE_LOST) == 1);
    });
    breakOff("a death that others are told of", i -> {
      pawl.jobWork().followDead("default", List.of(type));
      JobGrant grant = taken(of(LeaseTerms.STANDARD, RetryTerms.of(BackoffProfile.NONE), CheckTerms.STANDARD));
      var after = new JobApi.Listing("default", type + ".dead", null, 100, null);
      return new Act(() -> hand.fail(grant).get(),
          () -> over(grant, JobPhase.DEAD_LETTERED) && pawl.jobs().list(after).items().size() == 1);
    });
    breakOff("a redrive by the policy", i -> {
      JobGrant grant = taken(of(new LeaseTerms(Duration.ofSeconds(15), Duration.ofMinutes(1), Duration.ofSeconds(10)),
          RetryTerms.of(BackoffProfile.NONE), CheckTerms.STANDARD));
      JobId id = grant.job().id();
      clock.pass(Duration.ofSeconds(11));
      tick();
      assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.DEAD_LETTERED);
      clock.pass(Duration.ofMinutes(15));
      hand = new JobHand(pawl);
      return new Act(this::tick, () -> lines(id, JobEvent.AUTO_REDRIVE) == 1);
    });
    assertThat(broken).isPositive();
  }

  @Test
  @DisplayName("CP15, CP16: what an operator does is there with its line in the audit, or not at all")
  void whatOperatorsDoIsWholeOrNotThere() {
    breakOff("a hold", i -> {
      JobId id = ready();
      return new Act(() -> operate(id, new OperatorAct.Hold(Duration.ofHours(1))), () -> lines(id, JobEvent.HOLD) == 1
          && state(pawl, id).phase() == JobPhase.HELD);
    });
    breakOff("a death on order, and a redrive", i -> {
      JobId id = ready();
      return new Act(() -> {
        if (state(pawl, id).phase() == JobPhase.READY) operate(id, new OperatorAct.ForceDeadLetter());
      }, () -> state(pawl, id).phase() == JobPhase.DEAD_LETTERED && lines(id, JobEvent.FORCE_DEAD_LETTER) == 1);
    });
    breakOff("a redrive on order", i -> {
      JobId id = ready();
      operate(id, new OperatorAct.ForceDeadLetter());
      return new Act(() -> operate(id, new OperatorAct.Redrive()),
          () -> state(pawl, id).phase() == JobPhase.READY && lines(id, JobEvent.REDRIVE) == 1);
    });
    assertThat(broken).isPositive();
    assertThat(pawl.jobs().verifyAudit("default").brokenAt()).isNull();
  }

  @Test
  @DisplayName("CP16: a job is forgotten with all that belongs to it, or not at all")
  void forgettingIsWholeOrNotDone() {
    breakOff("forgetting", i -> {
      JobGrant grant = taken(plain("soon-forgotten"));
      hand.ok(grant);
      clock.pass(Duration.ofDays(40));
      hand = new JobHand(pawl);
      return new Act(this::tick, () -> pawl.jobs().get("default", grant.job().id()).isEmpty());
    });
    assertThat(broken).isPositive();
  }

  private void operate(JobId id, OperatorAct act) {
    pawl.jobs().operate("default", id, act, papers(), state(pawl, id).epoch(), false).get();
  }
}
