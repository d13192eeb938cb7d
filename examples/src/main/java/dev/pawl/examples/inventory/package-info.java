/** Jobs: an inventory that is synchronised with a flaky shop, and charges that settle at a payment provider some time later. */
@NullMarked
package dev.pawl.examples.inventory;

import org.jspecify.annotations.NullMarked;
