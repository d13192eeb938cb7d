package dev.pawl.chaos.program;

import dev.pawl.core.value.SearchValue;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.ChildHandle;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Saga;
import dev.pawl.sdk.Scope;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Workflow;
import dev.pawl.sdk.failure.ApplicationException;
import dev.pawl.sdk.failure.CancelledException;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.testbed.ledger.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Runs a program, as text, and gives its total. */
public final class Interpreter implements Workflow<String, Long> {
  /** Its type, and the queue of its runs. */
  public static final String TYPE = "program";
  public static final String QUEUE = "programs";

  /** What it books in, see {@link Op.Book}; made by whoever makes the database. */
  public static final String TABLE = "create table chaos_bookings (workflow_id varchar(255), entry varchar(64), amount bigint)";

  private static final String CHARGE = "charge";
  private static final String TOIL = "toil";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Outside outside;
  private int children;

  private Interpreter(Outside outside) {
    this.outside = outside;
  }

  /** Makes a worker serve programs and their activities. */
  public static WorkerBuilder serve(WorkerBuilder worker, Outside outside) {
    return worker.queue(QUEUE)
        .workflow(TYPE, () -> new Interpreter(outside))
        .activity(CHARGE, Long[].class, amountAndFailures -> charge(outside, amountAndFailures))
        .activity(TOIL, Long[].class, amountAndMillis -> toil(outside, amountAndMillis));
  }

  @Override
  public Long run(String text) {
    return all(ProgramText.read(text));
  }

  private long all(List<Op> program) {
    long total = 0;
    for (int at = 0; at < program.size(); at++) {
      Op op = program.get(at);
      if (op instanceof Op.Show) Pawl.upsertSearchAttributes(Map.of("Total", new SearchValue.Int(total)));
      if (op instanceof Op.Again) again(total, program.subList(at + 1, program.size()));
      total += one(op);
    }
    return total;
  }

  private static void again(long total, List<Op> rest) {
    var next = new ArrayList<Op>();
    next.add(new Op.Carry(total));
    next.addAll(rest);
    Pawl.continueAsNew(ProgramText.write(next));
  }

  private long one(Op op) {
    return switch (op) {
      case Op.Carry o -> o.amount();
      case Op.Pay o -> pay(o);
      case Op.Charge o -> charge(o.amount(), o.failures());
      case Op.Toil o -> Activities.call(TOIL,
          set -> set.startToClose(PATIENCE).heartbeat(Duration.ofSeconds(20)).retry(quick()), Long.class,
          (Object) new Long[] {o.amount(), (long) o.millis()});
      case Op.Deadly o -> Pawl.step("deadly", () -> deadly(o.amount()));
      case Op.Book o -> book(o.amount());
      case Op.Note o -> Pawl.sideEffect(() -> o.amount());
      case Op.Sleep o -> {
        Pawl.sleep(Duration.ofMillis(o.millis()));
        yield 0;
      }
      case Op.Await o -> Pawl.receive(o.name(), Long.class);
      case Op.Expire o -> Pawl.receive("nobody", Long.class, Duration.ofMillis(o.millis())).isEmpty() ? o.amount() : 0;
      case Op.Child o -> child(ProgramText.write(o.program())).result().get();
      case Op.Tell o -> tell(o.amount());
      case Op.Beside o -> beside(o.branches());
      case Op.Undo o -> undo(o.amount());
      case Op.CallOff o -> callOff(o.amount());
      case Op.Patch o -> Pawl.patched("second-thoughts") ? o.amount() : -1;
      case Op.Forever o -> {
        Pawl.await(() -> false);
        yield 0;
      }
      case Op.Show o -> 0;
      case Op.Again o -> 0;
    };
  }

  // ---- effects

  private long pay(Op.Pay op) {
    Retry retry = Retry.every(Duration.ofMillis(Math.max(1, op.pause())));
    return Pawl.step("pay", set -> set.retry(retry), () -> {
      if (Step.context().attempt() <= op.failures()) throw ApplicationException.of("Busy", "not yet");
      outside.pay(op.amount());
      return op.amount();
    });
  }

  private long deadly(long amount) throws IOException {
    if (outside.pay(amount) == Verdict.APPLIED) Runtime.getRuntime().halt(86);
    return amount;
  }

  private static Retry quick() {
    return Retry.exponential(Duration.ofMillis(20), 2, Duration.ofSeconds(1));
  }

  private static long charge(long amount, int failures) {
    return Activities.call(CHARGE, set -> set.startToClose(PATIENCE).retry(quick()), Long.class,
        (Object) new Long[] {amount, (long) failures});
  }

  private static Long charge(Outside outside, Long[] amountAndFailures) throws IOException {
    if (Activity.context().attempt() <= amountAndFailures[1]) throw ApplicationException.of("Busy", "not yet");
    outside.charge(amountAndFailures[0]);
    return amountAndFailures[0];
  }

  private static Long toil(Outside outside, Long[] amountAndMillis) throws IOException {
    for (long left = amountAndMillis[1]; left > 0; left -= 50) {
      Activity.context().heartbeat(left);
      LockSupport.parkNanos(50_000_000L);
    }
    outside.charge(amountAndMillis[0]);
    return amountAndMillis[0];
  }

  private static long book(long amount) {
    String workflow = Pawl.info().workflowId();
    String entry = Pawl.uuid().toString();
    return Pawl.transaction("book", connection -> {
      try (var insert = connection.prepareStatement("insert into chaos_bookings values (?, ?, ?)")) {
        insert.setString(1, workflow);
        insert.setString(2, entry);
        insert.setLong(3, amount);
        insert.executeUpdate();
      }
      return amount;
    });
  }

  private long undo(long amount) {
    try {
      return Saga.run(saga -> {
        pay(new Op.Pay(amount, 0, 0));
        saga.onFailure(() -> pay(new Op.Pay(-amount, 0, 0)));
        charge(amount, 0);
        saga.onFailure(() -> charge(-amount, 0));
        throw ApplicationException.of("SecondThoughts", "take it all back");
      });
    } catch (ApplicationException takenBack) {
      return 0;
    }
  }

  // ---- structure

  private ChildHandle<Long> child(String text) {
    String id = "%s.%d.%d".formatted(Pawl.info().workflowId(), Pawl.info().runNumber(), ++children);
    return Pawl.child(TYPE, set -> set.workflowId(id), text, Long.class);
  }

  private long tell(long amount) {
    ChildHandle<Long> child = child("await word 0");
    child.started().get();
    child.signal("word", amount);
    return child.result().get();
  }

  private long beside(List<List<Op>> branches) {
    var promises = new ArrayList<Promise<Long>>();
    for (List<Op> branch : branches) promises.add(Pawl.async(() -> all(branch)));
    long sum = 0;
    for (Long one : Promise.all(promises).get()) sum += one;
    return sum;
  }

  private static long callOff(long amount) {
    Scope scope = Scope.open();
    Promise<Long> sleep = scope.async(() -> {
      Pawl.sleep(Duration.ofDays(1));
      return 0L;
    });
    scope.cancel("changed my mind");
    try {
      return sleep.get();
    } catch (CancelledException calledOff) {
      return amount;
    }
  }
}
