package dev.pawl.server.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.task.SessionId;
import dev.pawl.engine.PawlEngine;
import dev.pawl.protocol.control.ControlApi;
import dev.pawl.protocol.worker.WorkerApi;
import dev.pawl.server.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Polls that ask for many tasks at once get as many as the limits leave. */
class LimitedWorkTest {
  private final SessionId session = SessionId.random();
  private PawlEngine engine;
  private Admission admission;
  private WorkerApi work;

  @BeforeEach
  void open(@TempDir Path folder) {
    engine = PawlEngine.open("jdbc:sqlite:" + folder.resolve("pawl.db"));
    admission = new Admission(engine.store());
    work = LimitedWork.of(engine.worker(), admission);
    work.open(new WorkerApi.OpenSession(session, "java", 100, null));
    for (int i = 0; i < 6; i++) {
      engine.control().start(ControlApi.Start.of("default", "w-" + i, "T", "q", null));
    }
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private List<WorkerApi.WorkflowTaskGrant> poll(int max) {
    return work.pollWorkflows(new WorkerApi.Poll(session, "default", "q", Set.of(), max, Duration.ZERO, null));
  }

  @Test
  void leasesAreCounted() {
    admission.ofQueue("default", "q", Json.of("workflow_tasks", Json.of("max_active_leases", 4L)));
    List<WorkerApi.WorkflowTaskGrant> first = poll(3);
    assertThat(first).hasSize(3);
    assertThat(poll(10)).hasSize(1);
    assertThat(poll(10)).isEmpty();
    work.release(first.getFirst().token(), session);
    assertThat(poll(10)).hasSize(1);
  }

  @Test
  void minutesAreCountedByTasksNotByPolls() {
    admission.ofQueue("default", "q", Json.of("workflow_tasks", Json.of("max_dispatches_per_minute", 5L)));
    assertThat(poll(10)).hasSize(5);
    assertThat(poll(10)).isEmpty();
    assertThat(engine.store().budgets().used("default", "workflow_tasks of queue q")).isEqualTo(5);
  }

  @Test
  void withoutLimitsNothingIsInTheWay() {
    assertThat(poll(10)).hasSize(6);
  }
}
