/**
 * The two interfaces through which everything passes, and the bytes they turn into. A client
 * starts, signals, queries and lists through one; a worker polls, heartbeats, records and
 * completes through the other. The engine implements both, the server maps them to HTTP, and the
 * SDK's HTTP transport implements them again, so that embedding means passing the first where the
 * last would go.
 */
@NullMarked
package dev.pawl.protocol;

import org.jspecify.annotations.NullMarked;
