/** Workers are cut off from the store for hours while a queue stands full: what happened in the last quarter of 2018, again. */
@NullMarked
package dev.pawl.chaos.outage;

import org.jspecify.annotations.NullMarked;
