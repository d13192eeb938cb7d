/**
 * Places where a test may stop, break or kill a node, one for each crash point of the lease contract that exists in the
 * engine. Nothing is armed unless a test does it, in the process or by a system property of a child process; an unarmed
 * point costs one read of a static field.
 */
@NullMarked
package dev.pawl.engine.failpoint;

import org.jspecify.annotations.NullMarked;
