package dev.pawl.engine.store.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** How statements reach a database: which connection, which thread, which transaction. */
interface Access extends AutoCloseable {
  interface Work<T> {
    T in(Link link) throws SQLException;
  }

  Dialect dialect();

  Timekeeper time();

  /** Which timeline its connections lead to. */
  Timelines timelines();

  /** Over how many connections it reads at a time. */
  int readers();

  /** How long whoever begins now goes on trying while others hold locks. */
  Patience patience();

  /** Reads, each statement on its own. Tried again once on a new connection if the old one turns out to be dead. */
  <T> T read(Work<T> work);

  /** One transaction, done again after a deadlock. */
  <T> T change(Work<T> work);

  /**
   * One statement that is a transaction of its own, in one round trip. Tried again like {@link #read}, so it must be one
   * that may happen twice.
   */
  <T> T single(Work<T> work);

  /**
   * Hands out a connection that only commits groups; {@code work} runs its own transaction. Nothing is done again in
   * here; a connection that {@code work} found lost is replaced the next time.
   *
   * @throws SQLException what {@code work} threw
   * @throws dev.pawl.engine.store.StoreException no connection could be had: nothing was sent
   */
  <T> T writer(Work<T> work) throws SQLException;

  /** A statement on a connection of the user's, in the user's transaction. */
  default Call onUsers(Connection users, String sql) throws SQLException {
    return new Call(dialect(), users.prepareStatement(time().fill(sql)), false);
  }

  @Override
  void close();
}
