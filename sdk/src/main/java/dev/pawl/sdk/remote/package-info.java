/**
 * An engine in another process, behind servers: {@link dev.pawl.sdk.remote.RemotePawl} gives the same two interfaces that
 * an embedded engine gives, so clients and workers are the same code either way.
 *
 * <p>What a call does when things go wrong is one rule. Every call may be said twice, because it carries an id of its own
 * or is fenced by a lease; so it is repeated, at the next server first, until there is an answer or patience ends. An
 * answer is text that says so itself: a newline on the way only says that the server is alive, and a server that says
 * nothing for too long is left.
 */
@NullMarked
package dev.pawl.sdk.remote;

import org.jspecify.annotations.NullMarked;
