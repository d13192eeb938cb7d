package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.done;
import static dev.pawl.engine.store.sql.Samples.report;
import static dev.pawl.engine.store.sql.Samples.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Run;
import dev.pawl.core.task.SessionId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Store.Outcome.Landed;
import dev.pawl.engine.store.Store.Write;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prints how fast groups land, so that a change for the worse is seen. Asserts only that they land. */
@Tag("long")
class StoreSpeedTest {
  private static final SessionId SESSION = SessionId.random();
  private static final AtomicLong CLOCK = new AtomicLong();

  @Test
  void sqlite() throws Exception {
    measure(Databases.sqlite(), 1);
  }

  @Test
  void postgres() throws Exception {
    measure(Databases.postgres(), 2);
  }

  public static void main(String[] args) throws Exception {
    measure(switch (args[0]) {
      case "sqlite" -> Databases.sqlite();
      case "postgres" -> Databases.postgres();
      case "mysql" -> Databases.mysql();
      default -> Databases.mariadb();
    }, args[0].equals("sqlite") ? 1 : 2);
  }

  private static void measure(DatabaseServer server, int lanes) throws Exception {
    Database database = server.fresh();
    try (Store store = Stores.open(database.jdbcUrl(), database.user(), database.password(),
        StoreConfig.STANDARD.withWriters(lanes), StoreClock.ofDatabase())) {
      lives(store, 1, 64, 20); // warm-up
      lives(store, 1, 64, 40);
      StringBuilder line = new StringBuilder(server.name());
      for (int size : new int[] {1, 16, 64, 256}) {
        long[] nanos = lives(store, 1, size, Math.max(4000 / size, 10));
        line.append("%n  groups of %-4d one lane: ".formatted(size));
        int runs = size * Math.max(4000 / size, 10);
        line.append("starts %,7.0f/s  steps %,7.0f/s  ends %,7.0f/s".formatted(
            runs * 1e9 / nanos[0], runs * 1e9 / nanos[1], runs * 1e9 / nanos[2]));
      }
      for (int size : new int[] {32, 128}) {
        int groups = 8000 / size;
        double seconds = lives(store, lanes, size, groups)[3] / 1e9;
        line.append("%n  %d lanes, groups of %-4d W2 (start, step, end): %,7.0f lives/s".formatted(
            lanes, size, lanes * size * groups / seconds));
      }
      System.out.println(line);
    }
  }

  /**
   * Starts, steps once and ends {@code groups * size} runs per lane. Nanoseconds per phase of the first lane, and in
   * all.
   */
  private static long[] lives(Store store, int lanes, int size, int groups) throws Exception {
    long[] nanos = new long[4];
    List<List<List<Write>>> prepared = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) prepared.add(prepare(size, groups));
    CountDownLatch done = new CountDownLatch(lanes);
    long all = System.nanoTime();
    for (int lane = 0; lane < lanes; lane++) {
      List<List<Write>> mine = prepared.get(lane);
      boolean first = lane == 0;
      Thread.ofPlatform().start(() -> {
        for (int g = 0; g < mine.size(); g += 3) {
          for (int phase = 0; phase < 3; phase++) {
            long begun = System.nanoTime();
            List<Store.Outcome> outcomes = store.commit(mine.get(g + phase));
            if (first) nanos[phase] += System.nanoTime() - begun;
            for (Store.Outcome outcome : outcomes) assertThat(outcome).isInstanceOf(Landed.class);
          }
        }
        done.countDown();
      });
    }
    done.await();
    nanos[3] = System.nanoTime() - all;
    return nanos;
  }

  private static List<List<Write>> prepare(int size, int groups) {
    List<List<Write>> all = new ArrayList<>();
    for (int g = 0; g < groups; g++) {
      List<Write> starts = new ArrayList<>();
      List<Write> steps = new ArrayList<>();
      List<Write> ends = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        // Ids rise with time, as in life: neighbours in time are neighbours in the tables.
        Instant now = NOON.plusMillis(CLOCK.incrementAndGet());
        Samples.Made start = Samples.start("order-" + UUID.randomUUID(), now);
        // Handed out in the same commit, as to a waiting worker.
        Run run = new Run(start.run().state(), start.run().task().leased(SESSION, now), 1);
        starts.add(new Write(0, run, start.write().events(), start.write().effects()));
        Samples.Made step = report(run, SESSION, false, step(1));
        steps.add(step.write());
        ends.add(report(step.run(), SESSION, true, step(2), done()).write());
      }
      all.add(starts);
      all.add(steps);
      all.add(ends);
    }
    return all;
  }
}
