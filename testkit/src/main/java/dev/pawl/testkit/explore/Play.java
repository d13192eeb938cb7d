package dev.pawl.testkit.explore;

import dev.pawl.core.run.Command;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.sdk.ActivityContext;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.WorkflowInterceptor;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.ActivityInterceptor;
import dev.pawl.testkit.Crossing;
import dev.pawl.testkit.TestPawl;
import dev.pawl.testkit.WorkerCrash;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run under one schedule: stands at every point, and lets happen there what the schedule says. */
final class Play implements Crossing, ActivityInterceptor, WorkflowInterceptor {
  private static final int MOST_JUMPS = 2_000;
  private static final String ID = "explored";

  /** What a run passes. @param report whether it is one on its way, not a body */
  record Point(String name, boolean report) {}

  /** A body whose worker was taken for dead, and that goes on all the same. */
  private record Frozen(CountDownLatch thaw, CountDownLatch done) {
    Frozen() {
      this(new CountDownLatch(1), new CountDownLatch(1));
    }
  }

  private final Explore what;
  private final Effects effects = new Effects();
  private final Set<Point> passed = new LinkedHashSet<>();
  private final List<Incident> left;
  private final Set<Integer> sent = new HashSet<>();
  private final List<Supplier<?>> late = new ArrayList<>();
  private final List<Frozen> frozen = new ArrayList<>();
  private int dues;
  private @Nullable TestPawl pawl;

  Play(Explore what, Schedule schedule) {
    this.what = what;
    this.left = new ArrayList<>(schedule.incidents());
  }

  // ---- what came out

  synchronized List<Point> passed() {
    return List.copyOf(passed);
  }

  int dues() {
    return dues;
  }

  /** Whether the run passed every place of its schedule. */
  synchronized boolean happened() {
    return left.isEmpty();
  }

  // ---- the run

  Ending run() {
    try (TestPawl opened = TestPawl.onSqlite().crossing(this).patience(what.patience)
        .worker(worker -> {
          worker.intercept((ActivityInterceptor) this).intercept((WorkflowInterceptor) this);
          what.serving.accept(worker, effects);
        }).start()) {
      pawl = opened;
      WorkflowHandle run = opened.start(what.type, ID, what.input);
      drive(opened, run);
      boolean open = opened.client().list("Status = 'RUNNING'").findAny().isPresent();
      return new Ending(run.status(), effects, opened.history(run), open ? opened.openRuns() : "");
    }
  }

  private void drive(TestPawl opened, WorkflowHandle run) {
    opened.awaitQuiet();
    sendRest(false);
    while (true) {
      opened.awaitQuiet();
      if (run.status().closed() && !deliverLate()) return;
      Instant due = opened.nextDue();
      if (due == null || dues >= MOST_JUMPS || run.status().closed()) {
        if (!sendRest(true) && !deliverLate()) return;
        continue;
      }
      dues++;
      // A microsecond before is a time of its own: nothing is due then.
      Instant before = due.minus(1, ChronoUnit.MICROS);
      if (has(Incident.Kind.SIGNAL_BEFORE_DUE, dues) && before.isAfter(opened.now())) opened.skipTo(before);
      at(Incident.Kind.SIGNAL_BEFORE_DUE, Integer.toString(dues));
      opened.awaitQuiet();
      opened.skipTo(due);
      at(Incident.Kind.SIGNAL_AFTER_DUE, Integer.toString(dues));
      deliverLate();
    }
  }

  private synchronized boolean has(Incident.Kind kind, int due) {
    return left.stream().anyMatch(one -> one.kind() == kind && one.at().equals(Integer.toString(due)));
  }

  /** Signals without a place in the schedule come as soon as everything is quiet; all that are left come in the end. */
  private boolean sendRest(boolean all) {
    boolean any = false;
    for (int i = 0; i < what.signals.size(); i++) {
      if (all || !isPlaced(i)) any |= send(i);
    }
    return any;
  }

  private synchronized boolean isPlaced(int signal) {
    return left.stream().anyMatch(one -> one.kind().isSignal() && one.signal() == signal);
  }

  private boolean send(int signal) {
    synchronized (this) {
      if (!sent.add(signal)) return false;
    }
    try {
      opened().handle(ID).signal("signal-" + signal, what.signals.get(signal).name(), what.signals.get(signal).input());
    } catch (RejectedException e) {
      return false; // it had ended before
    }
    return true;
  }

  private TestPawl opened() {
    TestPawl known = pawl;
    if (known == null) throw new IllegalStateException("not open yet");
    return known;
  }

  private boolean deliverLate() {
    List<Supplier<?>> now;
    synchronized (this) {
      now = List.copyOf(late);
      late.clear();
    }
    for (Supplier<?> one : now) {
      try {
        Object unwanted = one.get();
      } catch (RejectedException expected) {
        // Too late: that is what the engine has to say.
      }
    }
    return thaw() || !now.isEmpty();
  }

  private boolean thaw() {
    List<Frozen> now;
    synchronized (this) {
      now = List.copyOf(frozen);
      frozen.clear();
    }
    for (Frozen one : now) {
      one.thaw.countDown();
      if (!awaits(one.done)) throw new AssertionError("a body that was frozen did not end within " + what.patience);
    }
    return !now.isEmpty();
  }

  private boolean awaits(CountDownLatch latch) {
    long deadline = System.nanoTime() + what.patience.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // the worker tells its bodies to stop; a frozen one does not hear it
        }
      }
    } finally {
      if (interrupted) Thread.currentThread().interrupt();
    }
  }

  private Frozen freeze() {
    Frozen body = new Frozen();
    synchronized (this) {
      frozen.add(body);
    }
    try {
      opened().crashWorker();
    } catch (WorkerCrash unwound) {
      // not yet
    }
    awaits(body.thaw);
    return body;
  }

  // ---- at a point

  private synchronized @Nullable Incident take(Incident.Kind kind, String at) {
    for (int i = 0; i < left.size(); i++) {
      Incident one = left.get(i);
      if (one.kind() == kind && one.at().equals(at)) return left.remove(i);
    }
    return null;
  }

  private void at(Incident.Kind kind, String name) {
    for (Incident one = take(kind, name); one != null; one = take(kind, name)) send(one.signal());
  }

  private void before(String name, boolean report) {
    synchronized (this) {
      passed.add(new Point(name, report));
    }
    at(Incident.Kind.SIGNAL_AT, name);
    if (take(Incident.Kind.CRASH_BEFORE, name) != null) throw crash(report);
  }

  private void after(String name, boolean report) {
    if (take(Incident.Kind.CRASH_AFTER, name) != null) throw crash(report);
  }

  /** The worker's own threads must unwind: a body by an error that user code lets pass, a report by the engine's no. */
  private WorkerCrash crash(boolean report) {
    opened().crashWorker();
    if (!report) throw new WorkerCrash();
    throw new RejectedException(
        Rejection.because(Rejection.Code.SHUTTING_DOWN, "this worker has crashed"));
  }

  // ---- bodies

  @Override
  public @Nullable Object around(ActivityContext context, @Nullable Object[] arguments, Callable<@Nullable Object> next)
      throws Exception {
    return body("activity %d:%s/%d".formatted(
        context.task().id().step(), context.task().activityType(), context.attempt()), next);
  }

  @Override
  public @Nullable Object aroundStep(Step.Context step, Callable<@Nullable Object> next) throws Exception {
    return body("step %d:%s/%d".formatted(step.step(), step.name(), step.attempt()), next);
  }

  private @Nullable Object body(String name, Callable<@Nullable Object> next) throws Exception {
    before(name, false);
    Frozen frozen = take(Incident.Kind.FROZEN, name) == null ? null : freeze();
    try {
      Object result = next.call();
      after(name, false);
      return result;
    } finally {
      if (frozen != null) frozen.done.countDown();
    }
  }

  // ---- reports

  @Override
  public <T> T cross(Report report, Supplier<T> send) {
    String name = name(report);
    before(name, true);
    if (take(Incident.Kind.LATE, name) != null) {
      synchronized (this) {
        late.add(send);
      }
      throw crash(true);
    }
    T answer = send.get();
    after(name, true);
    if (take(Incident.Kind.TWICE, name) == null) return answer;
    try {
      return send.get();
    } catch (RejectedException e) {
      return answer; // what may not be said twice is refused, and nothing else
    }
  }

  private static String name(Report report) {
    StringBuilder name = new StringBuilder(report.kind());
    if (report.token().step() > 0) name.append(' ').append(report.token().step()).append('/').append(report.token().attempt());
    for (Command command : report.commands()) {
      name.append(' ').append(command.getClass().getSimpleName());
      if (command instanceof Command.OfStep ofStep) name.append(' ').append(ofStep.step());
    }
    return report.commands().size() > 4 ? name.substring(0, Math.min(name.length(), 80)) : name.toString();
  }

  /** Real time that a run may rest without anything happening. */
  static final Duration PATIENCE = Duration.ofSeconds(10);
}
