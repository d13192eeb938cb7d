package dev.pawl.chaos.client;

import dev.pawl.chaos.program.Answer;
import dev.pawl.chaos.program.Draw;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.chaos.program.Op;
import dev.pawl.chaos.program.ProgramText;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.ControlApi.Bulk.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** What operators do to workflows: start them over, erase them, and treat many alike. */
final class LifeClients {
  private static final int MANY = 4;
  /** One word to each of many. */
  private static final ControlApi.Message WORD = new ControlApi.Message("word", "word", Payload.json("5"), Map.of());

  private LifeClients() {}

  static void any(PatientClient client, String id, SplittableRandom random) {
    switch (random.nextInt(3)) {
      case 0 -> startedOver(client, "reset-" + id, random);
      case 1 -> erased(client, "erased-" + id, random);
      default -> many(client, "many-" + id + "-", random);
    }
  }

  /** Begins again in the middle or after the end, and comes to the same; nobody tells it anything twice. */
  private static void startedOver(PatientClient client, String workflowId, SplittableRandom random) {
    Answer answer = start(client, workflowId, random, false);
    int times = 1 + random.nextInt(2);
    for (int i = 1; i <= times; i++) {
      if (random.nextBoolean()) mustCome(client, workflowId, answer);
      client.reset(workflowId, 2, "again-" + i);
    }
    mustCome(client, workflowId, answer);
  }

  private static Answer start(PatientClient client, String workflowId, SplittableRandom random, boolean deadly) {
    List<Op> program = new Draw(random, deadly).program();
    Answer answer = Answer.to(program);
    client.start(workflowId, Interpreter.TYPE, Interpreter.QUEUE, text(ProgramText.write(program)));
    answer.signals().forEach((name, amount) ->
        client.signal(workflowId, name, name, Payload.json(Long.toString(amount))));
    return answer;
  }

  private static void mustCome(PatientClient client, String workflowId, Answer answer) {
    var result = client.result(workflowId);
    boolean right = result.outcome() instanceof Outcome.Success success
        && success.result().text().equals(Long.toString(answer.total()));
    if (!right) throw new WrongAnswer("expected %s to come to %d, got %s".formatted(workflowId, answer.total(), result));
  }

  /** Ends, and is gone with all its runs. */
  private static void erased(PatientClient client, String workflowId, SplittableRandom random) {
    Answer answer = start(client, workflowId, random, false);
    mustCome(client, workflowId, answer);
    client.erase(workflowId);
  }

  /** Several at once: held up, blocked, set going, told or stopped, perhaps started over, and erased. */
  private static void many(PatientClient client, String prefix, SplittableRandom random) {
    List<String> all = IntStream.rangeClosed(1, MANY).mapToObj(number -> prefix + number).toList();
    String filter = "WorkflowId starts with '%s'".formatted(prefix);
    for (String one : all) {
      client.start(one, Interpreter.TYPE, Interpreter.QUEUE, text("pay 1 0 0 sleep 30 await word 5 charge 2 0"));
    }
    found(client.bulk(filter, Action.PAUSE, null), MANY, filter);
    found(client.bulk(filter, Action.RESUME, null), MANY, filter);
    var end = List.of(RunStatus.COMPLETED, RunStatus.CANCELLED, RunStatus.TERMINATED).get(random.nextInt(3));
    boolean blocked = random.nextBoolean();
    // None, if somebody else has played this to its end before.
    long open = client.count(filter + " and (Status = 'RUNNING' or Status = 'BLOCKED')");
    if (blocked) {
      found(client.bulk(filter, Action.BLOCK, null), MANY, filter);
      held(client, filter, open);
    }
    found(client.bulk(filter, switch (end) {
      case CANCELLED -> Action.CANCEL;
      case TERMINATED -> Action.TERMINATE;
      default -> Action.SIGNAL;
    }, end == RunStatus.COMPLETED ? WORD : null), MANY, filter);
    if (blocked) {
      // A word does not set going what an operator has blocked.
      if (end == RunStatus.COMPLETED) held(client, filter, open);
      found(client.bulk(filter, Action.UNBLOCK, null), MANY, filter);
    }
    for (String one : all) ended(client.result(one), one, end);
    if (end == RunStatus.COMPLETED && random.nextBoolean()) {
      client.bulk(filter, Action.RESET, null);
      for (String one : all) ended(client.result(one), one, end);
    }
    switch (random.nextInt(3)) {
      case 0 -> new ArrayList<>(all).forEach(client::erase);
      case 1 -> {
        client.eraseAll(filter, all);
        if (client.count(filter) > 0) throw new WrongAnswer("expected nothing to be left of %s".formatted(filter));
      }
      default -> {}
    }
  }

  private static void held(PatientClient client, String filter, long expected) {
    long held = client.count(filter + " and Status = 'BLOCKED'");
    if (held != expected) {
      throw new WrongAnswer("expected %d with %s to be blocked, found %d".formatted(expected, filter, held));
    }
  }

  private static void found(ControlApi.BulkReport report, int expected, String filter) {
    if (report.matched() != expected) {
      throw new WrongAnswer("expected %s to find %d, got %s".formatted(filter, expected, report));
    }
  }

  private static void ended(ControlApi.RunResult result, String workflowId, RunStatus end) {
    if (result.status() != end) throw new WrongAnswer("expected %s to be %s, got %s".formatted(workflowId, end, result));
    if (result.outcome() instanceof Outcome.Success success && !success.result().text().equals("8")) {
      throw new WrongAnswer("expected %s to come to 8, got %s".formatted(workflowId, result));
    }
  }

  private static Payload text(String text) {
    return Payload.json("\"" + text + "\"");
  }
}
