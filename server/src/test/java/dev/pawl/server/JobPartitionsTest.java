package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.JobState;
import dev.pawl.engine.EngineConfig;
import dev.pawl.server.json.Json;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.Until;
import dev.pawl.testbed.fault.Armed;
import dev.pawl.testbed.fault.Direction;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes, dispatchers and the store lose one another. Tests that show a property of the contract name its id. */
class JobPartitionsTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
  private Wire wire;

  static Stream<Database> databases() {
    return Stream.of(Databases.sqlite().fresh(), Databases.postgres().fresh(), Databases.mariadb().fresh());
  }

  static Stream<Database> behindANetwork() {
    return Stream.of(Databases.postgres().fresh(), Databases.mariadb().fresh());
  }

  private Wire serve(Database database, Consumer<EngineConfig> more) {
    return new Wire(database.jdbcUrl(), settings -> {
      settings.clock = now::get;
      settings.duties = false;
      more.accept(settings);
    }, "--operator-token", "operate", "--worker-token", "work", "--database-user", database.user(), "--database-password",
        database.password());
  }

  @AfterEach
  void close() {
    wire.close();
  }

  private void pass(Duration time) {
    now.updateAndGet(at -> at.plus(time));
    while (wire.server.engine().tick(now.get()) > 0) {
      // Until nothing is left to do at this instant.
    }
  }

  private FaultProxy beforeTheServer() {
    return FaultProxy.before(0, new InetSocketAddress("127.0.0.1", wire.server.port()), dev.pawl.testbed.fault.Wire.RAW);
  }

  private static JobNode through(FaultProxy proxy, String name) {
    return new JobNode(new JobClient("http://127.0.0.1:" + proxy.port(), "work"), name, UUID.randomUUID().toString());
  }

  private String submit(String key) {
    try (JobClient caller = new JobClient(wire, "operate")) {
      return caller.submit("stock.sync", key, "1");
    }
  }

  private JobState job(String id) {
    return wire.server.engine().jobs().get("default", JobId.parse(id)).orElseThrow();
  }

  /** P3: a node that its dispatcher does not hear loses what it held; back again it has to begin in SYNC. */
  @ParameterizedTest
  @MethodSource("databases")
  void p3_aNodeIsCutOffFromItsDispatcher(Database database) {
    wire = serve(database, settings -> {});
    String id = submit("partition-key-1");
    try (FaultProxy proxy = beforeTheServer(); JobNode node = through(proxy, "n1").synced();
        JobNode heir = new JobNode(wire, "n2").synced()) {
      JobNode.Held lost = node.take();
      Armed cut = proxy.arm(Fault.refuse());
      proxy.arm(Fault.reset());
      for (int i = 0; i < 4; i++) {
        pass(Duration.ofSeconds(5));
        heir.beat("heartbeat", "IDLE").is(200);
        assertThatThrownBy(() -> node.beat("heartbeat", "BUSY", lost.ref())).isInstanceOf(UncheckedIOException.class);
      }
      assertThat(cut.fired()).isPositive();
      JobNode.Held mine = heir.take();
      assertThat(mine.task()).isEqualTo(id);
      proxy.heal();
      lost.refused(4094, lost.ok());
      node.beat("heartbeat", "BUSY", lost.ref()).refused(4096);
      node.grant(1).refused(4096);
      try (JobNode again = through(proxy, "n1").started()) {
        again.grant(1).refused(4097);
        again.beat("sync", "SYNC").is(200);
        String next = submit("partition-key-2");
        assertThat(again.take().task()).isEqualTo(next);
      }
      assertThat(mine.ok().is(200).at("body.phase")).isEqualTo("SUCCEEDED");
      assertThat(job(id).epoch()).isEqualTo(2);
    }
  }

  /** P4: words reach the dispatcher and its answers are lost; then answers would come through and words are lost. */
  @ParameterizedTest
  @MethodSource("databases")
  void p4_oneDirectionOnly(Database database) {
    wire = serve(database, settings -> {});
    String id = submit("partition-key-1");
    try (FaultProxy proxy = beforeTheServer(); JobNode node = through(proxy, "n1").synced()) {
      JobNode.Held held = node.take();
      losing(proxy, Direction.TO_SERVER, held::ok);
      assertThat(job(id).leased()).as("it was never heard").isTrue();
      losing(proxy, Direction.TO_CLIENT, held::ok);
      JobClient.Got again = held.ok().is(200);
      assertThat(again.at("body.replayed")).as("it was heard, and counts once").isEqualTo(true);
      assertThat(job(id).phase()).isEqualTo(JobPhase.SUCCEEDED);

      String other = submit("partition-key-2");
      losing(proxy, Direction.TO_CLIENT, () -> node.grant(1));
      for (int i = 0; i < 4; i++) {
        pass(Duration.ofSeconds(5));
        node.beat("heartbeat", "IDLE").is(200);
      }
      assertThat(job(other).leased()).as("a grant that never arrived").isFalse();
      JobNode.Held second = node.take();
      assertThat(second.task()).isEqualTo(other);
      assertThat(second.ok().is(200).at("body.phase")).isEqualTo("SUCCEEDED");
    }
  }

  private static void losing(FaultProxy proxy, Direction way, Runnable what) {
    Armed lost = proxy.arm(new Fault.Truncate(way, 0));
    assertThatThrownBy(what::run).isInstanceOf(UncheckedIOException.class);
    assertThat(lost.fired()).isPositive();
    proxy.heal();
  }

  /** P2: a dispatcher that is cut off from the store grants and accepts nothing; its nodes go on through another one. */
  @ParameterizedTest
  @MethodSource("behindANetwork")
  void p2_aDispatcherIsCutOffFromTheStore(Database database) {
    wire = serve(database, settings -> {});
    try (FaultProxy proxy = FaultProxy.before(database);
        Wire cutOff = serve(proxy.database(), settings ->
            settings.store = settings.store.withPatience(Duration.ofMillis(500), Duration.ofMillis(500)));
        JobNode node = new JobNode(cutOff, "n1").synced();
        JobNode elsewhere = new JobNode(wire, "n1", node.session);
        JobClient caller = new JobClient(cutOff, "operate")) {
      String id = submit("partition-key-1");
      JobNode.Held held = node.take();
      String waiting = submit("partition-key-2");
      Armed cut = proxy.arm(Fault.refuse());
      proxy.arm(Fault.reset());
      assertThat(node.grant(1).status()).isGreaterThanOrEqualTo(500);
      assertThat(held.ok().status()).isGreaterThanOrEqualTo(500);
      assertThat(caller.submit(JobClient.task("stock.sync", "partition-key-3", "1")).status()).isGreaterThanOrEqualTo(500);
      assertThat(cut.fired()).isPositive();
      assertThat(job(id).leased()).isTrue();
      assertThat(job(waiting).epoch()).isZero();
      assertThat(wire.server.engine().jobs().find("default", "stock.sync", "partition-key-3")).isEmpty();

      elsewhere.seq = node.seq;
      JobNode.Held same = new JobNode.Held(elsewhere, id, held.epoch(), held.callback(), held.got());
      assertThat(elsewhere.beat("heartbeat", "BUSY", held.ref()).is(200).at("body.renewed.0.task_id")).isEqualTo(id);
      assertThat(same.ok().is(200).at("body.phase")).isEqualTo("SUCCEEDED");
      proxy.heal();
      // Connections that died are found to be dead one by one.
      assertThat(soon(held::ok).at("body.replayed")).as("the same word, at the one that is back").isEqualTo(true);
      assertThat(soon(() -> node.grant(1)).at("grants.0.body.task_id")).isEqualTo(waiting);
      JobClient.Got list = soon(() -> caller.get("/jobs?phase=SUCCEEDED&limit=100"));
      assertThat(Json.list(list.at("tasks"))).hasSize(1);
    }
  }

  private static JobClient.Got soon(Supplier<JobClient.Got> what) {
    AtomicReference<JobClient.Got> last = new AtomicReference<>();
    Until.holds(Duration.ofSeconds(60), () -> {
      last.set(what.get());
      return last.get().status() == 200;
    });
    return last.get();
  }
}
