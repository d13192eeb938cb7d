/** A report for each working day: a schedule, and what it starts. */
@NullMarked
package dev.pawl.examples.report;

import org.jspecify.annotations.NullMarked;
