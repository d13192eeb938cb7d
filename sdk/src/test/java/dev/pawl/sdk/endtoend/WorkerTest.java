package dev.pawl.sdk.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.task.TaskToken;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.sdk.Activities;
import dev.pawl.sdk.Activity;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.Promise;
import dev.pawl.sdk.Retry;
import dev.pawl.sdk.Step;
import dev.pawl.sdk.Verdict;
import dev.pawl.sdk.WorkflowInfo;
import dev.pawl.sdk.WorkflowInterceptor;
import dev.pawl.sdk.client.WorkflowFailedException;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.context.ContextCarrier;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.sdk.worker.WorkerBuilder;
import dev.pawl.testbed.Until;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that die, stop, are slow or are told to stop. */
@Timeout(180)
@ParameterizedClass(name = "{0}")
@EnumSource
class WorkerTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  /** Leases that nobody loses because the machine is busy. */
  private static final LeaseTimings LONG = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(60),
      Duration.ofSeconds(20), Duration.ofMillis(200), Duration.ofSeconds(60));
  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
  private final Place place;

  WorkerTest(Line line) {
    place = new Place(line, config -> {
      config.leases = LONG;
      config.clock = () -> Instant.now().plus(ahead.get());
    });
  }

  /** Ends without a word, and its leases are over. */
  private void dies(Worker worker) {
    worker.abandon();
    ahead.updateAndGet(LONG.leaseTime()::plus);
  }

  @AfterEach
  void close() {
    place.close();
  }

  @Test
  void anotherWorkerGoesOnWhereOneDied() throws Exception {
    List<String> effects = new CopyOnWriteArrayList<>();
    CountDownLatch inActivity = new CountDownLatch(1);
    AtomicInteger attempts = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);
    Consumer<WorkerBuilder> serving = with -> with
        .activity("charge", String.class, order -> {
          effects.add("charge " + Activity.context().idempotencyKey().endsWith("/2:charge"));
          if (attempts.incrementAndGet() == 1) {
            inActivity.countDown();
            never.await();
          }
          return "charged " + Activity.context().task().losses();
        })
        .workflow("order", String.class, order -> {
          String reserved = Pawl.step("reserve", () -> {
            effects.add("reserve");
            return "reserved";
          });
          String charged = Activities.call("charge", opts -> {}, String.class, order);
          return reserved + ", " + charged + ", " + Pawl.step("ship", () -> "shipped");
        });
    Worker first = place.worker(serving);
    WorkflowHandle run = place.client.start("order", "order-1", "42");
    assertThat(inActivity.await(60, TimeUnit.SECONDS)).isTrue();
    dies(first);
    place.worker(serving);
    assertThat(run.result(String.class, SOON)).isEqualTo("reserved, charged 1, shipped");
    assertThat(effects).containsExactly("reserve", "charge true", "charge true");
  }

  @Test
  void aHookIsAskedBeforeAnAmbiguousAttemptRunsAgain() throws Exception {
    CountDownLatch inActivity = new CountDownLatch(1);
    AtomicInteger bodies = new AtomicInteger();
    List<String> asked = new CopyOnWriteArrayList<>();
    Consumer<WorkerBuilder> serving = with -> with
        .activity("charge", String.class, order -> {
          bodies.incrementAndGet();
          inActivity.countDown();
          new CountDownLatch(1).await();
          return "never";
        }, hooks -> hooks.verify(key -> {
          asked.add(key);
          return Verdict.did("found under " + key.substring(key.lastIndexOf('/')));
        }))
        .workflow("order", String.class, order -> Activities.call("charge", opts -> {}, String.class, order));
    Worker first = place.worker(serving);
    WorkflowHandle run = place.client.start("order", "order-1", "42");
    assertThat(inActivity.await(60, TimeUnit.SECONDS)).isTrue();
    dies(first);
    place.worker(serving);
    assertThat(run.result(String.class, SOON)).isEqualTo("found under /1:charge");
    assertThat(bodies).hasValue(1);
    assertThat(asked).containsExactly("default/" + run.run() + "/1:charge");
  }

  @Test
  void aVerifiableStepThatWasCutOffIsVerifiedFirst() throws Exception {
    CountDownLatch inBody = new CountDownLatch(1);
    AtomicInteger bodies = new AtomicInteger();
    Consumer<WorkerBuilder> serving = with -> with
        .workflow("order", String.class, order -> Pawl.step("charge",
            opts -> opts.verify(key -> Verdict.did("it did")), () -> {
              bodies.incrementAndGet();
              inBody.countDown();
              new CountDownLatch(1).await();
              return "never";
            }));
    Worker first = place.worker(serving);
    WorkflowHandle run = place.client.start("order", "order-1", "42");
    assertThat(inBody.await(60, TimeUnit.SECONDS)).isTrue();
    dies(first);
    place.worker(serving);
    assertThat(run.result(String.class, SOON)).isEqualTo("it did");
    assertThat(bodies).hasValue(1);
    assertThat(FirstStepsTest.types(run)).containsExactly("StartAccepted", "WorkflowStarted", "StepStarted",
        "StepCompleted", "WorkflowCompleted");
  }

  @Test
  void theNextAttemptKnowsWhatTheLastHeartbeatSaid() {
    AtomicInteger attempts = new AtomicInteger();
    place.worker(with -> with
        .activity("count", String.class, input -> {
          var context = Activity.context();
          int from = context.lastHeartbeat(Integer.class).orElse(0);
          if (attempts.incrementAndGet() == 1) {
            while (true) { // silent after the third
              if (from < 3) context.heartbeat(++from);
              new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
            }
          }
          return "from " + from;
        })
        .workflow("it", String.class, input -> Activities.call("count",
            opts -> opts.heartbeat(Duration.ofSeconds(6)).retry(Retry.every(Duration.ofMillis(10))), String.class, input)));
    assertThat(place.client.start("it", "beats", "x").result(String.class, SOON)).isEqualTo("from 3");
    assertThat(attempts).hasValue(2);
  }

  @Test
  void anActivityIsToldToStopWhenItsRunIsCancelled() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    place.worker(with -> with
        .activity("long", String.class, input -> {
          began.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            stopped.countDown();
            throw e;
          }
          return "never";
        })
        .workflow("it", String.class, input -> Activities.call("long",
            opts -> opts.onCancel(dev.pawl.sdk.ActivitySettings.OnCancel.WAIT), String.class, input)));
    WorkflowHandle run = place.client.start("it", "cancel", "x");
    assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
    run.cancel("enough");
    assertThat(stopped.await(60, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(() -> run.result(String.class, SOON)).isInstanceOf(WorkflowFailedException.class)
        .hasMessageContaining("CANCELLED");
  }

  @Test
  void aStoppingWorkerFinishesWhatItHasAndTakesNoMore() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Worker worker = place.worker(with -> with
        .activity("a", String.class, input -> {
          began.countDown();
          go.await();
          return "finished";
        })
        .workflow("it", String.class, input -> Activities.call("a", opts -> {}, String.class, input)));
    WorkflowHandle run = place.client.start("it", "drain", "x");
    assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
    Thread closing = Thread.ofPlatform().start(() -> worker.close(Duration.ofMinutes(1)));
    while (closing.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait(); // for what it has
    go.countDown();
    closing.join();
    assertThat(FirstStepsTest.types(run)).contains("ActivityCompleted").doesNotContain("WorkflowCompleted");
    place.worker(with -> with.workflow("it", String.class, input -> Activities.call("a", opts -> {}, String.class, input)));
    assertThat(run.result(String.class, SOON)).isEqualTo("finished");
  }

  @Test
  void aStoppedWorkerGivesBackWhatItCannotFinish() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    AtomicInteger attempts = new AtomicInteger();
    Consumer<WorkerBuilder> serving = with -> with
        .activity("a", String.class, input -> {
          if (attempts.incrementAndGet() == 1) {
            began.countDown();
            new CountDownLatch(1).await();
          }
          return "attempt " + Activity.context().attempt();
        })
        .workflow("it", String.class, input -> Activities.call("a", opts -> {}, String.class, input));
    Worker worker = place.worker(serving);
    WorkflowHandle run = place.client.start("it", "release", "x");
    assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
    worker.close(Duration.ZERO);
    assertThat(place.engine.store().leasesOf(worker.session())).as("no lease has to expire").isEmpty();
    place.worker(serving);
    assertThat(run.result(String.class, SOON)).isEqualTo("attempt 1");
  }

  @Test
  void codeThatDoesNotComeBackIsFailedWithItsStack() {
    AtomicInteger turns = new AtomicInteger();
    place.worker(with -> with.workflow("it", String.class, input -> {
      if (turns.incrementAndGet() == 1) {
        while (!Thread.currentThread().isInterrupted()) Thread.onSpinWait();
      }
      return "came back";
    }));
    WorkflowHandle run = place.client.start("it", "stuck", "x", opts -> opts.taskTimeout(Duration.ofMillis(500)));
    assertThat(run.result(String.class, SOON)).isEqualTo("came back");
    assertThat(turns.get()).isGreaterThanOrEqualTo(2);
    assertThat(run.ledger(10).toString()).contains("PoisonedProgram");
  }

  @Test
  void workflowCodeOnAForeignThreadIsToldSo() {
    place.worker(with -> with.workflow("it", String.class, input -> {
      BlockingQueue<String> said = new LinkedBlockingQueue<>();
      Thread.ofPlatform().start(() -> {
        try {
          Pawl.now();
        } catch (IllegalStateException e) {
          said.add(String.valueOf(e.getMessage()));
        }
      });
      String first = said.take();
      String inStep = Pawl.step("inside", () -> {
        try {
          Pawl.sleep(Duration.ofSeconds(1));
          return "allowed";
        } catch (IllegalStateException e) {
          return e.getMessage();
        }
      });
      return first + " | " + inStep;
    }));
    assertThat(place.client.start("it", "foreign", "x").result(String.class, SOON))
        .contains("belongs to no workflow", "Pawl.async instead of executors", "inside the body of a step");
  }

  @Test
  void whatInterceptorsAndCarriersDo() {
    List<String> seen = new CopyOnWriteArrayList<>();
    ThreadLocal<String> tenant = new ThreadLocal<>();
    ContextCarrier carrier = new ContextCarrier() {
      @Override
      public String name() {
        return "tenant";
      }

      @Override
      public String capture() {
        return tenant.get();
      }

      @Override
      public Bound restore(String value) {
        tenant.set(value);
        return tenant::remove;
      }
    };
    place.worker(with -> with.carrying(carrier)
        .intercept(new WorkflowInterceptor() {
          @Override
          public Object aroundRun(WorkflowInfo info, Object input, Callable<Object> next) throws Exception {
            return "<" + next.call() + ">";
          }

          @Override
          public Object aroundStep(Step.Context step, Callable<Object> next) throws Exception {
            seen.add("step " + step.name());
            return next.call();
          }
        })
        .intercept((context, arguments, next) -> {
          seen.add(context.task().activityType() + " " + arguments[0]);
          return next.call();
        })
        .activity("a", String.class, input -> tenant.get())
        .workflow("it", String.class, input -> {
          String inRun = tenant.get();
          String inStep = Pawl.step("s", () -> tenant.get());
          // A transaction cannot be joined over a network.
          String inTransaction = place.isRemote()
              ? Pawl.step("t", () -> tenant.get())
              : Pawl.transaction("t", connection -> tenant.get());
          return inRun + inStep + inTransaction + Activities.call("a", opts -> {}, String.class, "x");
        }));
    tenant.set("acme ");
    WorkflowHandle run = place.client.carrying(carrier).start("it", "around", "x");
    assertThat(run.result(String.class, SOON)).isEqualTo("<acme acme acme acme >");
    assertThat(seen).containsExactly("step s", "step t", "a x");
  }

  @Test
  void anInterceptorStandsOutsideOfTheTransactionAndMayChangeWhatIsRecorded() {
    if (place.isRemote()) {
      place.refusesTransactions();
      return;
    }
    List<String> said = new CopyOnWriteArrayList<>();
    place.worker(with -> with
        .intercept(new WorkflowInterceptor() {
          @Override
          public Object aroundStep(Step.Context step, Callable<Object> next) throws Exception {
            try {
              return next.call() + " seen";
            } catch (IllegalStateException refused) {
              said.add(step.attempt() + " " + refused.getMessage());
              throw refused;
            }
          }
        })
        .workflow("it", String.class, input -> Pawl.transaction("t", Connection.TRANSACTION_SERIALIZABLE,
            opts -> opts.retry(Retry.every(Duration.ofMillis(5))), connection -> {
              if (Step.context().attempt() == 1) throw new IllegalStateException("not yet");
              return "booked";
            })));
    WorkflowHandle run = place.client.start("it", "outside", "x");
    assertThat(run.result(String.class, SOON)).isEqualTo("booked seen");
    assertThat(said).containsExactly("1 not yet");
    assertThat(place.engine.store().effectOf(run.run(), 1)).map(payload -> payload.text()).hasValue("\"booked\"");
  }

  /** One poll while there is little to do, and more of them only while polls come back full. */
  @Test
  void pollsMultiplyWhileTheyComeBackFull() throws Exception {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger polls = new AtomicInteger();
    CountDownLatch two = new CountDownLatch(2);
    WorkerApi counted = (WorkerApi) Proxy.newProxyInstance(
        WorkerApi.class.getClassLoader(), new Class<?>[] {WorkerApi.class}, (proxy, method, arguments) -> {
          boolean poll = method.getName().equals("pollActivities");
          if (poll) {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            if (polls.incrementAndGet() > 1) { // the second comes back only when a third has come
              two.countDown();
              two.await(60, TimeUnit.SECONDS);
            }
          }
          try {
            return method.invoke(place.work(), arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          } finally {
            if (poll) open.decrementAndGet();
          }
        });
    int many = 40;
    CountDownLatch inside = new CountDownLatch(4);
    place.worker(with -> with.workflow("it", Integer.class, width -> Promise.all(IntStream.range(0, width)
        .mapToObj(i -> Activities.callAsync("a", opts -> opts.queue("a"), Integer.class, i)).toList()).get().size()));
    WorkflowHandle run = place.client.start("it", "pollers", many);
    StructureTest.awaitEvent(run, "ActivityScheduled");
    Worker worker = Worker.on(counted).queue("a").settings(set -> {
      set.activities = 4;
      set.pollers = 3;
    }).activity("a", Integer.class, n -> {
      inside.countDown();
      inside.await();
      return n;
    }).start();
    try {
      assertThat(run.result(Integer.class, SOON)).isEqualTo(many);
      assertThat(most).hasValueBetween(2, 3);
    } finally {
      worker.close(Duration.ZERO);
    }
  }

  @Test
  void noMoreRunAtTheSameTimeThanAllowed() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CyclicBarrier together = new CyclicBarrier(3);
    place.worker(with -> with
        .settings(set -> set.activities = 3)
        .activity("a", Integer.class, n -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          together.await(60, TimeUnit.SECONDS);
          now.decrementAndGet();
          return n;
        })
        .workflow("it", Integer.class, width -> Promise.all(IntStream.range(0, width)
            .mapToObj(i -> Activities.callAsync("a", opts -> {}, Integer.class, i)).toList()).get().size()));
    assertThat(place.client.start("it", "width", 60).result(Integer.class, SOON)).isEqualTo(60);
    assertThat(most).hasValue(3);
  }

  @Test
  void aLeaseThatIsLostIsTold() throws Exception {
    BlockingQueue<TaskToken> lost = new LinkedBlockingQueue<>();
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    place.worker(with -> with.settings(set -> set.onLeaseLost = lost::add)
        .activity("a", String.class, input -> {
          began.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return "late";
        })
        .workflow("it", String.class, input -> Activities.call("a", opts -> {}, String.class, input)));
    WorkflowHandle run = place.client.start("it", "lost", "x");
    assertThat(began.await(60, TimeUnit.SECONDS)).isTrue();
    run.terminate("away with it");
    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(lost.poll(60, TimeUnit.SECONDS).run()).isEqualTo(run.run());
  }

  @Test
  void fiveHundredRunsWithSignalsOnTwoWorkers() {
    Consumer<WorkerBuilder> serving = with -> with
        .settings(set -> set.cachedRuns = 50)
        .workflow("it", Integer.class, n -> {
          int a = Pawl.step("a", () -> n);
          int b = Pawl.receive("b", Integer.class);
          return Pawl.step("sum", () -> a + b);
        });
    place.worker(serving);
    place.worker(serving);
    int many = 500;
    List<WorkflowHandle> runs = new ArrayList<>();
    for (int i = 0; i < many; i++) runs.add(place.client.start("it", "many-" + i, i));
    for (int i = 0; i < many; i++) runs.get(i).signal("b", i);
    for (int i = 0; i < many; i++) assertThat(runs.get(i).result(Integer.class, SOON)).isEqualTo(2 * i);
  }
}
