package dev.pawl.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.engine.failpoint.Failpoint;
import dev.pawl.testbed.DatabaseServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;

/**
 * Breaks off what is written behind its first statement, its second, and so on: then nothing of it is there, and done again
 * it is there once. Where a database takes all of it in one statement, there is nothing to break.
 */
abstract class StatementsFixture extends EngineFixture {
  private static final int MOST = 60;

  private final List<String> tables;
  /** How often something was broken off so far. */
  int broken;

  /** @param tables in which something is written whole or not at all */
  StatementsFixture(DatabaseServer server, String... tables) {
    super(server);
    this.tables = List.of(tables);
  }

  @AfterEach
  void disarm() {
    Failpoint.disarmAll();
  }

  /** Something that is written, and how to tell that it was. */
  record Act(Runnable write, BooleanSupplier done) {}

  /** @param prepared gives another one each time, by its number */
  void breakOff(String what, IntFunction<Act> prepared) {
    for (int passes = 0; passes < MOST; passes++) {
      Act act = prepared.apply(passes);
      List<String> before = picture();
      Failpoint.STATEMENT_AFTER.arm(Failpoint.Act.THROW, passes);
      try {
        act.write.run();
      } catch (RuntimeException expected) {
        assertThat(Failpoint.STATEMENT_AFTER.acted()).as("%s went wrong: %s", what, expected).isPositive();
      }
      boolean acted = Failpoint.STATEMENT_AFTER.acted() > 0;
      Failpoint.disarmAll();
      if (!act.done.getAsBoolean()) {
        assertThat(acted).as("%s was not done", what).isTrue();
        assertThat(picture()).as("%s, broken off behind statement %d", what, passes + 1).isEqualTo(before);
        broken++;
        act.write.run();
        assertThat(act.done.getAsBoolean()).as("%s, done again", what).isTrue();
      }
      if (!acted) return;
    }
    throw new AssertionError(what + " never comes to its last statement");
  }

  private List<String> picture() {
    List<String> rows = new ArrayList<>();
    try (Connection connection = database.dataSource().getConnection(); Statement statement = connection.createStatement()) {
      for (String table : tables) {
        try (ResultSet result = statement.executeQuery("select * from " + table)) {
          int columns = result.getMetaData().getColumnCount();
          while (result.next()) {
            StringBuilder row = new StringBuilder(table);
            for (int i = 1; i <= columns; i++) {
              Object value = result.getObject(i);
              row.append('|').append(value instanceof byte[] bytes ? Arrays.toString(bytes) : value);
            }
            rows.add(row.toString());
          }
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    rows.sort(null);
    return rows;
  }
}
