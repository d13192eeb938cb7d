/**
 * Where workers wait for tasks. The queue itself is the database: a run that is READY, an activity that is WAITING.
 * What lives here is who waits on this node, and hints about what this node made ready.
 *
 * <p>A task reaches a worker in one of three ways, each by a lease that was committed before the worker hears of it:
 * <ol>
 *   <li>eagerly, in the commit that makes it ready, when a worker waits here and nothing else is queued;
 *   <li>by a hint: this node knows that it left a run ready, and the next poll asks for exactly that run;
 *   <li>by a look at the database, which also finds what other nodes left, and first takes back what lost sessions
 *       held. A poll looks when it cannot know that the queue is empty, and every takeover interval (1 s) in any case.
 * </ol>
 *
 * <p>Order: lower priorities first, and within one the oldest first. Where tasks have a fairness key, the keys that wait within
 * a priority have their turns, each task moving its key on by one divided by its weight ({@link
 * dev.pawl.core.task.Fairness}); tasks without one share as one more key. {@link Tags} does it for hints, the store for
 * what it is asked. Eager hand-out needs no order: nothing else waits then.
 *
 * <p>Hints may be lost, doubled or stale: the grant is decided and guarded like any request. A lane may keep a place in a
 * poll that has left, and for a moment after its answer in a poll whose session is about to ask again: what it fills
 * them with is the session's, whose next poll takes it. Only the last poll of a session waits for the lanes that keep
 * places in it, and a session that says it drains gets nothing ahead: what it has got already is given back.
 */
@NullMarked
package dev.pawl.engine.queue;

import org.jspecify.annotations.NullMarked;
