package dev.pawl.chaos.crash;

import dev.pawl.chaos.client.ProgramClients;
import dev.pawl.chaos.errand.Errand;
import dev.pawl.chaos.node.Meddler;
import dev.pawl.chaos.node.Node;
import dev.pawl.chaos.node.NodeProcess;
import dev.pawl.chaos.node.Trial;
import dev.pawl.chaos.program.Answer;
import dev.pawl.chaos.round.ErrandVerdict;
import dev.pawl.chaos.round.MixedRound;
import dev.pawl.chaos.round.Round;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Until;
import dev.pawl.testbed.check.Findings;
import dev.pawl.testbed.check.Operation;
import dev.pawl.testbed.check.Operations;
import dev.pawl.testbed.check.RoundVerdict;
import dev.pawl.testbed.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** Process after process dies on one database; what must hold at any instant is judged after each, the rest at the end. */
public final class CrashSuite implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int HALTED = 137;

  /** Every crash point that workflows get to, in the order of the contract; those of jobs and schedules alone are not. */
  public static final Set<Failpoint> POINTS =
      EnumSet.complementOf(EnumSet.of(Failpoint.REDRIVE_BEFORE, Failpoint.REDRIVE_AFTER, Failpoint.SCHEDULE_BEFORE,
          Failpoint.SCHEDULE_AFTER));

  /** Those of commits that concern two runs; each is reached on both sides of the commit. */
  public static final Set<Failpoint> KIN =
      EnumSet.of(Failpoint.CONTINUE_AS_NEW, Failpoint.CHILD_START, Failpoint.PARENT_CLOSE);

  private final Round round;
  private final Path folder;
  private final SplittableRandom random;
  private final List<Operation> log = new ArrayList<>();
  private final Map<String, Errand> accepted = new HashMap<>();
  /** What has to be finished, by tribe. */
  private final Map<String, Play> tribes = new HashMap<>();

  /** @param folder empty */
  public CrashSuite(Database database, long seed, Path folder) {
    this.round = new Round(database, folder);
    this.folder = folder;
    this.random = new SplittableRandom(seed);
  }

  /** What a tribe plays. @param kin see {@link DoomedProcess#play} */
  private record Play(long seed, boolean kin) {}

  /**
   * A death.
   *
   * @param passes how often the point was passed before
   * @param findings what was found afterwards
   */
  public record Death(Failpoint point, int passes, Findings findings) {}

  /** Lets a process die at a point. @throws IllegalStateException if it never gets there: nothing was proven */
  public Death die(Failpoint point) {
    return die(point, random.nextInt(most(point)));
  }

  /** The same. @param passes how often it passes the point before, 0 or more; of {@link #KIN} 0 is before a commit, 1 behind it */
  public Death die(Failpoint point, int passes) {
    // Whoever is to revoke needs somebody before it who died with a lease in hand; not every death leaves one.
    if (point == Failpoint.REVOKE_BEFORE) die(Failpoint.GRANT_BEFORE_REPLY);
    try (Doomed one = doomed(point, passes)) {
      one.died();
      return new Death(point, one.passes, round.look(log));
    }
  }

  /** Lets two processes work side by side until each has died at its point. */
  public List<Death> die(Failpoint point, Failpoint other) {
    try (Doomed one = doomed(point, random.nextInt(most(point)));
        Doomed two = doomed(other, random.nextInt(most(other)))) {
      one.died();
      two.died();
      Findings findings = round.look(log);
      return List.of(new Death(point, one.passes, findings), new Death(other, two.passes, findings));
    }
  }

  private Doomed doomed(Failpoint point, int passes) {
    Play play = new Play(random.nextInt(1, Integer.MAX_VALUE), KIN.contains(point));
    String tribe = "tribe%d-".formatted(tribes.size() + 1);
    tribes.put(tribe, play);
    Path operations = folder.resolve(tribe + "operations");
    return new Doomed(point, passes, tribe, operations, process(tribe, play, operations, point == Failpoint.PRUNE_BETWEEN)
        .property("pawl.failpoints", "%s=halt@%d".formatted(point.name().toLowerCase(Locale.ROOT), passes + 1)).start());
  }

  /** A process that will die at a point. */
  private final class Doomed implements AutoCloseable {
    private final Failpoint point;
    private final int passes;
    private final String tribe;
    private final Path operations;
    private final JavaProcess process;

    Doomed(Failpoint point, int passes, String tribe, Path operations, JavaProcess process) {
      this.point = point;
      this.passes = passes;
      this.tribe = tribe;
      this.operations = operations;
      this.process = process;
    }

    /** Waits for the end, and keeps what its clients had heard. */
    void died() {
      int code = process.awaitExit(SOON);
      if (code != HALTED) {
        throw new IllegalStateException("expected an end at %s, got code %d: %s".formatted(point, code, process.lines()));
      }
      // What was not pruned any more gets back the time that its history tells of.
      if (point == Failpoint.PRUNE_BETWEEN) {
        round.change(DoomedProcess.AGE.formatted("+ ", tribe) + " and closed_at < started_at");
      }
      log.addAll(Operations.read(operations));
      for (String line : process.lines()) {
        // The last one may have been cut off: then nobody has heard it.
        String[] words = line.startsWith(DoomedProcess.ACCEPTED) ? line.split("[ \"]+") : new String[0];
        if (words.length != 7) continue;
        accepted.put(words[1], Errand.parse(String.join(" ", List.of(words).subList(2, 7))));
      }
    }

    @Override
    public void close() {
      process.close();
    }
  }

  private JavaProcess.Recipe process(String tribe, Play play, Path operations, boolean prunes) {
    return JavaProcess.of(DoomedProcess.class).likeIn(Trial.class)
        .args(NodeProcess.address(round.database()), round.ledgerPort(), tribe, play.seed(), operations, prunes,
            round.jobLedger().port(), play.kin())
        .property("org.slf4j.simpleLogger.defaultLogLevel", "off");
  }

  /** A process that dies of nothing, for who does something else to it. @param operations where it logs */
  public JavaProcess survivor(String tribe, long seed, Path operations) {
    Play play = new Play(seed, false);
    tribes.put(tribe, play);
    return process(tribe, play, operations, false).start();
  }

  /** Waits until its programs have had so many effects. */
  public void awaitEffects(int count) {
    if (!round.ledger().awaitCalls(count, "", SOON)) throw new IllegalStateException("expected %d effects".formatted(count));
  }

  /** The same as {@link #finish()}. @param earlier what a survivor has logged */
  public Ending finish(List<Operation> earlier) throws InterruptedException {
    log.addAll(earlier);
    return finish();
  }

  /** How often a point may be passed before, so that the work of one process surely gets there. */
  private static int most(Failpoint point) {
    return switch (point) {
      case COMMIT_BEFORE, COMMIT_BEFORE_ANSWER, COMMIT_BEFORE_WAKE -> 15;
      case GRANT_BEFORE_REPLY, START_BEFORE_COMMIT, START_BEFORE_REPLY -> 6;
      case CONTINUE_AS_NEW, CHILD_START, PARENT_CLOSE -> 6;
      case CLAIM_AFTER_TAKEOVER, MAIL_BEFORE, MAIL_AFTER -> 3;
      case PRUNE_BETWEEN -> 2;
      case STATEMENT_AFTER -> 60;
      default -> 1;
    };
  }

  /** A healthy node plays everything that the dead had begun to its end. @return the verdict, and what was wrong besides */
  public Ending finish() throws InterruptedException {
    PawlEngine engine = round.engine(round.database());
    Map<String, Answer> expected = new HashMap<>();
    try (var node = new Node(engine, round.ledger(), round.jobLedger(), "healthy", new Meddler(0, 0, trick -> {}))) {
      var all = new ArrayList<CompletableFuture<Map<String, Answer>>>();
      tribes.forEach((tribe, play) -> all.add(CompletableFuture.supplyAsync(() -> {
        var clients = new ProgramClients(engine.control(), round.log(), tribe, false, Duration.ofMinutes(2));
        try {
          DoomedProcess.play(clients, play.kin(), play.seed());
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        return clients.expected();
      }, Executors.newVirtualThreadPerTaskExecutor())));
      all.forEach(one -> expected.putAll(one.join()));
      Until.holds(SOON, () -> ErrandVerdict.quiet(round));
    }
    List<String> wrong = new ArrayList<>(MixedRound.wrongEffects(round, expected));
    wrong.addAll(ErrandVerdict.wrong(round, accepted));
    return new Ending(round.judge(1, log), wrong);
  }

  /** @param wrong effects that are not as they must be */
  public record Ending(RoundVerdict verdict, List<String> wrong) {}

  @Override
  public void close() throws Exception {
    round.close();
  }
}
