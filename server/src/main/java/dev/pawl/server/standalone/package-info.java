/**
 * Activities without a workflow of the caller's own. Each is the only step of a run of a program that every server has in
 * itself, {@link dev.pawl.server.standalone.Hosts}: so retries, timeouts, leases, late reports and recovery are the ones
 * that all activities have.
 */
@NullMarked
package dev.pawl.server.standalone;

import org.jspecify.annotations.NullMarked;
