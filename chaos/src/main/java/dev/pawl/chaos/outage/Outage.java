package dev.pawl.chaos.outage;

import dev.pawl.chaos.node.Node;
import dev.pawl.core.job.JobBound;
import dev.pawl.core.job.LeaseTerms;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.job.JobApi;
import dev.pawl.sdk.job.Jobs;
import dev.pawl.sdk.payload.JsonConverter;
import dev.pawl.sdk.worker.JobWorker;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.check.Evidence;
import dev.pawl.testbed.check.Row;
import dev.pawl.testbed.fault.Direction;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * P6. A queue stands full, workers take from it, and are cut off from the store for hours of its time; whoever hands jobs
 * in, and the duties of a node without workers, reach it all the while. Then they are let in again. Every job must end, the
 * store and the world must tell the same of it, and nobody may have to lend a hand.
 */
public final class Outage implements AutoCloseable {
  private static final String TYPE = "outage.task";
  private static final int AT_ONCE = 1_000;
  /** The whole queue is some seconds' work, so that hands are full when the cut comes. */
  private static final Duration ALL_OF_IT = Duration.ofSeconds(2);
  private static final int HANDS = 100;
  /** A node's duties look this often within a minute. */
  private static final int LOOKS = 60;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Instant CREATED = Instant.parse("2018-10-01T00:00:00Z");

  /** @param cut in store time, whole minutes; behind {@code workers} nodes stand full hands */
  public record Plan(int jobs, int workers, Duration cut) {}

  /**
   * How it went.
   *
   * @param before done before the cut
   * @param held leases that stood when it came
   * @param granted leases that stood at the end of any minute of the cut but the first; must be 0
   * @param accepted reports that were accepted during the cut; must be 0
   * @param deaths dead letters during the cut: nobody served the type for half an hour
   * @param redriven by the policy
   * @param repeated jobs whose work was done more than once, under one key
   * @param wrong what must not be; empty
   */
  public record Result(String store, Plan plan, long before, long held, long granted, long accepted, long deaths,
      long redriven, long repeated, List<String> wrong, Duration took) {}

  private final Database database;
  private final Plan plan;
  private final StoreTime time = new StoreTime();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<FaultProxy> proxies = new ArrayList<>();
  private final AtomicIntegerArray effects;
  private final LongAdder done = new LongAdder();
  private final PawlEngine ingress;

  private Outage(Database database, Plan plan) {
    this.database = database;
    this.plan = plan;
    this.effects = new AtomicIntegerArray(plan.jobs);
    this.ingress = engine(database, false);
  }

  /** Plays it on an empty database behind a network. */
  public static Result play(Database database, Plan plan) {
    try (var outage = new Outage(database, plan)) {
      return outage.play();
    }
  }

  private PawlEngine engine(Database through, boolean duties) {
    PawlEngine engine = PawlEngine.open(through.dataSource(), config -> {
      config.leases = Node.QUICK;
      config.clock = time;
      config.duties = duties;
    });
    opened.add(engine);
    return engine;
  }

  private Result play() {
    long began = System.nanoTime();
    int first = plan.jobs * 9 / 10;
    submit(0, first);
    for (int i = 1; i <= plan.workers; i++) work("worker-" + i);
    await(() -> done.sum() >= plan.jobs / 4);
    cut();
    long before = still();
    long held = count("pawl_open_jobs where session is not null");
    submit(first, plan.jobs);
    long granted = 0;
    for (long minute = 1; minute <= plan.cut.toMinutes(); minute++) {
      time.pass(MINUTE);
      for (int look = 0; look < LOOKS && ingress.tick(ingress.now()) > 0; look++) {
        // A node's duties, as often as they would have looked.
      }
      if (minute > 1) granted = Math.max(granted, count("pawl_open_jobs where session is not null"));
    }
    long accepted = succeeded() - before;
    long deaths = events("GIVE_UP");
    proxies.forEach(FaultProxy::heal);
    settle();
    List<String> wrong = wrong(granted, accepted);
    long repeated = 0;
    for (int i = 0; i < plan.jobs; i++) if (effects.get(i) > 1) repeated++;
    return new Result(database.toString(), plan, before, held, granted, accepted, deaths, events("AUTO_REDRIVE"), repeated,
        wrong, Duration.ofNanos(System.nanoTime() - began));
  }

  private void submit(int from, int to) {
    for (int i = from; i < to; i += AT_ONCE) {
      List<JobApi.Submission> some = new ArrayList<>(AT_ONCE);
      for (int n = i; n < Math.min(to, i + AT_ONCE); n++) {
        some.add(JobApi.Submission.of(
            Jobs.spec("default", JsonConverter.standard(), CREATED, Jobs.job(TYPE, "task-%07d".formatted(n), n))));
      }
      ingress.jobs().submit(some).forEach(answer -> answer.get());
    }
  }

  private void work(String name) {
    FaultProxy proxy = FaultProxy.before(database);
    proxies.add(proxy);
    PawlEngine engine = engine(proxy.database(), true);
    opened.add(JobWorker.on(engine.worker(), engine.jobWork())
        .handler(Jobs.handler(TYPE, Integer.class, (job, number) -> {
          effects.incrementAndGet(number);
          done.increment();
          LockSupport.parkNanos(Math.max(1_000_000, ALL_OF_IT.toNanos() * plan.workers * HANDS / plan.jobs));
        }))
        .settings(set -> {
          set.name = name;
          set.concurrency = HANDS;
          set.patience = Duration.ofSeconds(1);
          set.drain = Duration.ofSeconds(1);
        }).start());
  }

  /** Half of them hear nothing any more, half are refused. */
  private void cut() {
    for (int i = 0; i < proxies.size(); i++) {
      proxies.get(i).arm(i % 2 == 0 ? Fault.freeze(Direction.BOTH) : Fault.refuse());
      if (i % 2 != 0) proxies.get(i).arm(Fault.reset());
    }
  }

  /** What had reached the store when they were cut off has been done; nothing comes after it. @return how many succeeded */
  private long still() {
    long[] last = {-1};
    await(() -> last[0] == (last[0] = succeeded()));
    return last[0];
  }

  /** Everything ends; time passes only when all wait for it. */
  private void settle() {
    await(() -> {
      if (count("pawl_open_jobs") > 0) return false;
      List<Row> letters = rows("select count(*) as n, min(redrive_at) as at from pawl_dead_letters");
      if (letters.getFirst().number("n") == 0) return true;
      Instant next = Instant.EPOCH.plus(letters.getFirst().number("at"), ChronoUnit.MICROS);
      if (next.isAfter(time.instant())) time.pass(Duration.between(time.instant(), next));
      return false;
    });
  }

  private interface Question {
    boolean ask();
  }

  private void await(Question question) {
    Duration patience = Duration.ofMinutes(2).plusMillis(plan.jobs);
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      long asked = System.nanoTime();
      if (question.ask()) return;
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("expected everything to go on within %s; open: %s".formatted(patience,
            ingress.jobs().counts("default")));
      }
      // Large tables are not asked all the time.
      LockSupport.parkNanos(Math.max(200_000_000L, 4 * (System.nanoTime() - asked)));
    }
  }

  // ---- what must hold

  private List<String> wrong(long granted, long accepted) {
    List<String> wrong = new ArrayList<>();
    if (granted != 0) wrong.add("O5: %d leases stood though nobody reached the store".formatted(granted));
    if (accepted != 0) wrong.add("O5: %d reports were accepted though nobody reached the store".formatted(accepted));
    expect(wrong, plan.jobs, count("pawl_jobs"), "jobs are there");
    expect(wrong, 0, count("pawl_open_jobs"), "jobs are open");
    expect(wrong, 0, count("pawl_dead_letters"), "jobs are dead");
    expect(wrong, plan.jobs, succeeded(), "jobs succeeded");
    expect(wrong, 0, rows("""
        select count(*) as n from (select job_id, max(epoch) as grants,
          sum(case when end_kind is null then 0 else 1 end) as ends from pawl_job_ledger group by job_id) jobs
        where grants <> ends""").getFirst().number("n"), "I7: jobs have a grant that did not end, or ended twice");
    expect(wrong, 0, rows("""
        select count(*) as n from pawl_job_ledger where event in ('HOLD', 'RELEASE', 'FORCE_REVOKE', 'FORCE_FAIL',
          'FORCE_DEAD_LETTER', 'FORCE_SUCCEED', 'REDRIVE')""").getFirst().number("n"), "U5: operator events");
    long undone = 0;
    for (int i = 0; i < plan.jobs; i++) if (effects.get(i) == 0) undone++;
    expect(wrong, 0, undone, "jobs succeeded in the store and were never done");
    LeaseTerms longest = new LeaseTerms(Duration.ofMinutes(15), Duration.ofMinutes(30), Duration.ofDays(1));
    expect(wrong, 0, ingress.store().jobs().orphans(JobBound.of(Node.QUICK, longest).worst(), 10).size(), "O1: orphans");
    proxies.forEach(proxy -> proxy.neverFired().forEach(fault -> wrong.add("a worker was never cut off: " + fault.text())));
    return wrong;
  }

  private static void expect(List<String> wrong, long expected, long got, String what) {
    if (got != expected) wrong.add("%s: expected %d, got %d".formatted(what, expected, got));
  }

  private long succeeded() {
    return count("pawl_job_ledger where to_phase = 'SUCCEEDED' and ord = 0");
  }

  private long events(String event) {
    return count("pawl_job_ledger where event = '%s' and ord = 0".formatted(event));
  }

  private long count(String what) {
    return rows("select count(*) as n from " + what).getFirst().number("n");
  }

  private List<Row> rows(String sql) {
    try (Evidence evidence = Evidence.in(database.dataSource()).open()) {
      return evidence.rows(sql);
    }
  }

  @Override
  public void close() {
    for (AutoCloseable one : opened.reversed()) {
      try {
        one.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    proxies.forEach(FaultProxy::close);
  }
}
