/** A step that is exactly once, because its effect lies in the engine's own database. */
@NullMarked
package dev.pawl.examples.transfer;

import org.jspecify.annotations.NullMarked;
