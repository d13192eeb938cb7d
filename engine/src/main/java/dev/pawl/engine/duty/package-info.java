/**
 * Background work of a node, each a thing that can be ticked by hand: {@code int tick(Instant now)} says how much was
 * done. Any number of nodes run all duties at once, because whatever a duty finds it submits as a request whose guards
 * let it happen once. Nothing here is needed for correctness at any particular moment: a node that sleeps, dies or is
 * partitioned delays things, it loses none.
 */
@NullMarked
package dev.pawl.engine.duty;

import org.jspecify.annotations.NullMarked;
