package dev.pawl.chaos.client;

import dev.pawl.chaos.program.Answer;
import dev.pawl.chaos.program.Draw;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.chaos.program.Op;
import dev.pawl.chaos.program.ProgramText;
import dev.pawl.chaos.workload.Appends;
import dev.pawl.chaos.workload.Turns;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.testbed.check.Operations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Clients of random programs: each draws programs from its seed, starts them, tells them what they wait for, stops some,
 * and compares how they end with what was known beforehand. Between them they also append to lists, let workflows take
 * turns at a lock, and start the same workflows as others do.
 */
public final class ProgramClients {
  /** A few ids for all clients, so that they get in each other's way. */
  private static final int RIVAL_IDS = 3;
  private static final int APPENDS = 6;
  private static final int CONTENDERS = 3;

  private static final String KIN =
      "pay 1 0 0 again child { pay 2 0 0 child { charge 4 0 } } again beside 2 { child { pay 8 0 0 } } { tell 16 }";

  private final ControlApi control;
  private final Operations log;
  private final String tribe;
  private final boolean deadly;
  private final Duration patience;
  private final Map<String, Answer> expected = new ConcurrentHashMap<>();
  private final AtomicInteger played = new AtomicInteger();

  /**
   * @param tribe how the names of its clients and workflows begin; the same one plays the same, whoever plays it
   * @param deadly whether programs may end the process that they run in
   */
  public ProgramClients(ControlApi control, Operations log, String tribe, boolean deadly, Duration patience) {
    this.control = control;
    this.log = log;
    this.tribe = tribe;
    this.deadly = deadly;
    this.patience = patience;
  }

  /** What the programs that completed must have come to, by workflow id. */
  public Map<String, Answer> expected() {
    return Map.copyOf(expected);
  }

  /** How many workflows have been played to their ends. */
  public int played() {
    return played.get();
  }

  /** Plays {@code least} workflows per client at least, and on until told that it is enough. */
  public void play(int clients, int least, BooleanSupplier more, long seed) throws InterruptedException {
    Crowd.play(tribe, clients, seed, (name, random) -> {
      var client = new PatientClient(control, log, name, patience);
      for (int i = 1; i <= least || more.getAsBoolean(); i++) {
        any(client, "%s-%d".formatted(name, i), random.split());
        played.incrementAndGet();
      }
    });
  }

  /** Plays workflows that go on as new and have children, some of whose parents are ended before them. */
  public void playKin(int clients, int each, long seed) throws InterruptedException {
    Crowd.play(tribe, clients, seed, (name, random) -> {
      var client = new PatientClient(control, log, name, patience);
      for (int i = 1; i <= each; i++) {
        String id = "%s-%d".formatted(name, i);
        play(client, "kin-" + id, ProgramText.read(KIN), random, false);
        orphaned(client, "orphaned-" + id);
        played.addAndGet(2);
      }
    });
  }

  /** A parent is terminated while its child is open, and the child is told to stop. */
  private static void orphaned(PatientClient client, String workflowId) {
    client.start(workflowId, Interpreter.TYPE, Interpreter.QUEUE, text("child { note 1 forever } forever"));
    String child = workflowId + ".1.1";
    client.awaitBirth(child);
    client.terminate(workflowId);
    mustEnd(client, workflowId, RunStatus.TERMINATED);
    mustEnd(client, child, RunStatus.CANCELLED);
  }

  private static void mustEnd(PatientClient client, String workflowId, RunStatus end) {
    var result = client.result(workflowId);
    if (result.status() != end) throw new WrongAnswer("expected %s to be %s, got %s".formatted(workflowId, end, result));
  }

  private void any(PatientClient client, String id, SplittableRandom random) {
    switch (random.nextInt(14)) {
      case 0 -> stopped(client, "cancelled-" + id, random, RunStatus.CANCELLED);
      case 1 -> stopped(client, "terminated-" + id, random, RunStatus.TERMINATED);
      case 2 -> rival(client, tribe + "rival-" + random.nextInt(RIVAL_IDS), id, random);
      case 3 -> list(client, "list-" + id, random);
      case 4 -> turns(client, "turns-" + id);
      case 5, 6 -> LifeClients.any(client, id, random);
      default -> program(client, "program-" + id, random);
    }
  }

  // ---- programs

  private void program(PatientClient client, String workflowId, SplittableRandom random) {
    play(client, workflowId, new Draw(random, deadly).program(), random, true);
  }

  /** @param mayRest whether it may be held up once */
  private void play(PatientClient client, String workflowId, List<Op> program, SplittableRandom random, boolean mayRest) {
    Answer answer = Answer.to(program);
    client.start(workflowId, Interpreter.TYPE, Interpreter.QUEUE, text(ProgramText.write(program)));
    tell(client, workflowId, answer, random);
    if (mayRest && random.nextInt(6) == 0) client.pauseAndResume(workflowId, "1");
    var result = client.result(workflowId);
    boolean right = result.outcome() instanceof Outcome.Success success
        && success.result().text().equals(Long.toString(answer.total()));
    if (!right) {
      throw new WrongAnswer("expected %s to come to %d, got %s; its program is: %s".formatted(workflowId, answer.total(),
          result, ProgramText.write(program)));
    }
    expected.put(workflowId, answer);
    shown(client, workflowId, program, answer);
  }

  /** In any order, some of them twice. */
  private static void tell(PatientClient client, String workflowId, Answer answer, SplittableRandom random) {
    var names = new ArrayList<>(answer.signals().keySet());
    while (!names.isEmpty()) {
      String name = names.remove(random.nextInt(names.size()));
      long amount = answer.signals().getOrDefault(name, 0L);
      client.signal(workflowId, name, name, Payload.json(Long.toString(amount)));
      if (random.nextInt(8) == 0) client.signal(workflowId, name, name, Payload.json(Long.toString(amount)));
    }
  }

  /** What a program showed last is what it can be found by. */
  private static void shown(PatientClient client, String workflowId, List<Op> program, Answer answer) {
    if (!(program.getLast() instanceof Op.Show)) return;
    String filter = "Total = %d and WorkflowId = '%s'".formatted(answer.total(), workflowId);
    long found = client.count(filter);
    if (found != 1) throw new WrongAnswer("expected one run with %s, found %d".formatted(filter, found));
  }

  private void stopped(PatientClient client, String workflowId, SplittableRandom random, RunStatus end) {
    List<Op> program = new Draw(random, deadly).endless();
    client.start(workflowId, Interpreter.TYPE, Interpreter.QUEUE, text(ProgramText.write(program)));
    if (random.nextBoolean()) tell(client, workflowId, Answer.to(program), random);
    if (end == RunStatus.CANCELLED) client.cancel(workflowId);
    else client.terminate(workflowId);
    var result = client.result(workflowId);
    if (result.status() != end) {
      throw new WrongAnswer("expected %s to be %s, got %s; its program is: %s".formatted(workflowId, end, result,
          ProgramText.write(program)));
    }
  }

  // ---- the same id for many

  private static void rival(PatientClient client, String workflowId, String requestId, SplittableRandom random) {
    var reuse = random.nextInt(4) == 0 ? ReusePolicy.ALLOW_FAILED_ONLY : ReusePolicy.ALLOW;
    var conflict = ConflictPolicy.values()[random.nextInt(ConflictPolicy.values().length)];
    boolean started = client.start(workflowId, Interpreter.TYPE, Interpreter.QUEUE, text("pay 1 0 0 sleep 20 charge 1 0"),
        requestId, reuse, conflict, Set.of(Rejection.Code.WORKFLOW_ALREADY_STARTED));
    if (started) client.result(workflowId);
  }

  // ---- one after the other

  private static void turns(PatientClient client, String lock) {
    client.start(lock, Turns.LOCK, Interpreter.QUEUE, Payload.json(Integer.toString(CONTENDERS)));
    for (int i = 1; i <= CONTENDERS; i++) {
      client.start(Turns.contender(lock, i), Turns.CONTENDER, Interpreter.QUEUE, text(lock));
    }
    var turns = new TreeSet<String>();
    for (int i = 1; i <= CONTENDERS; i++) {
      var result = client.result(Turns.contender(lock, i));
      if (result.outcome() instanceof Outcome.Success success) turns.add(success.result().text());
    }
    var end = client.result(lock);
    if (turns.size() != CONTENDERS || end.status() != RunStatus.COMPLETED) {
      throw new WrongAnswer("expected %d turns of %s, got %s and %s".formatted(CONTENDERS, lock, turns, end));
    }
  }

  // ---- a list for many

  private void list(PatientClient client, String workflowId, SplittableRandom random) {
    client.start(workflowId, Appends.TYPE, Interpreter.QUEUE, text(""));
    var order = new ArrayList<String>();
    for (int i = 1; i <= APPENDS; i++) {
      String value = client.name() + ":" + i;
      order.add(value);
      if (random.nextBoolean()) {
        client.signal(workflowId, value, "append", text(value));
      } else {
        Optional<Payload> answer = Optional.empty();
        for (int attempt = 1; answer.isEmpty(); attempt++) {
          answer = client.update(workflowId, value + "#" + attempt, "append", text(value));
        }
        long position = Long.parseLong(answer.get().text());
        if (position != i) {
          throw new WrongAnswer("expected %s to be number %d of %s, got %d".formatted(value, i, workflowId, position));
        }
      }
    }
    client.signal(workflowId, "stop", "stop", text(""));
    var result = client.result(workflowId);
    String wanted = "\"" + String.join(" ", order) + "\"";
    boolean right = result.outcome() instanceof Outcome.Success success && success.result().text().equals(wanted);
    if (!right) throw new WrongAnswer("expected %s to be %s, got %s".formatted(workflowId, wanted, result));
  }

  private static Payload text(String text) {
    return Payload.json("\"" + text + "\"");
  }
}
