/**
 * Between the protocol's shapes and the engine's: values and their envelopes, failures, commands, histories, ids. No
 * HTTP and no decisions: what a command means is decided by the engine.
 */
@NullMarked
package dev.pawl.server.wire;

import org.jspecify.annotations.NullMarked;
