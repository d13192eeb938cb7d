/** Workflows whose invariants bite: lists that many append to, a lock that many want. */
@NullMarked
package dev.pawl.chaos.workload;

import org.jspecify.annotations.NullMarked;
