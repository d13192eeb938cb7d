package dev.pawl.chaos;

import static dev.pawl.chaos.Scenario.atOnce;
import static dev.pawl.chaos.Scenario.total;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.node.Node;
import dev.pawl.chaos.round.Round;
import dev.pawl.core.run.RunStatus;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.commit.LaneSettings;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.sdk.Pawl;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.sdk.client.WorkflowHandle;
import dev.pawl.sdk.worker.Worker;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.Operation;
import dev.pawl.testbed.check.Row;
import dev.pawl.testbed.ledger.Trouble;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ObjIntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Herds of timers, backlogs, storms of signals, wide runs, and a world that is down. {@code -Dpawl.load=100000} makes
 * them as large as the fault catalogue wants them, and prints figures.
 */
@Tag("long")
@Timeout(180)
class LoadTest {
  private static final int MANY = Integer.getInteger("pawl.load", 400);
  /** So many threads speak at once. */
  private static final int SPEAKERS = 100;

  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres())
        .filter(server -> System.getProperty("pawl.db", server.name()).equals(server.name()))
        .map(DatabaseServer::fresh);
  }

  /** Clients that share many workflows, each client its own, by their numbers from 0. */
  private static void each(Scenario scene, ObjIntConsumer<PatientClient> what) throws Exception {
    atOnce(Math.min(SPEAKERS, MANY), speaker -> {
      PatientClient client = scene.client("client-" + speaker);
      for (int i = speaker; i < MANY; i += SPEAKERS) what.accept(client, i);
    });
  }

  private static long timed(String what, Database database, Action action) throws Exception {
    long began = System.nanoTime();
    action.run();
    long took = System.nanoTime() - began;
    if (System.getProperty("pawl.load") != null) {
      System.out.printf("%s: %s of %d took %.1f s, %.0f per second%n", database, what, MANY, took / 1e9, MANY * 1e9 / took);
    }
    return took;
  }

  private static void figure(String text, Object... values) {
    if (System.getProperty("pawl.load") != null) System.out.printf(text + "%n", values);
  }

  private interface Action {
    void run() throws Exception;
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aHerdOfTimersFiresOnceEachAndOthersGoOn(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      PawlClient client = PawlClient.on(scene.pawl.control());
      Instant due = Instant.now().plusMillis(1_500L + MANY * 5L / 2);
      try (Worker worker = Worker.on(scene.pawl.worker()).workflow("alarm", Instant.class, at -> {
        Pawl.sleep(Duration.between(Pawl.now(), at));
        return 1;
      }).start()) {
        timed("starting", database, () -> each(scene, (unused, i) -> client.start("alarm", "alarm-" + i, due)));
        try (var bystanders = new Bystanders(scene)) {
          PatientClient other = scene.client("other");
          scene.start(other, "other", "pay 1 0 0 charge 1 0");
          assertThat(total(other.result("other"))).isEqualTo("2");
          timed("waking all", database,
              () -> each(scene, (patient, i) -> assertThat(total(patient.result("alarm-" + i))).isEqualTo("1")));
          bystanders.rest();
          besides(scene, database, bystanders, micros(due));
        }
      }
      lateness(scene, database, due);
      scene.allIsWell();
    }
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }

  /** How quickly the others went on while the herd was fired, and while its runs were worked off. */
  private static void besides(Scenario scene, Database database, Bystanders bystanders, long due) {
    long fired = scene.round.rows("select max(at) as n from pawl_events where type = 'TimerFired'").getFirst().number("n");
    long done = scene.round.rows("select max(closed_at) as n from pawl_runs where workflow_type = 'alarm'").getFirst().number("n");
    long quiet = Math.min(20_000_000L, MANY * 200L);
    figure("%s: others ended %.0f runs per second before it was due, %.0f while timers fired, %.0f until all runs had ended",
        database, bystanders.rate(due - quiet, due), bystanders.rate(due, fired), bystanders.rate(due, done));
  }

  private static void lateness(Scenario scene, Database database, Instant due) {
    List<Long> late = scene.round.rows("select at as n from pawl_events where type = 'TimerFired' order by at").stream()
        .map(row -> row.number("n") - micros(due)).toList();
    assertThat(late).hasSize(MANY);
    figure("%s: timers due at one instant fired late by %.1f s (half of them), %.1f s (99%%), %.1f s (the last)",
        database, late.get(MANY / 2) / 1e6, late.get(MANY * 99 / 100) / 1e6, late.getLast() / 1e6);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aBacklogIsDrainedOnceWorkersCome(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      timed("starting", database, () -> each(scene, (client, i) -> scene.start(client, "w-" + i, "note 1")));
      scene.work("one");
      scene.work("two");
      timed("draining", database,
          () -> each(scene, (client, i) -> assertThat(total(client.result("w-" + i))).isEqualTo("1")));
      List<Row> closed = scene.round.rows("select closed_at as n from pawl_runs where status = 'COMPLETED' order by closed_at");
      assertThat(closed).hasSize(MANY);
      if (System.getProperty("pawl.load") != null) {
        for (int tenth = 0; tenth < 10; tenth++) {
          long took = closed.get(MANY * (tenth + 1) / 10 - 1).number("n") - closed.get(MANY * tenth / 10).number("n");
          System.out.printf("%s: tenth %d of the backlog: %.0f per second%n", database, tenth + 1, MANY * 1e5 / took);
        }
      }
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aStormOfSignalsToOneRunKillsItNotAndIsWholeInTheEnd(Database database) throws Exception {
    int budget = Math.min(LaneSettings.STANDARD.unread(), MANY / 4);
    try (var scene = unread(database, budget); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      PawlClient client = PawlClient.on(scene.pawl.control());
      WorkflowHandle counter = client.start("counts", "counter", new long[] {0, 0});
      scene.work("worker");
      Future<Long> storm = threads.submit(() -> timed("a storm", database, () -> each(scene, (sender, i) ->
          sender.signal("counter", Integer.toString(i), "add", Payload.json(Integer.toString(i))))));
      // Nobody looks at them: the run fills up, and its senders are told to come again.
      Scenario.await(() -> scene.round.log().all().stream().anyMatch(LoadTest::refusedAsFull));
      assertThat(counter.describe().lastSeq()).isEqualTo(budget);
      assertThat(counter.status()).isEqualTo(RunStatus.RUNNING);
      PatientClient other = scene.client("other");
      scene.start(other, "other", "pay 1 0 0 charge 1 0");
      assertThat(total(other.result("other"))).isEqualTo("2");
      try (Worker worker = counting(scene, MANY)) {
        storm.get();
        assertThat(counter.result(Long.class, Scenario.SOON)).isEqualTo(MANY * (MANY - 1L) / 2);
      }
      figure("%s: told to come again %d times", database,
          scene.round.log().all().stream().filter(LoadTest::refusedAsFull).count());
      scene.allIsWell();
    }
  }

  /** A scenario whose runs take messages while they have fewer unread events. */
  private Scenario unread(Database database, int events) {
    var round = new Round(database, folder);
    return new Scenario(round, round.engine(database, config -> {
      config.leases = Node.QUICK;
      config.lanes = config.lanes.withUnread(events);
    }));
  }

  private static boolean refusedAsFull(Operation operation) {
    return operation.phase() == Operation.Phase.INFO && operation.word().contains("inbox_full");
  }

  /** Adds up signals until so many have come; goes on as new when its history is long and no signal waits. */
  private static Worker counting(Scenario scene, int until) {
    return Worker.on(scene.pawl.worker()).workflow("counts", long[].class, before -> {
      long count = before[0];
      long sum = before[1];
      while (count < until) {
        Optional<Integer> next = Pawl.info().suggestContinueAsNew()
            ? Pawl.receive("add", Integer.class, Duration.ZERO)
            : Optional.of(Pawl.receive("add", Integer.class));
        if (next.isEmpty()) Pawl.continueAsNew(new long[] {count, sum});
        count++;
        sum += next.get();
      }
      return sum;
    }).start();
  }

  @ParameterizedTest
  @MethodSource("databases")
  void manyRunsAreTerminatedWhileTheyWork(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("one");
      scene.work("two");
      String program = "pay 1 0 0 beside 3 { charge 1 0 sleep 20 charge 1 0 } { sleep 600000 } { toil 1 400 } forever";
      each(scene, (client, i) -> scene.start(client, "many-" + i, program));
      PatientClient operator = scene.client("operator");
      String filter = "WorkflowId starts with 'many-'";
      timed("terminating", database, () -> {
        var report = operator.bulk(filter, ControlApi.Bulk.Action.TERMINATE, null);
        assertThat(report.matched()).isEqualTo(MANY);
      });
      each(scene, (client, i) -> assertThat(client.result("many-" + i).status()).isEqualTo(RunStatus.TERMINATED));
      // Nothing is left of them that anybody would try again.
      assertThat(scene.round.count("pawl_tasks")).isZero();
      assertThat(scene.round.count("pawl_mailbox")).isZero();
      scene.start(operator, "after", "pay 1 0 0 charge 1 0");
      assertThat(total(operator.result("after"))).isEqualTo("2");
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aHistoryThatGrowsTooLongIsSaidAndEndsNothing(Database database) throws Exception {
    int tooMany = 10_100;
    try (var scene = unread(database, 2 * tooMany)) {
      PawlClient client = PawlClient.on(scene.pawl.control());
      WorkflowHandle counter = client.start("counts", "counter", new long[] {0, 0});
      atOnce(SPEAKERS, speaker -> {
        for (int i = speaker; i < tooMany; i += SPEAKERS) counter.signal("add", 1);
      });
      assertThat(counter.describe().suggestContinueAsNew()).isTrue();
      assertThat(counter.status().closed()).isFalse();
      // What comes is still taken, and the program goes on as new when it likes to.
      counter.signal("add", 1);
      try (Worker worker = counting(scene, tooMany + 2)) {
        Scenario.await(() -> client.handle("counter").describe().runNumber() == 2);
        client.handle("counter").signal("add", 1);
        assertThat(client.handle("counter").result(Long.class, Scenario.SOON)).isEqualTo(tooMany + 2L);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aWideRunWithManyActivitiesAndChildren(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      int activities = MANY / 2;
      int children = MANY / 10;
      // One after the other: a report has 10,000 commands at most.
      var program = new StringBuilder("beside " + activities);
      for (int i = 0; i < activities; i++) program.append(" { charge 1 0 }");
      program.append(" beside ").append(children);
      for (int i = 0; i < children; i++) program.append(" { child { pay 1 0 0 } }");
      PatientClient client = scene.client("client");
      scene.start(client, "wide", program.toString());
      timed("a wide run", database, () ->
          assertThat(total(client.result("wide"))).isEqualTo(Integer.toString(activities + children)));
      assertThat(scene.round.effects().balance()).isEqualTo(activities + children);
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void whileTheWorldIsDownEverybodyWaitsAndNothingIsDoubled(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      scene.round.ledger().trouble(new Trouble.Fail(150));
      atOnce(30, i -> scene.start(scene.client("client-" + i), "w-" + i, "charge 1 0 pay 1 0 1"));
      PatientClient other = scene.client("other");
      scene.start(other, "other", "note 1 sleep 1 await s 1");
      other.signal("other", "s", "s", Payload.json("1"));
      assertThat(total(other.result("other"))).isEqualTo("2");
      atOnce(30, i -> assertThat(total(scene.client("client-" + i).result("w-" + i))).isEqualTo("2"));
      assertThat(scene.round.effects().balance()).isEqualTo(60);
      scene.allIsWell();
    }
  }
}
