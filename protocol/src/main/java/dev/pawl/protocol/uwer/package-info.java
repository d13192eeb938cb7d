/**
 * The bytes of the job contract: the JSON envelope 5.0, the legacy XML payload 4.2, and the mapping between them.
 *
 * <p>Both forms are read into one model ({@link dev.pawl.protocol.uwer.UwerTask} and the other
 * {@link dev.pawl.protocol.uwer.UwerMessage}s), and the digest of a task is taken from that model, so that the XML and
 * the JSON form of one task are the same task. Reading is strict and hand-written: what comes from outside is refused
 * with a code and the place before anything of it is used. The schemas lie beside these classes as
 * {@code envelope-5.0.json} and {@code task-4.2.xsd}; tests hold the reader against them.
 *
 * <p>The order in which a document is judged is part of the contract: size, then safety (encoding, depth, no DOCTYPE, no
 * entities), then version, then the idempotency key, whose absence has a code of its own, then the schema.
 */
@NullMarked
package dev.pawl.protocol.uwer;

import org.jspecify.annotations.NullMarked;
