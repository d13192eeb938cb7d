package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.json.Json;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One life of a workflow on the databases of clusters, over two servers that share one. */
@Tag("long")
class DatabasesTest {
  @Test
  void onPostgres() {
    aLifeOverTwoServers(Databases.postgres().fresh());
  }

  @Test
  void onMariadb() {
    aLifeOverTwoServers(Databases.mariadb().fresh());
  }

  private static void aLifeOverTwoServers(Database database) {
    String[] more = {"--auth-token", "sesame", "--database-user", database.user(), "--database-password",
        database.password()};
    try (Wire one = new Wire(database.jdbcUrl(), more); Wire two = new Wire(database.jdbcUrl(), more)) {
      one.register("ann", "orders");
      String run = two.start("order", "order-1", "orders");
      Map<String, @Nullable Object> first = one.task("workflow-tasks", "ann", "orders", 10);
      // Reported to another server than the one that handed it out.
      two.complete(first, Json.of("type", "schedule_activity", "activity_type", "charge", "arguments", List.of(42)))
          .is(200);
      Map<String, @Nullable Object> charge = two.task("activity-tasks", "ann", "orders", 10);
      one.completeActivity(charge, Map.of("paid", true)).is(200);
      two.post("/workflows/order-1/signal/ship", "input", List.of("today")).is(202);
      Map<String, @Nullable Object> second = one.task("workflow-tasks", "ann", "orders", 10);
      one.complete(second, Json.of("type", "complete_workflow", "result", "shipped")).is(200);
      assertThat(two.get("/workflows/order-1").is(200).body()).containsEntry("status", "completed")
          .containsEntry("output", "shipped");
      assertThat(two.eventTypes("order-1", run)).startsWith("StartAccepted", "WorkflowStarted", "ActivityScheduled")
          .endsWith("WorkflowCompleted");
      assertThat(one.server.engine().verify()).isEmpty();
    }
  }
}
