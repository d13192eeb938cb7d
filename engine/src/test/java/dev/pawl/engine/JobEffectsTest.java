package dev.pawl.engine;

import static dev.pawl.engine.JobHand.refused;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.UwerCode;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.job.JobGrant;
import dev.pawl.protocol.job.JobWorkApi;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The ledger of effects: each step is recorded at most once, by whoever holds the lease. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class JobEffectsTest extends EngineFixture {
  JobEffectsTest(DatabaseServer server) {
    super(server);
  }

  private static JobWorkApi.Step step(JobHand hand, JobGrant grant, String step, @Nullable String request, String said) {
    return new JobWorkApi.Step(grant.job().id(), step, grant.job().epoch(), hand.session, request, Payload.json(said));
  }

  private Payload recorded(JobId job, String step) {
    return pawl.jobWork().effect(job, step).orElseThrow().response();
  }

  @Test
  void whatIsRecordedStays() {
    JobId id = submit(pawl, spec("charged-once"));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    assertThat(pawl.jobWork().effect(id, "charge")).isEmpty();
    String first = JobHand.digest("9 euros");
    assertThat(pawl.jobWork().record(step(hand, grant, "charge", first, "1.10")).get())
        .isEqualTo(new JobWorkApi.Effect(1, first, Payload.json("1.10")));
    assertThat(pawl.jobWork().record(step(hand, grant, "charge", first, "2")).get().response()).isEqualTo(Payload.json("1.10"));
    assertThat(pawl.jobWork().record(step(hand, grant, "charge", null, "3")).get().response()).isEqualTo(Payload.json("1.10"));
    refused(UwerCode.COMMIT_CONFLICT, pawl.jobWork().record(step(hand, grant, "charge", JobHand.digest("8 euros"), "4")));
    refused(UwerCode.SCHEMA_VIOLATION, pawl.jobWork().record(step(hand, grant, " ", null, "5")));
    refused(UwerCode.SCHEMA_VIOLATION, pawl.jobWork().record(step(hand, grant, "note", "9 euros", "6")));
    assertThat(pawl.jobWork().record(step(hand, grant, "mail", null, "\"sent\"")).get().epoch()).isEqualTo(1);
    assertThat(recorded(id, "charge")).isEqualTo(Payload.json("1.10"));
    assertThat(recorded(id, "mail")).isEqualTo(Payload.json("\"sent\""));
    assertThat(pawl.jobWork().effects(id)).containsOnlyKeys("charge", "mail")
        .containsEntry("charge", new JobWorkApi.Effect(1, first, Payload.json("1.10")));
  }

  @Test
  @DisplayName("F3: who has lost the lease records nothing, and its heir finds what was recorded before")
  void aZombieRecordsNothing() throws Exception {
    JobId id = submit(pawl, spec("wanted-by-two"));
    JobHand zombie = new JobHand(pawl);
    JobGrant old = zombie.take();
    pawl.jobWork().record(step(zombie, old, "charge", null, "1")).get();
    clock.pass(Duration.ofSeconds(20));
    tickUntilQuiet();
    refused(UwerCode.STALE_EPOCH, pawl.jobWork().record(step(zombie, old, "mail", null, "2")));
    JobHand heir = new JobHand(pawl);
    JobGrant grant = heir.take();
    assertThat(grant.job().epoch()).isEqualTo(2);
    refused(UwerCode.STALE_EPOCH, pawl.jobWork().record(step(zombie, old, "mail", null, "3")));
    try (Connection users = database.dataSource().getConnection()) {
      refused(UwerCode.STALE_EPOCH, pawl.jobWork().record(users, step(zombie, old, "mail", null, "4")));
    }
    assertThat(pawl.jobWork().effect(id, "mail")).isEmpty();
    assertThat(pawl.jobWork().effect(id, "charge").orElseThrow().epoch()).isEqualTo(1);
    assertThat(pawl.jobWork().record(step(heir, grant, "mail", null, "5")).get().epoch()).isEqualTo(2);
  }

  @Test
  void aRecordIsPartOfTheCallersTransaction() throws Exception {
    JobId id = submit(pawl, spec("in-my-transaction"));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    try (Connection users = database.dataSource().getConnection()) {
      users.setAutoCommit(false);
      assertThat(pawl.jobWork().record(users, step(hand, grant, "book", null, "1")).ok()).isTrue();
      users.rollback();
      assertThat(pawl.jobWork().effect(id, "book")).isEmpty();
      assertThat(pawl.jobWork().record(users, step(hand, grant, "book", null, "2")).ok()).isTrue();
      users.commit();
      assertThat(pawl.jobWork().record(users, step(hand, grant, "book", null, "3")).get().response())
          .isEqualTo(Payload.json("2"));
      users.rollback();
    }
    assertThat(recorded(id, "book")).isEqualTo(Payload.json("2"));
  }

  @Test
  void itGoesWithItsJob() {
    JobId id = submit(pawl, spec("kept-for-a-while"));
    JobHand hand = new JobHand(pawl);
    JobGrant grant = hand.take();
    pawl.jobWork().record(step(hand, grant, "charge", null, "1")).get();
    hand.ok(grant).get();
    assertThat(recorded(id, "charge")).isEqualTo(Payload.json("1"));
    clock.pass(Duration.ofDays(30));
    assertThat(pawl.store().jobs().prune("default", clock.instant(), 100)).isEqualTo(1);
    assertThat(pawl.jobWork().effect(id, "charge")).isEmpty();
  }
}
