/** How long work rests after its worker was killed: measured, beside the bound that the engine computes. */
@NullMarked
package dev.pawl.chaos.recovery;

import org.jspecify.annotations.NullMarked;
