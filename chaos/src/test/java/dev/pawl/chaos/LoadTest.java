package dev.pawl.chaos;

import static dev.pawl.chaos.Scenario.atOnce;
import static dev.pawl.chaos.Scenario.total;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.program.Interpreter;
import dev.pawl.chaos.workload.Appends;
import dev.pawl.core.value.Payload;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.ledger.Trouble;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Herds of timers, backlogs, storms of signals, wide runs, and a world that is down. */
@Tag("long")
@Timeout(180)
class LoadTest {
  @TempDir Path folder;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite(), Databases.postgres()).map(DatabaseServer::fresh);
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aHerdOfTimersFiresOnceEachAndOthersGoOn(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      atOnce(300, i -> scene.start(scene.client("client-" + i), "timer-" + i, "sleep 1500 note 1"));
      PatientClient other = scene.client("other");
      scene.start(other, "other", "pay 1 0 0 charge 1 0");
      assertThat(total(other.result("other"))).isEqualTo("2");
      atOnce(300, i -> assertThat(total(scene.client("client-" + i).result("timer-" + i))).isEqualTo("1"));
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aBacklogIsDrainedOnceWorkersCome(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      atOnce(400, i -> scene.start(scene.client("client-" + i), "w-" + i, "note 1"));
      scene.work("one");
      scene.work("two");
      atOnce(400, i -> assertThat(total(scene.client("client-" + i).result("w-" + i))).isEqualTo("1"));
      assertThat(scene.round.count("pawl_runs where status = 'COMPLETED'")).isEqualTo(400);
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aStormOfSignalsToOneRunKillsItNotAndIsWholeInTheEnd(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      PatientClient first = scene.client("first");
      first.start("list", Appends.TYPE, Interpreter.QUEUE, Scenario.text(""));
      atOnce(20, sender -> {
        PatientClient client = scene.client("sender-" + sender);
        for (int i = 0; i < 20; i++) {
          String value = sender + ":" + i;
          client.signal("list", value, "append", Scenario.text(value));
        }
      });
      first.signal("list", "stop", "stop", Scenario.text(""));
      String list = total(first.result("list"));
      assertThat(list.replace("\"", "").split(" ")).hasSize(400).doesNotHaveDuplicates();
      scene.allIsWell();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aWideRunWithManyActivitiesAndChildren(Database database) throws Exception {
    try (var scene = new Scenario(database, folder)) {
      scene.work("worker");
      var program = new StringBuilder("beside 220");
      for (int i = 0; i < 200; i++) program.append(" { charge 1 0 }");
      for (int i = 0; i < 20; i++) program.append(" { child { pay 1 0 0 } }");
      PatientClient client = scene.client("client");
      scene.start(client, "wide", program.toString());
      assertThat(total(client.result("wide"))).isEqualTo("220");
      assertThat(scene.round.effects().balance()).isEqualTo(220);
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
