package dev.pawl.chaos;

import static dev.pawl.chaos.Scenario.atOnce;
import static dev.pawl.chaos.Scenario.text;
import static dev.pawl.chaos.Scenario.total;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.chaos.workload.Appends;
import dev.pawl.core.run.ConflictPolicy;
import dev.pawl.core.run.ReusePolicy;
import dev.pawl.core.run.StartOptions;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many ask for the same thing, or for things that exclude each other, at the same instant and on several nodes. */
@Timeout(120)
class RacesTest {
  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb()).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void twoHundredStartsUnderOneKeyAreOneRun(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      List<PawlEngine> nodes = List.of(scene.pawl, scene.round.engine(database), scene.round.engine(database));
      scene.work("worker");
      Set<String> runs = ConcurrentHashMap.newKeySet();
      atOnce(200, i -> {
        scene.client(nodes.get(i % 3), "client-" + i).start("one", Interpreter.TYPE, Interpreter.QUEUE, text("pay 7 0 0"));
        runs.add(nodes.get(i % 3).control().runs("default", "one").toString());
      });
      assertThat(total(scene.client("last").result("one"))).isEqualTo("7");
      assertThat(scene.round.count("pawl_runs where workflow_id = 'one'")).isEqualTo(1);
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void oneSignalSentFiftyTimesIsOneEvent(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      PatientClient first = scene.client("first");
      first.start("list", Appends.TYPE, Interpreter.QUEUE, text(""));
      // Over continue-as-new: a list goes on in a new run after four values.
      for (int value = 1; value <= 6; value++) {
        String id = "value-" + value;
        atOnce(50, i -> scene.client("client-" + i).signal("list", id, "append", text(id)));
      }
      first.signal("list", "stop", "stop", text(""));
      assertThat(total(first.result("list")))
          .isEqualTo("\"value-1 value-2 value-3 value-4 value-5 value-6\"");
      // And after the end: what was received is still known, and what is new is refused.
      assertThat(scene.pawl.control().signal(PatientClient.ref("list"),
          new ControlApi.Message("value-6", "append", text("value-6"), Map.of()))).isFalse();
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void signalWithStartAgainstTheEndIsInOneRunOrTheOther(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      for (int turn = 1; turn <= 15; turn++) {
        String id = "w-" + turn;
        PatientClient client = scene.client("client-" + turn);
        scene.start(client, id, "await s 1");
        String request = "again-" + turn;
        atOnce(2, i -> {
          if (i == 0) client.signal(id, "s", "s", Payload.json("1"));
          else scene.pawl.control().start(new ControlApi.Start("default", id, Interpreter.TYPE, Interpreter.QUEUE,
              text("await t 1"), StartOptions.PLAIN, ReusePolicy.ALLOW, ConflictPolicy.USE_EXISTING, request,
              new ControlApi.Message("t", "t", Payload.json("1"), Map.of()), null));
        });
        client.result(id);
        assertThat(scene.round.rows("select count(*) as n from pawl_events where type = 'SignalReceived' and data like"
            + " '%\"t\"%' and run_id in (select run_id from pawl_runs where workflow_id = '" + id + "')")
            .getFirst().number("n")).isEqualTo(1);
      }
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void completeCancelTerminateAndTimeoutGiveOneEnd(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      PawlEngine other = scene.round.engine(database);
      scene.work("worker");
      scene.work(other, "other");
      var ends = new ConcurrentHashMap<String, AtomicInteger>();
      for (int turn = 1; turn <= 30; turn++) {
        String id = "w-" + turn;
        PatientClient client = scene.client("client-" + turn);
        scene.start(client, id, "pay 1 0 0 await s 1 pay 1 0 0");
        atOnce(3, i -> {
          try {
            switch (i) {
              case 0 -> client.signal(id, "s", "s", Payload.json("1"));
              case 1 -> other.control().cancel(PatientClient.ref(id), "race", "cancel");
              default -> scene.pawl.control().terminate(PatientClient.ref(id), "race", "terminate");
            }
          } catch (RejectedException e) {
            assertThat(e.code()).isEqualTo(Rejection.Code.RUN_CLOSED);
          } catch (RuntimeException refused) {
            assertThat(refused).hasRootCauseInstanceOf(RejectedException.class);
          }
        });
        String end = scene.pawl.control().awaitResult(PatientClient.ref(id), Scenario.SOON).status().name();
        ends.computeIfAbsent(end, k -> new AtomicInteger()).incrementAndGet();
        assertThat(other.control().awaitResult(PatientClient.ref(id), Scenario.SOON).status().name()).isEqualTo(end);
      }
      assertThat(Set.of("COMPLETED", "CANCELLED", "TERMINATED")).containsAll(ends.keySet());
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void signalsThatComeWhileTheRunClosesAreTakenListedOrRefused(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      for (int turn = 1; turn <= 5; turn++) {
        String id = "w-" + turn;
        scene.start(scene.client("starter-" + turn), id, "await go 1 pay 1 0 0");
        atOnce(20, i -> {
          var client = scene.client("client-" + i);
          try {
            if (i == 0) client.signal(id, "go", "go", Payload.json("1"));
            else client.signal(id, "late-" + i, "late", Payload.json("1"));
          } catch (RuntimeException refused) {
            assertThat(refused).hasRootCauseInstanceOf(RejectedException.class).hasStackTraceContaining("run_closed");
          }
        });
        assertThat(total(scene.client("looker").result(id))).isEqualTo("2");
      }
      // I25 is the judge: each acknowledged signal was looked at, or the closing event lists it.
      scene.allIsWell();
    }
  }
}
