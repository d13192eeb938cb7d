package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.ScheduleSamples.created;
import static dev.pawl.engine.store.sql.ScheduleSamples.key;
import static dev.pawl.engine.store.sql.ScheduleSamples.paused;
import static dev.pawl.engine.store.sql.ScheduleSamples.there;
import static dev.pawl.engine.store.sql.ScheduleSamples.triggered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Mail;
import dev.pawl.core.schedule.DeleteSchedule;
import dev.pawl.core.schedule.Schedule;
import dev.pawl.core.schedule.ScheduleEvent;
import dev.pawl.engine.store.ScheduleStore;
import dev.pawl.engine.store.ScheduleStore.Write;
import dev.pawl.engine.store.Store.Outcome;
import dev.pawl.engine.store.Store.Outcome.Conflict;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What every store does with schedules. */
abstract class ScheduleContract extends StoreContract {
  ScheduleContract(DatabaseServer server) {
    super(server);
  }

  private Schedule land(Write write) {
    assertThat(store.schedules().commit(List.of(write))).containsExactly(new Landed());
    return write.after();
  }

  @Test
  void aScheduleComesBackWithItsHistoryAndItsMail() {
    Schedule created = land(created("nightly", NOON));
    Schedule again = land(triggered(created));
    assertThat(there(store.schedules(), "nightly")).isEqualTo(again);
    assertThat(store.schedules().history(key("nightly"), 0, 10)).extracting(event -> event.fact().type())
        .containsExactly("ScheduleCreated", "ScheduleTriggered");
    assertThat(store.schedules().history(key("nightly"), 1, 10)).extracting(ScheduleEvent::sequence).containsExactly(2L);
    assertThat(store.schedules().history(key("nightly"), 0, 1)).hasSize(1);
    clock.forward(Duration.ofSeconds(60));
    assertThat(store.dueMails(10)).extracting(mail -> mail.message().getClass().getSimpleName())
        .containsExactly("ScheduleDue");
  }

  @Test
  void aWriteWhoseVersionMovedFallsOutAloneWithItsMails() {
    Schedule one = land(created("one", NOON));
    Schedule other = land(created("other", NOON));
    land(triggered(one));
    assertThat(store.schedules().commit(List.of(triggered(one), triggered(other), created("one", NOON))))
        .containsExactly(new Conflict(), new Landed(), new Conflict());
    assertThat(store.schedules().history(key("one"), 0, 10)).hasSize(2);
    assertThat(store.schedules().history(key("other"), 0, 10)).hasSize(2);
  }

  @Test
  void mailsAloneNeedNoSchedule() {
    Schedule there = land(created("nightly", NOON));
    Write only = new Write(key("nightly"), 0, null, List.of(), List.of(), List.of(Mail.Key.wake(ScheduleSamples.OWNER)));
    assertThat(store.schedules().commit(List.of(only))).containsExactly(new Landed());
    assertThat(store.nextDue()).isEmpty();
    assertThat(there(store.schedules(), "nightly")).isEqualTo(there);
  }

  @Test
  void oneOfTwoNodesWinsEachVersion() throws Exception {
    Schedule there = land(created("nightly", NOON));
    ScheduleStore second = open().schedules();
    for (int round = 0; round < 20; round++) {
      Write mine = triggered(there);
      Callable<List<Outcome>> here = () -> store.schedules().commit(List.of(mine));
      Callable<List<Outcome>> elsewhere = () -> second.commit(List.of(mine));
      assertThat(Race.of(here, elsewhere)).containsExactlyInAnyOrder(List.of(new Landed()), List.of(new Conflict()));
      there = there(store.schedules(), "nightly");
    }
    assertThat(store.schedules().history(key("nightly"), 0, 100)).hasSize(21);
  }

  @Test
  void oneOfTwoNodesMakesAScheduleThatIsNew() throws Exception {
    ScheduleStore second = open().schedules();
    for (int round = 0; round < 10; round++) {
      Write mine = created("s" + round, NOON);
      assertThat(Race.<List<Outcome>>of(() -> store.schedules().commit(List.of(mine)), () -> second.commit(List.of(mine))))
          .containsExactlyInAnyOrder(List.of(new Landed()), List.of(new Conflict()));
    }
  }

  @Test
  void listsAreNewestFirstAndKnowWhatIsPaused() {
    Schedule a = land(created("a", NOON));
    land(created("b", NOON));
    land(created("c", NOON.plusSeconds(1)));
    land(paused(a, "holidays"));
    Schedule gone = land(created("gone", NOON));
    land(ScheduleSamples.write(new DeleteSchedule("gone"), gone, NOON));
    assertThat(ids(null, null, null)).containsExactly("c", "a", "b");
    assertThat(ids(true, null, null)).containsExactly("a");
    assertThat(ids(false, "Order", null)).containsExactly("c", "b");
    assertThat(ids(null, "order", null)).isEmpty();
    assertThat(ids(null, null, new ScheduleStore.Cursor(NOON, "a"))).containsExactly("b");
  }

  private List<String> ids(Boolean paused, String type, ScheduleStore.Cursor after) {
    return store.schedules().list(new ScheduleStore.Listing("default", paused, type, 10, after)).stream()
        .map(Schedule::id).toList();
  }

  @Test
  void whatCannotBeReadIsSaidAndHurtsNobodyElse() throws Exception {
    land(created("good", NOON));
    land(created("bad", NOON));
    try (Connection c = DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        Statement s = c.createStatement()) {
      s.executeUpdate("update pawl_schedules set data = '[' where schedule_id = 'bad'");
    }
    ScheduleStore.Loaded loaded = store.schedules().load(List.of(key("good"), key("bad"), key("none")));
    assertThat(loaded.schedules()).containsOnlyKeys(key("good"));
    assertThat(loaded.corrupt()).containsOnlyKeys(key("bad"));
    assertThat(ids(null, null, null)).containsExactly("good");
  }

  @Test
  void historiesGoInSlicesAndDeletedSchedulesAfterThem() {
    Schedule gone = land(created("gone", NOON));
    land(ScheduleSamples.write(new DeleteSchedule("gone"), gone, NOON));
    land(created("stays", NOON));
    assertThat(store.schedules().prune("default", NOON, 10)).isZero();
    int rows = 0;
    for (int slice; (slice = store.schedules().prune("default", NOON.plusSeconds(1), 1)) > 0; rows += slice) {
      assertThat(slice).isLessThanOrEqualTo(2);
    }
    assertThat(rows).as("three entries and one schedule").isEqualTo(4);
    assertThat(there(store.schedules(), "gone")).isNull();
    assertThat(there(store.schedules(), "stays")).isNotNull();
    assertThat(store.schedules().history(key("stays"), 0, 10)).isEmpty();
  }

  @Test
  void aNameThatNoDatabaseTakesIsRefusedAndItsNeighbourLands() {
    assertThat(store.schedules().commit(List.of(created("x\0", NOON), created("y", NOON))))
        .satisfiesExactly(first -> assertThat(first).isInstanceOf(Outcome.Refused.class),
            second -> assertThat(second).isEqualTo(new Landed()));
  }
}
