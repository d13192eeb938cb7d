package dev.pawl.engine.store.sql;

import dev.pawl.core.value.Rejection;
import dev.pawl.engine.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings a database's schema up to date: numbered {@code .sql} files per dialect, each applied once, under a lock, so
 * that many nodes may start at once. A file that was applied is never changed: its checksum is kept.
 *
 * <p>Migrations belong to releases, which are counted from 1. What a release does to the schema leaves everything in its
 * place that the release before it uses; so a build begins on a schema of the next release, and refuses one of the release
 * after that, of which it cannot know what its columns mean. Which release a row of {@code pawl_schema} is of stands in the
 * name it was applied under, {@code r2/015_name.sql}; one without is of release 1.
 */
public final class Schema {
  private static final String TABLE = """
      create table if not exists pawl_schema (
        version integer not null primary key,
        name varchar(200) not null,
        checksum varchar(64) not null,
        applied_at bigint not null)""";

  /** The release that this build is, or is on the way to. */
  static final int RELEASE = 1;

  private static final Pattern OF_RELEASE = Pattern.compile("r([0-9]{1,6})/.*");

  private final Dialect dialect;
  private final List<Migration> known;

  /** One file. {@code version} is the number at the start of its name. */
  public record Migration(int version, String name, String sql) {
    /** Which release it came with. */
    int release() {
      return releaseOf(name);
    }

    String checksum() {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(sql.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    /** The statements: comments are lines, and a semicolon ends a line. */
    List<String> statements() {
      StringBuilder text = new StringBuilder();
      sql.lines().filter(line -> !line.stripLeading().startsWith("--")).forEach(line -> text.append(line).append('\n'));
      List<String> all = new ArrayList<>();
      for (String statement : text.toString().split(";\n")) if (!statement.isBlank()) all.add(statement.strip());
      return all;
    }
  }

  Schema(Dialect dialect) {
    this(dialect, migrations(dialect.name()));
  }

  /** Of a build that knows only these. */
  Schema(Dialect dialect, List<Migration> known) {
    this.dialect = dialect;
    this.known = known;
  }

  /** The migrations of a database system, {@code sqlite}, {@code postgres} or {@code mariadb}, in order. */
  public static List<Migration> migrations(String system) {
    return read(system + "/migrations").lines().filter(name -> !name.isBlank())
        .map(name -> new Migration(numberOf(name), name, read(system + "/" + name))).toList();
  }

  private static int numberOf(String name) {
    return Integer.parseInt(name.substring(name.indexOf('/') + 1, name.indexOf('_')));
  }

  private static int releaseOf(String name) {
    Matcher release = OF_RELEASE.matcher(name);
    return release.matches() ? Integer.parseInt(release.group(1)) : 1;
  }

  private static String read(String name) {
    try (InputStream in = Schema.class.getResourceAsStream(name)) {
      if (in == null) throw new IllegalStateException("missing in this build: " + name);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Applied(String name, String checksum) {}

  /** Applies what is missing, if {@code migrate}; refuses what this build cannot work with. */
  void bring(Access access, boolean migrate) {
    if (missing(access).isEmpty()) return;
    if (!migrate) {
      throw mismatch("the schema is behind this build (version %d is missing); let it migrate, or migrate first"
          .formatted(missing(access).get(0).version()));
    }
    Patience left = access.patience();
    for (int trial = 1; ; trial++) {
      try {
        access.writer(link -> {
          apply(link);
          return true;
        });
        return;
      } catch (SQLException e) {
        Trouble trouble = dialect.classify(e);
        if (trial >= 20 || left.isOver() || (trouble != Trouble.RETRY && trouble != Trouble.DUPLICATE)) throw failed(e);
        Failures.pauseAfter(trial);
      }
    }
  }

  private StoreException failed(SQLException e) {
    return dialect.classify(e) == Trouble.DEFECT
        ? new StoreException(Rejection.Code.SCHEMA_MISMATCH, "cannot create the schema: " + e.getMessage(), e)
        : Failures.of(dialect, e);
  }

  private List<Migration> missing(Access access) {
    Map<Integer, Applied> applied = access.read(link -> {
      // A database without the table is not an error, and asking the catalogue differs everywhere.
      try {
        return applied(link);
      } catch (SQLException e) {
        if (dialect.classify(e) == Trouble.DEFECT) return Map.of();
        throw e;
      }
    });
    return notIn(applied);
  }

  private static Map<Integer, Applied> applied(Link link) throws SQLException {
    Map<Integer, Applied> all = new TreeMap<>();
    try (Call call = link.sql("select version, name, checksum from pawl_schema order by version")) {
      call.list(row -> all.put(row.integer(), new Applied(row.text(), row.text())));
    }
    return all;
  }

  private List<Migration> notIn(Map<Integer, Applied> applied) {
    int newest = known.get(known.size() - 1).version();
    applied.forEach((version, row) -> {
      if (version > newest && releaseOf(row.name()) > RELEASE + 1) {
        throw mismatch("the schema is more than one release newer than this build: version %d (%s) is of release %d, "
            .formatted(version, row.name(), releaseOf(row.name()))
            + "this build is of release %d and knows up to version %d".formatted(RELEASE, newest));
      }
      if (version > newest && releaseOf(row.name()) <= RELEASE) {
        throw mismatch("the schema is newer than this build, and of the same release: it has version %d (%s), this build"
            .formatted(version, row.name()) + " knows up to %d".formatted(newest));
      }
    });
    List<Migration> missing = new ArrayList<>();
    for (Migration migration : known) {
      Applied row = applied.get(migration.version());
      if (row == null) {
        missing.add(migration);
      } else if (!row.checksum().equals(migration.checksum())) {
        throw mismatch("migration %s was applied with another content than this build has".formatted(migration.name()));
      }
    }
    return missing;
  }

  private void apply(Link link) throws SQLException {
    dialect.beginSchema(link);
    boolean done = false;
    try {
      try (Statement statement = link.connection().createStatement()) {
        statement.execute(TABLE);
      }
      for (Migration migration : notIn(applied(link))) apply(link, migration);
      done = true;
    } finally {
      dialect.endSchema(link, done);
    }
  }

  private void apply(Link link, Migration migration) throws SQLException {
    try (Statement statement = link.connection().createStatement()) {
      for (String sql : migration.statements()) statement.execute(dialect.fillSchema(link, sql));
    }
    try (Call record = link.sql(
        "insert into pawl_schema (version, name, checksum, applied_at) values (?, ?, ?, {now})")) {
      record.number(migration.version()).text(migration.name()).text(migration.checksum()).update();
    }
  }

  private static StoreException mismatch(String message) {
    return new StoreException(Rejection.Code.SCHEMA_MISMATCH, message, new IllegalStateException(message));
  }
}
