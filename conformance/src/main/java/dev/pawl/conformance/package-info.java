/** A black box suite of the Durable Workflow HTTP contract: it knows nothing of a server but its address. */
@NullMarked
package dev.pawl.conformance;

import org.jspecify.annotations.NullMarked;
