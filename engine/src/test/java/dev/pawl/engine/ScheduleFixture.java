package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.schedule.ClockChange;
import dev.pawl.core.schedule.CronExpression;
import dev.pawl.core.schedule.OverlapPolicy;
import dev.pawl.core.schedule.ScheduleAction;
import dev.pawl.core.schedule.ScheduleSpec;
import dev.pawl.core.schedule.ScheduleTerms;
import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.testbed.DatabaseServer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Schedules on engines under a clock that only the test moves. */
abstract class ScheduleFixture extends EngineFixture {
  ScheduleFixture(DatabaseServer server) {
    super(server);
  }

  @AfterEach
  void disarm() {
    Failpoint.disarmAll();
  }

  static ScheduleTerms terms(OverlapPolicy overlap, String cron, ScheduleAction action) {
    var sources = new ScheduleSpec.Sources(List.of(CronExpression.parse(cron, "cron")), List.of(), List.of(), List.of());
    return new ScheduleTerms(new ScheduleSpec(sources, ZoneId.of("UTC"), ClockChange.ONCE, ScheduleSpec.Window.ALWAYS,
        Duration.ZERO), action, overlap, Duration.ofDays(1), null);
  }

  void pass(Duration time) {
    clock.pass(time);
    tickUntilQuiet();
  }

  /** So many seconds pass, and each time all of so many nodes look at the same moment. */
  void manyNodesLook(int more, int seconds) {
    List<PawlEngine> nodes = new ArrayList<>(List.of(pawl));
    for (int i = 0; i < more; i++) nodes.add(engine(config -> {}));
    for (int second = 0; second < seconds; second++) {
      clock.pass(Duration.ofSeconds(1));
      Instant now = clock.instant();
      List<Thread> threads = nodes.stream().map(node -> Thread.ofPlatform().start(() -> node.tick(now))).toList();
      threads.forEach(EngineFixture::join);
    }
    tickUntilQuiet();
  }

  /** Time passes, this node breaks at a point, and another one does what is left. */
  PawlEngine breaks(Failpoint point, Duration time) {
    PawlEngine other = engine(config -> {});
    clock.pass(time);
    point.arm(Failpoint.Act.THROW, 0);
    try {
      pawl.tick(clock.instant());
    } catch (RuntimeException expected) {
      // The loop would log it and go on; here it is the node that ends.
    }
    assertThat(point.acted()).isPositive();
    Failpoint.disarmAll();
    for (int i = 0; i < 10 && other.tick(clock.instant()) > 0; i++) assertThat(i).isLessThan(9);
    return other;
  }
}
