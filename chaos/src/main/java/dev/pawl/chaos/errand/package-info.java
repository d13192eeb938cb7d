/** Jobs of a round: what each does stands in its payload, so what must come of it is known beforehand. */
@NullMarked
package dev.pawl.chaos.errand;

import org.jspecify.annotations.NullMarked;
