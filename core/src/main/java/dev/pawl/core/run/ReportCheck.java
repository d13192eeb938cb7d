package dev.pawl.core.run;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.Rejection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What would make the commands of a report unacceptable. The report is refused as a whole; the run goes on. */
final class ReportCheck {
  private ReportCheck() {}

  /** The first problem; null if there is none. */
  static @Nullable Rejection of(RunState state, List<Command> commands) {
    Rejection many =
        new Check().limit("commands", commands.size(), Check.MAX_COMMANDS, "commands in a report").problem();
    if (many != null) return many;
    Set<Integer> steps = new HashSet<>();
    for (int i = 0; i < commands.size(); i++) {
      Command command = commands.get(i);
      if (command instanceof Command.Closing && i != commands.size() - 1) {
        return Rejection.invalid("commands." + i, "a closing command must be the last one");
      }
      Check check = new Check("commands." + i + ".");
      if (command instanceof Command.OfStep ofStep) step(check, state, steps, ofStep);
      content(check, command);
      sum(check, state, command);
      if (check.problem() != null) return check.problem();
    }
    return null;
  }

  private static void step(Check check, RunState state, Set<Integer> steps, Command.OfStep command) {
    int step = command.step();
    if (step < 1) {
      check.invalid("step", "expected 1 or more, got " + step);
    } else if (step == Integer.MAX_VALUE) {
      check.invalid("step", "expected a dense number, got " + step);
    } else if (command instanceof Command.StartStep) {
      if (step < state.nextStep()) check.invalid("step", used(step));
    } else if (!steps.add(step)) {
      check.invalid("step", "step %d is used twice in this report".formatted(step));
    } else {
      switch (command) {
        // Their number was taken when the program asked, so they may come after later steps.
        case Command.RecordStep c -> notElse(check, state, step);
        case Command.RetryStep c -> {
          notElse(check, state, step);
          if (state.timers().containsKey(step)) check.invalid("step", "step %d waits for an attempt".formatted(step));
        }
        default -> {
          // The first event of a step is its command; a second one would do the work twice under one key.
          if (step < state.nextStep()) check.invalid("step", used(step));
        }
      }
    }
  }

  private static String used(int step) {
    return "step %d was used before".formatted(step);
  }

  private static void notElse(Check check, RunState state, int step) {
    if (state.activities().containsKey(step) || state.children().containsKey(step)
        || state.externals().containsKey(step)) {
      check.invalid("step", "step %d is open and no step of the worker".formatted(step));
    }
  }

  /** What an upsert adds up to with what is there; it all lives in the run's own row. */
  private static void sum(Check check, RunState state, Command command) {
    switch (command) {
      case Command.UpsertSearchAttributes c ->
          check.attributes("attributes", RunState.merged(state.searchAttributes(), c.attributes()), true);
      case Command.UpsertMemo c -> check.payloads("memo", both(state.memo(), c.memo()));
      case Command.ContinueAsNew c -> check
          .attributes("searchAttributes", RunState.merged(state.searchAttributes(), c.searchAttributes()), true)
          .payloads("memo", both(state.memo(), c.memo()));
      default -> {}
    }
  }

  private static Map<String, Payload> both(Map<String, Payload> old, Map<String, Payload> change) {
    Map<String, Payload> both = new HashMap<>(old);
    both.putAll(change);
    return both;
  }

  private static void content(Check check, Command command) {
    switch (command) {
      case Command.StartStep c -> check.name("name", c.name());
      case Command.RecordStep c -> check.name("name", c.name()).outcome("outcome", c.outcome());
      case Command.RetryStep c ->
          check.name("name", c.name()).failure("failure", c.failure()).delay("delay", c.delay());
      case Command.ScheduleActivity c -> check.name("activityType", c.activityType()).payload("input", c.input())
          .options("options", c.options()).payloads("header", c.header());
      case Command.CancelActivity c -> {}
      case Command.StartTimer c -> check.delay("delay", c.delay());
      case Command.CancelTimer c -> {}
      case Command.OpenWait c -> {
        check.delay("timeout", c.timeout());
        if (c.key() != null) check.name("key", c.key());
        if (c.fingerprint() != null) check.name("fingerprint", c.fingerprint());
      }
      case Command.EndWait c -> {}
      case Command.StartChild c -> check.name("workflowType", c.workflowType()).nameOrNull("workflowId", c.workflowId())
          .name("queue", c.queue()).payload("input", c.input()).options("options", c.options());
      case Command.SignalExternal c -> check.name("namespace", c.namespace()).name("workflowId", c.workflowId())
          .name("name", c.name()).payload("input", c.input()).payloads("header", c.header());
      case Command.CancelExternal c -> check.name("namespace", c.namespace()).name("workflowId", c.workflowId())
          .reason("reason", c.reason());
      case Command.RecordSideEffect c -> check.payload("result", c.result());
      case Command.RecordVersion c -> check.name("changeId", c.changeId());
      case Command.UpsertSearchAttributes c -> check.attributes("attributes", c.attributes(), true);
      case Command.UpsertMemo c -> check.payloads("memo", c.memo());
      case Command.AcceptUpdate c -> check.name("updateId", c.updateId());
      case Command.RejectUpdate c -> check.name("updateId", c.updateId()).failure("failure", c.failure());
      case Command.CompleteUpdate c -> check.name("updateId", c.updateId()).outcome("outcome", c.outcome());
      case Command.ApplyUpdate c -> check.name("updateId", c.updateId()).outcome("outcome", c.outcome());
      case Command.CompleteRun c -> check.payload("output", c.output());
      case Command.FailRun c -> check.failure("failure", c.failure());
      case Command.CancelRun c -> check.reason("reason", c.reason());
      case Command.ContinueAsNew c -> check.nameOrNull("workflowType", c.workflowType()).nameOrNull("queue", c.queue())
          .payload("input", c.input()).payloads("memo", c.memo())
          .attributes("searchAttributes", c.searchAttributes(), true);
    }
  }
}
