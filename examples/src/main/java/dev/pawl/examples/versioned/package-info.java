/** Changing a workflow while old runs of it are open. */
@NullMarked
package dev.pawl.examples.versioned;

import org.jspecify.annotations.NullMarked;
