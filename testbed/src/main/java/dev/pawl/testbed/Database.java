package dev.pawl.testbed;

import javax.sql.DataSource;

/** One empty database. The server is shared with the other tests of this JVM, the database is not. */
public record Database(DatabaseServer server, String jdbcUrl, String user, String password) {

  /** A connection per call, no pool. */
  public DataSource dataSource() {
    return new PlainDataSource(jdbcUrl, user, password);
  }

  /** Kills the server this database is on, see {@link DatabaseServer#kill}. */
  public void kill() {
    server.kill();
  }

  public void stop() {
    server.stop();
  }

  public void restart() {
    server.restart();
  }

  @Override
  public String toString() {
    return server.name();
  }
}
