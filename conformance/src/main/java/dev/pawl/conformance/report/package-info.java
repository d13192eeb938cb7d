/** Verdicts for machines and for people. */
@NullMarked
package dev.pawl.conformance.report;

import org.jspecify.annotations.NullMarked;
