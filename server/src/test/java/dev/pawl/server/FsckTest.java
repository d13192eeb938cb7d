package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pawl fsck} and {@code pawl audit verify} say; every kind of damage is planted in the tests of the engine. */
class FsckTest {
  @Test
  void saysWhatIsWrongAndHowItCouldBeRepaired(@TempDir Path folder) throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("pawl.db");
    List<String> said = new ArrayList<>();
    try (Wire wire = new Wire(url, settings -> settings.duties = false, "--auth-token", "sesame");
        JobClient client = new JobClient(wire, "sesame")) {
      String id = client.submit("op.damage", "damage-key-01", "1");
      client.json("/jobs/" + id + "/transitions", "event", "HOLD", "ticket", "OPS-1", "reason", "a good reason",
          "expected_epoch", 0).is(200);
      assertThat(Fsck.examine(wire.server.engine(), said::add)).isZero();
      assertThat(Fsck.audit(wire.server.engine(), said::add)).isZero();
      assertThat(said).containsExactly("Every invariant holds.", "default, operators: 1 lines, sound", "default, operators on runs: 0 lines, sound",
          "default, ledgers: 0 jobs, sound");
      said.clear();
      Fsck.export(wire.server.engine(), said::add);
      assertThat(said.getFirst()).startsWith("{\"number\":1,\"hash\":\"").contains("\"task_id\":\"" + id)
          .contains("\"ticket\":\"OPS-1\"").endsWith("}\n");
      assertThat(client.get("/jobs/audit").is(200).text()).isEqualTo(said.getFirst());
      assertThat(client.get("/jobs/audit?after=1").is(200).text()).isEmpty();
      assertThat(client.get("/jobs/audit/verification").is(200).json()).containsEntry("sound", true)
          .containsEntry("lines", 1L);
      said.clear();
      try (var connection = DriverManager.getConnection(url); var sql = connection.createStatement()) {
        sql.executeUpdate("delete from pawl_open_jobs");
        sql.executeUpdate("update pawl_job_ledger set event = 'RELEASE'");
      }
      assertThat(Fsck.examine(wire.server.engine(), said::add)).isEqualTo(2);
      assertThat(Fsck.audit(wire.server.engine(), said::add)).isEqualTo(1);
      assertThat(said).anyMatch(line -> line.startsWith("I6 " + id + ": it (op.damage) is neither open nor over"))
          .anyMatch(line -> line.startsWith("  proposal: insert into pawl_open_jobs"))
          .anyMatch(line -> line.startsWith("default, operators: broken behind 0 sound lines"));
      assertThat(client.get("/jobs/audit/verification").is(200).json()).containsEntry("sound", false)
          .containsEntry("broken_at", 1L);
    }
  }
}
