/**
 * The rules of a run, as pure functions.
 *
 * <p>{@code request.decide(situation)} gives a {@link dev.pawl.core.run.Decision}: events to append, the workflow task
 * afterwards, and effects beside the history. Nothing here reads a clock, a database or a logger. The state is
 * {@code fold(events)}; the workflow task is the one thing beside history, because who works on a run is not a fact of
 * the run.
 *
 * <p>{@link dev.pawl.core.run.Draft} is where a decision is put together: it numbers events, folds them as they come,
 * and at the end settles whether the run needs a worker, so that no request can forget to wake the program or to clean
 * up after a close.
 *
 * <p>Requests come in four kinds. People and programs address a run by its workflow id ({@link
 * dev.pawl.core.run.StartRun}, {@link dev.pawl.core.run.SignalRun}, {@link dev.pawl.core.run.ResetRun} ...). Workers
 * speak under a lease ({@link dev.pawl.core.run.ReportTask}, {@link dev.pawl.core.run.ReportActivity} ...). Duties
 * revoke ({@link dev.pawl.core.run.LoseTask}, {@link dev.pawl.core.run.TimeOutActivity} ...). And mail is delivered
 * ({@link dev.pawl.core.run.Deliveries}). What each does in each state is drawn, from these very rules, in
 * docs/run-states.md.
 */
@NullMarked
package dev.pawl.core.run;

import org.jspecify.annotations.NullMarked;
