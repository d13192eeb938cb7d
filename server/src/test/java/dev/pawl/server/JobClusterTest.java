package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.job.JobId;
import dev.pawl.server.json.Json;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Jobs over two servers that share a database of a cluster. Tests that show a property of the contract name its id. */
@Tag("long")
class JobClusterTest {
  @Test
  void onPostgres() throws Exception {
    s2_oneOfManyGetsEachJob(Databases.postgres().fresh());
  }

  @Test
  void onMariadb() throws Exception {
    s2_oneOfManyGetsEachJob(Databases.mariadb().fresh());
  }

  /** S2: of many nodes at two servers exactly one is granted each job, and it may report to either server. */
  private static void s2_oneOfManyGetsEachJob(Database database) throws Exception {
    String[] more = {"--operator-token", "operate", "--worker-token", "work", "--admin-token", "administer",
        "--database-user", database.user(), "--database-password", database.password()};
    try (Wire one = new Wire(database.jdbcUrl(), more); Wire two = new Wire(database.jdbcUrl(), more);
        JobClient caller = new JobClient(one, "operate"); JobClient admin = new JobClient(one, "administer");
        JobClient other = new JobClient(two, "operate");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<JobNode> nodes = new ArrayList<>();
      for (int i = 0; i < 8; i++) nodes.add(new JobNode(i % 2 == 0 ? one : two, "n" + i).synced());
      Set<String> granted = new HashSet<>();
      for (int round = 0; round < 10; round++) {
        String id = other.submit("stock.sync", "cluster-key-" + round, "1");
        List<Callable<JobClient.Got>> grabs = new ArrayList<>();
        for (JobNode node : nodes) grabs.add(() -> node.grant(1));
        JobNode holder = null;
        JobClient.Got grant = null;
        var got = threads.invokeAll(grabs);
        for (int i = 0; i < nodes.size(); i++) {
          JobClient.Got answer = got.get(i).get().is(200);
          if (Json.list(answer.at("grants")).isEmpty()) continue;
          assertThat(holder).as("granted twice").isNull();
          holder = nodes.get(i);
          grant = answer;
        }
        assertThat(holder).as("granted to nobody").isNotNull();
        assertThat(grant.at("grants.0.body.task_id")).isEqualTo(id);
        assertThat(granted.add(id)).isTrue();
        // Reported to the other server than the one that handed it out.
        JobNode elsewhere = new JobNode(nodes.indexOf(holder) % 2 == 0 ? two : one, holder.name, holder.session);
        JobNode.Held held = new JobNode.Held(elsewhere, id, (Long) grant.at("grants.0.body.epoch"), "", grant);
        assertThat(elsewhere.beat("heartbeat", "BUSY", held.ref()).is(200).at("body.renewed.0.task_id")).isEqualTo(id);
        assertThat(held.ok().is(200).at("body.phase")).isEqualTo("SUCCEEDED");
        elsewhere.close();
      }
      assertThat(caller.get("/jobs?phase=SUCCEEDED&limit=100").text()).contains(granted);
      assertThat(one.server.engine().jobs().get("default", JobId.parse(granted.iterator().next()))).isPresent();

      admin.post("/jobs/types/stock.sync/contracts", "application/schema+json", "{\"type\":\"integer\"}").is(201);
      // Known at the other server within a second.
      int refused = 0;
      long until = System.nanoTime() + 60_000_000_000L;
      for (int i = 0; refused == 0 && System.nanoTime() < until; i++) {
        refused = other.submit(JobClient.task("stock.sync", "contract-key-" + i, "\"x\"")).status() == 422 ? 1 : 0;
      }
      assertThat(refused).isEqualTo(1);
      nodes.forEach(JobNode::close);
    }
  }
}
