package dev.pawl.protocol.json;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import java.util.List;

/**
 * The commands of a report as a JSON list, for workers in another process. Never stored: text that cannot be read is the
 * sender's mistake, so it is a rejection. The member {@code type} is the simple name of the record, for ever.
 */
public final class CommandJson {
  private CommandJson() {}

  public static String write(List<Command> commands) {
    JsonText out = JsonText.take();
    writeAll(out, commands);
    return out.done();
  }

  static void writeAll(JsonText out, List<Command> commands) {
    out.openList();
    for (Command command : commands) write(out, command);
    out.closeList();
  }

  /** @throws RejectedException {@code invalid_argument} with the position, if {@link #write} never wrote this */
  public static List<Command> read(String json) {
    try {
      return Reading.whole("commands", json, in -> Reading.list(in, each -> read(Members.read(each))));
    } catch (CorruptHistory e) {
      throw new RejectedException(Rejection.invalid("commands", String.valueOf(e.getMessage())), e);
    }
  }

  private static void write(JsonText out, Command command) {
    out.open();
    out.text("type", command.getClass().getSimpleName());
    if (command instanceof Command.OfStep ofStep) out.number("step", ofStep.step());
    switch (command) {
      case Command.StartStep c -> out.text("name", c.name());
      case Command.RecordStep c -> {
        out.text("name", c.name());
        OutcomeJson.write(out, "outcome", c.outcome());
        out.number("attempts", c.attempts());
      }
      case Command.RetryStep c -> {
        out.text("name", c.name());
        FailureJson.write(out, "failure", c.failure());
        out.number("attempts", c.attempts());
        out.duration("delay", c.delay());
      }
      case Command.ScheduleActivity c -> {
        out.text("activityType", c.activityType());
        PayloadJson.write(out, "input", c.input());
        OptionsJson.write(out, c.options());
        PayloadJson.write(out, "header", c.header());
        BundleJson.write(out, c.bundle());
      }
      case Command.CancelActivity c -> out.number("step", c.step());
      case Command.StartTimer c -> {
        out.duration("delay", c.delay());
        BundleJson.write(out, c.bundle());
      }
      case Command.OpenWait c -> {
        out.text("key", c.key());
        out.text("fingerprint", c.fingerprint());
        out.duration("timeout", c.timeout());
      }
      case Command.EndWait c -> out.number("step", c.step());
      case Command.CancelTimer c -> out.number("step", c.step());
      case Command.StartChild c -> {
        out.text("workflowType", c.workflowType());
        out.text("workflowId", c.workflowId());
        out.text("queue", c.queue());
        PayloadJson.write(out, "input", c.input());
        OptionsJson.write(out, c.options());
        out.text("parentClose", c.parentClose().name());
        BundleJson.write(out, c.bundle());
      }
      case Command.SignalExternal c -> {
        out.text("namespace", c.namespace());
        out.text("workflowId", c.workflowId());
        EventJson.message(out, c.name(), c.input(), c.header());
      }
      case Command.CancelExternal c -> {
        out.text("namespace", c.namespace());
        out.text("workflowId", c.workflowId());
        out.text("reason", c.reason());
      }
      case Command.RecordSideEffect c -> PayloadJson.write(out, "result", c.result());
      case Command.RecordVersion c -> {
        out.text("changeId", c.changeId());
        out.number("version", c.version());
        out.number("minSupported", c.minSupported());
        out.number("maxSupported", c.maxSupported());
      }
      case Command.UpsertSearchAttributes c -> SearchJson.write(out, "searchAttributes", c.attributes());
      case Command.UpsertMemo c -> PayloadJson.write(out, "memo", c.memo());
      case Command.AcceptUpdate c -> out.text("updateId", c.updateId());
      case Command.RejectUpdate c -> {
        out.text("updateId", c.updateId());
        FailureJson.write(out, "failure", c.failure());
      }
      case Command.CompleteUpdate c -> {
        out.text("updateId", c.updateId());
        OutcomeJson.write(out, "outcome", c.outcome());
      }
      case Command.ApplyUpdate c -> {
        out.text("updateId", c.updateId());
        OutcomeJson.write(out, "outcome", c.outcome());
      }
      case Command.CompleteRun c -> {
        PayloadJson.write(out, "output", c.output());
        out.texts("unhandled", c.unhandled());
      }
      case Command.FailRun c -> {
        FailureJson.write(out, "failure", c.failure());
        out.texts("unhandled", c.unhandled());
      }
      case Command.CancelRun c -> {
        out.text("reason", c.reason());
        out.texts("unhandled", c.unhandled());
      }
      case Command.ContinueAsNew c -> {
        out.text("workflowType", c.workflowType());
        out.text("queue", c.queue());
        PayloadJson.write(out, "input", c.input());
        PayloadJson.write(out, "memo", c.memo());
        SearchJson.write(out, "searchAttributes", c.searchAttributes());
        if (!c.carried().isEmpty()) {
          out.name("carried").openList();
          for (RunEvent.SignalReceived signal : c.carried()) {
            out.open();
            EventJson.signal(out, signal);
            out.close();
          }
          out.closeList();
        }
      }
    }
    out.close();
  }

  static Command read(Members m) {
    String type = m.text("type");
    return switch (type) {
      case "StartStep" -> new Command.StartStep(m.integer("step"), m.text("name"));
      case "RecordStep" -> new Command.RecordStep(
          m.integer("step"), m.text("name"), m.outcome(), m.integer("attempts", 1));
      case "RetryStep" -> new Command.RetryStep(
          m.integer("step"), m.text("name"), m.failure(), m.integer("attempts", 1), m.duration("delay"));
      case "ScheduleActivity" -> new Command.ScheduleActivity(m.integer("step"), m.text("activityType"),
          m.payload("input"), OptionsJson.activity(m), m.payloads("header"), BundleJson.read(m));
      case "CancelActivity" -> new Command.CancelActivity(m.integer("step"));
      case "StartTimer" -> new Command.StartTimer(
          m.integer("step"), m.duration("delay"), BundleJson.read(m));
      case "CancelTimer" -> new Command.CancelTimer(m.integer("step"));
      case "StartChild" -> new Command.StartChild(m.integer("step"), m.text("workflowType"),
          m.textOrNull("workflowId"), m.text("queue"), m.payload("input"), OptionsJson.start(m),
          m.oneOf(ParentClosePolicy.class, "parentClose"), BundleJson.read(m));
      case "OpenWait" -> new Command.OpenWait(
          m.integer("step"), m.textOrNull("key"), m.textOrNull("fingerprint"), m.durationOrNull("timeout"));
      case "EndWait" -> new Command.EndWait(m.integer("step"));
      case "SignalExternal" -> new Command.SignalExternal(m.integer("step"), m.text("namespace"),
          m.text("workflowId"), m.text("name"), m.payload("input"), m.payloads("header"));
      case "CancelExternal" -> new Command.CancelExternal(
          m.integer("step"), m.text("namespace"), m.text("workflowId"), m.text("reason"));
      case "RecordSideEffect" -> new Command.RecordSideEffect(m.integer("step"), m.payload("result"));
      case "RecordVersion" -> new Command.RecordVersion(m.integer("step"), m.text("changeId"), m.integer("version"),
          m.integer("minSupported"), m.integer("maxSupported"));
      case "UpsertSearchAttributes" -> new Command.UpsertSearchAttributes(m.integer("step"), m.searchAttributes());
      case "UpsertMemo" -> new Command.UpsertMemo(m.integer("step"), m.payloads("memo"));
      case "AcceptUpdate" -> new Command.AcceptUpdate(m.text("updateId"));
      case "RejectUpdate" -> new Command.RejectUpdate(m.text("updateId"), m.failure());
      case "CompleteUpdate" -> new Command.CompleteUpdate(m.text("updateId"), m.outcome());
      case "ApplyUpdate" -> new Command.ApplyUpdate(m.text("updateId"), m.outcome());
      case "CompleteRun" -> new Command.CompleteRun(m.payload("output"), m.texts("unhandled"));
      case "FailRun" -> new Command.FailRun(m.failure(), m.texts("unhandled"));
      case "CancelRun" -> new Command.CancelRun(m.text("reason"), m.texts("unhandled"));
      case "ContinueAsNew" -> new Command.ContinueAsNew(m.textOrNull("workflowType"), m.textOrNull("queue"),
          m.payload("input"), m.payloads("memo"), m.searchAttributes(),
          m.objects("carried").stream().map(EventJson::signal).toList());
      default -> throw new BadJson("'%s' is no command that this build knows".formatted(type));
    };
  }
}
