package dev.pawl.engine.store.sql;

import dev.pawl.testbed.Databases;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@Tag("long")
class MysqlStoreTest {
  @Nested
  class Commits extends CommitContract {
    Commits() {
      super(Databases.mysql());
    }
  }

  @Nested
  class Activities extends ActivityContract {
    Activities() {
      super(Databases.mysql());
    }
  }

  @Nested
  class Mails extends MailContract {
    Mails() {
      super(Databases.mysql());
    }
  }

  @Nested
  class Records extends RecordContract {
    Records() {
      super(Databases.mysql());
    }
  }

  @Nested
  class ReadyRuns extends ReadyRunsContract {
    ReadyRuns() {
      super(Databases.mysql());
    }
  }

  @Nested
  class WorkerSessions extends SessionContract {
    WorkerSessions() {
      super(Databases.mysql());
    }
  }

  @Nested
  class Schedules extends ScheduleContract {
    Schedules() {
      super(Databases.mysql());
    }
  }
}
