/**
 * Pawl and its peers, side by side: the same workload, the same database server, the same run, equal durability.
 *
 * <p>A {@link dev.pawl.benchmarks.Subject} is one system on one database. A {@link dev.pawl.benchmarks.Workload} says
 * what one operation is. {@link dev.pawl.benchmarks.ClosedLoop} keeps a number of starters busy and measures. Figures
 * are only compared within one run, because machines are not equal from one hour to the next.
 */
@NullMarked
package dev.pawl.benchmarks;

import org.jspecify.annotations.NullMarked;
