package dev.pawl.protocol.json;

import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The other end of {@link RemoteControl}: takes calls as text and has the engine of this process answer them. */
public final class ControlCalls {
  /** So long a caller is kept waiting at most. */
  static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

  /** What can be asked, and what it is for; by operation. */
  public static final Map<String, String> OPERATIONS;

  static {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("control/start", "Start a run");
    all.put("control/start-all", "Start many runs in few commits");
    all.put("control/signal", "Signal a run");
    all.put("control/update", "Admit an update");
    all.put("control/accept-update", "Accept an update whose program has no word in it");
    all.put("control/await-update", "Wait for the outcome of an update");
    all.put("control/query", "Ask a run something");
    all.put("control/validate", "Ask whether a run would take an update");
    all.put("control/cancel", "Ask a run to stop");
    all.put("control/cancel-at-once", "Cancel a run without asking its program");
    all.put("control/terminate", "Stop a run at once");
    all.put("control/pause", "Hand a run to nobody");
    all.put("control/resume", "Let a paused run go on");
    all.put("control/unblock", "Make a blocked run ready again");
    all.put("control/block", "Block a run with a reason");
    all.put("control/reset", "Start a run over from a point of its history");
    all.put("control/delete", "Erase a closed run");
    all.put("control/bulk", "Do one thing to all runs that a filter finds");
    all.put("control/describe", "Everything about a run but its history");
    all.put("control/await-result", "Wait for the end of a chain of runs");
    all.put("control/list", "Runs that a filter finds");
    all.put("control/count", "How many runs a filter finds");
    all.put("control/runs", "All runs of a workflow id");
    all.put("control/history", "Events of a run");
    all.put("control/explain", "Why a run is not moving");
    all.put("control/late-reports", "What workers reported too late");
    all.put("control/ledger", "The ledger of a run");
    all.put("control/complete-activity", "The outcome of an activity that its worker left to others");
    all.put("control/heartbeat-activity", "A sign of life for such an activity");
    all.put("control/cancel-activity", "Such an activity was cancelled");
    OPERATIONS = java.util.Collections.unmodifiableMap(all);
  }

  private ControlCalls() {}

  /**
   * Answers one call.
   *
   * @param operation one of {@link #OPERATIONS}
   * @param body as {@link RemoteControl} wrote it
   * @return the answer as text
   * @throws RejectedException the engine's no, or {@code INVALID_ARGUMENT} for a body that cannot be read
   */
  public static String answer(String operation, String body, ControlApi api, CallGuard guard) {
    Members m = Calling.body(body);
    try {
      return Calling.text(answer(operation, m, api, guard));
    } catch (BadJson e) {
      throw new RejectedException(Rejection.invalid("body", String.valueOf(e.getMessage())), e);
    }
  }

  private static Consumer<JsonText> answer(String operation, Members m, ControlApi api, CallGuard guard) {
    return switch (operation) {
      case "control/start" -> {
        ControlApi.Start start = ControlShapes.start(m);
        guard.namespace(start.namespace());
        ControlApi.Started started = api.start(start);
        yield out -> ControlShapes.started(out, started);
      }
      case "control/start-all" -> {
        List<ControlApi.Start> starts = m.objects("all").stream().map(ControlShapes::start).toList();
        for (ControlApi.Start start : starts) guard.namespace(start.namespace());
        List<ControlApi.StartResult> results = api.startAll(starts);
        yield out -> ControlShapes.list(out, "answers", results, ControlShapes::startResult);
      }
      case "control/bulk" -> {
        ControlApi.Bulk bulk = ControlShapes.bulk(m);
        guard.namespace(bulk.namespace());
        ControlApi.BulkReport report = api.bulk(bulk);
        yield out -> ControlShapes.bulkReport(out, report);
      }
      case "control/list", "control/count", "control/runs" -> listed(operation, m, api, guard);
      case "control/complete-activity", "control/heartbeat-activity", "control/cancel-activity" ->
          ofActivity(operation, m, api, guard);
      default -> {
        RunRef ref = ControlShapes.ref(m);
        guard.namespace(ref.namespace());
        yield ofRun(operation, ref, m, api);
      }
    };
  }

  private static Consumer<JsonText> listed(String operation, Members m, ControlApi api, CallGuard guard) {
    String namespace = m.text("namespace");
    guard.namespace(namespace);
    return switch (operation) {
      case "control/list" -> {
        ControlApi.RunPage page =
            api.list(namespace, m.text("filter"), m.integer("limit"), m.textOrNull("cursor"));
        yield out -> {
          ControlShapes.list(out, "views", page.runs(), ControlShapes::view);
          out.text("cursor", page.nextCursor());
        };
      }
      case "control/count" -> {
        long count = api.count(namespace, m.text("filter"));
        yield out -> out.number("matched", count);
      }
      default -> {
        List<ControlApi.RunView> runs = api.runs(namespace, m.text("workflowId"));
        yield out -> ControlShapes.list(out, "views", runs, ControlShapes::view);
      }
    };
  }

  private static Consumer<JsonText> ofActivity(String operation, Members m, ControlApi api, CallGuard guard) {
    String token = m.text("token");
    guard.run(WorkShapes.token(token).run());
    switch (operation) {
      case "control/complete-activity" -> api.completeActivity(token, m.outcome());
      case "control/heartbeat-activity" -> {
        boolean stop = api.heartbeatActivity(token, m.payload("details"));
        return out -> out.flag("yes", stop);
      }
      default -> api.cancelActivity(token, m.failure());
    }
    return out -> {};
  }

  static Duration wait(Members m) {
    Duration wait = m.duration("wait");
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  private static Consumer<JsonText> ofRun(String operation, RunRef ref, Members m, ControlApi api) {
    return switch (operation) {
      case "control/signal" -> {
        boolean isNew = api.signal(ref, ControlShapes.message(m.object("signal")));
        yield out -> out.flag("yes", isNew);
      }
      case "control/update" -> {
        String id = api.update(ref, ControlShapes.message(m.object("update")));
        yield out -> out.text("updateId", id);
      }
      case "control/accept-update" -> {
        String id = api.acceptUpdate(ref, ControlShapes.message(m.object("update")));
        yield out -> out.text("updateId", id);
      }
      case "control/await-update" -> {
        var outcome = api.awaitUpdate(ref, m.text("updateId"), wait(m));
        yield out -> OutcomeJson.write(out, "outcome", outcome);
      }
      case "control/query" -> {
        Payload answer = api.query(ref, ControlShapes.message(m.object("query")), wait(m));
        yield out -> PayloadJson.write(out, "result", answer);
      }
      case "control/validate" -> {
        Payload answer = api.validate(ref, ControlShapes.message(m.object("query")), wait(m));
        yield out -> PayloadJson.write(out, "result", answer);
      }
      case "control/describe" -> {
        ControlApi.RunView view = api.describe(ref);
        yield out -> ControlShapes.view(out, view);
      }
      case "control/await-result" -> {
        ControlApi.RunResult end = api.awaitResult(ref, wait(m));
        yield out -> {
          EventJson.run(out, "run", end.run());
          out.text("status", end.status().name());
          OutcomeJson.write(out, "outcome", end.outcome());
        };
      }
      case "control/history" -> {
        var events = api.history(ref, m.number("after"), m.integer("limit"), wait(m));
        yield out -> HistoryJson.events(out, "events", events);
      }
      case "control/explain" -> {
        ControlApi.Explanation why = api.explain(ref);
        yield out -> {
          out.text("displayed", why.displayed());
          out.text("summary", why.summary());
          out.texts("waitingFor", why.waitingFor());
          out.texts("advice", why.advice());
        };
      }
      case "control/late-reports" -> {
        var late = api.lateReports(ref, m.integer("limit"));
        yield out -> ControlShapes.list(out, "lines", late, ControlShapes::lateReport);
      }
      case "control/ledger" -> {
        var lines = api.ledger(ref, m.integer("limit"));
        yield out -> ControlShapes.list(out, "lines", lines, ControlShapes::ledgerLine);
      }
      case "control/reset" -> {
        var run = api.reset(ref, m.number("toSeq"), m.text("reason"), m.textOrNull("requestId"));
        yield out -> EventJson.run(out, "newRun", run);
      }
      default -> {
        steer(operation, ref, m, api);
        yield out -> {};
      }
    };
  }

  private static void steer(String operation, RunRef ref, Members m, ControlApi api) {
    String id = m.textOrNull("requestId");
    switch (operation) {
      case "control/cancel" -> api.cancel(ref, m.text("reason"), id);
      case "control/cancel-at-once" -> api.cancelAtOnce(ref, m.text("reason"), id);
      case "control/terminate" -> api.terminate(ref, m.text("reason"), id);
      case "control/pause" -> api.pause(ref, m.text("reason"), id);
      case "control/resume" -> api.resume(ref, m.text("reason"), id);
      case "control/unblock" -> api.unblock(ref, m.text("reason"));
      case "control/block" -> api.block(ref, m.text("reason"));
      case "control/delete" -> api.delete(ref);
      default -> throw new IllegalArgumentException("no operation " + operation);
    }
  }
}
