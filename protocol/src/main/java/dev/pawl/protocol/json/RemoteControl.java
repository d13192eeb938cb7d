package dev.pawl.protocol.json;

import dev.pawl.core.run.Event;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@link ControlApi} of an engine in another process. Every mutation carries an id, the caller's or one of its own, so that
 * it can be repeated when an answer gets lost, and happens once.
 */
public final class RemoteControl implements ControlApi {
  /** So long one call waits for something to happen; then it asks again. */
  private static final Duration SLICE = Duration.ofSeconds(30);

  private final Calling calls;

  public RemoteControl(Exchange exchange) {
    this.calls = new Calling(exchange);
  }

  private static String made(@Nullable String id) {
    return id != null ? id : UUID.randomUUID().toString();
  }

  private static Message named(Message message) {
    return new Message(made(message.id()), message.name(), message.input(), message.header());
  }

  private static @Nullable Message namedOrNull(@Nullable Message message) {
    return message == null ? null : named(message);
  }

  // ---- starting

  private static Start named(Start start) {
    return new Start(start.namespace(), start.workflowId(), start.workflowType(), start.queue(), start.input(),
        start.options(), start.reuse(), start.conflict(), made(start.requestId()), namedOrNull(start.signal()),
        namedOrNull(start.update()));
  }

  @Override
  public Started start(Start start) {
    return ControlShapes.started(calls.ask("control/start", out -> ControlShapes.start(out, named(start))));
  }

  @Override
  public List<StartResult> startAll(List<Start> starts) {
    List<Start> all = starts.stream().map(RemoteControl::named).toList();
    Members answer =
        calls.ask("control/start-all", out -> ControlShapes.list(out, "all", all, ControlShapes::start));
    return answer.objects("answers").stream().map(ControlShapes::startResult).toList();
  }

  // ---- talking to a run

  @Override
  public boolean signal(RunRef run, Message signal) {
    boolean isNew = calls.ask("control/signal", out -> {
      ControlShapes.ref(out, run);
      ControlShapes.message(out, "signal", named(signal));
    }).flag("yes");
    // An id that was made up here is new, even if the engine had it from a call whose answer got lost.
    return signal.id() == null || isNew;
  }

  @Override
  public String update(RunRef run, Message update) {
    return admit("control/update", run, update);
  }

  @Override
  public String acceptUpdate(RunRef run, Message update) {
    return admit("control/accept-update", run, update);
  }

  private String admit(String operation, RunRef run, Message update) {
    return calls.ask(operation, out -> {
      ControlShapes.ref(out, run);
      ControlShapes.message(out, "update", named(update));
    }).text("updateId");
  }

  @Override
  public Outcome awaitUpdate(RunRef run, String updateId, Duration wait) {
    return inSlices(wait, slice -> calls.ask("control/await-update", out -> {
      ControlShapes.ref(out, run);
      out.text("updateId", updateId);
      out.duration("wait", slice);
    }, slice).outcome());
  }

  private interface Slice<T> {
    T wait(Duration slice);
  }

  /** Waits in portions, so that each of them can be asked of another server. */
  private static <T> T inSlices(Duration wait, Slice<T> ask) {
    long deadline = System.nanoTime() + nanos(wait);
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      boolean last = left.compareTo(SLICE) <= 0;
      try {
        return ask.wait(last ? left : SLICE);
      } catch (RejectedException e) {
        if (last || e.code() != Rejection.Code.WAIT_TIMED_OUT) throw e;
      }
    }
  }

  private static long nanos(Duration wait) {
    return wait.compareTo(Duration.ofDays(36_500)) < 0 ? wait.toNanos() : Duration.ofDays(36_500).toNanos();
  }

  @Override
  public Payload query(RunRef run, Message query, Duration wait) {
    return asked("control/query", run, query, wait);
  }

  @Override
  public Payload validate(RunRef run, Message update, Duration wait) {
    return asked("control/validate", run, update, wait);
  }

  private Payload asked(String operation, RunRef run, Message query, Duration wait) {
    Payload answer = calls.ask(operation, out -> {
      ControlShapes.ref(out, run);
      ControlShapes.message(out, "query", query);
      out.duration("wait", wait);
    }, wait).payload("result");
    return answer == null ? Payload.NULL : answer;
  }

  // ---- steering a run

  private void steer(String verb, RunRef run, String reason, @Nullable String requestId) {
    String id = made(requestId);
    calls.ask("control/" + verb, out -> {
      ControlShapes.ref(out, run);
      out.text("reason", reason);
      out.text("requestId", id);
    });
  }

  @Override
  public void cancel(RunRef run, String reason, @Nullable String requestId) {
    steer("cancel", run, reason, requestId);
  }

  @Override
  public void cancelAtOnce(RunRef run, String reason, @Nullable String requestId) {
    steer("cancel-at-once", run, reason, requestId);
  }

  @Override
  public void terminate(RunRef run, String reason, @Nullable String requestId) {
    steer("terminate", run, reason, requestId);
  }

  @Override
  public void pause(RunRef run, String reason, @Nullable String requestId) {
    steer("pause", run, reason, requestId);
  }

  @Override
  public void resume(RunRef run, String reason, @Nullable String requestId) {
    steer("resume", run, reason, requestId);
  }

  // Blocking what is blocked, and the other way round, changes nothing: no id is needed.

  @Override
  public void unblock(RunRef run, String reason) {
    calls.ask("control/unblock", reasoned(run, reason));
  }

  @Override
  public void block(RunRef run, String reason) {
    calls.ask("control/block", reasoned(run, reason));
  }

  private static Consumer<JsonText> reasoned(RunRef run, String reason) {
    return out -> {
      ControlShapes.ref(out, run);
      out.text("reason", reason);
    };
  }

  @Override
  public RunId reset(RunRef run, long toSeq, String reason, @Nullable String requestId) {
    String id = made(requestId);
    return calls.ask("control/reset", out -> {
      ControlShapes.ref(out, run);
      out.number("toSeq", toSeq);
      out.text("reason", reason);
      out.text("requestId", id);
    }).run("newRun");
  }

  @Override
  public void delete(RunRef run) {
    calls.tell("control/delete", out -> ControlShapes.ref(out, run), Rejection.Code.RUN_NOT_FOUND);
  }

  @Override
  public BulkReport bulk(Bulk bulk) {
    Consumer<JsonText> body = out -> ControlShapes.bulk(out, bulk);
    // What it did it would find done, or do again to others: the report would not be the truth.
    return ControlShapes.bulkReport(bulk.dryRun() ? calls.ask("control/bulk", body) : calls.once("control/bulk", body));
  }

  // ---- looking

  @Override
  public RunView describe(RunRef run) {
    return ControlShapes.view(calls.ask("control/describe", out -> ControlShapes.ref(out, run)));
  }

  @Override
  public RunResult awaitResult(RunRef run, Duration wait) {
    return inSlices(wait, slice -> {
      Members m = calls.ask("control/await-result", out -> {
        ControlShapes.ref(out, run);
        out.duration("wait", slice);
      }, slice);
      return new RunResult(m.run("run"), m.oneOf(RunStatus.class, "status"), m.outcome());
    });
  }

  @Override
  public RunPage list(String namespace, String filter, int limit, @Nullable String cursor) {
    Members m = calls.ask("control/list", out -> {
      out.text("namespace", namespace);
      out.text("filter", filter);
      out.number("limit", limit);
      out.text("cursor", cursor);
    });
    return new RunPage(m.objects("views").stream().map(ControlShapes::view).toList(), m.textOrNull("cursor"));
  }

  @Override
  public long count(String namespace, String filter) {
    return calls.ask("control/count", out -> {
      out.text("namespace", namespace);
      out.text("filter", filter);
    }).number("matched");
  }

  @Override
  public List<RunView> runs(String namespace, String workflowId) {
    return calls.ask("control/runs", out -> {
      out.text("namespace", namespace);
      out.text("workflowId", workflowId);
    }).objects("views").stream().map(ControlShapes::view).toList();
  }

  @Override
  public List<Event> history(RunRef run, long after, int limit, Duration wait) {
    long deadline = System.nanoTime() + nanos(wait);
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      Duration slice = left.compareTo(SLICE) < 0 ? left : SLICE;
      long asked = System.nanoTime();
      List<Event> events = calls.ask("control/history", out -> {
        ControlShapes.ref(out, run);
        out.number("after", after);
        out.number("limit", limit);
        out.duration("wait", slice);
      }, slice).list("events");
      // An answer before its time is one: nothing comes after the end of a run.
      if (!events.isEmpty() || slice.equals(left) || System.nanoTime() - asked < slice.toNanos()) return events;
    }
  }

  @Override
  public Explanation explain(RunRef run) {
    Members m = calls.ask("control/explain", out -> ControlShapes.ref(out, run));
    return new Explanation(m.text("displayed"), m.text("summary"), m.texts("waitingFor"), m.texts("advice"));
  }

  @Override
  public List<LateReport> lateReports(RunRef run, int limit) {
    return limited("control/late-reports", run, limit).stream().map(ControlShapes::lateReport).toList();
  }

  @Override
  public List<LedgerLine> ledger(RunRef run, int limit) {
    return limited("control/ledger", run, limit).stream().map(ControlShapes::ledgerLine).toList();
  }

  private List<Members> limited(String operation, RunRef run, int limit) {
    return new ArrayList<>(calls.ask(operation, out -> {
      ControlShapes.ref(out, run);
      out.number("limit", limit);
    }).objects("lines"));
  }

  // ---- activities that somebody else finishes

  @Override
  public void completeActivity(String token, Outcome outcome) {
    calls.ask("control/complete-activity", out -> {
      out.text("token", token);
      OutcomeJson.write(out, "outcome", outcome);
    });
  }

  @Override
  public boolean heartbeatActivity(String token, @Nullable Payload details) {
    return calls.ask("control/heartbeat-activity", out -> {
      out.text("token", token);
      PayloadJson.write(out, "details", details);
    }).flag("yes");
  }

  @Override
  public void cancelActivity(String token, Failure details) {
    calls.tell("control/cancel-activity", out -> {
      out.text("token", token);
      FailureJson.write(out, "failure", details);
    }, Rejection.Code.LEASE_LOST, Rejection.Code.TASK_NOT_FOUND);
  }
}
