/**
 * Crash-point exploration: does a workflow do the right thing wherever its worker dies?
 *
 * <p>{@link dev.pawl.testkit.explore.Explore} first runs the workflow calmly and notes every point it passes: before and
 * after each body of a step or activity, and each report on its way to the engine. Then it runs it again, once per point
 * and per thing that can happen there: the worker dies before or after it, the answer is lost, the report arrives twice, or
 * only when another worker has taken over; or the worker freezes, and goes on with a body that another one has done. Then once per place where a signal could come in between, also just before and
 * after each timer. Then mixtures, drawn from a seed. After each run the user's check looks at the effects that the outside
 * world has seen.
 *
 * <p>Points are named by what happens there ({@code activity 2:payments.charge/1}), not by when, so a schedule means the
 * same thing again when it is replayed. Each schedule has an engine of its own, on SQLite, under virtual time; nothing
 * sleeps, and a schedule takes some tens of milliseconds.
 */
@NullMarked
package dev.pawl.testkit.explore;

import org.jspecify.annotations.NullMarked;
