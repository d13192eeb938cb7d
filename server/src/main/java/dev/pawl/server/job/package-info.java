/**
 * Jobs over HTTP, in the two forms of the job contract: the JSON envelope 5.0 and, for older clients, XML 4.2. What a
 * document means is read by {@code protocol.uwer} and decided by the engine; here is who may say it, in which
 * namespace, and in which form the answer goes back.
 */
@NullMarked
package dev.pawl.server.job;

import org.jspecify.annotations.NullMarked;
