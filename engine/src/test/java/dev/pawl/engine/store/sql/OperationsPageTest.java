package dev.pawl.engine.store.sql;

import static dev.pawl.engine.store.sql.Samples.NOON;
import static dev.pawl.engine.store.sql.Samples.done;
import static dev.pawl.engine.store.sql.Samples.grant;
import static dev.pawl.engine.store.sql.Samples.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.run.Command;
import dev.pawl.core.run.Run;
import dev.pawl.core.task.SessionId;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Runs every block of SQL in docs/operations/sql.md. */
class OperationsPageTest {
  private static final Pattern BLOCK = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

  @Everywhere
  void everyQueryOfThePageRunsAndThoseThatMustBeEmptyAre(DatabaseServer server) throws Exception {
    String page = Files.readString(Path.of(System.getProperty("pawl.root"), "docs", "operations", "sql.md"));
    Database database = server.fresh();
    try (Store store = Stores.open(database.jdbcUrl(), database.user(), database.password(), StoreConfig.STANDARD,
        StoreClock.of(new TestClock(NOON)))) {
      SessionId session = SessionId.random();
      store.renew(new Store.Session(session, "host-1", "BUSY", 10, null, 1), Duration.ofSeconds(15));
      Run run = land(store, grant(land(store, Samples.start("order-42")), session, NOON));
      land(store, report(run, session, false, StoreContract.activity(1),
          new Command.StartTimer(2, Duration.ofDays(1))));
      Run other = land(store, grant(land(store, Samples.start("order-43")), session, NOON));
      land(store, report(other, session, true, done()));

      int asserted = page.indexOf("## Must always be empty");
      assertThat(asserted).isPositive();
      List<MatchResult> blocks = BLOCK.matcher(page).results().toList();
      assertThat(blocks).hasSizeGreaterThan(15);
      try (Connection connection = database.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        for (MatchResult block : blocks) {
          int rows = 0;
          try (ResultSet result = statement.executeQuery(block.group(1))) {
            while (result.next()) rows++;
          }
          if (block.start() > asserted) assertThat(rows).as(block.group(1)).isZero();
          if (block.group(1).contains("from pawl_events e join")) assertThat(rows).isEqualTo(4);
          if (block.group(1).startsWith("select 'activity'")) assertThat(rows).isEqualTo(2);
        }
      }
    }
  }

  private static Run land(Store store, Samples.Made made) {
    assertThat(store.commit(List.of(made.write()))).containsExactly(new Store.Outcome.Landed());
    return made.run();
  }
}
