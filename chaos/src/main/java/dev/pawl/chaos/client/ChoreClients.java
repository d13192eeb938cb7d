package dev.pawl.chaos.client;

import dev.pawl.chaos.chore.ChoreWorker;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.testbed.check.Operations;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** Clients that start chores and counters, talk to them, stop some, and wait for their ends. */
public final class ChoreClients {
  private final ControlApi control;
  private final Operations log;

  public ChoreClients(ControlApi control, Operations log) {
    this.control = control;
    this.log = log;
  }

  /** Plays {@code clients} clients with {@code each} chores; returns when all have ended. */
  public void play(int clients, int each) throws InterruptedException {
    Crowd.play("", clients, 0, (name, random) -> {
      PatientClient client = client(name);
      for (int i = 1; i <= each; i++) chore(client, "%s-chore-%d".formatted(name, i), "");
    });
  }

  /** Plays chores and counters, and stops some of them, until told that it is enough. */
  public void playWhile(BooleanSupplier more, int clients, long seed) throws InterruptedException {
    Crowd.play("chores-", clients, seed, (name, random) -> {
      PatientClient client = client(name);
      for (int i = 1; more.getAsBoolean(); i++) any(client, "%s-%d".formatted(name, i), random);
    });
  }

  private PatientClient client(String name) {
    return new PatientClient(control, log, name, PatientClient.PATIENCE);
  }

  private static void any(PatientClient client, String id, SplittableRandom random) {
    switch (random.nextInt(10)) {
      case 0 -> chore(client, "cancelled-" + id, "cancel");
      case 1 -> chore(client, "terminated-" + id, "terminate");
      case 2, 3, 4 -> counter(client, "counter-" + id, random);
      default -> chore(client, "chore-" + id, "");
    }
  }

  /** @param end how it is stopped in the middle; empty: it is not */
  private static void chore(PatientClient client, String workflowId, String end) {
    client.start(workflowId, ChoreWorker.CHORE, ChoreWorker.QUEUE, Payload.json("0"));
    client.signal(workflowId, "signal-1", "go", Payload.json("1"));
    switch (end) {
      case "cancel" -> client.cancel(workflowId);
      case "terminate" -> client.terminate(workflowId);
      default -> client.signal(workflowId, "signal-2", "go", Payload.json("1"));
    }
    var result = client.result(workflowId);
    String expected = switch (end) {
      case "cancel" -> "CANCELLED";
      case "terminate" -> "TERMINATED";
      default -> "COMPLETED";
    };
    if (!result.status().name().equals(expected)) {
      throw new WrongAnswer("expected %s to be %s, got %s".formatted(workflowId, expected, result));
    }
  }

  private static void counter(PatientClient client, String workflowId, SplittableRandom random) {
    client.start(workflowId, ChoreWorker.COUNTER, ChoreWorker.QUEUE, Payload.json("0"));
    long sum = 0;
    int signals = 1 + random.nextInt(8);
    for (int i = 1; i <= signals; i++) {
      int add = random.nextInt(100);
      sum += add;
      client.signal(workflowId, "add-" + i, "add", Payload.json(Integer.toString(add)));
    }
    client.signal(workflowId, "stop", "stop", Payload.json("0"));
    var result = client.result(workflowId);
    boolean right = result.outcome() instanceof Outcome.Success success
        && success.result().text().equals(Long.toString(sum));
    if (!right) throw new WrongAnswer("expected %s to count %d, got %s".formatted(workflowId, sum, result));
  }
}
