/** Payloads that only clients and workers can read. */
@NullMarked
package dev.pawl.examples.encryption;

import org.jspecify.annotations.NullMarked;
