package dev.pawl.engine.store.sql;

import dev.pawl.testbed.Databases;
import org.junit.jupiter.api.Nested;

class MariadbStoreTest {
  @Nested
  class Commits extends CommitContract {
    Commits() {
      super(Databases.mariadb());
    }
  }

  @Nested
  class Activities extends ActivityContract {
    Activities() {
      super(Databases.mariadb());
    }
  }

  @Nested
  class Mails extends MailContract {
    Mails() {
      super(Databases.mariadb());
    }
  }

  @Nested
  class Records extends RecordContract {
    Records() {
      super(Databases.mariadb());
    }
  }

  @Nested
  class ReadyRuns extends ReadyRunsContract {
    ReadyRuns() {
      super(Databases.mariadb());
    }
  }

  @Nested
  class WorkerSessions extends SessionContract {
    WorkerSessions() {
      super(Databases.mariadb());
    }
  }

  @Nested
  class Schedules extends ScheduleContract {
    Schedules() {
      super(Databases.mariadb());
    }
  }
}
