package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.report;
import static dev.pawl.engine.store.sql.Samples.start;
import static dev.pawl.engine.store.sql.Samples.step;
import static dev.pawl.engine.store.sql.Samples.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every store must do, whatever the database: the part that its subjects share. Each subject is a class of its own; a
 * test class per database runs them all.
 */
abstract class StoreContract {
  final TestClock clock = new TestClock(NOON);
  final List<Store> opened = new ArrayList<>();
  Database database;
  Store store;

  private final DatabaseServer server;

  StoreContract(DatabaseServer server) {
    this.server = server;
  }

  @BeforeEach
  void openStore() {
    database = server.fresh();
    store = open();
  }

  @AfterEach
  void closeStores() {
    opened.forEach(Store::close);
  }

  /** One more store on the same database, as another node would open. */
  Store open() {
    return open(StoreConfig.STANDARD, StoreClock.of(clock));
  }

  Store open(StoreConfig config, StoreClock time) {
    Store one = Stores.open(database.jdbcUrl(), database.user(), database.password(), config, time);
    opened.add(one);
    return one;
  }

  Run land(Samples.Made made) {
    assertThat(store.commit(List.of(made.write()))).containsExactly(new Landed());
    return made.run();
  }

  Run loaded(RunId id) {
    Store.Loaded loaded = store.load(wanted(id));
    assertThat(loaded.corrupt()).isEmpty();
    assertThat(loaded.runs()).containsKey(id);
    return loaded.runs().get(id);
  }

  List<Event> history(RunId run) {
    return store.events(run, 0, 10_000);
  }

  static ActivityOptions options(Duration startToClose, int priority) {
    return new ActivityOptions("work", null, startToClose, null, null, RetryPolicy.EXPONENTIAL, priority);
  }

  static Command activity(int step) {
    return new Command.ScheduleActivity(step, "charge", Payload.json("42"), options(Duration.ofMinutes(1), 5),
        Map.of());
  }

  /** A run that waits for activity 1, and the task as it lies in the database. */
  Run withActivity(String workflowId) {
    SessionId session = SessionId.random();
    Run run = land(grant(land(start(workflowId)), session, NOON));
    return land(report(run, session, true, activity(1)));
  }
}
