package dev.pawl.chaos.chore;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Event;
import dev.pawl.core.run.ParentClosePolicy;
import dev.pawl.core.run.RunEvent;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.task.TaskToken;
import dev.pawl.core.value.Backoff;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.core.value.RunId;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.ledger.EffectCall;
import dev.pawl.testbed.ledger.LedgerClient;
import dev.pawl.testbed.ledger.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A worker that knows its programs by heart, on the engine's interface alone. A chore reserves (step 1), charges (activity
 * 2, whose first attempt fails), sleeps (timer 3), lets a child run (4) and waits for two signals; it stops when asked to.
 * Reserve and charge tell the effect ledger. A counter adds up signals over a chain of runs and says the sum. The worker
 * repeats what got no answer, drops what it has lost, and otherwise knows nothing of faults.
 */
public final class ChoreWorker implements AutoCloseable {
  public static final String QUEUE = "chores";
  public static final String CHORE = "Chore";
  public static final String CHILD = "SmallChore";
  public static final String COUNTER = "Counter";
  static final int SIGNALS = 2;
  /** A counter goes on in a new run after so many. */
  static final int GENERATION = 3;

  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final RetryPolicy AGAIN =
      new RetryPolicy(new Backoff.Exponential(Duration.ofMillis(20), 2.0, Duration.ofSeconds(1)), 15, List.of());

  private final WorkerApi api;
  private final LedgerClient ledger;
  private final String name;
  private final Set<TaskToken> holding = ConcurrentHashMap.newKeySet();
  /** What of each run it has been shown. */
  private final Map<RunId, List<Event>> shown = new ConcurrentHashMap<>();
  private final AtomicLong beats = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile SessionId session = SessionId.random();
  private volatile boolean closed;

  public ChoreWorker(WorkerApi api, LedgerClient ledger, String name) {
    this.api = api;
    this.ledger = ledger;
    this.name = name;
    open(session);
    for (int i = 0; i < 4; i++) start(this::workflows);
    for (int i = 0; i < 4; i++) start(this::activities);
    start(this::beat);
  }

  /** A session in place of one that was lost; the first thread that noticed opens it for all. */
  private synchronized void open(SessionId lost) {
    if (!session.equals(lost)) return;
    SessionId fresh = SessionId.random();
    answered(() -> api.open(new WorkerApi.OpenSession(fresh, name, 100, null)));
    session = fresh;
  }

  private void start(Consumer<SessionId> loop) {
    threads.add(Thread.ofPlatform().daemon().name(name).start(() -> {
      while (!closed) {
        SessionId holder = session;
        try {
          loop.accept(holder);
        } catch (RejectedException e) {
          if (e.code() == Rejection.Code.SESSION_LOST && !closed) open(holder);
          LockSupport.parkNanos(5_000_000L);
        } catch (IOExceptionInside e) {
          LockSupport.parkNanos(5_000_000L);
        }
      }
    }));
  }

  private static WorkerApi.Poll poll(SessionId holder) {
    return new WorkerApi.Poll(holder, "default", QUEUE, Set.of(), 5, PATIENCE, null);
  }

  // ---- workflows

  private void workflows(SessionId holder) {
    for (WorkerApi.WorkflowTaskGrant grant : api.pollWorkflows(poll(holder))) {
      holding.add(grant.token());
      try {
        advance(grant, holder);
      } catch (RejectedException | IOExceptionInside e) {
        // Lost, or nobody can say: the lease is given up in silence, and whoever gets it next starts from history.
        shown.remove(grant.token().run());
      } finally {
        holding.remove(grant.token());
      }
    }
  }

  private void advance(WorkerApi.WorkflowTaskGrant grant, SessionId holder) {
    TaskToken token = grant.token();
    String workflow = grant.workflowId();
    note("grant", workflow, token, 0);
    var known = new TreeMap<Long, Event>();
    if (grant.knownSeq() > 0) {
      List<Event> before = shown.get(token.run());
      if (before == null || before.size() < grant.knownSeq()) before = read(token, 0);
      before.forEach(event -> known.put(event.seq(), event));
    }
    grant.events().forEach(event -> known.put(event.seq(), event));
    if (!grant.complete()) read(token, known.lastKey()).forEach(event -> known.put(event.seq(), event));
    for (int number = 1; ; number++) {
      List<Event> history = List.copyOf(known.values());
      var report = new WorkerApi.Report(
          token, holder, number, history.getLast().seq(), program(grant, history), true);
      note("report", workflow, token, number);
      WorkerApi.ReportAck ack = answered(() -> api.report(report));
      note("accepted", workflow, token, number);
      ack.own().forEach(event -> known.put(event.seq(), event));
      ack.newcomers().forEach(event -> known.put(event.seq(), event));
      shown.put(token.run(), List.copyOf(known.values()));
      if (!ack.keeps()) return;
    }
  }

  private List<Event> read(TaskToken token, long after) {
    var events = new ArrayList<Event>();
    List<Event> page;
    do {
      long from = events.isEmpty() ? after : events.getLast().seq();
      page = answered(() -> api.history(token, from, 1_000));
      events.addAll(page);
    } while (page.size() == 1_000);
    return events;
  }

  /** What the program wants, given everything it was shown. */
  private List<Command> program(WorkerApi.WorkflowTaskGrant grant, List<Event> history) {
    return grant.workflowType().equals(COUNTER) ? counter(history) : chore(grant, history);
  }

  private static List<Command> counter(List<Event> history) {
    long sum = 0;
    int signals = 0;
    boolean stop = false;
    for (Event event : history) {
      switch (event.fact()) {
        case RunEvent.WorkflowStarted e -> sum = e.input() == null ? 0 : Long.parseLong(e.input().text());
        case RunEvent.SignalReceived e when e.name().equals("stop") -> stop = true;
        case RunEvent.SignalReceived e -> {
          sum += Long.parseLong(String.valueOf(e.input() == null ? "0" : e.input().text()));
          signals++;
        }
        default -> {}
      }
    }
    Payload total = Payload.json(Long.toString(sum));
    if (stop) return List.of(new Command.CompleteRun(total, List.of()));
    if (signals < GENERATION) return List.of();
    return List.of(new Command.ContinueAsNew(null, null, total, Map.of(), Map.of(), List.of()));
  }

  private List<Command> chore(WorkerApi.WorkflowTaskGrant grant, List<Event> history) {
    TaskToken token = grant.token();
    if (has(history, RunEvent.CancelRequested.class)) return List.of(new Command.CancelRun("asked to", List.of()));
    boolean begun = has(history, RunEvent.StepCompleted.class);
    if (!begun) {
      boolean done = effect(new EffectCall("default/%s/1:reserve".formatted(token.run()), grant.workflowId(), token.run().toString(), 1,
          1, token.epoch(), name));
      if (!done) throw new IOExceptionInside(new IOException("the world refused"));
    }
    var reserved = new Command.RecordStep(1, "reserve", Outcome.success(Payload.json("true")), 1);
    if (grant.workflowType().equals(CHILD)) {
      return begun ? List.of(new Command.CompleteRun(Payload.json("1"), List.of()))
          : List.of(reserved, new Command.CompleteRun(Payload.json("1"), List.of()));
    }
    if (!begun) {
      return List.of(reserved,
          new Command.ScheduleActivity(2, "charge", Payload.json("1"),
              new ActivityOptions(QUEUE, null, Duration.ofSeconds(30), null, null, AGAIN, 5), Map.of()),
          new Command.StartTimer(3, Duration.ofMillis(30)),
          new Command.StartChild(
              4, CHILD, null, QUEUE, null, StartOptions.PLAIN, ParentClosePolicy.ABANDON));
    }
    boolean done = has(history, RunEvent.ActivityCompleted.class) && has(history, RunEvent.TimerFired.class)
        && has(history, RunEvent.ChildRunCompleted.class)
        && history.stream().filter(e -> e.fact() instanceof RunEvent.SignalReceived).count() >= SIGNALS;
    return done ? List.of(new Command.CompleteRun(Payload.json("\"done\""), List.of())) : List.of();
  }

  private static boolean has(List<Event> history, Class<? extends RunEvent> type) {
    return history.stream().sorted(Comparator.comparing(Event::seq)).anyMatch(e -> type.isInstance(e.fact()));
  }

  // ---- activities

  private void activities(SessionId holder) {
    for (ActivityTask task : api.pollActivities(poll(holder))) {
      TaskToken token = task.token();
      holding.add(token);
      try {
        note("grant", task.workflowId(), token, 0);
        Outcome outcome = Outcome.failed(Failure.of("CardBusy", "the first attempt always fails"));
        if (task.attempt() > 1) {
          boolean done = effect(new EffectCall(task.idempotencyKey(), task.workflowId(), token.run().toString(),
              token.step(), task.attempt(), token.epoch(), name));
          outcome = done ? Outcome.success(Payload.json("\"paid\""))
              : Outcome.failed(Failure.of("Refused", "the world refused"));
        }
        Outcome told = outcome;
        note("report", task.workflowId(), token, 1);
        answered(() -> {
          api.completeActivity(token, holder, told);
          return true;
        });
        note("accepted", task.workflowId(), token, 1);
      } catch (RejectedException lost) {
        // Somebody else has it.
      } finally {
        holding.remove(token);
      }
    }
  }

  private void beat(SessionId holder) {
    LockSupport.parkNanos(500_000_000L);
    api.heartbeat(new WorkerApi.Heartbeat(holder, beats.incrementAndGet(), "BUSY", List.copyOf(holding), List.of()));
  }

  // ---- asking until there is an answer

  /** Asks again for as long as nobody knows whether it happened. */
  private <T> T answered(Supplier<T> ask) {
    while (true) {
      try {
        return ask.get();
      } catch (RejectedException e) {
        boolean unknown = switch (e.code()) {
          case STORE_UNAVAILABLE, OVERLOADED -> true;
          default -> false;
        };
        if (!unknown || closed) throw e;
        LockSupport.parkNanos(5_000_000L);
      }
    }
  }

  private void note(String what, String workflowId, TaskToken token, int number) {
    ledger.note(what, workflowId, token.run().toString(), token.step(), number, token.epoch(), name);
  }

  /** @return false: the world refused */
  private boolean effect(EffectCall call) {
    try {
      return ledger.call(call) != Verdict.FAILED;
    } catch (IOException e) {
      throw new IOExceptionInside(e);
    }
  }

  private static final class IOExceptionInside extends RuntimeException {
    private static final long serialVersionUID = 1;

    IOExceptionInside(IOException cause) {
      super(cause);
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    for (Thread thread : threads) thread.join(Duration.ofSeconds(30));
  }
}
