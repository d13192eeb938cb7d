/** JSON as plain values. */
@NullMarked
package dev.pawl.conformance.json;

import org.jspecify.annotations.NullMarked;
