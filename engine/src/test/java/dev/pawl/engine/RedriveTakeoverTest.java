package dev.pawl.engine;

import static dev.pawl.engine.JobHand.papers;
import static dev.pawl.engine.JobHand.retrying;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.BackoffProfile;
import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.RetryTerms;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.protocol.job.JobApi.RedriveOperation;
import dev.pawl.protocol.job.JobApi.RedriveOperation.State;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Until;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A bulk redrive whose node is gone is taken over by another one, and goes on where the letters are. */
@ParameterizedClass(name = "{0}")
@MethodSource("servers")
class RedriveTakeoverTest extends EngineFixture {
  private final List<JobId> letters = new ArrayList<>();
  private PawlEngine other;

  RedriveTakeoverTest(DatabaseServer server) {
    super(server);
  }

  @BeforeEach
  void tenDeadLetters() {
    for (int i = 0; i < 10; i++) letters.add(submit(pawl, retrying("letter-%02d".formatted(i), RetryTerms.of(BackoffProfile.NONE))));
    JobHand hand = new JobHand(pawl);
    hand.take(10, "test.job").forEach(hand::fail);
    clock.pass(Duration.ofSeconds(1));
    other = engine(config -> {});
  }

  /** The canary waits for ever: nobody works on it, and the clock stands still. */
  private String begun(PawlEngine first) {
    String id = first.jobs().startRedrive(new JobApi.RedriveOrder(new JobApi.DeadLetters("default", null, null, 100, null),
        letters, papers(), false, true, 0.3, 0, 0.5, Duration.ofHours(1))).id();
    until(id, it -> it.report().redriven() == 3 || driven() == 3);
    return id;
  }

  private long driven() {
    return letters.stream().filter(one -> state(other, one).phase() == JobPhase.READY).count();
  }

  private RedriveOperation until(String id, Predicate<RedriveOperation> wanted) {
    Until.holds(Duration.ofSeconds(60), () -> wanted.test(other.jobs().redriveOperation("default", id).orElseThrow()));
    return other.jobs().redriveOperation("default", id).orElseThrow();
  }

  /** Those of the canary end well, and the rest follows. */
  private void endsWell(String id) {
    JobHand hand = new JobHand(other);
    hand.take(10, "test.job").forEach(grant -> hand.ok(grant).get());
    RedriveOperation done = until(id, it -> it.state() != State.RUNNING);
    assertThat(done.state()).isEqualTo(State.DONE);
    assertThat(done.report()).isEqualTo(new JobApi.RedriveReport(10, 10, 0, null, null));
    assertThat(letters.stream().map(one -> state(other, one).phase()).filter(JobPhase.SUCCEEDED::equals)).hasSize(3);
    assertThat(driven()).isEqualTo(7);
    Until.holds(Duration.ofSeconds(60), () -> pawl.store().declarations().list("default", "job-redrive-order").isEmpty());
    Until.holds(Duration.ofSeconds(60), () -> pawl.store().declarations().list("default", "job-redrive-term").isEmpty());
  }

  @Test
  void whoIsClosedLeavesItToOthers() {
    PawlEngine first = engine(config -> {});
    String id = begun(first);
    first.close();
    assertThat(other.jobs().redriveOperation("default", id).orElseThrow().state()).isEqualTo(State.LOST);
    assertThat(driven()).isEqualTo(3);
    other.tick(clock.instant());
    assertThat(other.jobs().redriveOperation("default", id).orElseThrow().state()).isEqualTo(State.RUNNING);
    endsWell(id);
  }

  @Test
  void whoIsSilentIsOvertakenAndLeavesItAlone() throws Exception {
    PawlEngine first = engine(config -> {});
    String id = begun(first);
    other.tick(clock.instant());
    clock.pass(Duration.ofSeconds(11));
    // As if it had written its last word two minutes ago; it writes none while its clock stands still.
    until(id, it -> it.at().equals(clock.instant()));
    String at = "\"at\":\"" + clock.instant() + "\"";
    try (Connection connection = database.dataSource().getConnection(); Statement sql = connection.createStatement()) {
      assertThat(sql.executeUpdate("update pawl_declarations set data = replace(data, '" + at + "', '\"at\":\""
          + clock.instant().minusSeconds(120) + "\"') where kind = 'job-redrive'")).isEqualTo(1);
    }
    other.tick(clock.instant());
    assertThat(other.jobs().redriveOperation("default", id).orElseThrow().state()).isEqualTo(State.RUNNING);
    first.close(); // it has found out, and hands nothing over
    assertThat(other.jobs().redriveOperation("default", id).orElseThrow().state()).isEqualTo(State.RUNNING);
    endsWell(id);
  }

  @Test
  void whatNobodyHasCanBeHalted() {
    PawlEngine first = engine(config -> {});
    String id = begun(first);
    first.close();
    assertThat(other.jobs().haltRedrive("default", id, "grace")).isTrue();
    other.tick(clock.instant());
    RedriveOperation over = until(id, it -> it.state() == State.HALTED);
    assertThat(over.report().halted()).isEqualTo("halted by grace");
    assertThat(driven()).isEqualTo(3);
  }
}
