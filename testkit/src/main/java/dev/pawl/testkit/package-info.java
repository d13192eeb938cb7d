/**
 * Pawl in a test: {@link dev.pawl.testkit.TestPawl} is the engine itself and a worker, on SQLite, under a clock the test
 * owns. There is no in-memory store and no second server, so what passes here runs on the same statements as in
 * production; on PostgreSQL or MariaDB too, if the test is given one.
 *
 * <p>Nothing sleeps. The duties of the engine get their turns, and the clock its next instant, on the thread of whoever
 * waits for something. A wait knows exactly when everything is quiet: work is held under a lease in the database from
 * before a worker hears of it until its end is recorded, and every call of a worker or client passes a line where it is
 * counted. So a wait for something that cannot come any more fails at once and says what the run waits for, instead of
 * running into a timeout.
 */
@NullMarked
package dev.pawl.testkit;

import org.jspecify.annotations.NullMarked;
