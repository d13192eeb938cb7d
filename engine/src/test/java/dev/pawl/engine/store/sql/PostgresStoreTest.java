package dev.pawl.engine.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Run;
import dev.pawl.core.task.SessionId;
import dev.pawl.testbed.Databases;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PostgresStoreTest {
  @Nested
  class Commits extends CommitContract {
    Commits() {
      super(Databases.postgres());
    }
  }

  @Nested
  class Activities extends ActivityContract {
    Activities() {
      super(Databases.postgres());
    }

    @Test
    @Timeout(60)
    void aClaimTakesWhatNobodyElseIsTaking() throws Exception {
      SessionId session = SessionId.random();
      Run run = land(Samples.grant(land(Samples.start("many")), session, Samples.NOON));
      land(Samples.report(run, session, true, activity(1), activity(2), activity(3), activity(4), activity(5)));
      try (Connection other = database.dataSource().getConnection(); Statement statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute("select 1 from pawl_tasks where step <= 2 for update");
        assertThat(store.claimActivities(Samples.NS, "work", session, List.of(), 2))
            .extracting(task -> task.id().step()).containsExactly(3, 4);
        other.rollback();
      }
      assertThat(store.claimActivities(Samples.NS, "work", session, List.of(), 9))
          .extracting(task -> task.id().step()).containsExactly(1, 2, 5);
    }
  }

  @Nested
  class Mails extends MailContract {
    Mails() {
      super(Databases.postgres());
    }
  }

  @Nested
  class Records extends RecordContract {
    Records() {
      super(Databases.postgres());
    }
  }

  @Nested
  class ReadyRuns extends ReadyRunsContract {
    ReadyRuns() {
      super(Databases.postgres());
    }
  }

  @Nested
  class WorkerSessions extends SessionContract {
    WorkerSessions() {
      super(Databases.postgres());
    }
  }

  @Nested
  class Schedules extends ScheduleContract {
    Schedules() {
      super(Databases.postgres());
    }
  }
}
