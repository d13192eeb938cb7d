/**
 * HTTP, and nothing about workflows. A {@link dev.pawl.server.http.Route} is data: method, path, plane, who may call it,
 * the fields of its body. {@link dev.pawl.server.http.Gate} takes every request through the same checks in the same
 * order, whose order callers can observe: size, media type, syntax, who calls, what they may, protocol version,
 * namespace, fields; only then the route's handler runs. {@link dev.pawl.server.http.HttpListener} is the only class
 * that knows the library underneath.
 *
 * <p>Each request runs on a virtual thread of its own. A long poll that waits is such a thread, parked by the engine; it
 * is interrupted as soon as its connection closes, so that nothing is handed to somebody who has gone.
 */
@NullMarked
package dev.pawl.server.http;

import org.jspecify.annotations.NullMarked;
