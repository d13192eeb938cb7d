/** A node of the round: an engine with its workers, in this process or in one that is killed. */
@NullMarked
package dev.pawl.chaos.node;

import org.jspecify.annotations.NullMarked;
