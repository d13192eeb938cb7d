/**
 * Schedules at work. A schedule has no thread and no timer of its own: when it is due is a mail to it, and what it starts
 * is a mail to a workflow that need not exist yet. Both are written in the commit of the schedule's own row, which is
 * guarded by its version. So any number of nodes may deliver the same mail at once, and each nominal time has its answer
 * once: the first commit moves the version, and everybody else decides again on what it left, and finds nothing to do.
 *
 * <p>A workflow that a schedule started carries a link to it, and its end is again a mail, to the schedule. A node that
 * dies anywhere leaves a mail behind that the next look at the mailbox delivers.
 */
@NullMarked
package dev.pawl.engine.schedule;

import org.jspecify.annotations.NullMarked;
