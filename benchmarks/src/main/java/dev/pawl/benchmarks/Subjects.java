package dev.pawl.benchmarks;

import dev.pawl.testbed.Database;
import dev.pawl.testbed.DatabaseServer;
import dev.pawl.testbed.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which systems take part, each on a fresh database of servers that all of them share. */
final class Subjects {
  private static final Map<String, String> VERSIONS = new TreeMap<>();

  private Subjects() {}

  /** Versions of the databases that took part, and of the peer. */
  static Map<String, String> versions() {
    Map<String, String> all = new TreeMap<>(VERSIONS);
    String jar = String.valueOf(dev.dbos.transact.DBOS.class.getProtectionDomain().getCodeSource().getLocation());
    all.put("dbos", jar.substring(jar.lastIndexOf('/') + 1).replace(".jar", ""));
    return all;
  }

  /** A system that is not open yet. */
  interface Maker {
    String store();

    Subject make() throws Exception;
  }

  private record Lazy(String store, java.util.concurrent.Callable<Subject> how) implements Maker {
    @Override
    public Subject make() throws Exception {
      return how.call();
    }
  }

  static List<Maker> makers(Bench.Options options) {
    List<Maker> makers = new ArrayList<>();
    for (String store : options.stores()) {
      makers.add(new Lazy(store, () -> new PawlSubject(fresh(store))));
      if (options.remote()) makers.add(new Lazy(store, () -> PawlSubject.remote(fresh(store))));
    }
    if (options.peer().equals("dbos")) {
      for (int pool : options.pools()) {
        makers.add(new Lazy("postgres", () -> new DbosSubject(fresh("postgres"), pool)));
      }
    }
    return makers;
  }

  static Database fresh(String store) throws SQLException {
    DatabaseServer server = switch (store) {
      case "sqlite" -> Databases.sqlite();
      case "postgres" -> Databases.postgres();
      case "mariadb" -> Databases.mariadb();
      default -> throw new IllegalArgumentException(store);
    };
    Database database = server.fresh();
    try (Connection c = database.dataSource().getConnection()) {
      VERSIONS.put(store, c.getMetaData().getDatabaseProductVersion());
    }
    if (store.equals("postgres")) requireDurable(database);
    return database;
  }

  /** Figures of a database that may forget are worth nothing. */
  private static void requireDurable(Database database) throws SQLException {
    try (Connection c = database.dataSource().getConnection(); Statement s = c.createStatement()) {
      for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
        try (ResultSet r = s.executeQuery("show " + setting)) {
          r.next();
          if (!r.getString(1).equals("on")) {
            throw new IllegalStateException("expected " + setting + " = on, got " + r.getString(1));
          }
        }
      }
    }
  }
}
