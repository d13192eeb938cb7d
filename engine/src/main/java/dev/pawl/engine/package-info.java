/**
 * Where decisions become durable. State, wake-up, audit and outbox are written in one
 * transaction; the database is the queue, and notifications are hints that only save latency.
 * Decisions that arrive while a transaction is in flight are committed together, as a group. What
 * a dead worker held is simply claimable again: there is no start-up scan, no leader and no
 * recovery mode.
 */
@NullMarked
package dev.pawl.engine;

import org.jspecify.annotations.NullMarked;
