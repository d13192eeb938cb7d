package dev.pawl.testbed;

import java.util.concurrent.atomic.AtomicInteger;

/** SQLite: a file per database, no server. */
final class SqliteFiles implements DatabaseServer {
  private final AtomicInteger count = new AtomicInteger();

  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public Database fresh() {
    var file = Scratch.folder("sqlite").resolve("db" + count.incrementAndGet() + ".db");
    return new Database(this, "jdbc:sqlite:" + file, "", "");
  }

  @Override
  public void kill() {}

  @Override
  public void stop() {}

  @Override
  public void restart() {}
}
