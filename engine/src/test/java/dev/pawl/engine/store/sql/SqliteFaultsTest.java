package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.NS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.run.Run;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.Store.Write;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import dev.pawl.engine.store.Visibility;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Full disks, read-only files, files that are none, and a thousand virtual threads. */
class SqliteFaultsTest {

  private static Store open(String url) {
    return Stores.open(url, StoreConfig.STANDARD, StoreClock.of(new TestClock(NOON)));
  }

  @Test
  void fullDiskRefusesWholeGroupsAndLeavesNothingHalfWritten() {
    String url = Databases.sqlite().fresh().jdbcUrl();
    open(url).close();
    List<Run> landed = new ArrayList<>();
    try (Store small = open(url + "?max_page_count=120")) {
      StoreException full = null;
      for (int i = 0; i < 2000 && full == null; i++) {
        Samples.Made made = Samples.start("fill-" + i);
        Samples.Made twin = Samples.start("twin-" + i);
        try {
          assertThat(small.commit(List.of(made.write(), twin.write()))).containsOnly(new Landed());
          landed.add(made.run());
          landed.add(twin.run());
        } catch (StoreException e) {
          full = e;
        }
      }
      assertThat(full).isNotNull();
      assertThat(full.code()).isEqualTo(Rejection.Code.STORE_UNAVAILABLE);
      assertThat(full).hasMessageContaining("disk full");
      // Reading goes on.
      assertThat(small.visibility().count(NS, new Visibility.Filter.All())).isEqualTo(landed.size());
    }
    try (Store again = open(url)) {
      assertThat(again.visibility().count(NS, new Visibility.Filter.All())).isEqualTo(landed.size());
      for (Run run : landed) assertThat(again.events(run.id(), 0, 10)).hasSize(2);
      assertThat(again.commit(List.of(Samples.start("room again").write()))).containsExactly(new Landed());
    }
  }

  @Test
  void fileThatCannotBeWrittenOrIsNoDatabaseIsRefused() throws Exception {
    String url = Databases.sqlite().fresh().jdbcUrl();
    open(url).close();
    refused("readonly", () -> open(url.replace("jdbc:sqlite:", "jdbc:sqlite:file:") + "?mode=ro"));
    Path file = Path.of(Databases.sqlite().fresh().jdbcUrl().substring("jdbc:sqlite:".length()));
    Files.writeString(file, "this is a text, not a database, and long enough to be read as a page header".repeat(50));
    refused("not a database", () -> open("jdbc:sqlite:" + file));
  }

  private static void refused(String words, Callable<Store> opening) {
    assertThatThrownBy(opening::call).isInstanceOf(StoreException.class).hasMessageContaining(words)
        .satisfies(e -> assertThat(((StoreException) e).code()).isEqualTo(Rejection.Code.STORE_UNAVAILABLE));
  }

  @Test
  void virtualThreadsReadAndWriteWithoutStallingEachOther() throws Exception {
    try (Store store = open(Databases.sqlite().fresh().jdbcUrl());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        String id = "v-" + i;
        all.add(threads.submit(() -> {
          Samples.Made made = Samples.start(id);
          List<Write> group = List.of(made.write());
          return store.commit(group).equals(List.of(new Landed()))
              && store.load(Samples.wanted(made.run().id())).runs().containsValue(made.run());
        }));
      }
      for (Future<Boolean> one : all) assertThat(one.get()).isTrue();
    }
  }

  @Test
  @Timeout(180)
  void whoHoldsTheWriteLockForLongIsNotWaitedForLonger() throws Exception {
    Database database = Databases.sqlite().fresh();
    StoreConfig impatient = StoreConfig.STANDARD.withLockPatience(Duration.ofMillis(100));
    try (Store store = Stores.open(database.jdbcUrl(), impatient, StoreClock.of(new TestClock(NOON)));
        Connection users = database.dataSource().getConnection(); var statement = users.createStatement()) {
      statement.execute("begin immediate");
      List<Callable<?>> writes = List.of(
          () -> store.commit(List.of(Samples.start("x").write())), // a lane's
          store::expireSessions, // a duty's
          () -> Stores.open(database.jdbcUrl(), impatient, StoreClock.ofDatabase()));
      for (Callable<?> write : writes) {
        assertThatThrownBy(write::call).isInstanceOf(StoreException.class).hasMessageContaining("too busy")
            .satisfies(e -> assertThat(((StoreException) e).code()).isEqualTo(Rejection.Code.STORE_UNAVAILABLE));
      }
      assertThat(store.visibility().count(NS, new Visibility.Filter.All())).as("reading goes on").isZero();
      statement.execute("rollback");
      assertThat(store.commit(List.of(Samples.start("x").write()))).containsExactly(new Landed());
    }
  }

  /** SQLite begins its log anew only when nobody reads from it, and on a busy node there is always somebody. */
  @Test
  @Timeout(120)
  void theLogDoesNotGrowForEverWhileOthersAlwaysRead() throws Exception {
    Database database = Databases.sqlite().fresh();
    File log = new File(database.jdbcUrl().substring("jdbc:sqlite:".length()) + "-wal");
    var enough = new AtomicBoolean();
    var turn = new Phaser(2);
    var commits = new Semaphore(0);
    try (Store store = open(database.jdbcUrl()); var threads = Executors.newFixedThreadPool(2)) {
      Samples.Made made = Samples.start("w");
      store.commit(List.of(made.write()));
      Future<Integer> one = threads.submit(() -> reads(database, commits, turn, true, enough));
      Future<Integer> two = threads.submit(() -> reads(database, commits, turn, false, enough));
      long before = 0;
      int shorter = 0;
      Run run = made.run();
      for (int i = 0; shorter < 2 && i < 1000; i++) {
        Samples.Made next = Samples.signal(run, "s-" + i, Payload.json("\"%s\"".formatted("x".repeat(500_000))));
        assertThat(store.commit(List.of(next.write()))).containsExactly(new Landed());
        run = next.run();
        commits.release();
        if (log.length() < before) shorter++;
        before = log.length();
      }
      enough.set(true);
      assertThat(one.get() + two.get()).isPositive();
      assertThat(shorter).as("times the log was begun anew, in 500 MB that were written at most").isEqualTo(2);
    }
  }

  /** One of two readers: begins anew while the other one reads, after some commits or a while. @return how often */
  private static int reads(
      Database database, Semaphore commits, Phaser turn, boolean first, AtomicBoolean enough) throws Exception {
    int reads = 0;
    try (Connection connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      for (boolean mine = first; !enough.get(); mine = !mine) {
        if (mine || reads == 0) {
          if (reads++ > 0) statement.execute("commit");
          statement.execute("begin");
          statement.executeQuery("select count(*) from pawl_runs").close();
        }
        commits.tryAcquire(2, 20, TimeUnit.MILLISECONDS);
        turn.arriveAndAwaitAdvance();
      }
    } finally {
      turn.arriveAndDeregister(); // the other one need not wait
    }
    return reads;
  }

  @Test
  void closedStoreSaysSo() {
    Store store = open(Databases.sqlite().fresh().jdbcUrl());
    store.close();
    store.close();
    assertThatThrownBy(() -> store.commit(List.of(Samples.start("x").write()))).isInstanceOf(StoreException.class)
        .hasMessageContaining("closed");
  }
}
