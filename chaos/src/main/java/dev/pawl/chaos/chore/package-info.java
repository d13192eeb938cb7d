/** A worker on the engine's interface alone, without the SDK, that notes every lease it is given. */
@NullMarked
package dev.pawl.chaos.chore;

import org.jspecify.annotations.NullMarked;
