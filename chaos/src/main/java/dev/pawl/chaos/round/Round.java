package dev.pawl.chaos.round;

import dev.pawl.chaos.chore.ChoreWorker;
import dev.pawl.chaos.client.ChoreClients;
import dev.pawl.chaos.node.Node;
import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.core.task.LeaseTimings;
import dev.pawl.engine.EngineConfig;
import dev.pawl.engine.PawlEngine;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.Checker;
import dev.pawl.testbed.check.Evidence;
import dev.pawl.testbed.check.Findings;
import dev.pawl.testbed.check.Operation;
import dev.pawl.testbed.check.Operations;
import dev.pawl.testbed.check.RoundVerdict;
import dev.pawl.testbed.check.Violation;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.ledger.EffectLedger;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.ledger.LedgerFile;
import dev.pawl.testbed.ledger.Rule;
import dev.pawl.testbed.process.JavaProcess;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What every scenario needs: a database, a proxy before it where there is a network, a ledger, a log, and the judge.
 *
 * <pre>{@code
 * try (var round = new Round(Databases.postgres().fresh(), folder)) {
 *   FaultProxy proxy = round.proxy();
 *   PawlEngine pawl = round.engine(proxy.database());
 *   round.worker(pawl, "worker-1");
 *   proxy.arm(Fault.cutAfterCommit(new When.Every(7)));
 *   round.play(pawl, 4, 3);
 *   RoundVerdict verdict = round.judge();
 * }
 * }</pre>
 */
public final class Round implements AutoCloseable {
  /** Steps and activities that tell the ledger whenever they succeed. */
  private static final Set<String> EFFECTFUL = Set.of("reserve", "charge", "pay", "toil", "deadly");
  /** Faults have healed; nothing may be overdue for longer than this. */
  private static final Duration QUIET = Duration.ofSeconds(20);
  private static final Duration READY = Duration.ofSeconds(60);

  private final Database database;
  private final Operations log;
  private final EffectLedger ledger;
  private final Path effects;
  private final EffectLedger jobLedger;
  private final Path jobEffects;
  private final List<FaultProxy> proxies = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private int chores;

  /** @param folder empty, for the log and the ledger; they stay there */
  public Round(Database database, Path folder) {
    this.database = database;
    this.effects = folder.resolve("effects");
    this.log = Operations.open(folder.resolve("operations"));
    this.ledger = EffectLedger.open(effects);
    this.jobEffects = folder.resolve("job-effects");
    this.jobLedger = EffectLedger.open(jobEffects);
    try (var connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      statement.execute(Interpreter.TABLE);
    } catch (SQLException e) {
      throw new IllegalStateException("expected an empty database", e);
    }
  }

  public Database database() {
    return database;
  }

  /** What clients asked and heard. */
  public Operations log() {
    return log;
  }

  /** A proxy before the database; SQLite has none. */
  public FaultProxy proxy() {
    var proxy = FaultProxy.before(database);
    proxies.add(proxy);
    return proxy;
  }

  public LedgerClient ledger() {
    return new LedgerClient(ledger.port());
  }

  /** What the ledger has written so far. */
  public LedgerFile effects() {
    return LedgerFile.read(effects);
  }

  /** Where jobs have their effects; histories know nothing of them. */
  public LedgerClient jobLedger() {
    return new LedgerClient(jobLedger.port());
  }

  /** What jobs have done so far. */
  public LedgerFile jobEffects() {
    return LedgerFile.read(jobEffects);
  }

  /** An engine in this JVM. */
  public PawlEngine engine(Database through) {
    return engine(through, Node.QUICK);
  }

  /** An engine in this JVM, with leases of its own. */
  public PawlEngine engine(Database through, LeaseTimings leases) {
    return engine(through, config -> config.leases = leases);
  }

  /** An engine in this JVM, with settings of its own. */
  public PawlEngine engine(Database through, Consumer<EngineConfig> settings) {
    PawlEngine pawl = PawlEngine.open(through.dataSource(), settings);
    opened.add(pawl);
    return pawl;
  }

  /** A worker of chores in this JVM. */
  public ChoreWorker worker(PawlEngine pawl, String name) {
    var worker = new ChoreWorker(pawl.worker(), ledger(), name);
    opened.add(worker);
    return worker;
  }

  /** A node in a process of its own; ready when this returns. */
  public JavaProcess node(Database through, String name) {
    return start(recipe(through).named(name, 0, 0));
  }

  /** How a node's process is started, to be changed at will. */
  public NodeRecipe recipe(Database through) {
    return (name, meddling, seed) -> NodeProcess.recipe(through, ledger.port(), jobLedger.port(), name,
        meddling, seed);
  }

  /** Where the ledger listens, for processes. */
  public int ledgerPort() {
    return ledger.port();
  }

  /** Makes the recipe of a node. */
  public interface NodeRecipe {
    /** @param meddling the chance that a call of its worker is meddled with */
    JavaProcess.Recipe named(String name, double meddling, long seed);
  }

  /** Starts a node's process; ready when this returns, and ended with the round. */
  public JavaProcess start(JavaProcess.Recipe recipe) {
    JavaProcess process = recipe.start();
    opened.add(process);
    process.awaitLine(NodeProcess.READY, READY);
    return process;
  }

  /**
   * Stops a node where it is, but not in the middle of writing to an SQLite file: that has one writer at a time, and as
   * long as it stands still nobody else can write, nor begin.
   */
  public void freeze(JavaProcess node) {
    node.stop();
    while (!onNetwork() && !writable()) {
      node.cont();
      node.stop();
    }
  }

  private boolean writable() {
    try (var connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout = 1000");
      statement.execute("begin immediate");
      statement.execute("rollback");
      return true;
    } catch (SQLException busy) {
      return false;
    }
  }

  // ---- playing and judging

  /** Clients start, signal and await chores; returns when all have ended. */
  public void play(PawlEngine pawl, int clients, int each) throws InterruptedException {
    chores += clients * each;
    new ChoreClients(pawl.control(), log).play(clients, each);
  }

  /** Something that may go wrong. */
  public interface Play {
    void play() throws Exception;
  }

  /** Lets something play in a thread of its own. */
  public static CompletableFuture<Void> aside(Play play) {
    return CompletableFuture.runAsync(() -> {
      try {
        play.play();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }, task -> Thread.ofPlatform().daemon().name("aside").start(task));
  }

  /** Lets something play, and looks at the evidence all the while. @return what was wrong at any time */
  public List<Violation> watch(Play play) throws InterruptedException {
    CompletableFuture<Void> playing = aside(play);
    List<Violation> wrong = new ArrayList<>();
    while (true) {
      try {
        playing.get(1, TimeUnit.SECONDS);
        return wrong;
      } catch (TimeoutException stillPlaying) {
        if (wrong.isEmpty()) wrong.addAll(look());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException trouble) throw trouble;
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  private List<Violation> look() {
    try (Evidence evidence = evidence(log.all()).open()) {
      return Checker.ofEverything().check(evidence).violations();
    } catch (IllegalStateException databaseDown) {
      return List.of();
    }
  }

  private Evidence.Builder evidence(List<Operation> operations) {
    return Evidence.in(database.dataSource())
        .operations(operations)
        .later(() -> Stream.concat(operations.stream(), log.all().stream()).toList())
        .ledger(effects(), Rule.IDEMPOTENT, EFFECTFUL);
  }

  /** Judges what must hold at any instant, whatever is going on. @param earlier what dead processes had logged */
  public Findings look(List<Operation> earlier) {
    try (Evidence evidence = evidence(together(earlier)).open()) {
      return Checker.ofEverything().check(evidence);
    }
  }

  /** One log after the other, with numbers in that order. */
  private List<Operation> together(List<Operation> earlier) {
    List<Operation> all = new ArrayList<>(earlier);
    all.addAll(log.all());
    if (earlier.isEmpty()) return all;
    all.replaceAll(new UnaryOperator<>() {
      private long number;

      @Override
      public Operation apply(Operation one) {
        return new Operation(++number, one.at(), one.process(), one.phase(), one.kind(), one.namespace(),
            one.workflowId(), one.id(), one.run(), one.word());
      }
    });
    return all;
  }

  /** All must be well, nothing may be overdue, and the chores that were played must be there with their children. */
  public RoundVerdict judge() {
    RoundVerdict verdict = judge(chores * 3L, List.of());
    if (verdict.findings().histories() != 2L * chores) {
      throw new IllegalStateException("expected %d chores and as many children, found %d runs".formatted(
          chores, verdict.findings().histories()));
    }
    return verdict;
  }

  /**
   * All must be well, and nothing may be overdue, once everything has healed.
   *
   * @param leastOk fewer acknowledged requests prove nothing
   * @param earlier what dead processes had logged
   */
  public RoundVerdict judge(long leastOk, List<Operation> earlier) {
    proxies.forEach(FaultProxy::heal);
    List<Operation> operations = together(earlier);
    try (Evidence evidence = evidence(operations).quiet(QUIET).open()) {
      Findings findings = Checker.ofEverything().check(evidence);
      List<String> neverFired =
          proxies.stream().flatMap(proxy -> proxy.neverFired().stream()).map(Fault::text).toList();
      return RoundVerdict.of(findings, operations, leastOk, neverFired);
    }
  }

  /** The rows of a query. */
  public List<dev.pawl.testbed.check.Row> rows(String sql) {
    try (Evidence evidence = Evidence.in(database.dataSource()).open()) {
      return evidence.rows(sql);
    }
  }

  /** Changes rows behind everybody's back. */
  public void change(String sql) {
    try (var connection = database.dataSource().getConnection(); var statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** How many rows of a table there are. */
  public long count(String table) {
    return rows("select count(*) as n from " + table).getFirst().number("n");
  }

  public boolean onNetwork() {
    return database.server() != Databases.sqlite();
  }

  @Override
  public void close() throws Exception {
    // Workers first, engines under them later.
    for (AutoCloseable one : opened.reversed()) one.close();
    for (FaultProxy proxy : proxies) proxy.close();
    ledger.close();
    jobLedger.close();
    log.close();
  }
}
