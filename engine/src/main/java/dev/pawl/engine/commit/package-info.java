/**
 * The commit path: lanes, and groups of decisions that are stored together.
 *
 * <p>A lane is one thread with a bounded inbox. All requests of a workflow id meet in one lane, so inside a node they
 * are decided one after another. The lane takes everything that has gathered while it was busy, loads what it lacks in
 * one go, decides in order, and stores the group in one transaction. Nobody waits for a group to fill: one caller pays
 * one round trip, a thousand callers share one.
 *
 * <p>Four rules keep this right:
 * <ol>
 *   <li>A write lands only on the version it was decided on. Folded runs stay cached in the lane; a cached run may be
 *       stale, because another node moved it, and the guard finds that out. Then the cache is dropped, the run loaded,
 *       and everything decided again.
 *   <li>What is not confirmed by a guard must not come from the cache: a refusal, "nothing to do", and a change of
 *       effects alone (for example: take the mail of a timer that is not open any more) are decided again on a fresh
 *       row. Otherwise a stale node would swallow a timer it has never heard of.
 *   <li>A run appears in a group at most once. Its decisions are folded into one write, from the version of the first
 *       to the version of the last, and they land or fall out together. What cannot be folded (a row deleted and
 *       written again) waits for the next group.
 *   <li>An answer is given after the commit, also a refusal that was decided on a change of the same group.
 * </ol>
 *
 * <p>When a decision leaves a run ready, or opens an activity, and a worker is waiting here with nothing else in the
 * queue, the lease is written in the same commit; see {@link dev.pawl.engine.commit.HandOut}.
 */
@NullMarked
package dev.pawl.engine.commit;

import org.jspecify.annotations.NullMarked;
