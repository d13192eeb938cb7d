package dev.pawl.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * A PostgreSQL server and its standby, which follows it and takes over when told to. Who connects by {@link #database()}
 * names both and gets the one that takes writes.
 */
public final class PostgresPair implements AutoCloseable {
  private static final String STANDBY = "standby";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PostgresServer primary = new PostgresServer();
  private final Database database;
  private final GuardedProcess standby;
  private final int standbyPort;

  private PostgresPair(boolean synchronous) throws IOException {
    Database alone = primary.fresh();
    primary.stop();
    Path copy = Scratch.folder(STANDBY);
    Path data = copy.resolve("data");
    Commands.run(List.of("cp", "-a", primary.folder().resolve("data").toString(), data.toString()));
    standbyPort = LocalServer.freePort();
    settings(data, "primary_conninfo = 'host=127.0.0.1 port=%d user=%s application_name=%s'".formatted(primary.port(),
        primary.user(), STANDBY));
    Files.createFile(data.resolve("standby.signal"));
    primary.handOver(data);
    if (synchronous) settings(primary.folder().resolve("data"), "synchronous_standby_names = '%s'".formatted(STANDBY));
    primary.restart();
    standby = primary.launch(copy, standbyPort);
    String both = "127.0.0.1:%d,127.0.0.1:%d".formatted(primary.port(), standbyPort);
    database = new Database(primary, alone.jdbcUrl().replace("127.0.0.1:" + primary.port(), both)
        + "?targetServerType=primary&hostRecheckSeconds=0&loginTimeout=5", alone.user(), "");
    awaitStandby("select count(*) from pg_stat_wal_receiver where status = 'streaming'", 1);
  }

  /** @param synchronous whether the primary acknowledges only what the standby has on its disk */
  public static PostgresPair start(boolean synchronous) {
    try {
      return new PostgresPair(synchronous);
    } catch (IOException e) {
      throw new IllegalStateException("expected a standby beside PostgreSQL", e);
    }
  }

  /** An empty database, wherever it is just now. {@link Database#kill} kills the primary. */
  public Database database() {
    return database;
  }

  /** From now on nothing reaches the standby. */
  public void cutOff() {
    onStandby("alter system set primary_conninfo = ''");
    onStandby("select pg_reload_conf()");
    awaitStandby("select count(*) from pg_stat_wal_receiver", 0);
  }

  /** Kills the primary and lets the standby take its place; it takes writes when this returns. */
  public void failOver() {
    primary.kill();
    onStandby("select pg_promote(true, 60)");
    awaitStandby("select count(*) from pg_is_in_recovery() standby where not standby", 1);
  }

  private static void settings(Path data, String line) throws IOException {
    Files.writeString(data.resolve("postgresql.auto.conf"), line + "\n", StandardOpenOption.APPEND);
  }

  private Connection standby() throws SQLException {
    return DriverManager.getConnection(primary.url(standbyPort, ""), primary.user(), "");
  }

  private void onStandby(String sql) {
    try (Connection connection = standby(); var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("expected the standby to take: " + sql, e);
    }
  }

  private void awaitStandby(String count, int expected) {
    Until.holds(PATIENCE, () -> {
      try (Connection connection = standby(); var rows = connection.createStatement().executeQuery(count)) {
        return rows.next() && rows.getInt(1) == expected;
      } catch (SQLException notYet) {
        return false;
      }
    });
  }

  @Override
  public void close() {
    standby.end("INT");
    primary.stop();
  }
}
