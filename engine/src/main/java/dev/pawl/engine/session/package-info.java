/**
 * Sessions: which worker processes are there. A heartbeat is one row per process, and renews all its leases at once; a
 * lease that two heartbeats in a row do not list is taken back, because its grant never arrived or its work was
 * forgotten. What a session holds is in the rows of the tasks; here is only what makes heartbeats cheap, and all of it
 * may be lost.
 */
@NullMarked
package dev.pawl.engine.session;

import org.jspecify.annotations.NullMarked;
