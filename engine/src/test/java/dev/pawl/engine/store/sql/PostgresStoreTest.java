package dev.pawl.engine.store.sql;

import dev.pawl.testbed.Databases;
import org.junit.jupiter.api.Nested;

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
