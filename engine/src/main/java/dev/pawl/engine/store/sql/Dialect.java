package dev.pawl.engine.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Only what differs between databases. */
interface Dialect {

  /** Folder of its migrations, and its name for people. */
  String name();

  /** Microseconds since 1970 by the database's clock, constant within a statement. */
  String now();

  /** Behind a select whose rows are about to be changed. */
  default String forUpdate() {
    return " for update";
  }

  /** As {@link #forUpdate}, leaving out rows that somebody else is changing right now. */
  default String skipLocked() {
    return " for update skip locked";
  }

  /** Whether a select may lock just the rows that it returns, also where it reads level by level. */
  default boolean locksWhatItPicks() {
    return false;
  }

  /** Behind a table that is read by its primary key and locked: the planner must not read, and lock, all of it. */
  default String byKey() {
    return "";
  }

  /** The column of the ready index that orders ready runs {@code r} by age. */
  default String readyAt() {
    return "r.visible_at";
  }

  default String waitingAt() {
    return "t.visible_at";
  }

  /** Whether a run {@code r} waits for a worker, as the ready index says it; {@code {due}} is the instant. */
  default String ready() {
    return "r.phase = 'READY' and r.visible_at <= {due}";
  }

  default String waiting() {
    return "t.phase = 'WAITING' and t.visible_at <= {due}";
  }

  /** Whether a run {@code r} may be ready, now or later: what lets the ready index be jumped through line by line. */
  default String readyLine() {
    return "r.phase = 'READY'";
  }

  default String waitingLine() {
    return "t.phase = 'WAITING'";
  }

  /** When a ready run {@code r} that was delayed is due, as the index on delayed runs says it. */
  default String readyLater() {
    return "r.visible_at > {due} and r.phase = 'READY' and r.visible_at > r.since";
  }

  /** The column of the index on delayed rows, beside the column that orders them by age. */
  default String laterAt(String at) {
    return at;
  }

  default String waitingLater() {
    return "t.visible_at > {due} and t.phase = 'WAITING' and t.visible_at > t.scheduled_at";
  }

  /** Whether an open job {@code o} can be claimed, as the index on waiting jobs says it. */
  default String waitingJob() {
    return "o.session is null and o.phase <> 'HELD' and o.visible_at <= {due}";
  }

  /** The same of jobs that can be claimed later. */
  default String waitingJobLater() {
    return "o.session is null and o.phase <> 'HELD' and o.visible_at > {due}";
  }

  /** The column of the index on waiting jobs that orders them by age. */
  default String jobAt() {
    return "o.visible_at";
  }

  /** Whether run {@code r} is leased, as the index on sessions says it. */
  default String held() {
    return "r.phase = 'LEASED' and r.session";
  }

  /** Behind {@code insert into t (...) values (...)}: the row is there already, overwrite {@code columns}. */
  String onDuplicate(String key, String... columns);

  default void bindUuid(PreparedStatement statement, int at, @Nullable UUID value) throws SQLException {
    if (value == null) statement.setNull(at, Types.CHAR);
    else statement.setString(at, value.toString());
  }

  default @Nullable UUID readUuid(ResultSet rows, int at) throws SQLException {
    String text = rows.getString(at);
    return text == null ? null : UUID.fromString(text);
  }

  Trouble classify(SQLException problem);

  /** Ends what {@link #bound} has begun. */
  interface Bound extends AutoCloseable {
    @Override
    void close() throws SQLException;
  }

  /**
   * Whether an index is read to the end of what equals its first column, although the statement bounds the second: then only
   * a range of the first makes it enter at the second.
   */
  default boolean readsAllOfAnEqual() {
    return false;
  }

  /** A select that is given up after a while, as {@link Trouble#EXPENSIVE}, as far as its text can say so. */
  default String bounded(String select, Duration most) {
    return select;
  }

  /** The same for a statement that is about to be run, as far as its text cannot say it. */
  default Bound bound(PreparedStatement statement, Duration most) throws SQLException {
    return () -> {};
  }

  /** Whether a transaction that writes has the whole database to itself. */
  default boolean locksWhole() {
    return false;
  }

  /** Whether somebody else held a lock for longer than a writer waits for one; {@link Trouble#RETRY} in general. */
  default boolean waitedForLock(SQLException problem) {
    return false;
  }

  /** Starts a transaction that means to write. */
  default void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
  }

  default void commit(Connection connection) throws SQLException {
    connection.commit();
    connection.setAutoCommit(true);
  }

  default void rollback(Connection connection) throws SQLException {
    connection.rollback();
    connection.setAutoCommit(true);
  }

  /** Keeps other nodes from migrating meanwhile; where DDL is transactional, begins the transaction. */
  default void beginSchema(Link link) throws SQLException {
    begin(link.connection());
  }

  default void endSchema(Link link, boolean done) throws SQLException {
    if (done) commit(link.connection());
    else rollback(link.connection());
  }

  /** Fills the gaps of a statement of the schema. */
  default String fillSchema(Link link, String sql) throws SQLException {
    return sql;
  }

  /** Settings of a new connection that writes; refuses a database that would not keep its word. */
  default void prepareWriter(Connection connection) throws SQLException {}

  /** Settings of a new connection of the pool. */
  default void prepareReader(Connection connection) throws SQLException {}

  /** The {@link #timeline} of a database that does not tell. */
  long NO_TIMELINE = 0;

  /** Number of the timeline that a connection leads to; it grows whenever a standby takes over, see {@link Timelines}. */
  default long timeline(Connection connection) throws SQLException {
    return NO_TIMELINE;
  }

  /** Takes back the settings of a connection that goes back to the user's own pool. */
  default void restore(Connection connection) throws SQLException {}

  /** Fills the gaps of a statement. {@code now} is an expression in SQL. */
  default String fill(String sql, String now) {
    if (sql.indexOf('{') < 0) return sql;
    return sql.replace("{ready}", ready())
        .replace("{waiting}", waiting())
        .replace("{held}", held())
        .replace("{ready later at}", laterAt(readyAt()))
        .replace("{waiting later at}", laterAt(waitingAt()))
        .replace("{ready later}", readyLater())
        .replace("{waiting later}", waitingLater())
        .replace("{ready line}", readyLine())
        .replace("{waiting line}", waitingLine())
        .replace("{ready at}", readyAt())
        .replace("{waiting at}", waitingAt())
        .replace("{waiting job}", waitingJob())
        .replace("{waiting job later}", waitingJobLater())
        .replace("{job at}", jobAt())
        .replace("{by key}", byKey())
        .replace("{due}", now)
        .replace("{now}", now)
        .replace("{for update}", forUpdate())
        .replace("{skip locked}", skipLocked());
  }
}
