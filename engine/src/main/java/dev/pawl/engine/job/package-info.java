/**
 * Jobs: requests are decided by {@link dev.pawl.core.job} and committed in groups, as requests about runs are. What arrives
 * while a transaction is in flight goes into the next one, so a single caller waits for one commit and a thousand share it.
 *
 * <p>A job that somebody on this node was granted is remembered until its lease ends: its report is decided on that, and
 * the version in the commit says whether it was still true. What is not remembered is loaded. A change that falls out is
 * decided again on what is there now, so an unknown outcome, a revoked lease and a race are one and the same case.
 *
 * <p>A claim is one statement and no request, but what it comes to is what {@link dev.pawl.core.job.ClaimJob} decides; a
 * test holds one against the other. Takeover comes before it: what sessions that have ended still hold is revoked by
 * whoever looks first.
 */
@NullMarked
package dev.pawl.engine.job;

import org.jspecify.annotations.NullMarked;
