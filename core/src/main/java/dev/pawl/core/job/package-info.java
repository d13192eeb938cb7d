/**
 * The rules of a job, as pure functions.
 *
 * <p>A job has a {@link dev.pawl.core.job.JobPhase phase}, which is business, and beside it perhaps a
 * {@link dev.pawl.core.job.JobLease lease}, which says who works on it. A crash ends a lease and never touches the phase,
 * so nothing has to be repaired afterwards: what a dead node held is claimable again. The lease is fenced by the job's
 * epoch, which rises with every grant and never falls, not even when a dead job is driven again.
 *
 * <p>One file per request; each gives an answer in every state: a change, nothing to do, or a refusal with a
 * {@link dev.pawl.core.job.UwerCode}. Three budgets are kept apart: attempts (the handler failed), losses (its node went
 * away, {@link dev.pawl.core.task.LossBudget}), checks (an external effect is still pending). A spent budget ends in the dead-letter queue with its cause; the
 * route is a function of the stored counters alone, so every node takes the same one.
 *
 * <p>{@link dev.pawl.core.job.JobDraft} is where a decision is put together: it is the one place that ends leases, applies
 * the cancel and deadline flags that were raised while somebody worked, and writes the row of the ledger, so that no
 * request can forget one of them. A grant writes no row: the epoch counts the grants, and the row of the lease's end says
 * who had it and since when. A waiting job is looked at again at {@code visibleAt}, which is never null.
 *
 * <p>The transition matrix is drawn by a test into docs/contracts/uwer-matrix.md, and a second model, written from the
 * contract's table, is run against this one.
 */
@NullMarked
package dev.pawl.core.job;

import org.jspecify.annotations.NullMarked;
