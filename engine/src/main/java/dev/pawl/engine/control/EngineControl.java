package dev.pawl.engine.control;

import dev.pawl.core.run.BlockRun;
import dev.pawl.core.run.CancelRun;
import dev.pawl.core.run.CancelledActivity;
import dev.pawl.core.run.Effect;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.PauseRun;
import dev.pawl.core.run.ReportActivity;
import dev.pawl.core.run.Request;
import dev.pawl.core.run.ResetRun;
import dev.pawl.core.run.ResumeRun;
import dev.pawl.core.run.Run;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.SignalRun;
import dev.pawl.core.run.StartRun;
import dev.pawl.core.run.Steered;
import dev.pawl.core.run.TerminateRun;
import dev.pawl.core.run.UnblockRun;
import dev.pawl.core.run.UpdateRun;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RunId;
import dev.pawl.engine.ask.QueryBoard;
import dev.pawl.engine.commit.Answer;
import dev.pawl.engine.commit.Lanes;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.Visibility;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.protocol.worker.WorkerApi;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code ControlApi} of an engine in this process. */
public final class EngineControl implements ControlApi {
  private static final String ACTOR = "control";
  private static final int MOST_STARTS = 10_000;

  private final Store store;
  private final Lanes lanes;
  private final Lookup lookup;
  private final Starts starts;
  private final Watchers watchers;
  private final Waiting waiting;
  private final Views views;
  private final QueryBoard queries;
  private final Function<String, Visibility.Filter> filters;
  private final Function<Connection, Joined> joins;

  /**
   * @param filters reads the query language of lists
   * @param joins the requests that can be made in the transaction of a connection
   * @param promotion which build new runs are for
   */
  public EngineControl(Store store, Lanes lanes, Lookup lookup, Watchers watchers, QueryBoard queries,
      Function<String, Visibility.Filter> filters, BooleanSupplier closing, Function<Connection, Joined> joins,
      Promotion promotion) {
    this.store = store;
    this.lanes = lanes;
    this.lookup = lookup;
    this.starts = new Starts(store, lookup, promotion);
    this.watchers = watchers;
    this.waiting = new Waiting(store, lookup, watchers, closing);
    this.views = new Views(store);
    this.queries = queries;
    this.filters = filters;
    this.joins = joins;
  }

  // ---- starting

  @Override
  public Started start(Start start) {
    StartRun request = starts.request(start);
    Failpoint.START_BEFORE_COMMIT.reach();
    StartRun.Started started = lanes.submit(request);
    Failpoint.START_BEFORE_REPLY.reach();
    if (started.born()) watchers.born(start.namespace(), start.workflowId(), started.run());
    return answer(request, started);
  }

  @Override
  public List<StartResult> startAll(List<Start> all) {
    if (all.size() > MOST_STARTS) {
      throw new RejectedException(new Rejection(Rejection.Code.LIMIT_EXCEEDED,
          "expected at most %d starts, got %d".formatted(MOST_STARTS, all.size()), "starts"));
    }
    List<StartRun> requests = new ArrayList<>(all.size());
    StartResult[] results = new StartResult[all.size()];
    List<Integer> places = new ArrayList<>(all.size());
    for (int i = 0; i < all.size(); i++) {
      try {
        requests.add(starts.request(all.get(i)));
        places.add(i);
      } catch (RejectedException e) {
        results[i] = new StartResult(null, e.rejection());
      }
    }
    List<Answer<StartRun.Started>> answers = lanes.submitAll(requests);
    for (int i = 0; i < answers.size(); i++) {
      Answer<StartRun.Started> answer = answers.get(i);
      if (answer.problem() instanceof RejectedException e) {
        results[places.get(i)] = new StartResult(null, e.rejection());
      } else {
        results[places.get(i)] = new StartResult(answer(requests.get(i), answer.get()), null);
      }
    }
    return List.of(results);
  }

  private static Started answer(StartRun request, StartRun.Started started) {
    Effect.Update update = request.update();
    return new Started(started.run(), started.runNumber(), started.born(), update == null ? null : update.updateId());
  }

  @Override
  public Optional<Joined> inTransaction(Connection connection) {
    return Optional.of(joins.apply(connection));
  }

  // ---- talking to a run

  @Override
  public boolean signal(RunRef run, Message signal) {
    lookup.namespace(run.namespace());
    String id = signal.id() != null ? signal.id() : UUID.randomUUID().toString();
    String digest = Digest.of("signal").add(run.run()).add(signal.name()).add(signal.input()).hex();
    return !lanes.submit(new SignalRun(run.namespace(), run.workflowId(), run.run(), id, digest, signal.name(),
        signal.input(), signal.header(), signal.id() != null)).duplicate();
  }

  @Override
  public String update(RunRef run, Message update) {
    return admit(run, update, false);
  }

  private String admit(RunRef run, Message update, boolean accepted) {
    lookup.namespace(run.namespace());
    String id = update.id() != null ? update.id() : UUID.randomUUID().toString();
    lanes.submit(new UpdateRun(run.namespace(), run.workflowId(), run.run(), id, update.name(), update.input(),
        update.header(), Digest.ofUpdate(update), update.id() != null, accepted));
    return id;
  }

  @Override
  public String acceptUpdate(RunRef run, Message update) {
    return admit(run, update, true);
  }

  @Override
  public Outcome awaitUpdate(RunRef run, String updateId, Duration wait) {
    return waiting.update(run, updateId, wait);
  }

  @Override
  public Payload query(RunRef run, Message query, Duration wait) {
    Run target = lookup.run(run);
    return queries.ask(target, target.state().started().queue(), query, wait);
  }

  @Override
  public Payload validate(RunRef run, Message update, Duration wait) {
    Run target = lookup.run(run);
    return queries.ask(target, WorkerApi.validating(target.state().started().queue()), update, wait);
  }

  // ---- steering a run

  private Request<Steered> steering(String kind, RunRef run, String reason, @Nullable String requestId) {
    lookup.namespace(run.namespace());
    String ns = run.namespace();
    String id = run.workflowId();
    String digest = Digest.of(kind).add(run.run()).add(reason).hex();
    return switch (kind) {
      case "cancel" -> new CancelRun(ns, id, run.run(), reason, requestId, digest, ACTOR);
      case "cancelAtOnce" -> new CancelRun(ns, id, run.run(), reason, requestId, digest, ACTOR, true);
      case "terminate" -> new TerminateRun(ns, id, run.run(), reason, requestId, digest, ACTOR);
      case "pause" -> new PauseRun(ns, id, run.run(), reason, requestId, digest, ACTOR);
      case "resume" -> new ResumeRun(ns, id, run.run(), reason, requestId, digest, ACTOR);
      case "block" -> new BlockRun(ns, id, run.run(), reason, requestId, digest, ACTOR);
      case "unblock" -> new UnblockRun(ns, id, run.run(), reason, requestId, digest, ACTOR);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @Override
  public void cancel(RunRef run, String reason, @Nullable String requestId) {
    lanes.submit(steering("cancel", run, reason, requestId));
  }

  @Override
  public void cancelAtOnce(RunRef run, String reason, @Nullable String requestId) {
    lanes.submit(steering("cancelAtOnce", run, reason, requestId));
  }

  @Override
  public void terminate(RunRef run, String reason, @Nullable String requestId) {
    lanes.submit(steering("terminate", run, reason, requestId));
  }

  @Override
  public void pause(RunRef run, String reason, @Nullable String requestId) {
    lanes.submit(steering("pause", run, reason, requestId));
  }

  @Override
  public void resume(RunRef run, String reason, @Nullable String requestId) {
    lanes.submit(steering("resume", run, reason, requestId));
  }

  @Override
  public void unblock(RunRef run, String reason) {
    try {
      lanes.submit(steering("unblock", run, reason, null));
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.RUN_CORRUPT) throw e;
      // The state in the run's row is a copy: if the history is whole, it can be made again.
      Visibility.RunSummary found = lookup.quarantined(run).orElseThrow(() -> e);
      if (!store.refold(found.run())) throw e;
      lanes.submit(steering("unblock", run, reason, null));
    }
  }

  @Override
  public void block(RunRef run, String reason) {
    lanes.submit(steering("block", run, reason, null));
  }

  @Override
  public RunId reset(RunRef run, long toSeq, String reason, @Nullable String requestId) {
    lookup.namespace(run.namespace());
    return lanes.submit(resetting(run, toSeq, reason, requestId)).newRun();
  }

  private static ResetRun resetting(RunRef run, long toSeq, String reason, @Nullable String requestId) {
    String digest = Digest.of("reset").add(run.run()).add(toSeq).add(reason).hex();
    return new ResetRun(
        run.namespace(), run.workflowId(), run.run(), toSeq, reason, requestId, digest, ACTOR);
  }

  @Override
  public void delete(RunRef run) {
    // Nothing else can be done with a run that nobody will ever read again.
    RunId id = unlessCorrupt(run, () -> {
      Run target = lookup.run(run);
      if (target.state().open()) {
        throw new RejectedException(Rejection.invalid("run",
            "expected a closed run to delete, but %s is open; terminate it first".formatted(target.id())));
      }
      return target.id();
    }, Visibility.RunSummary::run);
    store.erase(id);
  }

  /** Says what can be said about a run that cannot be read. */
  private <T> T unlessCorrupt(RunRef run, Supplier<T> readable, Function<Visibility.RunSummary, T> corrupt) {
    try {
      return readable.get();
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.RUN_CORRUPT) throw e;
      return corrupt.apply(lookup.quarantined(run).orElseThrow(() -> e));
    }
  }

  @Override
  public BulkReport bulk(Bulk bulk) {
    lookup.namespace(bulk.namespace());
    return new BulkActs(store, lanes, filters.apply(bulk.filter()), bulk, this::bulkRequest, this::delete).run();
  }

  private Request<?> bulkRequest(RunRef run, Bulk bulk) {
    return switch (bulk.action()) {
      case SIGNAL -> {
        Message signal = bulk.signal();
        if (signal == null) {
          throw new RejectedException(Rejection.invalid("signal", "expected a signal to send, got none"));
        }
        String id = signal.id() != null ? signal.id() : UUID.randomUUID().toString();
        yield new SignalRun(run.namespace(), run.workflowId(), run.run(), id,
            Digest.of("signal").add(run.run()).add(signal.name()).add(signal.input()).hex(), signal.name(),
            signal.input(), signal.header(), signal.id() != null);
      }
      case CANCEL -> steering("cancel", run, bulk.reason(), null);
      case TERMINATE -> steering("terminate", run, bulk.reason(), null);
      case PAUSE -> steering("pause", run, bulk.reason(), null);
      case RESUME -> steering("resume", run, bulk.reason(), null);
      case BLOCK -> steering("block", run, bulk.reason(), null);
      case UNBLOCK -> steering("unblock", run, bulk.reason(), null);
      case RESET -> resetting(run, 2, bulk.reason(), null);
      case DELETE -> throw new IllegalStateException("deleting is no request");
    };
  }

  // ---- looking

  @Override
  public RunView describe(RunRef run) {
    return unlessCorrupt(run, () -> views.of(lookup.run(run)), found -> views.of(run.namespace(), found));
  }

  @Override
  public RunResult awaitResult(RunRef run, Duration wait) {
    return waiting.result(run, wait);
  }

  @Override
  public RunPage list(String namespace, String filter, int limit, @Nullable String cursor) {
    lookup.namespace(namespace);
    return views.page(namespace, filters.apply(filter), limit, cursor);
  }

  @Override
  public long count(String namespace, String filter) {
    lookup.namespace(namespace);
    return store.visibility().count(namespace, filters.apply(filter));
  }

  @Override
  public List<RunView> runs(String namespace, String workflowId) {
    lookup.namespace(namespace);
    return views.chain(namespace, workflowId);
  }

  @Override
  public List<Event> history(RunRef run, long after, int limit, Duration wait) {
    return waiting.history(run, after, limit, wait);
  }

  @Override
  public Explanation explain(RunRef run) {
    return unlessCorrupt(run, () -> new Explaining(store, lookup.run(run)).explain(), Explaining::corrupt);
  }

  @Override
  public List<LateReport> lateReports(RunRef run, int limit) {
    return store.visibility().lateReports(lookup.id(run), limit).stream()
        .map(late -> new LateReport(late.token().toString(), late.kind(), late.body(), late.why(), late.at()))
        .toList();
  }

  @Override
  public List<LedgerLine> ledger(RunRef run, int limit) {
    RunId id = unlessCorrupt(run, () -> lookup.id(run), Visibility.RunSummary::run);
    return store.visibility().ledger(id, limit).stream()
        .map(n -> new LedgerLine(n.at(), n.step(), n.epoch(), n.what(), n.cause(), n.actor(), n.reason()))
        .toList();
  }

  // ---- activities that somebody else finishes

  @Override
  public void completeActivity(String token, Outcome outcome) {
    ReportActivity report = new ReportActivity(token(token), null, outcome);
    try {
      lanes.submit(report);
    } catch (RejectedException e) {
      if (e.code() != Rejection.Code.LEASE_LOST && e.code() != Rejection.Code.RUN_CLOSED) throw e;
      // The same report again gets the same answer; anything else is refused again.
      lanes.submit(report.again());
    }
  }

  @Override
  public boolean heartbeatActivity(String token, @Nullable Payload details) {
    TaskToken at = token(token);
    List<ActivityTask> held = store.beat(List.of(new Store.Beat(at.id(), at.epoch(), details)));
    if (held.isEmpty()) {
      throw new RejectedException(Rejection.because(Rejection.Code.TASK_NOT_FOUND,
          "activity %s is not open any more, or passed to another attempt".formatted(token)));
    }
    return held.getFirst().cancelRequested();
  }

  @Override
  public void cancelActivity(String token, Failure details) {
    lanes.submit(new CancelledActivity(token(token), null));
  }

  private static TaskToken token(String text) {
    try {
      return TaskToken.parse(text);
    } catch (RuntimeException e) {
      throw new RejectedException(
          Rejection.invalid("token", "expected the token of an activity: " + e.getMessage()), e);
    }
  }

  /** Signals that come along with a start have no digest of their own: the start's covers them. */
  static RunEvent.SignalReceived signal(Message signal) {
    return new RunEvent.SignalReceived(signal.id() != null ? signal.id() : UUID.randomUUID().toString(),
        signal.name(), signal.input(), signal.header());
  }
}
