/**
 * Who calls, and what they may: tokens and signatures, by role, perhaps for some namespaces only. Secrets are kept as
 * hashes and compared in constant time.
 */
@NullMarked
package dev.pawl.server.auth;

import org.jspecify.annotations.NullMarked;
