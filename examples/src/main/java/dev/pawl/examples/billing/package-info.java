/** A loop that charges every month for years. */
@NullMarked
package dev.pawl.examples.billing;

import org.jspecify.annotations.NullMarked;
