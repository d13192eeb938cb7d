package dev.pawl.engine.chaos;

import dev.pawl.testbed.Database;
import dev.pawl.testbed.fault.Armed;
import dev.pawl.testbed.fault.Direction;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.fault.When;
import dev.pawl.testbed.process.JavaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does one harm after another, drawn from a seed: kills and freezes worker processes, cuts commits, freezes, resets and
 * refuses connections, kills the database. What it did is counted by class.
 */
final class Nemesis implements AutoCloseable {
  private final Round round;
  private final @Nullable FaultProxy proxy;
  private final Database through;
  private final SplittableRandom random;
  private final List<JavaProcess> workers = new ArrayList<>();
  private final Map<String, Integer> done = new LinkedHashMap<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread;
  private int born;
  private @Nullable Throwable problem;

  /** Starts two workers and begins. */
  Nemesis(Round round, Database database, long seed) {
    this.round = round;
    this.proxy = round.onNetwork() ? round.proxy() : null;
    this.through = proxy == null ? database : proxy.database();
    this.random = new SplittableRandom(seed);
    bear();
    bear();
    this.thread = Thread.ofPlatform().name("nemesis").start(this::run);
  }

  /** The database as it should be spoken to. */
  Database through() {
    return through;
  }

  private void bear() {
    workers.add(round.workerProcess(through, "w" + ++born));
  }

  private void run() {
    try {
      while (!rest(300 + random.nextInt(1_500))) harm();
    } catch (Throwable e) {
      problem = e;
    } finally {
      workers.forEach(JavaProcess::cont);
    }
  }

  /** @return whether it is over */
  private boolean rest(long millis) throws InterruptedException {
    return over.await(millis, TimeUnit.MILLISECONDS);
  }

  private void harm() throws InterruptedException {
    switch (random.nextInt(proxy == null ? 3 : 12)) {
      case 0, 1 -> {
        workers.remove(random.nextInt(workers.size())).kill9();
        did("kill-9 of a worker");
        bear();
      }
      case 2 -> {
        JavaProcess frozen = workers.get(random.nextInt(workers.size()));
        frozen.stop();
        rest(500 + random.nextInt(5_000));
        frozen.cont();
        did("freeze of a worker");
      }
      case 3, 4 -> during(Fault.cutAfterCommit(new When.Chance(0.3, random.nextLong())), 2_000);
      case 5 -> during(Fault.cutBeforeCommit(new When.Chance(0.3, random.nextLong())), 2_000);
      case 6 -> during(
          Fault.lateCommit(new When.Chance(0.3, random.nextLong()), Duration.ofMillis(random.nextInt(1_500))), 2_000);
      case 7 -> during(Fault.freeze(Direction.values()[random.nextInt(3)]), 3_000);
      case 8 -> during(Fault.drop(Direction.values()[random.nextInt(2)]), 300);
      case 9 -> during(Fault.refuse(), 1_500);
      case 10 -> during(new Fault.Delay(
          Direction.BOTH, Duration.ofMillis(5), Duration.ofMillis(20), random.nextLong()), 3_000);
      default -> {
        if (random.nextInt(3) > 0) {
          during(Fault.reset(), 10);
        } else {
          round.database.kill();
          rest(random.nextInt(1_000));
          round.database.restart();
          did("kill of the database");
        }
      }
    }
  }

  private void during(Fault fault, int millis) throws InterruptedException {
    if (proxy == null) return;
    Armed armed = proxy.arm(fault);
    rest(millis / 2 + random.nextInt(millis));
    armed.disarm();
    // What was dropped is gone for good: a connection that lost bytes waits for ever, as behind a dead router.
    if (fault instanceof Fault.Drop) proxy.arm(Fault.reset());
    if (armed.fired() > 0) did(fault.name());
  }

  private void did(String what) {
    done.merge(what, 1, Integer::sum);
  }

  /** What it did, and how often. */
  Map<String, Integer> done() {
    return done;
  }

  /** No more harm is begun; what is under way ends soon. */
  void enough() {
    over.countDown();
  }

  /** Ends the harm and heals everything; two workers run on. */
  @Override
  public void close() throws InterruptedException {
    enough();
    thread.join();
    if (proxy != null) proxy.heal();
    if (problem != null) throw new IllegalStateException("the nemesis itself failed", problem);
  }
}
