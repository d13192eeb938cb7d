package dev.pawl.chaos.round;

import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.fault.Armed;
import dev.pawl.testbed.fault.Direction;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.fault.When;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.ledger.Trouble;
import dev.pawl.testbed.process.JavaProcess;
import dev.pawl.testbed.process.OffsetClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Does one harm after another to nodes, connections, the database and the world; counts what really happened. */
public final class Nemesis implements AutoCloseable {
  private static final int NODES = 2;
  private static final int TRIALS = 3;
  private static final Duration SOON = Duration.ofSeconds(45);
  /** The exit code of a process that its own program has ended. */
  private static final int ENDED_BY_ITS_PROGRAM = 86;
  private static final int KILLED = 137;
  private static final List<String> CRASH_POINTS =
      List.of("commit_before", "commit_before_answer", "commit_before_wake", "grant_before_reply", "mail_before",
          "mail_after");
  private static final List<Duration> JUMPS =
      List.of(Duration.ofDays(1), Duration.ofDays(-1), Duration.ofHours(1), Duration.ofMinutes(-10));

  private record Living(JavaProcess process, OffsetClock clock) {}

  private final Round round;
  private final Path folder;
  private final @Nullable FaultProxy proxy;
  private final Database through;
  private final SplittableRandom random;
  private final double meddling;
  private final List<Harm> harms;
  private final List<Living> nodes = new ArrayList<>();
  private final Map<String, JavaProcess> ever = new TreeMap<>();
  private final Map<String, Long> fired = new TreeMap<>();
  private final List<String> neverFired = new ArrayList<>();
  private final List<String> strangeDeaths = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread thread;
  private int born;
  private volatile @Nullable Throwable problem;

  /**
   * Starts the nodes and begins.
   *
   * @param folder for the nodes' clocks
   * @param meddling the chance that a call of a node's worker is meddled with
   */
  public Nemesis(Round round, Path folder, long seed, int harms, double meddling) {
    this.round = round;
    this.folder = folder;
    this.proxy = round.onNetwork() ? round.proxy() : null;
    this.through = proxy == null ? round.database() : proxy.database();
    this.random = new SplittableRandom(seed);
    this.meddling = meddling;
    this.harms = Harm.draw(random, proxy != null, harms);
    for (int i = 0; i < NODES; i++) bear();
    this.thread = Thread.ofPlatform().name("nemesis").start(this::run);
  }

  /** The database as it should be spoken to. */
  public Database through() {
    return through;
  }

  /** Whether it has done everything it had in mind. */
  public boolean satisfied() {
    return done.getCount() == 0;
  }

  private void bear() {
    String name = "node-" + ++born;
    OffsetClock clock = OffsetClock.in(folder.resolve(name + ".clock"));
    JavaProcess process = round.start(round.recipe(through).named(name, meddling, random.nextLong()).clock(clock));
    ever.put(name, process);
    nodes.add(new Living(process, clock));
  }

  private void run() {
    try {
      for (Harm harm : harms) {
        if (rest(200 + random.nextInt(1_500))) break;
        mend();
        if (tried(harm, random.split())) fired.merge(harm.text(), 1L, Long::sum);
        else neverFired.add(harm.text());
      }
      done.countDown();
      while (!rest(300)) mend();
      mend();
    } catch (Throwable e) {
      problem = e;
    } finally {
      done.countDown();
      for (Living node : nodes) if (node.process().isAlive()) node.process().cont();
    }
  }

  /** @return whether it is over */
  private boolean rest(long millis) throws InterruptedException {
    return over.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Replaces nodes that ended by themselves. */
  private void mend() {
    for (Living node : List.copyOf(nodes)) {
      if (node.process().isAlive()) continue;
      nodes.remove(node);
      int code = node.process().awaitExit(SOON);
      if (code == ENDED_BY_ITS_PROGRAM) {
        fired.merge("program-ends-its-process", 1L, Long::sum);
      } else {
        List<String> lines = node.process().lines();
        strangeDeaths.add("a node ended with code %d: %s".formatted(code,
            String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()))));
      }
      bear();
    }
  }

  /** A harm may come at a time when nothing is there to suffer from it; then it comes again. */
  private boolean tried(Harm harm, SplittableRandom chance) throws InterruptedException {
    for (int trial = 1; trial <= TRIALS; trial++) {
      if (harm(harm, chance.split())) return true;
      mend();
    }
    return false;
  }

  /** @return whether it really happened */
  private boolean harm(Harm harm, SplittableRandom chance) throws InterruptedException {
    return switch (harm) {
      case KILL -> {
        nodes.remove(chance.nextInt(nodes.size())).process().kill9();
        bear();
        yield true;
      }
      case FREEZE -> {
        JavaProcess frozen = nodes.get(chance.nextInt(nodes.size())).process();
        if (!stopped(frozen)) yield false;
        rest(3_200 + chance.nextInt(2_500));
        frozen.cont();
        yield true;
      }
      case CRASH_POINT -> crash(chance);
      case CLOCK -> {
        nodes.get(chance.nextInt(nodes.size())).clock().set(JUMPS.get(chance.nextInt(JUMPS.size())));
        rest(1_000 + chance.nextInt(3_000));
        yield true;
      }
      case CUT_BEFORE_COMMIT -> during(Fault.cutBeforeCommit(new When.Chance(0.3, chance.nextLong())), 2_000);
      case CUT_AFTER_COMMIT -> during(Fault.cutAfterCommit(new When.Chance(0.3, chance.nextLong())), 2_000);
      case LATE_COMMIT -> during(
          Fault.lateCommit(new When.Chance(0.3, chance.nextLong()), Duration.ofMillis(chance.nextInt(1_500))), 2_000);
      case STALL -> during(Fault.freeze(Direction.values()[chance.nextInt(3)]), 3_000);
      case DROP -> {
        boolean dropped = during(Fault.drop(Direction.values()[chance.nextInt(2)]), 300);
        // What was dropped is gone for good: a connection that lost bytes waits for ever, as behind a dead router.
        if (proxy != null) proxy.arm(Fault.reset());
        yield dropped;
      }
      case REFUSE -> {
        // Only who connects anew can be refused.
        if (proxy != null) proxy.arm(Fault.reset());
        yield during(Fault.refuse(), 1_500);
      }
      case DELAY -> during(
          new Fault.Delay(Direction.BOTH, Duration.ofMillis(5), Duration.ofMillis(20), chance.nextLong()), 3_000);
      case RESET -> during(Fault.reset(), 10);
      case KILL_DATABASE -> {
        round.database().kill();
        rest(chance.nextInt(1_000));
        round.database().restart();
        yield true;
      }
      case RESTART_DATABASE -> {
        round.database().stop();
        rest(chance.nextInt(500));
        round.database().restart();
        yield true;
      }
      case EFFECT_WITHOUT_REPLY -> trouble(new Trouble.DropReply(1 + chance.nextInt(3)));
      case EFFECT_REFUSED -> trouble(new Trouble.Fail(1 + chance.nextInt(8)));
    };
  }

  /** @return false: it had ended by itself, or did so just now */
  private static boolean stopped(JavaProcess node) {
    try {
      if (node.isAlive()) node.stop();
    } catch (IllegalStateException e) {
      if (node.isAlive()) throw e;
    }
    return node.isAlive();
  }

  private boolean crash(SplittableRandom chance) {
    String point = CRASH_POINTS.get(chance.nextInt(CRASH_POINTS.size()));
    String name = "node-" + ++born + "-doomed";
    JavaProcess doomed = round.recipe(through).named(name, meddling, chance.nextLong())
        .property("pawl.failpoints",
            "%s=halt@%d".formatted(point, 1 + chance.nextInt(point.startsWith("commit") ? 20 : 4))).start();
    ever.put(name, doomed);
    try (doomed) {
      return doomed.awaitExit(SOON) == KILLED;
    } catch (IllegalStateException livesOn) {
      return false;
    }
  }

  private boolean during(Fault fault, int millis) throws InterruptedException {
    if (proxy == null) return false;
    Armed armed = proxy.arm(fault);
    rest(millis / 2 + random.nextInt(millis));
    boolean happened = armed.awaitFired(1, SOON);
    armed.disarm();
    return happened;
  }

  private boolean trouble(Trouble trouble) {
    LedgerClient ledger = round.ledger();
    long calls = round.effects().calls().size();
    ledger.trouble(trouble);
    boolean happened = ledger.awaitCalls(calls + trouble.times(), "", SOON);
    ledger.noTrouble();
    return happened;
  }

  // ---- what happened

  /** What each process has said, by its name. */
  Map<String, List<String>> said() {
    var said = new TreeMap<String, List<String>>();
    ever.forEach((name, process) -> said.put(name, process.lines()));
    return said;
  }

  /** What it did, and how often; complete after {@link #close}. */
  public Map<String, Long> fired() {
    var all = new TreeMap<>(fired);
    for (JavaProcess process : ever.values()) {
      process.lines().stream().filter(line -> line.startsWith(NodeProcess.MEDDLED))
          .forEach(line -> all.merge(trick(line.substring(NodeProcess.MEDDLED.length())), 1L, Long::sum));
    }
    return all;
  }

  /** How a trick of a meddler is counted. */
  static String trick(Object trick) {
    return trick.toString().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** What it tried in vain. */
  public List<String> neverFired() {
    return neverFired;
  }

  /** Nodes that ended, and nobody had ended them. */
  public List<String> strangeDeaths() {
    return strangeDeaths;
  }

  /** Begins no more harm, heals everything; the nodes run on until the round ends. */
  @Override
  public void close() throws InterruptedException {
    over.countDown();
    thread.join();
    round.ledger().noTrouble();
    if (proxy != null) proxy.heal();
    Throwable trouble = problem;
    if (trouble != null) throw new IllegalStateException("the nemesis itself failed", trouble);
  }
}
