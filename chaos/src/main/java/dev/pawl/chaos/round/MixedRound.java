package dev.pawl.chaos.round;

import dev.pawl.chaos.client.ChoreClients;
import dev.pawl.chaos.client.ErrandClients;
import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.client.ProgramClients;
import dev.pawl.chaos.client.WrongAnswer;
import dev.pawl.chaos.errand.ErrandWorker;
import dev.pawl.chaos.node.Meddler;
import dev.pawl.chaos.program.Answer;
import dev.pawl.chaos.workload.Turns;
import dev.pawl.core.value.RejectedException;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Until;
import dev.pawl.testbed.check.Operation;
import dev.pawl.testbed.check.RoundVerdict;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import dev.pawl.testbed.check.Row;
import dev.pawl.testbed.ledger.LedgerEntry;
import dev.pawl.testbed.ledger.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Everything at once, from one seed: random programs, chores, lists, rivals and jobs, under as many harms as wanted. */
public final class MixedRound {
  private static final double MEDDLING = 0.03;

  private MixedRound() {}

  /**
   * @param harms how many
   * @param clients how many play programs; half as many play chores
   * @param least how many workflows each plays at least; all play on until the last harm is done
   */
  public record Size(int harms, int clients, int least) {}

  /**
   * How it went.
   *
   * @param requests of clients, by what they came to: ok, fail, info
   * @param unanswered calls whose outcome their client did not know, and asked again
   * @param fired faults by kind
   * @param blocked runs that an operator had to set going again, by reason
   */
  public record Result(String store, long seed, Colour colour, List<String> reasons, Map<String, Long> requests,
      long unanswered, Map<String, Long> fired, long workflows, long histories, long events, int invariants,
      Map<String, Long> blocked, Duration took, Path folder) {}

  /** Plays a round on an empty database. @param folder empty; the log and the ledger stay there */
  public static Result play(Database database, long seed, Size size, Path folder) throws Exception {
    long began = System.nanoTime();
    var fired = new ConcurrentHashMap<String, Long>();
    var blocked = new TreeMap<String, Long>();
    var wrong = new ArrayList<String>();
    try (var round = new Round(database, folder)) {
      var nemesis = new Nemesis(round, folder, seed, size.harms, MEDDLING);
      PawlEngine pawl = round.engine(nemesis.through());
      var meddler = new Meddler(seed, MEDDLING, trick -> fired.merge(Nemesis.trick(trick), 1L, Long::sum));
      ControlApi meddled = meddler.before(pawl.control());
      var programs = new ProgramClients(meddled, round.log(), "", true, PatientClient.PATIENCE);
      var errands = new ErrandClients(meddler.before(pawl.jobs()), "", true, PatientClient.PATIENCE, line -> {});
      try (nemesis) {
        var chores = new ChoreClients(meddled, round.log());
        round.watch(() -> {
          var choring = Round.aside(() -> played(
              () -> chores.playWhile(() -> !nemesis.satisfied(), Math.max(1, size.clients / 2), seed), wrong));
          var running = Round.aside(() -> played(
              () -> errands.play(Math.max(1, size.clients / 2), size.least, () -> !nemesis.satisfied(), seed), wrong));
          var operating = Thread.ofVirtual().start(() -> operate(pawl.control(), blocked));
          try {
            played(() -> programs.play(size.clients, size.least, () -> !nemesis.satisfied(), seed), wrong);
            choring.join();
            running.join();
          } finally {
            operating.interrupt();
            operating.join();
          }
        }).forEach(violation -> wrong.add("while it ran: " + violation));
      }
      nemesis.fired().forEach((harm, times) -> fired.merge(harm, times, Long::sum));
      wrong.addAll(nemesis.strangeDeaths());
      wrong.addAll(wrongEffects(round, programs.expected()));
      settle(round, pawl);
      wrong.addAll(ErrandVerdict.wrong(round, errands.accepted()));
      RoundVerdict verdict = round.judge(1, List.of());
      Result result = result(round, database, folder, seed, verdict, wrong, nemesis, programs, fired, blocked, began);
      if (result.colour == Colour.RED) new Dossier(round, folder).write(result.reasons, nemesis.said());
      return result;
    }
  }

  private static Result result(Round round, Database database, Path folder, long seed, RoundVerdict verdict, List<String> wrong,
      Nemesis nemesis, ProgramClients programs, Map<String, Long> fired, Map<String, Long> blocked, long began) {
    List<String> reasons = new ArrayList<>(wrong);
    reasons.addAll(verdict.reasons());
    nemesis.neverFired().forEach(harm -> reasons.add("a harm never happened: " + harm));
    Colour colour = !wrong.isEmpty() ? Colour.RED
        : verdict.colour() == Colour.GREEN && !reasons.isEmpty() ? Colour.VOID : verdict.colour();
    long unanswered = round.log().all().stream().filter(line -> line.phase() == Operation.Phase.INFO).count();
    return new Result(database.toString(), seed, colour, reasons, verdict.operations(), unanswered, new TreeMap<>(fired),
        programs.played(), verdict.findings().histories(), verdict.findings().events(),
        verdict.findings().invariants().size(), blocked, Duration.ofNanos(System.nanoTime() - began), folder);
  }

  /** Jobs that others brought about, or that were never acknowledged, end as well; nobody waits for those. */
  private static void settle(Round round, PawlEngine pawl) throws InterruptedException {
    var worker = ErrandWorker.start(pawl.worker(), pawl.jobWork(), round.jobLedger(), "the last");
    try (worker) {
      Until.holds(PatientClient.PATIENCE, () -> ErrandVerdict.quiet(round));
    }
  }

  private interface Playing {
    void play() throws InterruptedException;
  }

  private static void played(Playing playing, List<String> wrong) {
    try {
      playing.play();
    } catch (WrongAnswer e) {
      synchronized (wrong) {
        wrong.add(e.getCause() == null ? e.getMessage() : e.getMessage() + ": " + e.getCause());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the operator does: a run that lost its worker too often is looked at, and set going again. */
  private static void operate(ControlApi control, Map<String, Long> blocked) {
    while (!Thread.interrupted()) {
      try {
        for (ControlApi.RunView run : control.list("default", "Status = 'BLOCKED'", 100, null).runs()) {
          if (PatientClient.ALL_OF_THEM.equals(run.blockedReason())) continue;
          blocked.merge(String.valueOf(run.blockedReason()), 1L, Long::sum);
          control.unblock(new RunRef("default", run.workflowId(), run.run()), "the node is well again");
        }
      } catch (RejectedException notNow) {
        // The database is away, or the run has gone on.
      }
      try {
        Thread.sleep(Duration.ofSeconds(2));
      } catch (InterruptedException over) {
        return;
      }
    }
  }

  // ---- what the world says, without asking histories

  /** @param expected what the programs that completed must have come to, by workflow id */
  public static List<String> wrongEffects(Round round, Map<String, Answer> expected) {
    record Sum(long count, long moved) {
      Sum plus(long amount) {
        return new Sum(count + 1, moved + amount);
      }
    }
    List<String> wrong = new ArrayList<>(Turns.overlaps(round.effects()));
    Map<String, Sum> effects = new HashMap<>();
    for (LedgerEntry entry : round.effects().calls()) {
      if (entry.verdict() != Verdict.APPLIED) continue;
      String top = top(entry.call().workflowId());
      effects.put(top, effects.getOrDefault(top, new Sum(0, 0)).plus(entry.call().amount()));
    }
    Map<String, Long> booked = new HashMap<>();
    for (Row row : round.rows("select workflow_id, entry, count(*) as n from chaos_bookings group by workflow_id, entry")) {
      booked.merge(top(row.text("workflow_id")), 1L, Long::sum);
      if (row.number("n") != 1) {
        wrong.add("%s booked one entry %d times".formatted(row.text("workflow_id"), row.number("n")));
      }
    }
    expected.forEach((workflow, answer) -> {
      Sum sum = effects.getOrDefault(workflow, new Sum(0, 0));
      if (sum.count != answer.effects() || sum.moved != answer.moved()) {
        wrong.add("%s had %d effects that moved %d, expected %d that move %d".formatted(workflow, sum.count, sum.moved,
            answer.effects(), answer.moved()));
      }
      long rows = booked.getOrDefault(workflow, 0L);
      if (rows != answer.booked()) wrong.add("%s booked %d rows, expected %d".formatted(workflow, rows, answer.booked()));
    });
    return wrong;
  }

  /** The workflow that a child belongs to. */
  private static String top(String workflowId) {
    int dot = workflowId.indexOf('.');
    return dot < 0 ? workflowId : workflowId.substring(0, dot);
  }
}
