package dev.pawl.sdk.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.LeaseTimings;
import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.PawlServer;
import dev.pawl.server.config.ServerConfig;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.fault.Direction;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.fault.Wire;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers to polls that never reach their worker: what they granted comes back, whole and without a penalty. */
@Timeout(180)
class LostGrantTest {
  private static final LeaseTimings QUICK = new LeaseTimings(Duration.ofSeconds(1), Duration.ofSeconds(60),
      Duration.ofSeconds(20), Duration.ofMillis(200), Duration.ofSeconds(60));
  private static final Duration LONG = Duration.ofSeconds(60);
  private final PawlEngine engine =
      PawlEngine.open(Databases.sqlite().fresh().dataSource(), config -> config.leases = QUICK);
  private final PawlServer server = PawlServer.of(engine, ServerConfig.of(
      List.of("--port", "0", "--host", "127.0.0.1", "--auth-token", "sesame"), Map.of()), said -> {});
  private final FaultProxy line = FaultProxy.before(0, new InetSocketAddress("127.0.0.1", server.port()), Wire.RAW);
  private final RemotePawl far = RemotePawl.connect("http://127.0.0.1:" + line.port(), "sesame");

  @AfterEach
  void close() {
    far.close();
    line.close();
    server.close();
  }

  private static SessionId session(WorkerApi worker) {
    SessionId session = SessionId.random();
    worker.open(new WorkerApi.OpenSession(session, "hand", 10, null));
    return session;
  }

  private static WorkerApi.Poll poll(SessionId session, String id, Duration patience) {
    return new WorkerApi.Poll(session, "default", "default", Set.of("it"), 1, patience, id);
  }

  private void start(String id) {
    engine.control().start(ControlApi.Start.of("default", id, "it", "default", Payload.NULL));
  }

  @Test
  void aRepeatedPollGetsWhatTheLostAnswerHeld() {
    SessionId session = session(far.worker());
    start("w");
    var first = far.worker().pollWorkflows(poll(session, "p-1", Duration.ZERO));
    assertThat(first).hasSize(1);
    assertThat(far.worker().pollWorkflows(poll(session, "p-1", LONG))).isEqualTo(first);
    assertThat(far.worker().pollWorkflows(poll(session, "p-2", Duration.ZERO))).isEmpty();
  }

  @Test
  void theClientRepeatsItsPollByItself() {
    SessionId session = session(far.worker());
    start("w");
    // The head of the answer gets through, not all of it.
    var cut = line.arm(Fault.truncate(Direction.TO_CLIENT, 200));
    Thread heals = Thread.ofVirtual().start(() -> {
      while (cut.fired() == 0) Thread.onSpinWait();
      cut.disarm();
    });
    var grants = far.worker().pollWorkflows(poll(session, "p-1", LONG));
    assertThat(grants).singleElement().satisfies(grant -> assertThat(grant.events()).hasSize(2));
    assertThat(cut.fired()).isPositive();
    assertThat(heals.isAlive()).isFalse();
    assertThat(engine.store().leasesOf(session)).hasSize(1);
  }

  @Test
  void whatWasGrantedToNobodyIsFreeAgain() throws Exception {
    SessionId gone = session(far.worker());
    Thread poll = Thread.ofVirtual().start(() -> far.worker().pollWorkflows(poll(gone, "p-1", LONG)));
    while (engine.health().polls() == 0) Thread.onSpinWait();
    far.worker().close(gone);
    assertThat(poll.join(LONG)).isTrue();
    start("w");
    SessionId next = session(engine.worker());
    assertThat(engine.worker().pollWorkflows(poll(next, "p-2", LONG))).singleElement()
        .satisfies(grant -> assertThat(grant.token().epoch()).isEqualTo(1));
  }

  @Test
  void whatIsLostOnTheWayComesBackThoughItsSessionLives() {
    SessionId forgetful = session(engine.worker());
    start("w");
    assertThat(engine.worker().pollWorkflows(poll(forgetful, null, Duration.ZERO))).hasSize(1);
    SessionId next = session(engine.worker());
    Thread beats = Thread.ofVirtual().start(() -> {
      for (int beat = 1; !Thread.currentThread().isInterrupted(); beat++) {
        engine.worker().heartbeat(new WorkerApi.Heartbeat(forgetful, beat, "IDLE", List.of(), List.of()));
        LockSupport.parkNanos(QUICK.heartbeat().toNanos());
      }
    });
    Thread.ofVirtual().start(() -> {
      for (int beat = 1; beats.isAlive(); beat++) {
        engine.worker().heartbeat(new WorkerApi.Heartbeat(next, beat, "IDLE", List.of(), List.of()));
        LockSupport.parkNanos(QUICK.heartbeat().toNanos());
      }
    });
    assertThat(engine.worker().pollWorkflows(poll(next, "p-2", LONG))).hasSize(1);
    beats.interrupt();
  }
}
