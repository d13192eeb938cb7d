package dev.pawl.engine;

import static dev.pawl.engine.JobHand.refused;
import static dev.pawl.engine.JobHand.retrying;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.core.job.OperatorPapers;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.core.job.Transition;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobRefusedException;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Dead letters, and what operators do about them. Ids in the names are the contract's. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobLettersTest extends JobFixture {

  JobLettersTest(DatabaseServer server) {
    super(server);
  }

  @Test
  @DisplayName("U1-U3: nobody acts without papers, and every attempt is in the audit")
  void nobodyActsWithoutPapers() {
    JobId id = submit(pawl, spec("order-12345"));
    OperatorAct hold = new OperatorAct.Hold(Duration.ofHours(1));
    OperatorPapers none = new OperatorPapers(
        "ada", "admin", "cli", null, OperatorPapers.Standing.NOT_ASKED, "the provider is down", "req", null);
    refused(UwerCode.TICKET_MISSING, pawl.jobs().operate("default", id, hold, none, 0, false));
    refused(UwerCode.STALE_EPOCH, pawl.jobs().operate("default", id, hold, papers(), 7, false));
    refused(UwerCode.NOT_FOUND, pawl.jobs().operate("elsewhere", id, hold, papers(), 0, false));
    assertThat(pawl.jobs().operate("default", id, hold, papers(), 0, true).get().dryRun()).isTrue();
    assertThat(state(pawl, id).phase()).isEqualTo(JobPhase.READY);

    assertThat(pawl.jobs().operate("default", id, hold, papers(), 0, false).get().to()).isEqualTo(JobPhase.HELD);
    JobHand hand = new JobHand(pawl);
    assertThat(hand.take(1, "test.job")).isEmpty();
    clock.pass(Duration.ofHours(1));
    tickUntilQuiet();
    hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    refused(UwerCode.LEASED, pawl.jobs().operate("default", id, new OperatorAct.ForceFail(), papers(), 1, false));
    pawl.jobs().operate("default", id, new OperatorAct.ForceRevoke(), papers(), 1, false).get();
    refused(UwerCode.ILLEGAL_TRANSITION, hand.ok(grant));
    pawl.jobs().operate("default", id, new OperatorAct.ForceSucceed("receipt 4711", Payload.json("1")), papers(), 1,
        false).get();
    assertThat(state(pawl, id).ending().result()).isEqualTo(Payload.json("1"));
    List<Transition> ledger = pawl.jobs().ledger("default", id, 100);
    assertThat(ledger).filteredOn(line -> line.refused() != null).extracting(line -> line.refused().wire())
        .contains("UWER-4031", "UWER-4094", "UWER-4099");
    assertThat(ledger).filteredOn(line -> line.event().manual() && line.refused() == null)
        .extracting(line -> line.event() + " " + line.papers().ticket())
        .containsExactly("HOLD OPS-123", "FORCE_REVOKE OPS-123", "FORCE_SUCCEED OPS-123");
  }

  @Test
  void deadLettersAreListedDrivenAgainAndDiscarded() {
    JobHand hand = new JobHand(pawl);
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clock.pass(Duration.ofMillis(1));
      ids.add(submit(pawl, retrying("order-" + i, RetryTerms.of(BackoffProfile.NONE))));
      hand.fail(hand.take());
    }
    JobApi.Page<JobApi.DeadLetter> page = pawl.jobs().deadLetters(query(2, null));
    assertThat(page.items()).extracting(JobApi.DeadLetter::job).containsExactly(ids.get(4), ids.get(3));
    page = pawl.jobs().deadLetters(query(2, page.next()));
    assertThat(page.items()).extracting(JobApi.DeadLetter::job).containsExactly(ids.get(2), ids.get(1));

    assertThat(pawl.jobs().discard("default", ids.get(0), papers()).get()).isTrue();
    assertThat(pawl.jobs().get("default", ids.get(0))).isEmpty();

    assertThatThrownBy(() -> pawl.jobs().redrive(order(false, false))).isInstanceOf(JobRefusedException.class)
        .hasMessageContaining("dry run");
    assertThat(pawl.jobs().redrive(order(true, false)))
        .isEqualTo(new JobApi.RedriveReport(4, 4, 0, null, null));
    assertThat(letters()).hasSize(4);
    assertThat(pawl.jobs().redrive(order(false, true)).redriven()).isEqualTo(4);
    assertThat(letters()).isEmpty();
    assertThat(hand.take(10, "test.job")).hasSize(4);
  }

  @Test
  void aBadCanaryStopsTheRedrive() {
    JobHand hand = new JobHand(pawl);
    for (int i = 0; i < 4; i++) {
      submit(pawl, retrying("order-" + i, RetryTerms.of(BackoffProfile.NONE)));
      hand.fail(hand.take());
    }
    // Nobody works on the canary, so it is not over when the patience is.
    JobApi.RedriveReport report = pawl.jobs().redrive(new JobApi.RedriveOrder(
        query(100, null), null, papers(), false, true, 0.25, 0, 0, Duration.ZERO));
    assertThat(report.redriven()).isEqualTo(1);
    assertThat(report.halted()).contains("1 of the first 1");
    assertThat(letters()).hasSize(3);
  }

  @Test
  void aRedriveThatGoesBadOnTheWayStops() {
    JobHand hand = new JobHand(pawl);
    for (int i = 0; i < 150; i++) submit(pawl, retrying("order-" + i, RetryTerms.of(BackoffProfile.NONE)));
    hand.take(200, "test.job").forEach(hand::fail);
    AtomicBoolean over = new AtomicBoolean();
    Thread worker = Thread.ofPlatform().start(() -> {
      while (!over.get()) hand.take(200, "test.job").forEach(hand::fail);
    });
    try {
      JobApi.RedriveReport report = pawl.jobs().redrive(new JobApi.RedriveOrder(
          query(1_000, null), null, papers(), false, true, 0, 10, 0.5, Duration.ZERO));
      assertThat(report.halted()).contains("have died again");
      assertThat(report.redriven()).isBetween(20, 149);
    } finally {
      over.set(true);
      EngineFixture.join(worker);
    }
  }

  @Test
  @DisplayName("F6: what ran before a redrive can never commit")
  void whatRanBeforeARedriveCannotCommit() {
    JobId id = submit(pawl, retrying("order-12345", RetryTerms.of(BackoffProfile.NONE)));
    JobHand hand = new JobHand(pawl);
    JobGrant old = hand.take();
    hand.fail(old);
    assertThat(redrive(id, papers()).get().to()).isEqualTo(JobPhase.READY);
    assertThat(letters()).isEmpty();
    refused(UwerCode.COMMIT_CONFLICT, hand.ok(old));
    JobGrant again = hand.take();
    assertThat(again.job().epoch()).isEqualTo(2);
    assertThat(again.job().attempt()).isEqualTo(1);
    assertThat(hand.ok(again).get().phase()).isEqualTo(JobPhase.SUCCEEDED);
    refused(UwerCode.ILLEGAL_TRANSITION, redrive(id, papers()));
    assertThat(events(id)).containsExactly("SUBMIT", "ERR_RETRY", "REDRIVE", "OK", "REDRIVE");
  }

  private List<JobApi.DeadLetter> letters() {
    return pawl.jobs().deadLetters(query(100, null)).items();
  }

  private static JobApi.DeadLetters query(int limit, String after) {
    return new JobApi.DeadLetters("default", null, null, limit, after);
  }

  private JobApi.RedriveOrder order(boolean dryRun, boolean rehearsed) {
    return new JobApi.RedriveOrder(query(100, null), null, papers(), dryRun, rehearsed, 0, 0, 0, Duration.ZERO);
  }
}
