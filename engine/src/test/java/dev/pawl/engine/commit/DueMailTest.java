package dev.pawl.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.Deliveries;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.duty.DeliverMail;
import dev.pawl.engine.metrics.EngineMetrics;
import dev.pawl.engine.schedule.JobFloor;
import dev.pawl.engine.schedule.Schedules;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.Visibility;
import dev.pawl.engine.store.sql.Stores;
import dev.pawl.testbed.Databases;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deliveries to lanes that are slow. */
class DueMailTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
  private static final int MANY = 2_500;
  private static final JobFloor NO_JOBS = (JobFloor) Proxy.newProxyInstance(JobFloor.class.getClassLoader(),
      new Class<?>[] {JobFloor.class}, (proxy, method, args) -> {
        throw new AssertionError("there are no schedules, and no jobs of theirs");
      });

  private final AtomicReference<Instant> clock = new AtomicReference<>(NOON);
  private final Store real = Stores.open(
      Databases.sqlite().fresh().jdbcUrl(), StoreConfig.STANDARD, StoreClock.of(clock::get));
  private final TrickyStore tricky = new TrickyStore(real);
  private final Lanes lanes = new Lanes(tricky.store(), LaneSettings.STANDARD.withLanes(1), HandOut.NOBODY,
      (run, events, effects) -> {}, EngineMetrics.NONE);

  @AfterEach
  void close() {
    tricky.open();
    lanes.close();
    real.close();
  }

  private StartRun mortal(String id) {
    StartOptions p = StartOptions.PLAIN;
    StartOptions options = new StartOptions(Duration.ofSeconds(1), p.runTimeout(), p.taskTimeout(), p.retry(), p.delay(),
        p.priority(), p.fairness(), p.buildId(), p.header(), p.memo(), p.searchAttributes());
    RunId run = RunId.next("default", id, NOON, new Random(id.hashCode()));
    return new StartRun("default", id, run, "W", "q", Payload.json("1"), options, ReusePolicy.ALLOW,
        ConflictPolicy.FAIL, null, "", null, null, null);
  }

  /** A node comes up after an outage: it reads on while what it has read is still on its way, and each mail only once. */
  @Test
  void aBacklogDoesNotWaitForItsFirstPage() {
    lanes.start();
    List<StartRun> starts = new ArrayList<>();
    for (int i = 0; i < MANY; i++) starts.add(mortal("w-" + i));
    assertThat(lanes.submitAll(starts)).allMatch(Answer::ok);
    clock.set(NOON.plusSeconds(10));
    DeliverMail duty = new DeliverMail(real, Deliveries::of, Duration.ofSeconds(1), EngineMetrics.NONE);
    duty.through(lanes, new Schedules(real, duty, NO_JOBS, EngineMetrics.NONE));

    tricky.shut();
    assertThat(duty.tick(clock.get())).isEqualTo(1_000);
    assertThat(duty.tick(clock.get())).isEqualTo(1_000);
    assertThat(real.dueMails(10_000)).as("none is delivered yet").hasSize(MANY);
    tricky.open();
    assertThat(duty.tick(clock.get())).isEqualTo(MANY - 2_000);
    while (lanes.waiting() > 0) Thread.onSpinWait();
    assertThat(duty.tick(clock.get())).isZero();
    assertThat(real.dueMails(10)).isEmpty();
    assertThat(real.visibility().list("default", new Visibility.Filter.All(), 10, null).runs())
        .allMatch(run -> run.status() == RunStatus.TIMED_OUT);
  }

  /** A slow node may find in the database what it has posted itself and has not been told of yet. */
  @Test
  void whatIsOnItsWayAndComesToMindLaterIsNotSentTwice() {
    lanes.start();
    lanes.submit(mortal("w"));
    clock.set(NOON.plusSeconds(10));
    DeliverMail duty = new DeliverMail(real, Deliveries::of, Duration.ofSeconds(1), EngineMetrics.NONE);
    duty.through(lanes, new Schedules(real, duty, NO_JOBS, EngineMetrics.NONE));
    Mail mail = real.dueMails(10).getFirst();

    tricky.shut();
    assertThat(duty.tick(clock.get())).isEqualTo(1);
    duty.landed(null, List.of(), List.of(new Effect.Post(mail)));
    assertThat(duty.tick(clock.get())).isZero();
    duty.landed(null, List.of(), List.of(new Effect.Post(new Mail(mail.key(), clock.get(), mail.message()))));
    assertThat(duty.tick(clock.get())).as("posted again, due later: another one").isEqualTo(1);
  }
}
