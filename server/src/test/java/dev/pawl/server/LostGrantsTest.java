package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import dev.pawl.testbed.fault.Armed;
import dev.pawl.testbed.fault.Fault;
import dev.pawl.testbed.fault.FaultProxy;
import dev.pawl.testbed.fault.When;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database's connection breaks in the very moment in which a task is granted. */
@Tag("long")
@Timeout(180)
class LostGrantsTest {
  @Test
  void whatAPollWasGrantedThoughItFailedComesBackWhileItsWorkerLives() {
    Database database = Databases.postgres().fresh();
    try (FaultProxy proxy = FaultProxy.before(database);
        Wire wire = new Wire(proxy.database().jdbcUrl(), "--auth-token", "sesame", "--database-user", database.user(),
            "--database-password", database.password())) {
      wire.register("ann", "q");
      wire.start("order", "w", "q");
      wire.complete(wire.task("workflow-tasks", "ann", "q", 10),
          Json.of("type", "schedule_activity", "activity_type", "charge")).is(200);
      Armed cut = proxy.arm(Fault.cutAfterCommit(new When.Every(1)));
      Wire.Got failed = wire.post("/worker/activity-tasks/poll", "worker_id", "ann", "task_queue", "q",
          "poll_request_id", "p-1", "timeout_seconds", 0);
      cut.disarm();
      failed.refused(503, "backend_unavailable");
      assertThat(cut.fired()).isPositive();
      Map<String, @Nullable Object> again = wire.task("activity-tasks", "ann", "q", 30);
      assertThat(again).as("without a word of the worker").isNotNull().containsEntry("attempt_number", 1L);
      wire.completeActivity(again, "done").is(200);
      assertThat(wire.server.engine().verify()).isEmpty();
    }
  }
}
