package dev.pawl.engine.store.sql;

import dev.pawl.testbed.Databases;
import org.junit.jupiter.api.Nested;

class SqliteStoreTest {
  @Nested
  class Commits extends CommitContract {
    Commits() {
      super(Databases.sqlite());
    }
  }

  @Nested
  class Activities extends ActivityContract {
    Activities() {
      super(Databases.sqlite());
    }
  }

  @Nested
  class Mails extends MailContract {
    Mails() {
      super(Databases.sqlite());
    }
  }

  @Nested
  class Records extends RecordContract {
    Records() {
      super(Databases.sqlite());
    }
  }

  @Nested
  class ReadyRuns extends ReadyRunsContract {
    ReadyRuns() {
      super(Databases.sqlite());
    }
  }

  @Nested
  class WorkerSessions extends SessionContract {
    WorkerSessions() {
      super(Databases.sqlite());
    }
  }

  @Nested
  class Schedules extends ScheduleContract {
    Schedules() {
      super(Databases.sqlite());
    }
  }
}
