package dev.pawl.engine;

import static dev.pawl.engine.JobHand.refused;
import static dev.pawl.engine.JobHand.retrying;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.CheckTerms;
import dev.pawl.core.job.DeadLetterCause;
import dev.pawl.core.job.JobError;
import dev.pawl.core.job.JobEvent;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobOutcome;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobSpec;
import dev.pawl.core.job.JobState;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.protocol.uwer.TraceContext;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs from their submission to their end, told by a hand-written worker. Ids in the names are the contract's. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobLifeTest extends JobFixture {

  JobLifeTest(DatabaseServer server) {
    super(server);
  }

  @Test
  void runsAJobFromSubmissionToResult() {
    JobId id = submit(pawl, spec("test.job", "order-12345", "{\"sku\":991,\"name\":\"böx \\\"1\\\"\"}", 5, null, null));
    JobState waiting = state(pawl, id);
    assertThat(waiting.phase()).isEqualTo(JobPhase.READY);
    assertThat(waiting.spec().payload()).isEqualTo(Payload.json("{\"sku\":991,\"name\":\"böx \\\"1\\\"\"}"));

    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    assertThat(grant.job().id()).isEqualTo(id);
    assertThat(grant.job().epoch()).isEqualTo(1);
    assertThat(state(pawl, id)).isEqualTo(grant.job());
    assertThat(hand.take(10, "test.job")).isEmpty();

    assertThat(hand.ok(grant).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
    JobState done = state(pawl, id);
    assertThat(done.phase()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(done.ending().result()).isEqualTo(Payload.json("\"done\""));
    assertThat(events(id)).containsExactly("SUBMIT", "OK");
    assertThat(pawl.jobs().find("default", "test.job", "order-12345")).contains(done);
    assertThat(pawl.jobs().get("elsewhere", id)).isEmpty();
  }

  @Test
  void handsOutByPriorityAndThenByAge() {
    submit(pawl, spec("test.job", "usual-one", "{}", 5, null, null));
    clock.pass(Duration.ofMillis(1));
    submit(pawl, spec("test.job", "usual-two", "{}", 5, null, null));
    submit(pawl, spec("test.job", "last-of-all", "{}", 9, null, null));
    submit(pawl, spec("test.job", "first-of-all", "{}", 0, null, null));
    submit(pawl, spec("test.other", "another-type", "{}", 0, null, null));
    JobHand hand = new JobHand(pawl);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 4; i++) order.add(hand.take(1, "test.job").getFirst().job().spec().key());
    assertThat(order).containsExactly("first-of-all", "usual-one", "usual-two", "last-of-all");
    assertThat(hand.take(10, "test.job", "test.other")).extracting(g -> g.job().spec().type())
        .containsExactly("test.other");
  }

  @Test
  void aDelayedJobIsHandedOutWhenItIsDue() {
    Instant start = clock.instant().plus(Duration.ofHours(30));
    JobId id = submit(pawl, spec("test.job", "later-12345", "{}", 5, start, null));
    assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.SCHEDULED);
    JobHand hand = new JobHand(pawl);
    clock.pass(Duration.ofHours(30).minusMillis(1));
    JobHand other = new JobHand(pawl);
    assertThat(other.take(10, "test.job")).isEmpty();
    clock.pass(Duration.ofMillis(1));
    assertThat(other.take().job().id()).isEqualTo(id);
    assertThat(hand.take(1, "test.job")).isEmpty();
    assertThat(events(id)).containsExactly("SUBMIT", "DUE");
  }

  @Test
  @DisplayName("D1, D2: waits as the table says, to the millisecond, then the dead letter keeps everything")
  void backsOffToTheMillisecondAndEndsAsADeadLetter() {
    JobId id = submit(pawl, retrying("order-12345", RetryTerms.of(BackoffProfile.FAST)));
    JobHand hand = new JobHand(pawl);
    for (int attempt = 1; attempt < 5; attempt++) {
      JobGrant grant = hand.take();
      assertThat(grant.job().attempt()).isEqualTo(attempt);
      assertThat(hand.fail(grant).get().phase()).isEqualTo(JobPhase.SCHEDULED);
      Duration wait = BackoffProfile.FAST.delay(id, attempt, null);
      assertThat(state(pawl, id).visibleAt()).isEqualTo(clock.instant().plus(wait));
      clock.pass(wait.minusMillis(1));
      assertThat(hand.take(1, "test.job")).isEmpty();
      clock.pass(Duration.ofMillis(1));
    }
    assertThat(hand.fail(hand.take()).get().phase()).isEqualTo(JobPhase.DEAD_LETTERED);
    JobState dead = state(pawl, id);
    assertThat(dead.ending().cause()).isEqualTo(DeadLetterCause.ATTEMPTS_EXHAUSTED);
    assertThat(dead.lastError()).isEqualTo(JobHand.FAULT);
    assertThat(dead.attempt()).isEqualTo(5);
    JobApi.DeadLetter letter = letters().getFirst();
    assertThat(letter).isEqualTo(new JobApi.DeadLetter(id, "test.job", DeadLetterCause.ATTEMPTS_EXHAUSTED,
        clock.instant(), JobHand.FAULT, null));
    assertThat(events(id)).containsExactly("SUBMIT", "ERR_RETRY", "DUE", "ERR_RETRY", "DUE", "ERR_RETRY", "DUE",
        "ERR_RETRY", "DUE", "ERR_RETRY");
  }

  @Test
  void aDeadlineEndsWhatWaitsAndSparesWhatSucceeds() {
    Instant soon = clock.instant().plus(Duration.ofMinutes(1));
    JobId waiting = submit(pawl, spec("test.other", "order-12345", "{}", 5, null, soon));
    JobId worked = submit(pawl, spec("test.job", "order-12345", "{}", 5, null, soon));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    clock.pass(Duration.ofMinutes(1));
    hand.beat(grant);
    assertThat(hand.take(10, "test.other")).isEmpty();
    tickUntilQuiet();
    assertThat(state(pawl, waiting).ending().cause()).isEqualTo(DeadLetterCause.DEADLINE);
    assertThat(state(pawl, worked).deadlinePassed()).isTrue();
    assertThat(hand.ok(grant).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
  }

  @Test
  @DisplayName("V1, V2: an external effect is checked, or called back about, or given up")
  void anExternalEffectIsLookedAfter() {
    CheckTerms often = new CheckTerms(Duration.ofSeconds(10), 2);
    JobHand hand = new JobHand(pawl);
    List<JobId> ids = new ArrayList<>();
    for (String key : List.of("checked-1", "called-back", "refused-1", "forgotten")) {
      ids.add(submit(pawl, spec("test.job", key, "{}", 5, null, null, LeaseTerms.STANDARD, RetryTerms.STANDARD, often)));
      assertThat(hand.report(hand.take(), new JobOutcome.OkExternal("psp/" + key)).get().phase())
          .isEqualTo(JobPhase.AWAITING);
    }
    JobApi.CallbackToken token = new JobApi.CallbackToken(ids.get(1), 1);
    assertThat(JobApi.CallbackToken.parse(token.toString())).isEqualTo(token);
    String digest = JobHand.digest("paid");
    JobApi.Callback paid = new JobApi.Callback(token, digest, Payload.json("\"paid\""), null, CALLER);
    assertThat(pawl.jobs().callback(paid).get()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(pawl.jobs().callback(paid).get()).isEqualTo(JobPhase.SUCCEEDED);
    assertThat(state(pawl, ids.get(1)).ending().result()).isEqualTo(Payload.json("\"paid\""));

    clock.pass(Duration.ofSeconds(10));
    List<JobGrant> checks = hand.take(10, "test.job");
    assertThat(checks).hasSize(3).allMatch(g -> g.stage() == dev.pawl.core.job.Stage.CHECK);
    for (JobGrant check : checks) {
      assertThat(check.job().externalRef()).isEqualTo("psp/" + check.job().spec().key());
      switch (check.job().spec().key()) {
        case "checked-1" -> assertThat(hand.report(check, new JobOutcome.CheckOk(null)).get().phase())
            .isEqualTo(JobPhase.SUCCEEDED);
        case "refused-1" -> assertThat(hand.report(check, new JobOutcome.CheckRejected(JobHand.FAULT, null)).get()
            .phase()).isEqualTo(JobPhase.SCHEDULED);
        default -> assertThat(hand.report(check, new JobOutcome.CheckPending(null)).get().phase())
            .isEqualTo(JobPhase.AWAITING);
      }
    }
    clock.pass(Duration.ofSeconds(10));
    hand = new JobHand(pawl);
    for (JobGrant grant : hand.take(10, "test.job")) {
      if (grant.stage() == dev.pawl.core.job.Stage.CHECK) hand.report(grant, new JobOutcome.CheckPending(null));
    }
    assertThat(state(pawl, ids.get(3)).ending().cause()).isEqualTo(DeadLetterCause.VERIFY_TIMEOUT);
    assertThat(state(pawl, ids.get(2)).externalRef()).isNull();
  }

  @Test
  void aCancelReachesWhoeverWorks() {
    JobId waiting = submit(pawl, spec("test.other", "order-12345", "{}", 5, null, null));
    assertThat(pawl.jobs().cancel("default", waiting, CALLER).get()).isEqualTo(JobPhase.CANCELLED);
    JobId worked = submit(pawl, spec("order-12345"));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    assertThat(pawl.jobs().cancel("default", worked, CALLER).get()).isEqualTo(JobPhase.READY);
    assertThat(hand.beat(grant).cancel()).containsExactly(grant.token());
    for (int i = 0; i < 6; i++) { // 30 s
      clock.pass(Duration.ofSeconds(5));
      hand.beat(grant);
    }
    tickUntilQuiet();
    assertThat(state(pawl, worked).phase()).isEqualTo(JobPhase.CANCELLED);
    refused(UwerCode.ILLEGAL_TRANSITION, hand.ok(grant));
  }

  @Test
  void aJobInTheCallersTransactionLivesIfThatCommits() throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      try (Statement own = connection.createStatement()) {
        own.execute("create table orders (id integer)");
      }
      connection.setAutoCommit(false);
      try (Statement own = connection.createStatement()) {
        own.execute("insert into orders values (1)"); // from here on SQLite's writer is this transaction
      }
      pawl.jobs().inTransaction(connection).orElseThrow().submit(JobApi.Submission.of(spec("rolled-back")));
      connection.rollback();
      pawl.jobs().inTransaction(connection).orElseThrow().submit(JobApi.Submission.of(spec("committed-1")));
      if (!server.name().equals("sqlite")) assertThat(new JobHand(pawl).take(10, "test.job")).isEmpty();
      connection.commit();
      assertThat(pawl.jobs().inTransaction(connection).orElseThrow().submit(JobApi.Submission.of(spec("committed-1"))).replayed()).isTrue();
      connection.commit();
    }
    assertThat(new JobHand(pawl).take().job().spec().key()).isEqualTo("committed-1");
  }

  @Test
  @DisplayName("A1: what a report brings about is there with it, or not at all")
  void spawnedJobsComeWithTheReport() {
    JobId id = submit(pawl, spec("order-12345"));
    submit(pawl, spec("test.child", "taken-key", "{\"other\":1}", 5, null, null));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    JobOutcome ok = new JobOutcome.Ok(null);
    List<JobSpec> bad = List.of(spec("test.child", "child-one", "{}", 5, null, null),
        spec("test.child", "taken-key", "{}", 5, null, null));
    refused(UwerCode.KEY_CONFLICT,
        pawl.jobWork().report(List.of(JobWorkApi.Report.of(grant, hand.session, ok, bad))).getFirst());
    assertThat(state(pawl, id).leased()).isTrue();
    assertThat(pawl.jobs().find("default", "test.child", "child-one")).isEmpty();
    pawl.jobWork().report(List.of(JobWorkApi.Report.of(grant, hand.session, ok, bad.subList(0, 1)))).getFirst().get();
    assertThat(pawl.jobs().find("default", "test.child", "child-one")).isPresent();
    assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.SUCCEEDED);
  }

  /** The trace goes on in what a job brings about, unless that has its own, and is no part of what is asked for. */
  @Test
  void whatAJobBringsAboutBelongsToItsTrace() {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    String own = "00-11111111111111111111111111111111-b7ad6b7169203331-00";
    JobHand hand = new JobHand(pawl);
    pawl.jobWork().followDead("default", List.of("test.child"));
    JobSpec parent = retrying("order-12345", RetryTerms.of(BackoffProfile.NONE));
    submit(pawl, parent.extended("{\"com.shop.till\":7,\"org.w3c.traceparent\":\"" + trace + "\"}"));
    JobSpec child = new JobSpec("default", "test.child", "child-one", JobHand.digest("child"), null, 5,
        clock.instant(), null, null, LeaseTerms.STANDARD, RetryTerms.of(BackoffProfile.NONE), CheckTerms.STANDARD,
        Payload.json("{}"), null);
    JobSpec stranger = spec("test.stranger", "child-two", "{}", 5, null, null);
    List<JobSpec> spawn = List.of(child, stranger.extended(TraceContext.with("{\"a.b\":1}", own)));
    JobGrant grant = hand.take();
    pawl.jobWork().report(List.of(JobWorkApi.Report.of(grant, hand.session, new JobOutcome.Ok(null), spawn)))
        .getFirst().get();
    JobGrant born = hand.take(1, "test.child").getFirst();
    assertThat(born.job().spec().extensions()).isEqualTo("{\"org.w3c.traceparent\":\"" + trace + "\"}");
    assertThat(born.job().spec().digest()).isEqualTo(child.digest());
    JobSpec other = pawl.jobs().find("default", "test.stranger", "child-two").orElseThrow().spec();
    assertThat(TraceContext.of(other)).isEqualTo(own);
    assertThat(other.extensions()).contains("\"a.b\":1");
    hand.fail(born);
    assertThat(TraceContext.of(hand.take(1, "test.child.dead").getFirst().job().spec())).isEqualTo(trace);
  }

  @Test
  void aDeathIsFollowedByAJobIfSomebodyWantsToKnow() {
    JobHand hand = new JobHand(pawl);
    pawl.jobWork().followDead("default", List.of("test.job"));
    assertThat(hand.take(1, "test.job", "test.job.dead")).isEmpty();
    JobId id = submit(pawl, retrying("order-12345", RetryTerms.of(BackoffProfile.NONE)));
    hand.fail(hand.take());
    JobGrant after = hand.take(1, "test.job.dead").getFirst();
    assertThat(after.job().spec().payload().text()).contains(id.toString(), "ATTEMPTS_EXHAUSTED", "the shelf fell down");
  }

  @Test
  void aPausedTypeRests() {
    submit(pawl, spec("order-12345"));
    pawl.jobs().pause("default", "test.job", "ada", "the shelf is being repaired");
    JobHand hand = new JobHand(pawl);
    assertThat(hand.take(1, "test.job")).isEmpty();
    assertThat(pawl.jobs().pauses("default")).extracting(JobApi.Pause::type).containsExactly("test.job");
    assertThat(pawl.jobs().counts("default")).containsExactly(new JobApi.Count("test.job", JobPhase.READY, false, 1));
    assertThat(pawl.jobs().resume("default", "test.job")).isTrue();
    assertThat(pawl.jobs().resume("default", "test.job")).isFalse();
    assertThat(hand.take(1, "test.job")).hasSize(1);
  }

  @Test
  void aNamespaceRests() {
    submit(pawl, spec("order-12345"));
    submit(pawl, spec("test.other", "order-12345", "{}", 5, null, null));
    pawl.jobs().pause("default", "test.other", "ada", "the shelf is being repaired");
    pawl.jobs().pause("default", JobApi.ALL_TYPES, "ada", "the shop moves");
    JobHand hand = new JobHand(pawl);
    assertThat(hand.take(9, "test.job", "test.other", "test.new")).isEmpty();
    submit(pawl, spec("test.new", "order-12345", "{}", 5, null, null));
    assertThat(hand.take(9, "test.job", "test.other", "test.new")).isEmpty();
    assertThat(pawl.jobs().pauses("default")).extracting(JobApi.Pause::type).containsExactlyInAnyOrder("*", "test.other");
    for (int minute = 1; minute <= 31; minute++) {
      clock.pass(Duration.ofMinutes(1));
      pawl.tick(clock.instant());
    }
    assertThat(pawl.jobs().deadLetters(new JobApi.DeadLetters("default", null, null, 9, null)).items())
        .as("nobody could serve them").isEmpty();
    assertThat(pawl.jobs().resume("default", JobApi.ALL_TYPES)).isTrue();
    assertThat(pawl.jobs().resume("default", JobApi.ALL_TYPES)).isFalse();
    assertThat(new JobHand(pawl).take(9, "test.job", "test.other", "test.new"))
        .extracting(grant -> grant.job().spec().type()).containsExactlyInAnyOrder("test.job", "test.new");
  }

  @Test
  void aTypeThatNobodyServesIsGivenUpAfterHalfAnHour() {
    JobId id = submit(pawl, spec("test.unknown", "order-12345", "{}", 5, null, null));
    JobId served = submit(pawl, spec("order-12345"));
    JobHand hand = new JobHand(pawl);
    hand.take();
    for (int minute = 1; minute <= 31; minute++) {
      assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.READY);
      clock.pass(Duration.ofMinutes(1));
      pawl.tick(clock.instant());
      // This node has looked since the first minute, so in the sixth it has seen five without anybody asking.
      if (minute <= 30) {
        assertThat(pawl.unservedJobTypes().contains("default/test.unknown")).as("minute " + minute).isEqualTo(minute >= 6);
      }
    }
    assertThat(state(pawl, id).ending().cause()).isEqualTo(DeadLetterCause.UNREGISTERED_TYPE);
    assertThat(state(pawl, served).phase()).isEqualTo(JobPhase.READY);
  }

  @Test
  void aPoisonedPayloadIsNotTriedAgain() {
    JobId id = submit(pawl, spec("order-12345"));
    JobHand hand = new JobHand(pawl);
    hand.report(hand.take(), new JobOutcome.ErrFatal(JobError.of(UwerCode.SCHEMA_VIOLATION, "no sku")));
    assertThat(state(pawl, id).ending().cause()).isEqualTo(DeadLetterCause.POISON_PAYLOAD);
    JobId other = submit(pawl, spec("order-67890"));
    hand.report(hand.take(), new JobOutcome.ErrFatal(JobError.of(UwerCode.INTERNAL, "closed account")));
    assertThat(state(pawl, other).phase()).isEqualTo(JobPhase.FAILED);
    assertThat(events(other)).containsExactly("SUBMIT", JobEvent.ERR_FATAL.name());
  }

  private List<JobApi.DeadLetter> letters() {
    return pawl.jobs().deadLetters(query(100, null)).items();
  }

  private static JobApi.DeadLetters query(int limit, String after) {
    return new JobApi.DeadLetters("default", null, null, limit, after);
  }
}
