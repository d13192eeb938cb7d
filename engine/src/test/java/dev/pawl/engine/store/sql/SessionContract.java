package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static dev.pawl.engine.store.sql.Samples.effects;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Until;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How sessions live and end, and whose clock counts, on every store. */
abstract class SessionContract extends StoreContract {
  SessionContract(DatabaseServer server) {
    super(server);
  }

  @Test
  void expiredSessionIsLostForGoodAndItsLeasesShow() {
    Store.Session session = new Store.Session(SessionId.random(), "host \0 1", "IDLE", 10, "build-1", 1);
    Store.Session other = new Store.Session(SessionId.random(), "host 2", "BUSY", 10, null, 1);
    assertThat(store.renew(session, Duration.ofSeconds(15))).isTrue();
    assertThat(store.renew(other, Duration.ofSeconds(60))).isTrue();
    Run held = land(grant(land(start("held")), session.id(), NOON));
    Run safe = land(grant(land(start("safe")), other.id(), NOON));
    Run strange = land(grant(land(start("strange")), SessionId.random(), NOON));
    withActivity("task");
    ActivityTask task = store.claimActivities(NS, "work", session.id(), List.of(), 1).get(0);
    assertThat(store.abandonedRuns(10)).extracting(Store.HeldRun::run).containsExactly(strange.id());
    clock.forward(Duration.ofSeconds(14));
    Duration age = Duration.ofSeconds(14);
    assertThat(store.leasesOf(session.id())).containsExactlyInAnyOrder(
        new Store.HeldLease(new TaskId(held.id(), 0), 1, age), new Store.HeldLease(task.id(), 1, age));
    assertThat(store.leasesOf(SessionId.random())).isEmpty();
    assertThat(store.expireSessions()).isZero();
    assertThat(store.renew(session, Duration.ofSeconds(15))).isTrue();
    clock.forward(Duration.ofSeconds(15));
    assertThat(store.expireSessions()).isEqualTo(1);
    assertThat(store.expireSessions()).isZero();
    assertThat(store.renew(session, Duration.ofSeconds(15))).isFalse();
    assertThat(store.abandonedRuns(10)).containsExactlyInAnyOrder(
        new Store.HeldRun(strange.id(), 1, strange.task().session()), new Store.HeldRun(held.id(), 1, session.id()));
    assertThat(store.abandonedActivities(10)).containsExactly(task);
    assertThat(store.sessions(10)).filteredOn(Store.SessionView::lost).extracting(v -> v.session().id())
        .containsExactly(session.id());

    store.close(other.id());
    assertThat(store.renew(other, Duration.ofSeconds(15))).isFalse();
    assertThat(store.abandonedRuns(10)).extracting(Store.HeldRun::run).contains(safe.id());
    assertThat(store.abandonedRuns(1)).hasSize(1);
  }



  @Test
  void realClockOfStoreAndDatabaseAgree() {
    Store real = open(StoreConfig.STANDARD, StoreClock.ofDatabase());
    java.time.Instant before = real.now();
    Run run = start("soon").run();
    Mail due = new Mail(Mail.Key.timer(run.id(), 1), before, new Mail.TimerDue(1));
    Mail notDue = new Mail(Mail.Key.timer(run.id(), 2), before.plusSeconds(3600), new Mail.TimerDue(2));
    real.commit(List.of(effects(new Effect.Post(due), new Effect.Post(notDue))));
    assertThat(real.now()).isAfterOrEqualTo(before);
    assertThat(Duration.between(real.now(), java.time.Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    Until.holds(Duration.ofMinutes(1), () -> !real.dueMails(10).isEmpty());
    assertThat(real.dueMails(10)).containsExactly(due);
  }
}
