/** The worker's side of the engine: {@code WorkerApi} over sessions, polls and lanes. */
@NullMarked
package dev.pawl.engine.work;

import org.jspecify.annotations.NullMarked;
