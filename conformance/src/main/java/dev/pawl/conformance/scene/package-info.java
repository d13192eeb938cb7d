/** What one case plays with: names of its own, clients by role, workers. */
@NullMarked
package dev.pawl.conformance.scene;

import org.jspecify.annotations.NullMarked;
