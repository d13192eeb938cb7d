package dev.pawl.chaos;

import static dev.pawl.chaos.Scenario.total;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.chaos.client.PatientClient;
import dev.pawl.chaos.node.Node;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.sdk.client.PawlClient;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.check.RoundVerdict;
import dev.pawl.testbed.check.RoundVerdict.Colour;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An engine with a bug works, and the judge must say so. The bugs are planted into the store, which then does behind the
 * engine's back what an engine would do that lacks something; without them the same round is green.
 */
@Tag("long")
@Timeout(180)
class PlantedBugsTest {
  @TempDir Path folder;

  /** What is missing. */
  enum Bug {
    /** Timers are not kept: nobody ever wakes the run. */
    LOST_WAKE("I31", "create trigger planted after insert on pawl_mailbox when new.item like 'timer/%' "
        + "begin delete from pawl_mailbox where owner = new.owner and item = new.item; end") {
      @Override
      void play(Scenario scene, Database database) {
        scene.work("one");
        scene.start(scene.client("client"), "w", "note 1 sleep 600000");
        Scenario.await(() -> scene.round.rows("select seq from pawl_events where type = 'TimerScheduled'").size() == 1);
      }
    },
    /** Epochs do not rise: two workers are given the same one. */
    NO_FENCE("I15", "create trigger planted after update of epoch on pawl_runs when new.epoch > 0 "
        + "begin update pawl_runs set epoch = 0 where run_id = new.run_id; end") {
      @Override
      void play(Scenario scene, Database database) throws Exception {
        PatientClient client = scene.client("client");
        try (Node one = scene.work("one")) {
          scene.start(client, "w", "pay 1 0 0 await s 2 pay 4 0 0");
          Scenario.await(() -> scene.round.rows("select seq from pawl_events where type = 'StepCompleted'").size() == 1
              && PawlClient.on(scene.pawl.control()).handle("w").describe().displayed().equals("WAITING"));
        }
        PawlEngine other = scene.round.engine(database);
        scene.work(other, "two");
        PatientClient there = scene.client(other, "there");
        there.signal("w", "s", "s", Payload.json("2"));
        assertThat(total(there.result("w"))).isEqualTo("7");
      }
    },
    /** Request ids are not remembered: what is sent twice is applied twice. */
    DOUBLE_APPLY("I3", "create trigger planted after insert on pawl_requests "
        + "begin delete from pawl_requests where request_id = new.request_id; end") {
      @Override
      void play(Scenario scene, Database database) {
        PatientClient client = scene.client("client");
        scene.start(client, "w", "await s 2");
        for (int i = 0; i < 2; i++) client.signal("w", "s", "s", Payload.json("2"));
        scene.work("one");
        assertThat(total(client.result("w"))).isEqualTo("2");
      }
    };

    private final String invariant;
    private final String trigger;

    Bug(String invariant, String trigger) {
      this.invariant = invariant;
      this.trigger = trigger;
    }

    abstract void play(Scenario scene, Database database) throws Exception;
  }

  private RoundVerdict verdict(Bug bug, boolean planted) throws Exception {
    Database database = Databases.sqlite().fresh();
    try (var scene = new Scenario(database, folder)) {
      if (planted) scene.round.change(bug.trigger);
      bug.play(scene, database);
      return scene.round.judge(1, List.of());
    }
  }

  @ParameterizedTest
  @EnumSource
  void areFoundByTheJudge(Bug bug) throws Exception {
    RoundVerdict red = verdict(bug, true);
    assertThat(red.colour()).as(red.summary()).isEqualTo(Colour.RED);
    assertThat(red.reasons()).as(red.summary()).anyMatch(reason -> reason.startsWith(bug.invariant + " "));
  }

  @ParameterizedTest
  @EnumSource
  void withoutThemTheSameIsGreen(Bug bug) throws Exception {
    RoundVerdict green = verdict(bug, false);
    assertThat(green.colour()).as(green.summary()).isEqualTo(Colour.GREEN);
  }
}
