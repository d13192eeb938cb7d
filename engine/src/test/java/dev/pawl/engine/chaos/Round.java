package dev.pawl.engine.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.Checker;
import dev.pawl.testbed.check.Evidence;
import dev.pawl.testbed.check.Findings;
import dev.pawl.testbed.check.Operations;
import dev.pawl.testbed.check.RoundVerdict;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.ledger.EffectLedger;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.ledger.LedgerFile;
import dev.pawl.testbed.ledger.Rule;
import dev.pawl.testbed.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** What every scenario needs: a database, a proxy before it where there is a network, a ledger, a log, and the judge. */
final class Round implements AutoCloseable {
  /** Short, so that a lost worker is replaced within seconds. */
  static final LeaseTimings QUICK = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(3),
      Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(5));

  final Database database;
  final Operations log;
  final EffectLedger ledger;
  private final Path effects;
  private final List<FaultProxy> proxies = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private int chores;

  Round(Database database, Path folder) {
    this.database = database;
    this.effects = folder.resolve("effects");
    this.log = Operations.open(folder.resolve("operations"));
    this.ledger = EffectLedger.open(effects);
  }

  /** A proxy before the database; SQLite has none. */
  FaultProxy proxy() {
    var proxy = FaultProxy.before(database);
    proxies.add(proxy);
    return proxy;
  }

  LedgerClient ledger() {
    return new LedgerClient(ledger.port());
  }

  /** An engine in this JVM. */
  PawlEngine engine(Database through) {
    PawlEngine pawl = PawlEngine.open(through.dataSource(), Round::settings);
    opened.add(pawl);
    return pawl;
  }

  static void settings(EngineConfig config) {
    config.leases = QUICK;
  }

  /** A worker in this JVM. */
  ChoreWorker worker(PawlEngine pawl, String name) {
    var worker = new ChoreWorker(pawl.worker(), ledger(), name);
    opened.add(worker);
    return worker;
  }

  /** A worker with an engine of its own, in a process of its own; ready when this returns. */
  JavaProcess workerProcess(Database through, String name) {
    var process = JavaProcess.of(ChoreProcess.class)
        .args(through.jdbcUrl(), through.user(), ledger.port(), name).start();
    opened.add(process);
    process.awaitLine("ready", Duration.ofSeconds(60));
    return process;
  }

  /** Clients start, signal and await chores; returns when all have ended. */
  void play(PawlEngine pawl, int clients, int each) throws Exception {
    chores += clients * each;
    new ChoreClients(pawl.control(), log).play(clients, each);
  }

  void playWatched(PawlEngine pawl, int clients, int each) throws Exception {
    playWatched(() -> {
      play(pawl, clients, each);
      return null;
    });
  }

  /** Lets something play, and all the while nothing may be found wrong. */
  void playWatched(Callable<?> play) throws Exception {
    var playing = CompletableFuture.runAsync(() -> {
      try {
        play.call();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
    int looks = 0;
    for (; !playing.isDone(); looks++) {
      try (Evidence evidence = evidence().open()) {
        assertThat(Checker.ofEverything().check(evidence).violations()).isEmpty();
      } catch (IllegalStateException databaseDown) {
        Thread.onSpinWait();
      }
    }
    playing.get();
    System.out.println("looked " + looks + " times");
  }

  private Evidence.Builder evidence() {
    return Evidence.in(database.dataSource())
        .operations(log.all())
        .ledger(LedgerFile.read(effects), Rule.IDEMPOTENT, Set.of("reserve", "charge"));
  }

  /** All must be well, nothing may be overdue, and the chores that were played must be there with their children. */
  Findings judge() {
    return judge(chores * 3L, 2L * chores);
  }

  /**
   * All must be well, and nothing may be overdue.
   *
   * @param histories how many there must be; 0: any number
   */
  Findings judge(long leastOk, long histories) {
    proxies.forEach(FaultProxy::heal);
    try (Evidence evidence = evidence().quiet(Duration.ofSeconds(20)).open()) {
      Findings findings = Checker.ofEverything().check(evidence);
      List<String> neverFired =
          proxies.stream().flatMap(proxy -> proxy.neverFired().stream()).map(Fault::text).toList();
      var verdict = RoundVerdict.of(findings, log.all(), leastOk, histories == 0 ? List.of() : neverFired);
      System.out.println(database + " " + verdict.summary());
      proxies.forEach(proxy -> System.out.println("  faults " + proxy.counts()));
      assertThat(verdict.colour()).as(verdict.summary()).isEqualTo(RoundVerdict.Colour.GREEN);
      if (histories > 0) assertThat(findings.histories()).isEqualTo(histories);
      return findings;
    }
  }

  /** How many rows of a table there are. */
  long count(String table) {
    try (Evidence evidence = Evidence.in(database.dataSource()).open()) {
      return evidence.rows("select count(*) as n from " + table).getFirst().number("n");
    }
  }

  boolean onNetwork() {
    return database.server() != Databases.sqlite();
  }

  @Override
  public void close() throws Exception {
    // Workers first, engines under them later.
    for (AutoCloseable one : opened.reversed()) one.close();
    for (FaultProxy proxy : proxies) proxy.close();
    ledger.close();
    log.close();
  }
}
