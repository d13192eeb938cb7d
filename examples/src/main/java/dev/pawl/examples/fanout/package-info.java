/** A thousand activities at once, and one sum. */
@NullMarked
package dev.pawl.examples.fanout;

import org.jspecify.annotations.NullMarked;
