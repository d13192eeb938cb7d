/**
 * What a worker may ask of Pawl: work, and to report it. A worker is a session; every report carries the epoch of its
 * lease. The engine implements it; the HTTP transport implements it again.
 */
@NullMarked
package dev.pawl.protocol.worker;

import org.jspecify.annotations.NullMarked;
