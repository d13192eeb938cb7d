/** A workflow that never ends on its own: an entity that takes messages and continues as new. */
@NullMarked
package dev.pawl.examples.loyalty;

import org.jspecify.annotations.NullMarked;
