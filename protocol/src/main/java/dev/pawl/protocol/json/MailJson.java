package dev.pawl.protocol.json;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.CorruptHistory;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Mail;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.run.StartRun;
import org.jspecify.annotations.Nullable;

/** Messages between runs and to oneself as JSON. The type ({@link #type}) is kept beside the text. */
public final class MailJson {
  private MailJson() {}

  /** The name under which a message is stored: the simple name of its record, for ever. */
  public static String type(Mail.Message message) {
    return message.getClass().getSimpleName();
  }

  public static String write(Mail.Message message) {
    JsonText out = JsonText.take();
    out.open();
    switch (message) {
      case Mail.TimerDue it -> out.number("step", it.step());
      case Mail.DeadlineDue it -> out.text("kind", it.kind());
      case Mail.StartChild it -> {
        EventJson.parent(out, "parent", it.parent());
        out.text("namespace", it.namespace());
        out.text("workflowId", it.workflowId());
        out.text("workflowType", it.workflowType());
        out.text("queue", it.queue());
        PayloadJson.write(out, "input", it.input());
        OptionsJson.write(out, it.options());
        out.text("parentClose", it.parentClose().name());
        if (it.afterReset()) out.flag("afterReset", true);
        out.instant("executionDeadline", it.executionDeadline());
      }
      case Mail.ChildStarted it -> {
        EventJson.parent(out, "parent", it.parent());
        out.text("workflowId", it.workflowId());
        EventJson.run(out, "child", it.child());
        out.text("parentClose", it.parentClose().name());
      }
      case Mail.ChildEnded it -> {
        EventJson.parent(out, "parent", it.parent());
        out.text("workflowId", it.workflowId());
        EventJson.run(out, "firstRun", it.firstRun());
        EventJson.run(out, "child", it.child());
        out.text("status", it.status().name());
        OutcomeJson.write(out, "outcome", it.outcome());
      }
      case Mail.StartOther it -> start(out, it.start());
      case Mail.SignalOther it -> {
        EventJson.parent(out, "sender", it.sender());
        out.text("namespace", it.namespace());
        out.text("workflowId", it.workflowId());
        EventJson.message(out, it.name(), it.input(), it.header());
      }
      case Mail.CancelOther it -> {
        EventJson.parent(out, "sender", it.sender());
        out.text("namespace", it.namespace());
        out.text("workflowId", it.workflowId());
        EventJson.run(out, "onlyRun", it.onlyRun());
        out.text("reason", it.reason());
        if (it.atOnce()) out.flag("atOnce", true);
      }
      case Mail.TerminateOther it -> {
        out.text("namespace", it.namespace());
        out.text("workflowId", it.workflowId());
        EventJson.run(out, "onlyRun", it.onlyRun());
        out.text("reason", it.reason());
      }
      case Mail.ExternalAnswered it -> {
        EventJson.parent(out, "sender", it.sender());
        FailureJson.write(out, "problem", it.problem());
      }
      case Mail.ScheduleDue it -> EventJson.schedule(out, it.schedule());
      case Mail.ScheduledRunEnded it -> {
        EventJson.schedule(out, it.schedule());
        out.text("workflowId", it.workflowId());
      }
      case Mail.ScheduledStartRefused it -> {
        EventJson.schedule(out, it.schedule());
        out.text("workflowId", it.workflowId());
        out.text("reason", it.reason());
      }
    }
    return out.close().done();
  }

  /**
   * @param type as {@link #type} gave it
   * @throws CorruptHistory if {@link #write} never wrote this, or if a newer build did and this one does not know the type
   */
  public static Mail.Message read(String type, String json) {
    return Reading.whole("mail " + type, json, in -> read(type, Members.read(in)));
  }

  private static Mail.Message read(String type, Members m) {
    return switch (type) {
      case "TimerDue" -> new Mail.TimerDue(m.integer("step"));
      case "DeadlineDue" -> new Mail.DeadlineDue(m.text("kind"));
      case "StartChild" -> new Mail.StartChild(m.parent("parent"), m.text("namespace"), m.text("workflowId"),
          m.text("workflowType"), m.text("queue"), m.payload("input"), OptionsJson.start(m),
          m.oneOf(ParentClosePolicy.class, "parentClose"), m.flag("afterReset"),
          m.instantOrNull("executionDeadline"));
      case "ChildStarted" -> new Mail.ChildStarted(m.parent("parent"), m.text("workflowId"), m.run("child"),
          m.oneOf(ParentClosePolicy.class, "parentClose"));
      case "ChildEnded" -> new Mail.ChildEnded(
          m.parent("parent"), m.text("workflowId"), m.runOrNull("firstRun"), m.runOrNull("child"),
          m.oneOf(RunStatus.class, "status"), m.outcome());
      case "StartOther" -> new Mail.StartOther(start(m));
      case "SignalOther" -> new Mail.SignalOther(m.parentOrNull("sender"), m.text("namespace"), m.text("workflowId"),
          m.text("name"), m.payload("input"), m.payloads("header"));
      case "CancelOther" -> new Mail.CancelOther(m.parentOrNull("sender"), m.text("namespace"), m.text("workflowId"),
          m.runOrNull("onlyRun"), m.text("reason"), m.flag("atOnce"));
      case "TerminateOther" -> new Mail.TerminateOther(
          m.text("namespace"), m.text("workflowId"), m.runOrNull("onlyRun"), m.text("reason"));
      case "ExternalAnswered" -> new Mail.ExternalAnswered(m.parent("sender"), m.failureOrNull("problem"));
      case "ScheduleDue" -> new Mail.ScheduleDue(m.schedule());
      case "ScheduledRunEnded" -> new Mail.ScheduledRunEnded(m.schedule(), m.text("workflowId"));
      case "ScheduledStartRefused" ->
          new Mail.ScheduledStartRefused(m.schedule(), m.text("workflowId"), m.text("reason"));
      default -> throw new BadJson("this build knows no message of that type; was it written by a newer one?");
    };
  }

  private static void start(JsonText out, StartRun start) {
    out.text("namespace", start.namespace());
    out.text("workflowId", start.workflowId());
    EventJson.run(out, "newRun", start.newRun());
    out.text("workflowType", start.workflowType());
    out.text("queue", start.queue());
    PayloadJson.write(out, "input", start.input());
    OptionsJson.write(out, start.options());
    out.text("reuse", start.reuse().name());
    out.text("conflict", start.conflict().name());
    out.text("requestId", start.requestId());
    out.text("digest", start.digest());
    RunEvent.SignalReceived signal = start.signal();
    if (signal != null) {
      out.name("signal").open();
      EventJson.signal(out, signal);
      out.close();
    }
    Effect.Update update = start.update();
    if (update != null) {
      out.name("update").open();
      update(out, update);
      out.close();
    }
    out.text("updateDigest", start.updateDigest());
    EventJson.schedule(out, start.schedule());
  }

  static void update(JsonText out, Effect.Update update) {
    EventJson.run(out, "run", update.run());
    out.text("updateId", update.updateId());
    EventJson.message(out, update.name(), update.input(), update.header());
    out.text("phase", update.phase().name());
    OutcomeJson.write(out, "outcome", update.outcome());
  }

  private static StartRun start(Members m) {
    Members signal = m.objectOrNull("signal");
    Members update = m.objectOrNull("update");
    return new StartRun(m.text("namespace"), m.text("workflowId"), m.run("newRun"), m.text("workflowType"),
        m.text("queue"), m.payload("input"), OptionsJson.start(m), m.oneOf(ReusePolicy.class, "reuse"),
        m.oneOf(ConflictPolicy.class, "conflict"), m.textOrNull("requestId"), m.text("digest"),
        signal == null ? null : EventJson.signal(signal), update == null ? null : update(update),
        m.textOrNull("updateDigest"), m.scheduleOrNull());
  }

  static Effect.Update update(Members m) {
    return new Effect.Update(m.run("run"), m.text("updateId"), m.text("name"), m.payload("input"),
        m.payloads("header"), m.oneOf(Effect.UpdatePhase.class, "phase"), m.outcomeOrNull());
  }
}
