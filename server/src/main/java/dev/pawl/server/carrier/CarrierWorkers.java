package dev.pawl.server.carrier;

import dev.pawl.core.task.ActivityTask;
import dev.pawl.core.value.Failure;
import dev.pawl.core.value.Outcome;
import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.http.BodyCheck;
import dev.pawl.server.json.Json;
import dev.pawl.server.wire.ActivityShape;
import dev.pawl.server.wire.Instants;
import dev.pawl.server.wire.Tickets;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Polls for the activities that carriers carry out, calls them, and reports. One worker for each queue and carrier. */
public final class CarrierWorkers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CarrierWorkers.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LEASE_AT_LEAST = Duration.ofSeconds(300);
  private static final int MOST_IN_ONE_POLL = 50;

  private final PawlEngine engine;
  private final Fleet fleet;
  private final Tickets tickets;
  private final Invocation invocation;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Post> posts = new ArrayList<>();
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10))
      .followRedirects(HttpClient.Redirect.NEVER).version(HttpClient.Version.HTTP_1_1).build();
  private volatile boolean closed;

  /** What one worker looks after. */
  private static final class Post {
    private final String worker;
    private final String namespace;
    private final String queue;
    private final Map<String, CarrierPlan.Mapping> byType;
    private final Semaphore places;

    Post(String worker, List<CarrierPlan.Mapping> mappings) {
      CarrierPlan.Mapping first = mappings.getFirst();
      this.worker = worker;
      this.namespace = first.namespace();
      this.queue = first.queue();
      this.byType = mappings.stream().collect(Collectors.toMap(CarrierPlan.Mapping::activityType, one -> one));
      this.places = new Semaphore(first.carrier().atOnce());
    }
  }

  /**
   * @param serverId part of the names of the workers
   * @param references what answers may refer to
   */
  public CarrierWorkers(PawlEngine engine, Fleet fleet, Tickets tickets, CarrierPlan plan, String serverId,
      BodyCheck references) {
    this.engine = engine;
    this.fleet = fleet;
    this.tickets = tickets;
    this.invocation = new Invocation(http, references);
    Map<List<String>, List<CarrierPlan.Mapping>> groups = new LinkedHashMap<>();
    for (CarrierPlan.Mapping one : plan.mappings()) {
      groups.computeIfAbsent(List.of(one.namespace(), one.queue(), one.carrier().name()), key -> new ArrayList<>())
          .add(one);
    }
    groups.forEach((key, mappings) -> {
      String name = "carrier/%s/%s/%s".formatted(serverId, key.get(2), key.get(1));
      posts.add(new Post(name.length() > 255 ? name.substring(0, 255) : name, mappings));
    });
    for (Post post : posts) threads.execute(() -> work(post));
    if (!posts.isEmpty()) threads.execute(this::beat);
  }

  // ---- being a worker

  private Registration register(Post post) {
    return fleet.register(post.namespace, post.worker, Json.of("worker_id", post.worker, "task_queue", post.queue,
        "runtime", "pawl-carrier", "supported_activity_types", List.copyOf(post.byType.keySet()),
        "max_concurrent_workflow_tasks", 0L, "max_concurrent_activity_tasks",
        (long) post.places.availablePermits()));
  }

  private void work(Post post) {
    Registration registration = null;
    while (!closed) {
      try {
        if (registration == null) registration = register(post);
        else registration = fleet.present(post.namespace, post.worker).orElse(null);
        if (registration != null) pollOnce(post, registration);
      } catch (InterruptedException e) {
        return;
      } catch (RejectedException e) {
        if (e.code() == Rejection.Code.SHUTTING_DOWN) return;
        if (e.code() == Rejection.Code.SESSION_LOST) registration = null;
        LOG.warn("worker {} has to wait: {}", post.worker, e.rejection().message());
        if (!paused()) return;
      } catch (RuntimeException e) {
        LOG.error("a defect in worker {}", post.worker, e);
        if (!paused()) return;
      }
    }
  }

  private void pollOnce(Post post, Registration registration) throws InterruptedException {
    post.places.acquire();
    int room = 1;
    while (room < MOST_IN_ONE_POLL && post.places.tryAcquire()) room++;
    int left = room;
    try {
      List<ActivityTask> tasks = engine.worker().pollActivities(new WorkerApi.Poll(registration.session(),
          post.namespace, post.queue, Set.copyOf(post.byType.keySet()), room, PATIENCE, null));
      for (ActivityTask task : tasks) {
        left--;
        threads.execute(() -> {
          try {
            carryOut(post, registration, task);
          } finally {
            post.places.release();
          }
        });
      }
    } finally {
      post.places.release(left);
    }
  }

  private void beat() {
    while (!closed) {
      try {
        Thread.sleep(Registration.HEARTBEAT);
        for (Post post : posts) fleet.heartbeat(post.namespace, post.worker, Map.of());
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("carriers could not be renewed, which is tried again", e);
      }
    }
  }

  private static boolean paused() {
    try {
      Thread.sleep(PAUSE);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  // ---- one attempt

  private void carryOut(Post post, Registration registration, ActivityTask task) {
    CarrierPlan.Mapping mapping = post.byType.get(task.activityType());
    if (mapping == null) return;
    Outcome outcome;
    try {
      Duration limit = limit(mapping, task);
      outcome = invocation.perform(mapping, input(post, mapping, task, limit), limit);
    } catch (InterruptedException e) {
      return;
    } catch (RuntimeException e) {
      LOG.error("a defect while carrier {} was called", mapping.carrier().name(), e);
      outcome = Outcome.failed(new Failure("CarrierDefect", e.toString(), null, false, null, null, null));
    }
    report(registration, task, outcome);
  }

  private static Duration limit(CarrierPlan.Mapping mapping, ActivityTask task) {
    if (task.options().startToClose() != null) return task.options().startToClose();
    Duration all = Duration.ZERO;
    for (int call = 1; call <= mapping.carrier().retry().attempts(); call++) {
      all = all.plus(mapping.carrier().timeout());
      if (call > 1) all = all.plus(mapping.carrier().retry().before(call));
    }
    return all;
  }

  private Map<String, @Nullable Object> input(Post post, CarrierPlan.Mapping mapping, ActivityTask task,
      Duration limit) {
    Map<String, @Nullable Object> it = ActivityShape.of(tickets, task, post.worker, engine.now());
    Map<String, @Nullable Object> deadlines = Json.object(it.get("deadlines"));
    deadlines.put("schedule_to_start", null); // It was met.
    Duration lease = limit.compareTo(LEASE_AT_LEAST) > 0 ? limit : LEASE_AT_LEAST;
    return Json.of("schema", "durable-workflow.v2.external-task-input", "version", 1, "task", Json.of("id",
        it.get("task_id"), "kind", "activity_task", "attempt", it.get("attempt_number"), "activity_attempt_id",
        it.get("activity_attempt_id"), "task_queue", post.queue, "handler", mapping.handler(), "connection", null,
        "idempotency_key", it.get("idempotency_key")), "workflow", Json.of("id", it.get("workflow_id"), "run_id",
        it.get("run_id")), "lease", Json.of("owner", post.worker, "expires_at", Instants.text(engine.now().plus(lease)),
        "heartbeat_endpoint", "/api/worker/activity-tasks/%s/heartbeat".formatted(it.get("task_id"))), "payloads",
        Json.of("arguments", it.get("arguments")), "deadlines", deadlines, "headers", Json.of());
  }

  /** Until the engine has it or does not want it: the lease is renewed as long as this server lives. */
  private void report(Registration registration, ActivityTask task, Outcome outcome) {
    while (true) {
      try {
        engine.worker().completeActivity(task.token(), registration.session(), outcome);
        return;
      } catch (RejectedException e) {
        switch (e.code()) {
          case STORE_UNAVAILABLE, OVERLOADED -> {
            if (closed || !paused()) return;
          }
          case INVALID_ARGUMENT, LIMIT_EXCEEDED, PAYLOAD_TOO_LARGE -> {
            if (outcome instanceof Outcome.Failed) return;
            outcome = Outcome.failed(new Failure("UnsupportedPayload", e.rejection().message(), null, true, null, null,
                null));
          }
          default -> {
            LOG.debug("what a carrier answered is not wanted any more: {}", e.rejection().message());
            return;
          }
        }
      }
    }
  }

  /** Ends all calls; what was on its way is free for others at once. */
  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
    for (Post post : posts) {
      try {
        fleet.deregister(post.namespace, post.worker);
      } catch (RuntimeException e) {
        LOG.info("worker {} could not say good-bye; its leases end by themselves", post.worker);
      }
    }
    http.shutdownNow();
  }
}
