/**
 * Workers of other languages: what they declared about themselves, which outlives them and this process, and the session
 * of the engine behind each. Their registration holds their leases; its heartbeat renews all of them at once.
 */
@NullMarked
package dev.pawl.server.fleet;

import org.jspecify.annotations.NullMarked;
