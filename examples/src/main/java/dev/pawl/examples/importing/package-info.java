/** A long activity that says how far it is, so that its next attempt goes on from there. */
@NullMarked
package dev.pawl.examples.importing;

import org.jspecify.annotations.NullMarked;
