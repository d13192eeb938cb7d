package dev.pawl.testbed;

/**
 * Real databases for tests. Each server starts when the first test of this JVM asks for it and ends
 * with the JVM; {@link DatabaseServer#fresh} gives an empty database of one's own.
 *
 * <p>Where a server cannot be started, the asking test is aborted and reported as skipped, with the
 * reason: it neither passes nor fails.
 */
public final class Databases {
  private static final DatabaseServer POSTGRES = new PostgresServer();
  private static final DatabaseServer MARIADB = new MariadbServer();
  private static final DatabaseServer MYSQL = new MysqlServer();
  private static final DatabaseServer SQLITE = new SqliteFiles();

  private Databases() {}

  public static DatabaseServer postgres() {
    return POSTGRES;
  }

  /** MariaDB: the system's own {@code mariadbd} where there is one, else the one Maven brought. */
  public static DatabaseServer mariadb() {
    return MARIADB;
  }

  /** MySQL 8.0, spoken to with MariaDB's driver as Pawl does. */
  public static DatabaseServer mysql() {
    return MYSQL;
  }

  /**
   * Another server of the same kind, for who hurts it while others work: of its own, until this JVM ends. SQLite has no
   * server to hurt.
   */
  public static DatabaseServer another(DatabaseServer like) {
    return switch (like.name()) {
      case "postgres" -> new PostgresServer();
      case "mariadb" -> new MariadbServer();
      case "mysql" -> new MysqlServer();
      default -> like;
    };
  }

  /** Files in a temporary folder. There is no server, so kill, stop and restart do nothing. */
  public static DatabaseServer sqlite() {
    return SQLITE;
  }
}
