package dev.pawl.server.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.value.RejectedException;
import dev.pawl.core.value.Rejection;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.auth.Principal;
import dev.pawl.server.auth.Role;
import dev.pawl.server.fleet.Admission;
import dev.pawl.server.fleet.Fleet;
import dev.pawl.server.fleet.Registration;
import dev.pawl.server.fleet.Promoted;
import dev.pawl.server.fleet.Rollouts;
import dev.pawl.server.http.Call;
import dev.pawl.server.http.Incoming;
import dev.pawl.server.http.Plane;
import dev.pawl.server.http.Reply;
import dev.pawl.server.http.Route;
import dev.pawl.server.http.Scope;
import dev.pawl.server.json.Json;
import dev.pawl.testbed.Until;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An answer that nobody was there to take gives its task back, and never one that somebody got. */
class AbandonedPollTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger givenBack = new AtomicInteger();
  private PawlEngine engine;
  private Polling polling;

  @BeforeEach
  void open(@TempDir Path folder) {
    engine = PawlEngine.open("jdbc:sqlite:" + folder.resolve("pawl.db"));
    Fleet fleet = new Fleet(engine);
    fleet.register("default", "ann", Json.of("task_queue", "q", "supported_workflow_types", List.of("t")));
    polling = new Polling(engine, fleet, new Rollouts(engine.store().declarations(), new Promoted()), new Admission(engine.store()),
        Duration.ZERO);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private Reply poll(@Nullable String id) {
    return poll(id, poll ->
        new Polling.Task(Json.of("task_id", "t" + asked.incrementAndGet()), null, givenBack::incrementAndGet));
  }

  private Reply poll(@Nullable String id, Function<Polling.Asked, Polling.@Nullable Task> ask) {
    Route route = Route.post("poll", "/poll", Plane.WORKER, Scope.WORKER, "", call -> Reply.ok(Json.of()));
    Call call = new Call(route, Map.of(), Map.of(),
        Json.of("worker_id", "ann", "task_queue", "q", "poll_request_id", id), "default",
        new Principal(Role.WORKER, Set.of(), "ann"), new Incoming("POST", "/poll", Map.of(), Map.of(), new byte[0]));
    return polling.poll(call, "workflow", Registration::workflowTypes, ask);
  }

  private static Runnable undelivered(Reply reply) {
    return Objects.requireNonNull(reply.undelivered());
  }

  @Test
  void whatNobodyTookIsGivenBackAndTheSamePollBeginsAnew() {
    undelivered(poll("one")).run();
    assertThat(givenBack).hasValue(1);
    assertThat(poll("one").body()).containsEntry("task", Json.of("task_id", "t2"));
  }

  @Test
  void whatARepeatedPollWasToldIsNotGivenBack() {
    Reply first = poll("one");
    Reply second = poll("one");
    assertThat(second.body()).isEqualTo(first.body());
    undelivered(first).run();
    assertThat(givenBack).hasValue(0);
    assertThat(asked).hasValue(1);
  }

  @Test
  void whatIsLostEveryTimeIsGivenBackOnce() {
    Reply first = poll("one");
    Reply second = poll("one");
    undelivered(first).run();
    undelivered(second).run();
    assertThat(givenBack).hasValue(1);
    assertThat(poll("one").body()).containsEntry("task", Json.of("task_id", "t2"));
  }

  @Test
  void aPollWithoutAnIdIsGivenBackOnce() {
    undelivered(poll(null)).run();
    assertThat(givenBack).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"STORE_UNAVAILABLE", "OVERLOADED"})
  void whatWasGrantedBeforeAnErrorComesBackWhileItsWorkerLives(Rejection.Code code) {
    engine.control().start(ControlApi.Start.of("default", "w", "t", "q", null));
    assertThatThrownBy(() -> poll(null, poll -> {
      assertThat(engine.worker().pollWorkflows(poll.poll())).hasSize(1);
      throw new RejectedException(Rejection.because(code, "the rest could not be read"));
    })).isInstanceOf(RejectedException.class);
    var again = new AtomicReference<WorkerApi.WorkflowTaskGrant>();
    Until.holds(Duration.ofSeconds(30), () -> {
      poll(null, poll -> {
        engine.worker().pollWorkflows(poll.poll()).forEach(again::set);
        return null;
      });
      return again.get() != null;
    });
    assertThat(again.get().workflowId()).isEqualTo("w");
  }
}
