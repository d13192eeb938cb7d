/**
 * Runs one workflow deterministically: the same history always brings about the same commands.
 *
 * <p><b>One at a time.</b> A run is a set of coroutines, each on a virtual thread of its own, and a baton: only the holder
 * runs. Who blocks hands the baton to the next coroutine that can go on, in the order in which they became able to. If
 * there is none, the holder itself does the idle work: it shows the next event, starts the bodies of steps, commits what
 * was asked for. So a workflow of one coroutine never changes threads, whatever it does.
 *
 * <p><b>The order of showing.</b> Between two reports of a run everything happens in this order: first the events from
 * outside that are known, one activation each; then, one by one in the order in which they go into the next report, the
 * results of steps and the updates; each is shown when its command is put on the list, before it is durable. A body starts
 * only when the list is empty, so whatever it builds on is durable. Replay walks history and does the same: an event of the
 * worker says in {@code seen} which events from outside had been shown before it, and the results among them are shown
 * right at their place.
 *
 * <p><b>Time.</b> The workflow's time is that of the newest event it was shown; at a report's acknowledgement it goes on to
 * the time of that report. Both are in history, so replay computes the same.
 *
 * <p><b>Divergence.</b> Every numbered call is compared with what history holds under its number, at the call, where the
 * source line is known; every event of the worker is compared with what was asked for when its turn comes. The first
 * difference ends the replay before anything is written.
 */
@NullMarked
package dev.pawl.sdk.replay;

import org.jspecify.annotations.NullMarked;
