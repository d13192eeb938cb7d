/** Context that travels along, code that stands around everything, and runs that can be found by what they are about. */
@NullMarked
package dev.pawl.examples.tenant;

import org.jspecify.annotations.NullMarked;
