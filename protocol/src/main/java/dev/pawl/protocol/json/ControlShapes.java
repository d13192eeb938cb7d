package dev.pawl.protocol.json;

import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What calls of the control interface are made of. */
final class ControlShapes {
  private ControlShapes() {}

  static <T> void list(JsonText out, String name, List<T> all, BiConsumer<JsonText, T> write) {
    if (all.isEmpty()) return;
    out.name(name).openList();
    for (T one : all) {
      out.open();
      write.accept(out, one);
      out.close();
    }
    out.closeList();
  }

  // ---- who is meant

  static void ref(JsonText out, RunRef ref) {
    out.text("namespace", ref.namespace());
    out.text("workflowId", ref.workflowId());
    EventJson.run(out, "run", ref.run());
  }

  static RunRef ref(Members m) {
    return new RunRef(m.text("namespace"), m.text("workflowId"), m.runOrNull("run"));
  }

  // ---- messages

  static void message(JsonText out, String name, ControlApi.@Nullable Message message) {
    if (message == null) return;
    out.name(name).open();
    out.text("id", message.id());
    EventJson.message(out, message.name(), message.input(), message.header());
    out.close();
  }

  static ControlApi.Message message(Members m) {
    return new ControlApi.Message(m.textOrNull("id"), m.text("name"), m.payload("input"), m.payloads("header"));
  }

  static ControlApi.@Nullable Message messageOrNull(@Nullable Members m) {
    return m == null ? null : message(m);
  }

  // ---- starting

  static void start(JsonText out, ControlApi.Start start) {
    out.text("namespace", start.namespace());
    out.text("workflowId", start.workflowId());
    out.text("workflowType", start.workflowType());
    out.text("queue", start.queue());
    PayloadJson.write(out, "input", start.input());
    OptionsJson.write(out, start.options());
    out.text("reuse", start.reuse().name());
    out.text("conflict", start.conflict().name());
    out.text("requestId", start.requestId());
    message(out, "signal", start.signal());
    message(out, "update", start.update());
  }

  static ControlApi.Start start(Members m) {
    return new ControlApi.Start(m.text("namespace"), m.text("workflowId"), m.text("workflowType"), m.text("queue"),
        m.payload("input"), OptionsJson.start(m), m.oneOf(ReusePolicy.class, "reuse"),
        m.oneOf(ConflictPolicy.class, "conflict"), m.textOrNull("requestId"),
        messageOrNull(m.objectOrNull("signal")), messageOrNull(m.objectOrNull("update")));
  }

  static void started(JsonText out, ControlApi.Started started) {
    EventJson.run(out, "run", started.run());
    out.number("runNumber", started.runNumber());
    out.flag("isNew", started.isNew());
    out.text("updateId", started.updateId());
  }

  static ControlApi.Started started(Members m) {
    return new ControlApi.Started(m.run("run"), m.integer("runNumber"), m.flag("isNew"), m.textOrNull("updateId"));
  }

  static void startResult(JsonText out, ControlApi.StartResult result) {
    if (result.started() != null) started(out, result.started());
    if (result.rejection() == null) return;
    out.name("rejection").open();
    Calling.refusal(out, result.rejection());
    out.close();
  }

  static ControlApi.StartResult startResult(Members m) {
    Members refused = m.objectOrNull("rejection");
    return refused == null
        ? new ControlApi.StartResult(started(m), null)
        : new ControlApi.StartResult(null, Calling.refusal(refused));
  }

  // ---- bulk acts

  static void bulk(JsonText out, ControlApi.Bulk bulk) {
    out.text("namespace", bulk.namespace());
    out.text("filter", bulk.filter());
    out.text("act", bulk.action().name());
    out.text("reason", bulk.reason());
    message(out, "signal", bulk.signal());
    out.number("limit", bulk.limit());
    out.flag("dryRun", bulk.dryRun());
  }

  static ControlApi.Bulk bulk(Members m) {
    return new ControlApi.Bulk(m.text("namespace"), m.text("filter"), m.oneOf(ControlApi.Bulk.Action.class, "act"),
        m.text("reason"), messageOrNull(m.objectOrNull("signal")), m.integer("limit"), m.flag("dryRun"));
  }

  static void bulkReport(JsonText out, ControlApi.BulkReport report) {
    out.number("matched", report.matched());
    out.number("done", report.done());
    if (!report.failed().isEmpty()) {
      out.name("failed").open();
      report.failed().forEach((run, code) -> out.key(run).string(code));
      out.close();
    }
    out.texts("sample", report.sample());
  }

  static ControlApi.BulkReport bulkReport(Members m) {
    return new ControlApi.BulkReport(m.number("matched"), m.number("done"), m.map("failed"), m.texts("sample"));
  }

  // ---- looking

  static void view(JsonText out, ControlApi.RunView view) {
    EventJson.run(out, "run", view.run());
    out.text("namespace", view.namespace());
    out.text("workflowId", view.workflowId());
    out.text("workflowType", view.workflowType());
    out.text("queue", view.queue());
    out.number("runNumber", view.runNumber());
    out.text("status", view.status().name());
    out.text("displayed", view.displayed());
    out.instant("startedAt", view.startedAt());
    out.instant("closedAt", view.closedAt());
    out.number("lastSeq", view.lastSeq());
    out.number("historyBytes", view.historyBytes());
    out.flag("suggestContinueAsNew", view.suggestContinueAsNew());
    out.text("blockedReason", view.blockedReason());
    SearchJson.write(out, "searchAttributes", view.searchAttributes());
    PayloadJson.write(out, "memo", view.memo());
  }

  static ControlApi.RunView view(Members m) {
    RunId run = m.run("run");
    return new ControlApi.RunView(run, m.text("namespace"), m.text("workflowId"), m.text("workflowType"),
        m.text("queue"), m.integer("runNumber"), m.oneOf(RunStatus.class, "status"), m.text("displayed"),
        m.instant("startedAt"), m.instantOrNull("closedAt"), m.number("lastSeq"), m.number("historyBytes"),
        m.flag("suggestContinueAsNew"), m.textOrNull("blockedReason"), m.searchAttributes(), m.payloads("memo"));
  }

  static void lateReport(JsonText out, ControlApi.LateReport late) {
    out.text("token", late.token());
    out.text("kind", late.kind());
    out.text("body", late.body());
    out.text("why", late.why());
    out.instant("at", late.at());
  }

  static ControlApi.LateReport lateReport(Members m) {
    return new ControlApi.LateReport(m.text("token"), m.text("kind"), m.textOrNull("body"), m.text("why"),
        m.instant("at"));
  }

  static void ledgerLine(JsonText out, ControlApi.LedgerLine line) {
    out.instant("at", line.at());
    out.number("step", line.step());
    out.number("epoch", line.epoch());
    out.text("what", line.what());
    out.text("kind", line.cause());
    out.text("actor", line.actor());
    out.text("reason", line.reason());
  }

  static ControlApi.LedgerLine ledgerLine(Members m) {
    return new ControlApi.LedgerLine(m.instant("at"), m.integer("step"), m.number("epoch"), m.text("what"),
        m.textOrNull("kind"), m.text("actor"), m.textOrNull("reason"));
  }
}
