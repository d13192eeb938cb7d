package dev.pawl.engine;

import static dev.pawl.engine.JobHand.papers;
import static dev.pawl.engine.JobHand.spec;
import static dev.pawl.engine.JobHand.state;
import static dev.pawl.engine.JobHand.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.job.JobId;
import dev.pawl.core.job.JobPhase;
import dev.pawl.core.job.OperatorAct;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.Databases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Nodes do all their work under a role of PostgreSQL that can neither change the audit nor delete what is sealed. */
class DatabaseRolesTest {
  private static final String SECRET = "for-this-test";

  @Test
  void aNodeWorksAndCannotTouchTheAudit() throws Exception {
    Database owner = Databases.postgres().fresh();
    PawlEngine.open(owner.dataSource(), config -> config.duties = false).close();
    sql(owner, Files.readString(Path.of("../deploy/postgres-roles.sql")));
    sql(owner, Files.readString(Path.of("../deploy/postgres-roles.sql"))); // after the next migration
    Database node = login(owner, "pawl_node");
    Database reader = login(owner, "pawl_reader");

    try (PawlEngine pawl = PawlEngine.open(node.dataSource(), config -> {
      config.duties = false;
      config.store = config.store.withMigrate(false);
    })) {
      JobId held = submit(pawl, spec("held-by-operator"));
      pawl.jobs().operate("default", held, new OperatorAct.Hold(Duration.ofHours(1)), papers(), 0, false).get();
      pawl.jobs().operate("default", held, new OperatorAct.Release(), papers(), 0, false).get();
      JobId done = submit(pawl, spec("done-by-a-node"));
      JobHand hand = new JobHand(pawl);
      hand.take(10, "test.job").forEach(grant -> hand.ok(grant).get());
      assertThat(state(pawl, done).phase()).isEqualTo(JobPhase.SUCCEEDED);
      Instant later = pawl.now().plus(Duration.ofDays(1));

      refused(node, "update pawl_job_ledger set actor = 'somebody'");
      refused(node, "update pawl_job_seals set hash = ''");
      refused(node, "delete from pawl_job_seals");
      refused(node, "delete from pawl_audit_heads");
      refused(node, "alter table pawl_job_ledger disable row level security");
      refused(reader, "insert into pawl_job_types (namespace, type, follows_dead) values ('default', 'x', 0)");
      assertThat(sql(reader, "select * from pawl_job_ledger")).isEqualTo(-1);

      // Retention works, and leaves what is sealed; so does somebody with a node's password.
      assertThat(pawl.store().jobs().prune("default", later, 100)).isEqualTo(2);
      assertThat(sql(node, "delete from pawl_job_ledger")).isZero();
      assertThat(pawl.jobs().audit("default", 0, 10)).extracting(one -> one.line().event().name())
          .containsExactly("HOLD", "RELEASE");
      assertThat(pawl.jobs().verifyAudit("default").brokenAt()).isNull();
    }
  }

  private static Database login(Database owner, String role) throws SQLException {
    String user = role + "_" + Long.toHexString(System.nanoTime());
    sql(owner, "create role %s login password '%s' in role %s".formatted(user, SECRET, role));
    return new Database(owner.server(), owner.jdbcUrl(), user, SECRET);
  }

  private static int sql(Database as, String text) throws SQLException {
    try (Connection connection = as.dataSource().getConnection(); Statement statement = connection.createStatement()) {
      statement.execute(text);
      return statement.getUpdateCount();
    }
  }

  private static void refused(Database as, String text) {
    assertThatThrownBy(() -> sql(as, text)).isInstanceOfSatisfying(SQLException.class,
        no -> assertThat(no.getSQLState()).as(text).isEqualTo("42501"));
  }
}
