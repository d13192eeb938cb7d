package dev.pawl.engine.store.sql;

import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.Store;
import dev.pawl.engine.store.StoreClock;
import dev.pawl.engine.store.StoreConfig;
import dev.pawl.engine.store.StoreException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** Opens stores. The database is recognised by its address, or by what the connection says it is. */
public final class Stores {
  private Stores() {}

  /**
   * Opens a store on a database of its own or shared with the user's tables, and brings the schema up to date.
   *
   * @param url of JDBC, such as {@code jdbc:sqlite:pawl.db}
   * @throws StoreException {@code STORE_UNAVAILABLE}, {@code SCHEMA_MISMATCH} or {@code BAD_CONFIGURATION}
   */
  public static Store open(String url, String user, String password, StoreConfig config, StoreClock clock) {
    if (url.startsWith("jdbc:sqlite:")) return sqlite(url, config, clock);
    return server(url, new Address(tuned(url), user, password), config, clock);
  }

  public static Store open(String url, StoreConfig config, StoreClock clock) {
    return open(url, "", "", config, clock);
  }

  /**
   * Opens a store on the database behind a {@code DataSource}. It takes up to {@code writers + readers} connections
   * from it. For SQLite only the address is taken: Pawl opens its own connections, with its own settings.
   */
  public static Store open(DataSource source, StoreConfig config, StoreClock clock) {
    String url;
    try (Connection connection = source.getConnection()) {
      url = connection.getMetaData().getURL();
    } catch (SQLException e) {
      throw Failures.unavailable("cannot connect: " + e.getMessage(), e);
    }
    return url.startsWith("jdbc:sqlite:") ? sqlite(url, config, clock) : server(url, source, config, clock);
  }

  /**
   * The address as a driver of ours takes it.
   *
   * @throws StoreException {@code BAD_CONFIGURATION}: of no database that is known, or its driver is not there
   */
  public static String address(String url) {
    String driver = url.startsWith("jdbc:sqlite:") ? "org.xerial:sqlite-jdbc"
        : url.startsWith("jdbc:postgresql:") ? "org.postgresql:postgresql"
        : url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:mysql:") ? "org.mariadb.jdbc:mariadb-java-client"
        : null;
    if (driver == null) throw unknown(url);
    String address = tuned(url);
    try {
      DriverManager.getDriver(address);
      return address;
    } catch (SQLException e) {
      throw new StoreException(Rejection.Code.BAD_CONFIGURATION,
          "expected a driver for %s on the class path; add %s".formatted(scheme(url), driver), e);
    }
  }

  private static StoreException unknown(String url) {
    return new StoreException(Rejection.Code.BAD_CONFIGURATION,
        "expected the address of SQLite, PostgreSQL, MariaDB or MySQL, got " + scheme(url),
        new IllegalArgumentException(scheme(url)));
  }

  /** The rest may hold a password. */
  private static String scheme(String url) {
    int end = url.indexOf(':', url.indexOf(':') + 1);
    return end < 0 ? "something else" : url.substring(0, end + 1) + "...";
  }

  /**
   * MariaDB's driver speaks to MySQL as well, if the address says so in its way. Bulk batches halve what the server
   * spends on a group; an address that chooses otherwise is left alone.
   */
  private static String tuned(String url) {
    if (!url.startsWith("jdbc:mariadb:") && !url.startsWith("jdbc:mysql:")) return url;
    StringBuilder tuned = new StringBuilder(url.replaceFirst("^jdbc:mysql:", "jdbc:mariadb:"));
    for (String option : List.of("useBulkStmts", "useServerPrepStmts")) {
      if (!url.contains(option)) tuned.append(tuned.indexOf("?") < 0 ? '?' : '&').append(option).append("=true");
    }
    return tuned.toString();
  }

  private static Store server(String url, DataSource source, StoreConfig config, StoreClock clock) {
    if (url.startsWith("jdbc:postgresql:")) {
      PostgresDialect dialect = new PostgresDialect();
      Access access = new PooledAccess(source, config, dialect, new Timekeeper(clock, dialect));
      Hashes hashes = new Hashes();
      return opened(access, new PostgresPath(new GuardedPath(new RowWriter(dialect)), hashes),
          new PostgresJobs(new GuardedJobs()), hashes, config);
    }
    if (url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:mysql:")) {
      MariadbDialect dialect = new MariadbDialect();
      Access access = new PooledAccess(source, config, dialect, new Timekeeper(clock, dialect));
      return opened(access, new GuardedPath(new RowWriter(dialect)), new GuardedJobs(), new Hashes(), config);
    }
    throw unknown(url);
  }

  private static Store sqlite(String url, StoreConfig config, StoreClock clock) {
    SqliteDialect dialect = new SqliteDialect();
    Timekeeper time = new Timekeeper(clock, dialect);
    Access access = new SqliteAccess(url, config, dialect, time);
    return opened(access, new GuardedPath(new RowWriter(dialect)), new GuardedJobs(), new Hashes(), config);
  }

  private static Store opened(
      Access access, CommitPath path, JobPath jobs, Hashes hashes, StoreConfig config) {
    try {
      new Schema(access.dialect()).bring(access, config.migrate());
      access.read(link -> {
        access.time().measure(link);
        return true;
      });
      access.time().check(access);
      return new SqlStore(access, path, jobs, hashes, config);
    } catch (RuntimeException e) {
      access.close();
      throw e;
    }
  }
}
