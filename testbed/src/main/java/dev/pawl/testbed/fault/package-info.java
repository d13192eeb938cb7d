/**
 * A network that misbehaves on purpose: {@link dev.pawl.testbed.fault.FaultProxy} stands between a program and its
 * database and knows where a commit is.
 *
 * <p><b>What a commit is.</b> A <em>write unit</em>: everything from the first byte of a request that makes writes durable
 * to the last byte of the server's answer. That is an explicit COMMIT of a transaction that wrote, and equally a single
 * statement that writes in autocommit, on PostgreSQL sent by the simple protocol or by Parse/Bind/Execute/Sync (there the
 * Sync commits), on MySQL and MariaDB as a query, a prepared statement or a bulk execution. The proxy reads SQL only as
 * far as it must: the leading words of each statement, comments and strings skipped. A COMMIT of a transaction that only
 * read is not a commit here, and neither is one that the server turns into a rollback. A {@code select} that calls a
 * function that writes is not recognised.
 *
 * <p><b>What a fault does.</b> {@link dev.pawl.testbed.fault.Fault} lists them. Cut before the commit: the request is
 * swallowed, the client is reset, the server sees the end of the connection. Cut after: the request goes out, the
 * server's whole answer is awaited, and only if it says "committed" the client is reset without hearing it. Late commit:
 * the client is reset at once, the server gets the request some time later, when the client may long be asking what
 * became of it. The others know nothing of the protocol.
 *
 * <p><b>What really happened is counted.</b> A fault counts as fired when it changed what a peer saw, not when it was
 * armed: a freeze that had nothing to hold back has not fired. {@link dev.pawl.testbed.fault.FaultProxy#neverFired}
 * names the faults that a test only believes in; a round that has one proves nothing.
 *
 * <p>TLS and compression cannot be looked into; the proxy declines both in the server's name.
 */
@NullMarked
package dev.pawl.testbed.fault;

import org.jspecify.annotations.NullMarked;
