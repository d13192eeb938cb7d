package dev.pawl.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.SessionId;
import dev.pawl.core.value.Payload;
import dev.pawl.engine.PawlEngine;
import dev.pawl.engine.queue.PollSettings;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.embedded.RedisServer;

/** Two nodes on one database; polls look for themselves only after a time that is longer than they wait. */
@Timeout(120)
class RedisHintsTest {
  private static final Duration PATIENCE = Duration.ofMillis(4_500);
  private static final String CHANNEL = "pawl-test";

  private final Database database = Databases.sqlite().fresh();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final SessionId session = SessionId.random();
  private int port;
  private RedisServer redis;

  @BeforeEach
  void start() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    redis = server();
    redis.start();
  }

  private RedisServer server() throws IOException {
    return RedisServer.newRedisServer().port(port).bind("127.0.0.1").setting("save \"\"").build();
  }

  @AfterEach
  void stop() throws IOException {
    redis.stop();
    threads.close();
  }

  private String address() {
    return "redis://127.0.0.1:" + port;
  }

  private PawlEngine node(RedisHints hints) {
    return PawlEngine.open(database.jdbcUrl(), config -> {
      config.polls = new PollSettings(Duration.ofSeconds(5), Duration.ofSeconds(1), 100);
      config.hints = hints;
    });
  }

  @Test
  void aPollOfAnotherNodeIsWoken() throws Exception {
    RedisHints one = new RedisHints(address(), CHANNEL);
    RedisHints two = new RedisHints(address(), CHANNEL);
    try (PawlEngine starter = node(one); PawlEngine server = node(two)) {
      await(() -> one.figures().connected() && two.figures().connected());
      open(server);
      CompletableFuture<List<WorkerApi.WorkflowTaskGrant>> poll = waiting(server);
      start(starter, "w-1");
      assertThat(poll.get()).singleElement().satisfies(grant -> assertThat(grant.workflowId()).isEqualTo("w-1"));
      assertThat(two.figures().received()).isPositive();
      assertThat(server.hints().heard()).isPositive();
    }
  }

  @Test
  void withoutRedisEverythingIsFoundLaterAndWithItAgainSoon() throws Exception {
    RedisHints one = new RedisHints(address(), CHANNEL);
    RedisHints two = new RedisHints(address(), CHANNEL);
    try (PawlEngine starter = node(one); PawlEngine server = node(two)) {
      await(() -> one.figures().connected() && two.figures().connected());
      open(server);
      redis.stop();
      await(() -> !one.figures().connected() && !two.figures().connected());
      start(starter, "w-1");
      await(() -> one.figures().dropped() > 0);
      List<WorkerApi.WorkflowTaskGrant> found = server.worker().pollWorkflows(poll(Duration.ZERO));
      assertThat(found).singleElement().satisfies(grant -> assertThat(grant.workflowId()).isEqualTo("w-1"));

      redis = server();
      redis.start();
      await(() -> one.figures().connected() && two.figures().connected());
      CompletableFuture<List<WorkerApi.WorkflowTaskGrant>> poll = waiting(server);
      start(starter, "w-2");
      assertThat(poll.get()).singleElement().satisfies(grant -> assertThat(grant.workflowId()).isEqualTo("w-2"));
    }
  }

  @Test
  void redisMayComeAfterTheNode() throws Exception {
    redis.stop();
    RedisHints one = new RedisHints(address(), CHANNEL);
    RedisHints two = new RedisHints(address(), CHANNEL);
    try (PawlEngine starter = node(one); PawlEngine server = node(two)) {
      start(starter, "w-1");
      open(server);
      assertThat(server.worker().pollWorkflows(poll(Duration.ZERO))).hasSize(1);
      redis = server();
      redis.start();
      await(() -> one.figures().connected() && two.figures().connected());
      CompletableFuture<List<WorkerApi.WorkflowTaskGrant>> poll = waiting(server);
      start(starter, "w-2");
      assertThat(poll.get()).hasSize(1);
    }
  }

  @Test
  void noiseOnTheChannelIsIgnoredAndCounted() throws Exception {
    RedisHints one = new RedisHints(address(), CHANNEL);
    RedisHints two = new RedisHints(address(), CHANNEL);
    try (PawlEngine starter = node(one); PawlEngine server = node(two);
        RedisClient client = RedisClient.create(address())) {
      await(() -> one.figures().connected() && two.figures().connected());
      open(server);
      var noise = client.connect().sync();
      noise.hset(CHANNEL, "field", "a value of the wrong type under our name");
      Random random = new Random(3);
      for (int i = 0; i < 200; i++) noise.publish(CHANNEL, "noise" + random.nextLong());
      noise.publish(CHANNEL, "x".repeat(2 * 1024 * 1024));
      noise.flushall();
      await(() -> two.figures().ignored() == 201);
      CompletableFuture<List<WorkerApi.WorkflowTaskGrant>> poll = waiting(server);
      start(starter, "w-1");
      assertThat(poll.get()).hasSize(1);
    }
  }

  // ---- a worker at a node

  private void open(PawlEngine node) {
    node.worker().open(new WorkerApi.OpenSession(session, "hand", 10, null));
  }

  private WorkerApi.Poll poll(Duration patience) {
    return new WorkerApi.Poll(session, "default", "q", Set.of("Order"), 1, patience, null);
  }

  /** A poll that has looked, found nothing and waits. */
  private CompletableFuture<List<WorkerApi.WorkflowTaskGrant>> waiting(PawlEngine node) {
    CompletableFuture<List<WorkerApi.WorkflowTaskGrant>> poll =
        CompletableFuture.supplyAsync(() -> node.worker().pollWorkflows(poll(PATIENCE)), threads);
    await(() -> node.health().polls() == 1);
    return poll;
  }

  private static void start(PawlEngine node, String workflowId) {
    node.control().start(ControlApi.Start.of("default", workflowId, "Order", "q",
        Payload.json("{}")));
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) throw new AssertionError("it did not come within a minute");
      Thread.onSpinWait();
    }
  }
}
