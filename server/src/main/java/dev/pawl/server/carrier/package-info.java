/**
 * Activities that this server carries out itself, by a call to an address. A file says which activities of which queue
 * go where. To the engine a carrier is a worker like any other: it registers, holds leases, renews them and reports; so
 * retries, timeouts and lost servers are nobody's special case.
 */
@NullMarked
package dev.pawl.server.carrier;

import org.jspecify.annotations.NullMarked;
