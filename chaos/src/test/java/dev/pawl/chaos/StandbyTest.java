package dev.pawl.chaos;

import static dev.pawl.chaos.Scenario.atOnce;
import static dev.pawl.chaos.Scenario.total;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.round.Round;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.testbed.PostgresPair;
import dev.pawl.testbed.check.Operations;
import dev.pawl.testbed.check.RoundVerdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The primary dies and its standby takes over, with or without the last commits. */
@Tag("long")
@Timeout(180)
class StandbyTest {
  private static final int MANY = 24;
  /** So many requests of each kind reach the standby. */
  private static final int FEW = 8;
  private static final String WAITING = "note 1 await s 1 note 1 sleep 20 pay 1 0 0 charge 1 0";

  private static final Pattern ONCE_MORE =
      Pattern.compile("I10 .*: the ledger was called (\\d+) times; history and the engine's ledger account for (\\d+)");

  @TempDir Path folder;

  @Test
  void whatAStandbyLacksIsTheEndOfTheStoryAndWhoAsksAgainIsServed() throws Exception {
    try (PostgresPair pair = PostgresPair.start(false);
        var round = new Round(pair.database(), folder); var scene = new Scenario(round, pair.database());
        var forgotten = Operations.open(folder.resolve("forgotten"))) {
      PawlEngine other = round.engine(pair.database());
      scene.work(scene.pawl, "one");
      scene.work(other, "two");
      PatientClient before = scene.client("before");
      for (int i = 0; i < MANY; i++) scene.start(before, "old-" + i, WAITING);
      // What is acknowledged now is partly lost: it is not in the log that is judged.
      var unlucky = new PatientClient(scene.pawl.control(), forgotten, "unlucky", Scenario.SOON);
      List<String> acknowledged = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        if (i == FEW) pair.cutOff();
        scene.start(unlucky, "new-" + i, "note 1 await s 1");
        acknowledged.add("new-" + i);
        unlucky.signal("old-" + i, "s", "s", Payload.json("1"));
        acknowledged.add("old-" + i);
      }
      for (int i = FEW; i < MANY; i++) assertThat(total(unlucky.result("old-" + i))).isEqualTo("5");
      pair.failOver();

      Set<String> there = round.rows("""
          select r.workflow_id as id from pawl_runs r where r.workflow_id like 'new-%'
          union select r.workflow_id from pawl_runs r join pawl_events e on e.run_id = r.run_id
          where r.workflow_id like 'old-%' and e.type = 'SignalReceived'""").stream().map(row -> row.text("id"))
          .collect(Collectors.toSet());
      List<String> kept = acknowledged.stream().filter(there::contains).toList();
      assertThat(kept).isEqualTo(acknowledged.subList(0, kept.size()));
      assertThat(kept.size()).isBetween(1, acknowledged.size() - 1);

      each(scene, i -> {
        PatientClient client = scene.client("client-" + i);
        scene.start(client, "new-" + i, "note 1 await s 1");
        client.signal("old-" + i, "s", "s", Payload.json("1"));
        client.signal("new-" + i, "s", "s", Payload.json("1"));
        assertThat(total(client.result("old-" + i))).isEqualTo("5");
        assertThat(total(client.result("new-" + i))).isEqualTo("2");
      });
      // What was done before its record was lost is done once more: under the same key, so it happens once.
      RoundVerdict verdict = round.judge(3 * MANY, List.of());
      assertThat(verdict.reasons()).isNotEmpty().allMatch(StandbyTest::oneMoreThanRecorded);
      assertThat(round.effects().balance()).isEqualTo(2 * MANY);
    }
  }

  @Test
  void aNodeThatRemembersWhatWasLostBuildsNothingOnIt() throws Exception {
    try (PostgresPair pair = PostgresPair.start(false);
        var round = new Round(pair.database(), folder); var scene = new Scenario(round, pair.database());
        var forgotten = Operations.open(folder.resolve("forgotten"))) {
      PawlEngine other = round.engine(pair.database());
      scene.start(scene.client("before"), "list", "await a 1 await b 1 await c 1");
      pair.cutOff();
      var unlucky = new PatientClient(scene.pawl.control(), forgotten, "unlucky", Scenario.SOON);
      unlucky.signal("list", "a", "a", Payload.json("1"));
      unlucky.signal("list", "b", "b", Payload.json("1"));
      pair.failOver();

      // Another node brings the run to the very version that the first one remembers, by another way.
      PatientClient there = scene.client(other, "there");
      there.signal("list", "c", "c", Payload.json("1"));
      there.signal("list", "b", "b", Payload.json("1"));
      PatientClient here = scene.client("here");
      here.signal("list", "a", "a", Payload.json("1"));
      scene.work(scene.pawl, "worker");
      assertThat(total(here.result("list"))).isEqualTo("3");
      scene.allIsWell();
    }
  }

  @Test
  void aStandbyThatTheCommitsWaitForLosesNothing() throws Exception {
    try (PostgresPair pair = PostgresPair.start(true);
        var round = new Round(pair.database(), folder); var scene = new Scenario(round, pair.database())) {
      scene.work("worker");
      var dead = new Thread(pair::failOver);
      each(scene, i -> {
        PatientClient client = scene.client("client-" + i);
        scene.start(client, "w-" + i, WAITING);
        if (i == FEW) dead.start();
        client.signal("w-" + i, "s", "s", Payload.json("1"));
        assertThat(total(client.result("w-" + i))).isEqualTo("5");
      });
      dead.join();
      scene.allIsWell();
    }
  }

  /** However often it is accounted for: a lease that was lost on a busy machine is another attempt, and recorded. */
  private static boolean oneMoreThanRecorded(String reason) {
    Matcher counts = ONCE_MORE.matcher(reason);
    return counts.matches() && Integer.parseInt(counts.group(1)) == Integer.parseInt(counts.group(2)) + 1;
  }

  private static void each(Scenario scene, IntConsumer what) throws Exception {
    atOnce(MANY, what);
  }
}
