/**
 * A round: a database with a proxy before it, nodes, clients, harms drawn from a seed, and the judge. A scenario is ten
 * lines of this.
 */
@NullMarked
package dev.pawl.chaos.round;

import org.jspecify.annotations.NullMarked;
