/**
 * Leases: who may finish a task.
 *
 * <p>A lease is (session, epoch) beside a row, never a business state. It is granted with an epoch one higher than any
 * before it on that task, it is renewed for all tasks of a session at once by the session's heartbeat, and it ends in
 * exactly one way: the worker's report, the worker's giving back, or a recorded revocation. Expiry makes a lease
 * revocable; only the revocation ends it. A report that arrives late but before the revocation counts, because nobody
 * else owns the task. Every write of a worker carries its epoch; a stale epoch changes nothing and is kept as a late
 * report. The database's clock decides when a session has expired; a worker's own clock only makes it stop sooner.
 */
@NullMarked
package dev.pawl.core.task;

import org.jspecify.annotations.NullMarked;
