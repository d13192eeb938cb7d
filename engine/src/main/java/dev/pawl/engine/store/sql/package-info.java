/**
 * The store on SQL: SQLite, PostgreSQL, MariaDB and MySQL.
 *
 * <p>Statements are static text, the same for all databases; where a database differs, its
 * {@link dev.pawl.engine.store.sql.Dialect} fills a fixed gap such as <code>{now}</code> or <code>{ready}</code>. Three
 * ideas carry the rest:
 *
 * <ul>
 *   <li><b>A group is guarded, then written.</b> {@code Packed} turns decisions into rows without touching the
 *   database. {@code GuardedPath} locks and reads what the guards name, in key order, and then writes the rows of all
 *   writes whose guards hold. {@code PostgresPath} says the same in one statement, for the shapes that make up nearly
 *   all traffic. <li><b>The truth after a lost connection is asked, not guessed.</b> Every row carries the commit id of
 *   its group. If the answer to a commit is lost, the same guarded group is sent again, which waits for the row locks
 *   of the old one; a write whose guard then fails is looked up under its commit id ({@code Commits}). <li><b>The run
 *   row is the queue.</b> Readiness and lease are columns of {@code runs}; the indexes that serve polls hold only rows
 *   that are ready, leased or waiting.
 * </ul>
 */
@NullMarked
package dev.pawl.engine.store.sql;

import org.jspecify.annotations.NullMarked;
