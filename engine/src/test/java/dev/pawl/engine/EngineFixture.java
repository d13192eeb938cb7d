package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import dev.pawl.core.run.Command;
import dev.pawl.core.task.ActivityOptions;
import dev.pawl.core.value.Payload;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.core.value.RetryPolicy;
import dev.pawl.engine.store.Checkup;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.control.RunRef;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Engines on one database under a clock that only the test moves; their duties run when the test says so. */
abstract class EngineFixture {
  static final Duration NOW = Duration.ZERO;

  final OwnedClock clock = new OwnedClock();
  final DatabaseServer server;
  private final List<PawlEngine> opened = new ArrayList<>();
  Database database;
  PawlEngine pawl;
  ControlApi control;

  EngineFixture(DatabaseServer server) {
    this.server = server;
  }

  /** Every database that Pawl runs on; {@code -Dpawl.db=sqlite} leaves the others out. */
  static Stream<DatabaseServer> servers() {
    String only = System.getProperty("pawl.db", "");
    return Stream.of(Databases.sqlite(), Databases.postgres(), Databases.mariadb())
        .filter(server -> only.isEmpty() || only.equals(server.name()));
  }

  @BeforeEach
  void open() {
    database = server.fresh();
    pawl = engine(config -> {});
    control = pawl.control();
  }

  /** Another engine on the same database. */
  PawlEngine engine(Consumer<EngineConfig> settings) {
    PawlEngine engine = PawlEngine.open(database.dataSource(), config -> {
      config.clock = clock;
      config.duties = false;
      settings.accept(config);
    });
    opened.add(engine);
    return engine;
  }

  @AfterEach
  void close() {
    try {
      assertThat(pawl.verify()).isEmpty();
      assertThat(pawl.metrics().orphans()).isZero();
      assertThat(damages()).isEmpty();
    } finally {
      opened.forEach(PawlEngine::close);
    }
  }

  /** What breaks an invariant, however quickly time has passed; a test that leaves damage behind overrides this. */
  List<Checkup.Damage> damages() {
    return pawl.examine().stream().filter(one -> !one.late()).toList();
  }

  void tickUntilQuiet() {
    for (int i = 0; i < 50; i++) if (pawl.tick(clock.instant()) == 0) return;
    throw new AssertionError("the duties never come to rest");
  }

  static RunRef ref(String workflowId) {
    return RunRef.current("default", workflowId);
  }

  static ControlApi.Start start(String workflowId) {
    return ControlApi.Start.of("default", workflowId, "Order", "q", Payload.json("{\"id\":1}"));
  }

  static Command.CompleteRun done(String output) {
    return new Command.CompleteRun(Payload.json(output), List.of());
  }

  static Command.ScheduleActivity activity(int step, String type, RetryPolicy retry) {
    return new Command.ScheduleActivity(step, type, Payload.json("1"),
        new ActivityOptions("q", null, Duration.ofMinutes(1), null, null, retry, 5), Map.of());
  }

  List<String> history(String workflowId) {
    return Hand.types(control.history(ref(workflowId), 0, 1000, NOW));
  }

  static void assertRejected(Rejection.Code code, ThrowingCallable call, Rejection.Code... or) {
    assertThatThrownBy(call).isInstanceOfSatisfying(RejectedException.class, e -> {
      if (e.code() != code) assertThat(e.code()).isIn(Arrays.asList((Object[]) or));
    });
  }

  static void join(Thread thread) {
    try {
      assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
